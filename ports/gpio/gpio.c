/* SPDX-License-Identifier: MIT */
/*
 * The core's side: ops, and the lock.
 *
 * The lock does not mask interrupts, because a START that nobody sees is a message that is lost.
 * Bits are followed as ever.  An event that comes meanwhile is kept, and SCL is held for it.
 * There are at most two: the end of a message, and the address of the next one.
 */
#include "gpio/gpio.h"

#include "cpu.h"
#include "gpio/parts.h"

/* ---- events ---------------------------------------------------------------------------------- */

void i2ctarget_gpio_raise_end(struct gpio_target *self)
{
    self->has_ended = false;
    (void)i2ctarget_gpio_on_event(self, &self->ended);
}

int i2ctarget_gpio_on_event(void *owner, const struct i2ctarget_event *event)
{
    struct gpio_target *self = owner;
    if (!self->is_locked && !self->keeps_end) {
        if (self->has_ended)
            i2ctarget_gpio_raise_end(self);
        int answer = i2ctarget_raise_event(self->target, event);
        self->raised = true;
        return answer;
    }
    if (event->kind == I2CTARGET_ENDED) {
        self->ended = *event;
        self->has_ended = true;
    } else {
        self->deferred = *event;
        self->has_deferred = true;
    }
    return I2CTARGET_HOLD;
}

void i2ctarget_gpio_raise_deferred(struct gpio_target *self)
{
    if (self->is_locked)
        return;
    if (self->has_ended)
        i2ctarget_gpio_raise_end(self);
    if (self->has_deferred) {
        self->has_deferred = false;
        int answer = i2ctarget_gpio_on_event(self, &self->deferred);
        (void)i2ctarget_line_driver_answer(&self->driver, self->chip->now_ns(), answer);
    }
}

/* ---- coming and going ------------------------------------------------------------------------ */

/* Never shorter. */
static uint32_t ticks(const struct gpio_chip *chip, uint32_t ns)
{
    enum { NS_PER_S = 1000000000 };
    return (uint32_t)(((uint64_t)ns * chip->ticks_hz() + NS_PER_S - 1) / NS_PER_S);
}

static struct gpio_durations durations_of(const struct gpio_chip *chip)
{
    enum { AFTER_STOP_NS = 10000, RAPID_NS = 64000, PLUS_NS = 15000 };
    /* UM10204 table 10, Fast-mode: t_HD;STA, t_LOW, t_BUF; and nine clocks of 400 kHz. */
    enum { FIRST_CLOCK_NS = 600 + 1300, NEXT_CLOCK_NS = 1300 + FIRST_CLOCK_NS };
    enum {
        NEXT_STOP_NS = 9 * 2500,
        LOOK_NS = 300
    }; /* the looks around it come earlier and later */
    return (struct gpio_durations){
        .hold = ticks(chip, chip->timing.hold_ns),
        .setup = ticks(chip, chip->timing.setup_ns),
        .stay = ticks(chip, chip->stay_ns),
        .after_stop = ticks(chip, AFTER_STOP_NS),
        .quick = ticks(chip, chip->quick_ns),
        .rapid = ticks(chip, RAPID_NS),
        .plus = ticks(chip, PLUS_NS),
        .first_clock = ticks(chip, FIRST_CLOCK_NS - LOOK_NS),
        .next_clock = ticks(chip, NEXT_CLOCK_NS - LOOK_NS),
        .next_stop = ticks(chip, NEXT_STOP_NS),
    };
}

void i2ctarget_gpio_open(struct gpio_target *self, const struct gpio_chip *chip, void *pins,
                         struct i2ctarget *target, const struct i2ctarget_address_set *addresses,
                         bool smbus)
{
    uint32_t state = cpu_irq_save();
    *self = (struct gpio_target){
        .chip = chip,
        .pins = pins,
        .until_us = I2CTARGET_FOREVER,
        .due_us = I2CTARGET_FOREVER,
    };
    if (chip->stay_ns > 0)
        self->durations = durations_of(chip);
    chip->connect(pins);
    chip->listen(pins, true);
    self->ear = GPIO_LATCHES;
    (void)chip->take_edges(pins);
    self->levels = chip->levels(pins);
    i2ctarget_line_driver_init(&self->driver, &chip->timing, addresses, smbus,
                               i2ctarget_gpio_on_event, self, self->levels & GPIO_SCL,
                               self->levels & GPIO_SDA);
    i2ctarget_gpio_doubt(self, GPIO_BUS_JOINED);
    self->target = target;
    i2ctarget_gpio_follow(self);
    cpu_irq_restore(state);
}

/* The alarm comes after GPIO_IDLE_NS; an edge before that. */
void i2ctarget_gpio_join(const struct gpio_target *self)
{
    enum { MOST_US = 52 };
    int64_t (*now_us)(void) = self->chip->clock->now_us;
    for (int64_t begin_us = now_us();
         self->bus == GPIO_BUS_JOINED && now_us() - begin_us < MOST_US;)
        ;
}

void i2ctarget_gpio_close(void *instance)
{
    struct gpio_target *self = instance;
    uint32_t state = cpu_irq_save();
    self->chip->disconnect(self->pins);
    self->target = NULL;
    cpu_irq_restore(state);
}

/* ---- answers --------------------------------------------------------------------------------- */

/* SDA moves now.  SCL is released by unlock(), after t_SU;DAT, because from then on edges come. */
void i2ctarget_gpio_answer(void *instance, int answer)
{
    struct gpio_target *self = instance;
    uint32_t state = cpu_irq_save();
    (void)i2ctarget_line_driver_answer(&self->driver, self->chip->now_ns(), answer);
    cpu_irq_restore(state);
}

void i2ctarget_gpio_lock(void *instance)
{
    struct gpio_target *self = instance;
    self->is_locked = true;
}

static bool has_something_put_off(const struct gpio_target *self)
{
    return self->has_ended || self->has_deferred || self->driver.resume_ns != LINE_DRIVER_NEVER ||
           self->has_put_off_limit;
}

void i2ctarget_gpio_unlock(void *instance)
{
    struct gpio_target *self = instance;
    uint32_t state = cpu_irq_save();
    self->is_locked = false;
    if (has_something_put_off(self)) {
        i2ctarget_gpio_follow(self);
        i2ctarget_gpio_look_behind(self);
    }
    cpu_irq_restore(state);
}

/* An address that was called during a lock is raised before this returns. */
int i2ctarget_gpio_set_addresses(void *instance, const struct i2ctarget_address_set *addresses)
{
    struct gpio_target *self = instance;
    uint32_t state = cpu_irq_save();
    if (has_something_put_off(self))
        i2ctarget_gpio_follow(self);
    self->driver.addresses = *addresses;
    cpu_irq_restore(state);
    return 0;
}

/* ---- waiting --------------------------------------------------------------------------------- */

int i2ctarget_gpio_poll(void *instance)
{
    (void)instance;
    return 0; /* interrupts raise what there is to raise */
}

/* If the bus is at rest the core watches it, where it may; else it sleeps. */
static void rest(void *owner)
{
    struct gpio_target *self = owner;
    if (!self->watches || !i2ctarget_gpio_watch(self))
        cpu_wait_for_event();
}

int i2ctarget_gpio_wait(void *instance, int64_t until_us)
{
    struct gpio_target *self = instance;
    self->watches = self->chip->may_watch && self->chip->may_watch();
    self->is_over = false;
    return i2ctarget_chip_wait_by(&self->raised, &self->until_us, until_us, self->chip->clock, rest,
                                  self);
}

void i2ctarget_gpio_counters(void *instance, struct i2ctarget_counters *counters)
{
    enum { NS = 1000 };
    const struct gpio_target *self = instance;
    const struct stretching *stretching = &self->driver.stretching;
    counters->stretches = stretching->count;
    counters->longest_stretch_us = (uint32_t)(stretching->longest / NS);
}
