/* SPDX-License-Identifier: MIT */
/*
 * The part of this folder that must be quick: the core stays with a message, from one edge to the
 * next.
 *
 *     SDA  ‾‾‾\_____________ … _/‾‾‾‾‾‾‾‾‾‾‾
 *     SCL  ‾‾‾‾‾‾\______/‾‾ … ‾‾‾‾‾‾‾‾‾‾‾‾‾‾
 *                 ^ enter(): by an interrupt   ^ rest(): the latches take over, 10 us after STOP
 *                       ^ clocks.h
 *
 * It is compiled into each chip, so that an access to a pin is an access and not a call.  The file
 * of the chip that has the struct gpio_chip defines these first, all `static inline`, and then
 * includes this header; its table has `.enter = gpio_enter` and `.stay = gpio_stay`.
 *
 *     uint32_t gpio_pins_levels(void *pins);         as the function of that name in struct gpio_chip
 *     void gpio_pins_pull_scl(void *pins);
 *     void gpio_pins_release_scl(void *pins);
 *     void gpio_pins_pull_sda(void *pins);
 *     void gpio_pins_release_sda(void *pins);
 *     uint32_t gpio_ticks(void);                     counts up and wraps, ticks_hz() times a second
 *     bool gpio_pins_have_started(void *pins, uint32_t levels)
 *                          The bus was idle, and these are the levels a moment ago.  Is it certain, by
 *                          them and by what is latched, that SDA fell first and no clock has been?
 *     void gpio_pins_take(void *pins)
 *                          The handler looks, and may pull the pins: the interrupt may stay on.
 *
 * All but have_started() are called after take(), or while the chip does not listen to the pins.
 *
 * From START to the first clock there is little time: 1.9 us in Fast-mode, with the way to the
 * handler.  So enter() does what must be done by then, and nothing else.
 *
 * Whatever is not an ordinary clock is left to lines.c.
 */
#ifndef GPIO_STAY_H
#define GPIO_STAY_H

#include "gpio/clocks.h"

/* ---- START ----------------------------------------------------------------------------------- */

/* One that ends no message of ours, and whose kind is known; SCL may have fallen since. */
static inline bool gpio_is_start(const struct gpio_target *self, uint32_t levels)
{
    if (self->levels != GPIO_LINES || self->bus != GPIO_BUS_KNOWN || self->driver.line.open)
        return false;
    return levels == GPIO_SCL ||
           (!self->is_scl_new && i2ctarget_gpio_is_unseen_start(self, levels));
}

static inline void gpio_begin(struct gpio_target *self)
{
    self->started_ticks = gpio_ticks();
    self->levels = GPIO_SCL;
    self->has_risen = self->is_scl_new = false;
    i2ctarget_line_driver_begin(&self->driver);
}

/* SCL falls for the first time after it. */
static inline void gpio_fall_first(struct gpio_target *self, uint32_t levels)
{
    self->levels = levels;
    if (self->driver.smbus)
        i2ctarget_gpio_fall_first(self);
    else
        i2ctarget_line_driver_pass(&self->driver, false, levels & GPIO_SDA);
}

/* Returns false if nothing has moved for long.  Whatever is no fall of SCL is left to others. */
static inline bool gpio_await_first_fall(struct gpio_target *self)
{
    struct gpio_patience patience = {0};
    do {
        for (unsigned i = 0; i < GPIO_LOOKS_PER_TICKS; i++) {
            uint32_t levels = gpio_pins_levels(self->pins);
            if (levels == GPIO_SCL)
                continue;
            if (!(levels & GPIO_SCL)) {
                gpio_fall_first(self, levels);
                self->is_scl_new = true;
            }
            return true;
        }
    } while (!gpio_is_over(self, &patience));
    return false;
}

/*
 * On a bus that is quicker than Fast-mode, or may be, SCL must be seen high: by the next look, it may
 * have risen and fallen.  Returns false if nothing has moved for long.
 */
static inline bool gpio_follow_start(struct gpio_target *self, uint32_t levels)
{
    gpio_begin(self);
    if (levels & GPIO_SCL)
        return gpio_await_first_fall(self);
    if (self->is_fast_mode)
        gpio_fall_first(self, levels);
    else
        gpio_give_up(self, levels);
    self->is_scl_new = true;
    return true;
}

/* ---- all the rest ---------------------------------------------------------------------------- */

/*
 * A STOP that ends our message.  On a quick bus there is a moment for that behind it, at once.  If it
 * has taken longer, or if the bus is quicker than Fast-mode, a START may have gone by, with clocks.
 */
static inline void gpio_end_quickly(struct gpio_target *self)
{
    uint32_t since_ticks = gpio_ticks();
    self->levels = GPIO_LINES;
    self->has_risen = false;
    self->bus = GPIO_BUS_KNOWN;
    i2ctarget_line_driver_stop(&self->driver);
    uint32_t levels = gpio_pins_levels(self->pins), took_ticks = gpio_ticks() - since_ticks;
    bool is_idle = levels == GPIO_LINES && took_ticks < self->durations.next_stop;
    bool may_have_clocked = took_ticks >= self->durations.next_clock || !self->is_fast_mode;
    if (!is_idle && may_have_clocked)
        gpio_give_up(self, levels);
    else if (levels != GPIO_LINES)
        (void)gpio_follow_start(self, levels);
}

/* A STOP that ends our message and finds it between two clocks: elsewhere there may be more to do. */
static inline bool gpio_is_quick_end(const struct gpio_target *self, uint32_t levels)
{
    return self->is_quick && levels == GPIO_LINES && self->levels == GPIO_SCL &&
           !self->has_started && self->driver.line.clocks != TARGET_LINE_BYTE_CLOCKS;
}

/* A STOP without an event: the message has ended before, or was none of ours. */
static inline bool gpio_is_stop(const struct gpio_target *self, uint32_t levels)
{
    return levels == GPIO_LINES && self->levels == GPIO_SCL && !self->driver.line.open;
}

static inline void gpio_take_change(struct gpio_target *self, uint32_t levels)
{
    bool scl_moved = (levels ^ self->levels) & GPIO_SCL;
    self->has_been_held = false;
    if (scl_moved && self->is_scl_new) {
        gpio_give_up(self, levels);
    } else if (scl_moved && self->has_started) {
        self->levels = levels;
        gpio_restart(self);
        return;
    } else if (scl_moved && i2ctarget_gpio_is_first_fall(self)) {
        gpio_fall_first(self, levels);
    } else if (gpio_is_stop(self, levels)) {
        self->levels = levels;
        self->has_risen = false;
        self->bus = GPIO_BUS_KNOWN;
        i2ctarget_line_driver_stop(&self->driver);
    } else if (gpio_is_quick_end(self, levels)) {
        gpio_end_quickly(self);
    } else {
        i2ctarget_gpio_change(self, levels);
    }
    self->is_scl_new = scl_moved && !self->has_been_held;
}

/* A START that ends a message of ours. */
static inline bool gpio_is_restart(const struct gpio_target *self, uint32_t levels)
{
    return self->levels == GPIO_LINES && levels == GPIO_SCL && self->driver.line.open &&
           !self->has_started;
}

/* SCL's fall behind it is held.  Returns false if nothing has moved for long. */
static inline bool gpio_follow_restart(struct gpio_target *self)
{
    struct gpio_patience patience = {0};
    self->has_started = true;
    self->levels = GPIO_SCL;
    do {
        for (unsigned i = 0; i < GPIO_LOOKS_PER_TICKS; i++) {
            uint32_t levels = gpio_pins_levels(self->pins);
            if (levels == GPIO_SCL)
                continue;
            if (levels & GPIO_SCL)
                return true;
            self->levels = levels;
            gpio_restart(self);
            return true;
        }
    } while (!gpio_is_over(self, &patience));
    return false;
}

/* Returns false if nothing has moved for long. */
static inline bool gpio_follow_clock(struct gpio_target *self)
{
    if (!self->has_risen) {
        enum gpio_wait what = gpio_await_rise(self);
        if (what == GPIO_TOO_QUICK)
            gpio_give_up(self, self->levels);
        if (what != GPIO_CAME)
            return what != GPIO_PAUSE;
        gpio_note_rise(self);
    }
    uint32_t levels;
    switch (gpio_await_fall(self, &levels)) {
    case GPIO_CAME:
        gpio_take_clock(self, levels);
        return true;
    case GPIO_TOO_QUICK:
        gpio_give_up(self, levels);
        return true;
    case GPIO_OTHER:
        if (gpio_is_restart(self, levels))
            return gpio_follow_restart(self);
        gpio_take_change(self, levels);
        self->is_scl_new = false;
        return true;
    default:
        return false;
    }
}

/* Until START or STOP.  Returns false if nothing has moved for long. */
static inline bool gpio_pass_over(struct gpio_target *self)
{
    struct gpio_patience patience = {0};
    self->is_scl_new = false;
    do {
        for (unsigned i = 0; i < GPIO_LOOKS_PER_TICKS; i++) {
            uint32_t levels = gpio_pins_levels(self->pins);
            if (gpio_is_start(self, levels))
                return gpio_follow_start(self, levels);
            if (gpio_is_start_or_stop(self->levels, levels)) {
                gpio_take_change(self, levels);
                return true;
            }
            if (levels == self->levels)
                continue;
            self->levels = levels;
            self->bus = GPIO_BUS_KNOWN;
            patience.has_begun = false;
        }
    } while (!gpio_is_over(self, &patience));
    i2ctarget_line_driver_pass(&self->driver, self->levels & GPIO_SCL, self->levels & GPIO_SDA);
    return false;
}

/* Returns false if nothing has moved for long. */
static inline bool gpio_follow_change(struct gpio_target *self)
{
    struct gpio_patience patience = {0};
    do {
        for (unsigned i = 0; i < GPIO_LOOKS_PER_TICKS; i++) {
            uint32_t levels = gpio_pins_levels(self->pins), moved = levels ^ self->levels;
            if (!moved) {
                self->is_scl_new = false;
                continue;
            }
            if (gpio_is_start(self, levels))
                return gpio_follow_start(self, levels);
            gpio_take_change(self, levels);
            return true;
        }
    } while (!gpio_is_over(self, &patience));
    return false;
}

/* Nothing but the next START or STOP matters. */
static inline bool gpio_is_passive(const struct gpio_target *self)
{
    return i2ctarget_target_line_is_deaf(&self->driver.line) && !self->driver.line.open;
}

/* SCL is low.  Does it stay so for a while?  The last thing is a look. */
static inline bool gpio_stays_low(const struct gpio_target *self, uint32_t ticks)
{
    uint32_t since_ticks = gpio_ticks();
    for (bool is_over = ticks == 0; !is_over;) {
        is_over = gpio_ticks() - since_ticks >= ticks;
        if (gpio_pins_levels(self->pins) & GPIO_SCL)
            return false;
    }
    return true;
}

/*
 * The message is given up, and SDA is still pulled: it is released where SCL is low, because anywhere
 * else that would be a STOP.  Up to Fast-mode the hold time is kept; on a quicker bus SCL might rise
 * meanwhile.  Returns false if nothing has moved for long.
 */
static inline bool gpio_free_sda(struct gpio_target *self)
{
    struct gpio_patience patience = {0};
    uint32_t hold_ticks = self->is_fast_mode ? self->durations.hold : 0;
    do {
        for (unsigned i = 0; i < GPIO_LOOKS_PER_TICKS; i++) {
            self->levels = gpio_pins_levels(self->pins);
            if (self->levels & GPIO_SCL || !gpio_stays_low(self, hold_ticks))
                continue;
            gpio_pins_release_sda(self->pins);
            self->pulled.sda_low = self->driver.pulls.sda_low = self->is_scl_new = false;
            return true;
        }
    } while (!gpio_is_over(self, &patience));
    return false;
}

/* Returns false if nothing has moved for long. */
static inline bool gpio_follow_next(struct gpio_target *self)
{
    if (!gpio_is_passive(self))
        return gpio_follow_change(self);
    if (self->pulled.sda_low)
        return gpio_free_sda(self);
    return self->driver.line.in_transfer ? gpio_pass_over(self) : gpio_follow_change(self);
}

/* ---- coming and going ------------------------------------------------------------------------ */

/* Nothing is under way on the bus, and nothing is left to be done. */
static inline bool gpio_is_at_rest(const struct gpio_target *self)
{
    return self->levels == GPIO_LINES && !self->has_ended && !self->pulled.sda_low &&
           i2ctarget_gpio_is_idle(self);
}

/*
 * The bus was at rest at the last look, and the latches take over.  Returns false if a START has come
 * before they did: it is begun, and looks go on.  On a bus that is quicker than Fast-mode a clock may
 * have gone by, and the message is left alone.
 */
static inline bool gpio_rest(struct gpio_target *self)
{
    uint32_t since_ticks = gpio_ticks();
    self->chip->listen(self->pins, true);
    self->rested_ticks = gpio_ticks();
    uint32_t levels = gpio_pins_levels(self->pins);
    self->is_ready = levels == GPIO_LINES;
    self->ear = self->is_ready ? GPIO_LATCHES : GPIO_HANDLER;
    if (self->is_ready)
        return true;
    gpio_pins_take(self->pins);
    gpio_begin(self);
    if (self->rested_ticks - since_ticks >= self->durations.first_clock || !self->is_fast_mode)
        gpio_give_up(self, levels);
    else if (levels & GPIO_SCL)
        (void)gpio_await_first_fall(self);
    else
        gpio_fall_first(self, levels);
    return false;
}

/*
 * The application is called for, and it will watch again: it goes now, because behind a STOP there is
 * time before the next START is to be seen.
 */
static inline bool gpio_is_called(const struct gpio_target *self)
{
    return self->watches && self->raised && gpio_is_at_rest(self);
}

static enum gpio_stayed gpio_go_on(struct gpio_target *self)
{
    for (;;) {
        bool is_clocked = gpio_is_clocked(self); /* then there is little time */
        if (!is_clocked && !i2ctarget_gpio_has_work(self))
            return GPIO_STAYED;
        if (is_clocked ? gpio_follow_clock(self) : !gpio_is_called(self) && gpio_follow_next(self))
            continue;
        self->lingers = false;
        if (!gpio_is_at_rest(self) || gpio_rest(self))
            return GPIO_PAUSED;
    }
}

/*
 * Until the message or its transfer is over, or an answer is owed; or until nothing has moved for so
 * long that the core is left.
 */
static enum gpio_stayed gpio_stay(struct gpio_target *self)
{
    self->is_scl_new = false;
    self->started_ticks = gpio_ticks();
    if (self->lets_go) {
        self->lets_go = self->pulled.scl_low = false;
        self->has_been_held = true;
        gpio_pins_release_scl(self->pins);
    }
    return gpio_go_on(self);
}

/*
 * A look has found the bus at rest, and up to the next one, by enter(), there was no time for a clock.
 * It is true by mistake 1.6 us long after each wrap of the counter, for an interrupt that comes in
 * them and is too late for the latches.
 */
static inline bool gpio_has_just_rested(const struct gpio_target *self)
{
    return self->bus == GPIO_BUS_KNOWN && self->is_fast_mode &&
           self->started_ticks - self->rested_ticks < self->durations.first_clock;
}

/*
 * Is it certain that the bus was left by a START, and that no clock has been since?  These are the
 * levels after it.
 */
static inline bool gpio_has_started(const struct gpio_target *self, uint32_t levels)
{
    bool is_known =
        self->bus == GPIO_BUS_KNOWN || (self->bus == GPIO_BUS_JOINED && levels & GPIO_SCL);
    return (is_known && gpio_pins_have_started(self->pins, levels)) || gpio_has_just_rested(self);
}

/*
 * The first thing that an interrupt does if the bus seemed idle.  If both lines are high, nothing has
 * happened.  The latches prove the START as late as possible: then they prove all that was before.
 */
static enum gpio_stayed gpio_enter(struct gpio_target *self)
{
    if (gpio_pins_levels(self->pins) == GPIO_LINES)
        return GPIO_NO_START;
    gpio_begin(self);
    uint32_t levels = gpio_pins_levels(self->pins);
    bool is_certain = gpio_has_started(self, levels);
    gpio_pins_take(self->pins);
    self->ear = GPIO_HANDLER;
    if (!is_certain) {
        gpio_give_up(self, levels);
    } else {
        self->bus = GPIO_BUS_KNOWN;
        if (!(levels & GPIO_SCL))
            gpio_fall_first(self, levels);
    }
    return gpio_go_on(self);
}

#endif
