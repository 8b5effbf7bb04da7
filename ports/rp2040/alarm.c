/* SPDX-License-Identifier: MIT */
#include "rp2040/alarm.h"

#include "chip/waiting.h"
#include "cpu.h"
#include "i2ctarget/rp2040.h"
#include "rp2040/clock.h"
#include "rp2040/fast.h"
#include "rp2040/target.h"

/*
 * SCL is looked at every TICK_US, so 25 ms may become 27.  The sum of our own stretches is exact to
 * the microsecond.
 */
enum { TICK_US = 2000 };
static const struct stretching_limits limits = {CHIP_SMBUS_LOW_US, CHIP_SMBUS_SUM_US};

static SEPARATE int64_t limit_us(const struct rp2040_target *self)
{
    return (int64_t)i2ctarget_stretching_limit(&self->stretching, &limits, (uint64_t)self->low_us);
}

/* When a limit must be checked. */
static int64_t smbus_due_us(const struct rp2040_target *self)
{
    int64_t at_us = self->stretching.is_on ? limit_us(self) : I2CTARGET_FOREVER;
    return i2ctarget_chip_sooner(at_us, self->look_us);
}

void i2ctarget_rp2040_alarm_set(void)
{
    int64_t now_us = i2ctarget_rp2040_clock_us();
    int64_t first_us = I2CTARGET_FOREVER;
    for (unsigned i = 0; i < BLOCKS; i++) {
        const struct rp2040_target *self = &i2ctarget_rp2040_targets[i];
        if (!self->target)
            continue;
        if (self->until_us > now_us)
            first_us = i2ctarget_chip_sooner(first_us, self->until_us);
        if (self->smbus)
            first_us = i2ctarget_chip_sooner(first_us, smbus_due_us(self));
    }
    if (first_us != I2CTARGET_FOREVER)
        i2ctarget_rp2040_clock_set_alarm(first_us);
}

/*
 * Edges are latched, so a clock between two looks is not missed.  With the level alone it would be
 * missed.
 */
static void look_at_scl(struct rp2040_target *self, int64_t now_us)
{
    uint32_t bits = mmio_read32(GPIO_INTR(self->scl)) >> GPIO_INTR_SHIFT(self->scl);
    mmio_write32(GPIO_INTR(self->scl), (uint32_t)(INTR_EDGE_LOW | INTR_EDGE_HIGH)
                                           << GPIO_INTR_SHIFT(self->scl));
    if (!(bits & INTR_LEVEL_LOW) || bits & (INTR_EDGE_LOW | INTR_EDGE_HIGH))
        self->low_us = now_us;
    self->look_us = now_us + TICK_US;
}

static bool is_deaf(const struct rp2040_target *self)
{
    return self->stage == LISTENING &&
           is_waiting_for_start(i2ctarget_rp2040_engine_place(&self->engine));
}

static void keep_limits(struct rp2040_target *self)
{
    int64_t now_us = i2ctarget_rp2040_clock_us();
    look_at_scl(self, now_us);
    if (now_us >= limit_us(self) && !is_deaf(self))
        i2ctarget_rp2040_target_cut(self, I2CTARGET_TIMEOUT);
}

void i2ctarget_rp2040_alarm_irq(void)
{
    uint32_t state = cpu_irq_save();
    i2ctarget_rp2040_clock_clear_alarm();
    for (unsigned i = 0; i < BLOCKS; i++) {
        if (i2ctarget_rp2040_targets[i].target && i2ctarget_rp2040_targets[i].smbus)
            keep_limits(&i2ctarget_rp2040_targets[i]);
    }
    i2ctarget_rp2040_alarm_set();
    cpu_irq_restore(state);
}
