/* SPDX-License-Identifier: MIT */
#include "samd5x/time.h"

#include "chip/quotient.h"
#include "chip/waiting.h"
#include "cpu.h"
#include "i2ctarget/samd5x.h"
#include "nvic.h"
#include "samd5x/clocks.h"

enum { TIMERS = 4, TICKS_PER_US = 3 };

/* The first TC of each pair.  Both have the same channel of GCLK. */
static const struct {
    uintptr_t base, mask;
    uint8_t first_bit, channel, number;
} timers[TIMERS] = {
    {0x40003800u, MCLK_APBAMASK, 14, 9, 0},
    {0x4101A000u, MCLK_APBBMASK, 13, 26, 2},
    {0x42001400u, MCLK_APBCMASK, 5, 30, 4},
    {0x43001400u, MCLK_APBDMASK, 5, 39, 6},
};
static unsigned used;     /* which of them */
static uint32_t wraps;    /* how often the counter has wrapped, as far as that was seen */
static uint64_t looked;   /* the ticks at the last look */
static int64_t before_us; /* the time at begin() */
static unsigned users;    /* for how many it runs */

static uintptr_t base(void)
{
    return timers[used].base;
}

static void wait_for(uint32_t busy)
{
    while (mmio_read32(base() + TC_SYNCBUSY) & busy)
        ;
}

static void set_control(uint32_t value, uint32_t busy)
{
    mmio_write32(base() + TC_CTRLA, value);
    wait_for(busy);
}

void i2ctarget_samd5x_time_begin(unsigned timer, unsigned generator)
{
    enum { BOTH = 3 };
    if (users++)
        return;
    used = (timer ? timer : I2CTARGET_SAMD5X_TC4) - I2CTARGET_SAMD5X_TC0;
    wraps = 0;
    looked = 0;
    i2ctarget_samd5x_clocks_open(timers[used].mask, (uint32_t)BOTH << timers[used].first_bit);
    i2ctarget_samd5x_clocks_connect(timers[used].channel, generator);
    set_control(TC_SWRST, TC_BUSY_SWRST);
    while (mmio_read32(base() + TC_CTRLA) & TC_SWRST)
        ;
    set_control(TC_MODE_COUNT32 | TC_PRESCALER_16, 0);
    mmio_write8(base() + TC_INTENSET, TC_INT_OVF | TC_INT_MC0);
    set_control(TC_MODE_COUNT32 | TC_PRESCALER_16 | TC_ENABLE, TC_BUSY_ENABLE);
    nvic_clear_pending(IRQ_TC_0 + timers[used].number);
    nvic_enable(IRQ_TC_0 + timers[used].number);
}

void i2ctarget_samd5x_time_end(void)
{
    if (--users)
        return;
    before_us = i2ctarget_samd5x_time_us();
    nvic_disable(IRQ_TC_0 + timers[used].number);
    mmio_write8(base() + TC_INTENCLR, TC_INT_OVF | TC_INT_MC0);
    set_control(TC_MODE_COUNT32 | TC_PRESCALER_16, TC_BUSY_ENABLE);
}

/* The counter is in another clock domain: it is copied on demand (§48.8.15). */
static uint32_t read_count(void)
{
    mmio_write8(base() + TC_CTRLBSET, TC_CMD_READSYNC);
    wait_for(TC_BUSY_CTRLB | TC_BUSY_COUNT);
    while (mmio_read8(base() + TC_CTRLBSET) & TC_CMD_READSYNC)
        ;
    return mmio_read32(base() + TC_COUNT);
}

/*
 * If the counter has wrapped and nobody has counted that yet, the value after the wrap is taken.  OVF
 * may be set a tick later than that: then the ticks would be fewer than at the last look.
 */
static uint64_t look(void)
{
    uint32_t high = wraps;
    uint32_t low = read_count();
    if (mmio_read8(base() + TC_INTFLAG) & TC_INT_OVF) {
        high++;
        low = read_count();
    }
    uint64_t ticks = (uint64_t)high << 32 | low;
    if (ticks < looked)
        ticks += UINT64_C(1) << 32;
    looked = ticks;
    return ticks;
}

int64_t i2ctarget_samd5x_time_us(void)
{
    uint32_t state = cpu_irq_save();
    uint64_t ticks = look();
    cpu_irq_restore(state);
    return before_us +
           (int64_t)i2ctarget_chip_quotient((uint32_t)(ticks >> 32), (uint32_t)ticks, TICKS_PER_US);
}

static void write_alarm(int64_t at_us)
{
    mmio_write32(base() + TC_CC0, (uint32_t)(at_us - before_us) * TICKS_PER_US);
    wait_for(TC_BUSY_CC0);
}

void i2ctarget_samd5x_time_set_alarm(int64_t at_us)
{
    i2ctarget_chip_set_alarm(at_us, write_alarm, i2ctarget_samd5x_time_us);
}

void i2ctarget_samd5x_time_acknowledge(void)
{
    uint8_t flags = mmio_read8(base() + TC_INTFLAG);
    mmio_write8(base() + TC_INTFLAG, flags);
    wraps += flags & TC_INT_OVF;
}
