/* SPDX-License-Identifier: MIT */
#include "samd5x/alarm.h"

#include "chip/waiting.h"
#include "cpu.h"
#include "i2ctarget/samd5x.h"
#include "samd5x/second.h"
#include "samd5x/time.h"

/* How often a look at the bus is repeated that has found it busy. */
enum { TICK_US = 1000 };

/* When a hold reaches a limit.  (The SERCOM looks after the time for which others keep SCL low.) */
static int64_t limit_us(const struct samd5x_target *self)
{
    static const struct stretching_limits limits = {CHIP_SMBUS_LOW_US, CHIP_SMBUS_SUM_US};
    if (!self->smbus || !self->stretching.is_on)
        return I2CTARGET_FOREVER;
    uint64_t low_us = self->stretching.since;
    return (int64_t)i2ctarget_stretching_limit(&self->stretching, &limits, low_us);
}

static int64_t due_us(const struct samd5x_target *self, int64_t now_us)
{
    int64_t due = limit_us(self);
    if (self->must_widen || i2ctarget_samd5x_target_has_left(self))
        due = i2ctarget_chip_sooner(due, now_us + TICK_US);
    return self->until_us > now_us ? i2ctarget_chip_sooner(due, self->until_us) : due;
}

void i2ctarget_samd5x_alarm_set(void)
{
    int64_t now_us = i2ctarget_samd5x_time_us();
    int64_t first_us = I2CTARGET_FOREVER;
    for (unsigned i = 0; i < SERCOMS; i++) {
        const struct samd5x_target *self = &i2ctarget_samd5x_targets[i];
        if (self->target)
            first_us = i2ctarget_chip_sooner(first_us, due_us(self, now_us));
    }
    if (i2ctarget_samd5x_second)
        first_us = i2ctarget_chip_sooner(first_us, i2ctarget_samd5x_second->due_us(now_us));
    if (first_us != I2CTARGET_FOREVER)
        i2ctarget_samd5x_time_set_alarm(first_us);
}

/* SCL is high for 50 us at most in a transfer (SMBus 3, table 1: T_HIGH). */
static bool is_bus_at_rest(const struct samd5x_target *self)
{
    enum { REST_US = 60 };
    int64_t end_us = i2ctarget_samd5x_time_us() + REST_US;
    while (i2ctarget_samd5x_pins_are_high(&self->wiring)) {
        if (i2ctarget_samd5x_time_us() >= end_us)
            return true;
    }
    return false;
}

void i2ctarget_samd5x_alarm_try_to_widen(struct samd5x_target *self)
{
    bool is_free = !self->open && self->stage == LISTENING &&
                   !(i2ctarget_samd5x_sercom_flags(&self->sercom) & self->watched);
    if (is_free && is_bus_at_rest(self))
        i2ctarget_samd5x_target_widen(self);
}

void i2ctarget_samd5x_alarm_widen_after_stop(struct samd5x_target *self)
{
    enum { PATIENCE_US = 40000 };
    bool is_patient = i2ctarget_samd5x_time_us() - self->widen_us < PATIENCE_US;
    if (is_patient ? is_bus_at_rest(self) : i2ctarget_samd5x_pins_are_high(&self->wiring))
        i2ctarget_samd5x_target_widen(self);
}

static void look_after(struct samd5x_target *self)
{
    int64_t limit = limit_us(self);
    if (limit != I2CTARGET_FOREVER && i2ctarget_samd5x_time_us() >= limit)
        i2ctarget_samd5x_target_cut(self);
    if (i2ctarget_samd5x_target_has_left(self) && is_bus_at_rest(self))
        i2ctarget_samd5x_target_end_left(self);
    if (self->must_widen)
        i2ctarget_samd5x_alarm_try_to_widen(self);
}

void i2ctarget_samd5x_timer_irq(void)
{
    uint32_t state = cpu_irq_save();
    i2ctarget_samd5x_time_acknowledge();
    for (unsigned i = 0; i < SERCOMS; i++) {
        if (i2ctarget_samd5x_targets[i].target)
            look_after(&i2ctarget_samd5x_targets[i]);
    }
    if (i2ctarget_samd5x_second)
        i2ctarget_samd5x_second->look_after();
    i2ctarget_samd5x_alarm_set();
    cpu_irq_restore(state);
}
