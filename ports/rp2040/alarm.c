/* SPDX-License-Identifier: MIT */
#include "rp2040/alarm.h"

#include "cpu.h"
#include "i2ctarget/rp2040.h"
#include "rp2040/clock.h"
#include "rp2040/target.h"

/*
 * SMBus 3, table 1.  SCL is looked at every TICK_US, so 25 ms may become 27.  The sum of our own
 * stretches is exact to the microsecond, with a reserve for the interrupt's latency.
 */
enum { TICK_US = 2000, LOW_MAX_US = 25000, STRETCH_MAX_US = 24800 };

enum { DEFAULT_ALARM = 2 };
uint8_t i2ctarget_rp2040_alarm = DEFAULT_ALARM;

/* The time from now until a limit must be checked. */
static int32_t smbus_due_us(const struct rp2040_target *self, uint32_t now_us)
{
    int32_t due_us = (int32_t)(self->tick_us + TICK_US - now_us);
    if (!self->held)
        return due_us;
    int32_t hold_us = (int32_t)(self->held_us + STRETCH_MAX_US - self->stretched_us - now_us);
    return hold_us < due_us ? hold_us : due_us;
}

void i2ctarget_rp2040_alarm_set(void)
{
    int64_t now_us = i2ctarget_rp2040_clock_us();
    int64_t first_us = I2CTARGET_FOREVER;
    for (unsigned i = 0; i < BLOCKS; i++) {
        const struct rp2040_target *self = &i2ctarget_rp2040_targets[i];
        if (!self->target)
            continue;
        if (self->until_us > now_us && self->until_us < first_us)
            first_us = self->until_us;
        int64_t due_us = now_us + smbus_due_us(self, (uint32_t)now_us);
        if (self->smbus && due_us < first_us)
            first_us = due_us;
    }
    if (first_us != I2CTARGET_FOREVER)
        i2ctarget_rp2040_clock_set_alarm(i2ctarget_rp2040_alarm, first_us);
}

static uint32_t look_at_scl(const struct rp2040_target *self)
{
    uint32_t bits = mmio_read32(GPIO_INTR(self->scl)) >> GPIO_INTR_SHIFT(self->scl);
    mmio_write32(GPIO_INTR(self->scl), (uint32_t)(INTR_EDGE_LOW | INTR_EDGE_HIGH)
                                           << GPIO_INTR_SHIFT(self->scl));
    return bits;
}

/*
 * Edges are latched, so a clock between two looks is not missed.  With the level alone it would be
 * missed.
 */
static bool is_low_too_long(struct rp2040_target *self, uint32_t now_us)
{
    if (now_us - self->tick_us < TICK_US)
        return false;
    self->tick_us = now_us;
    uint32_t scl = look_at_scl(self);
    if (!(scl & INTR_LEVEL_LOW) || scl & (INTR_EDGE_LOW | INTR_EDGE_HIGH))
        self->low_us = now_us;
    if (now_us - self->low_us < LOW_MAX_US)
        return false;
    return self->stage != LISTENING ||
           !is_waiting_for_start(i2ctarget_rp2040_engine_place(&self->engine));
}

static bool has_stretched_too_long(const struct rp2040_target *self, uint32_t now_us)
{
    return self->held && now_us - self->held_us + self->stretched_us >= STRETCH_MAX_US;
}

static void keep_limits(struct rp2040_target *self)
{
    uint32_t now_us = i2ctarget_rp2040_clock_low_us();
    bool is_low = is_low_too_long(self, now_us);
    if (is_low || has_stretched_too_long(self, now_us))
        i2ctarget_rp2040_target_cut(self, I2CTARGET_TIMEOUT);
}

void i2ctarget_rp2040_alarm_irq(void)
{
    uint32_t state = cpu_irq_save();
    i2ctarget_rp2040_clock_clear_alarm(i2ctarget_rp2040_alarm);
    for (unsigned i = 0; i < BLOCKS; i++) {
        if (i2ctarget_rp2040_targets[i].target && i2ctarget_rp2040_targets[i].smbus)
            keep_limits(&i2ctarget_rp2040_targets[i]);
    }
    i2ctarget_rp2040_alarm_set();
    cpu_irq_restore(state);
}
