/* SPDX-License-Identifier: MIT */
/*
 * The part of this folder that must be quick: the core stays with a message, from one edge to the
 * next.
 *
 *     SCL  ___/‾‾‾‾‾‾‾\________________/‾‾‾‾
 *             ^ await_rise(): SDA is the bit
 *                     ^ await_fall(), then take_clock(): a bit comes in, or act()
 *
 * It is compiled into each chip, so that an access to a pin is an access and not a call.  The file
 * of the chip that has the struct gpio_chip defines these first, all `static inline`, and then
 * includes this header; its table has `.stay = gpio_stay`.
 *
 *     uint32_t gpio_pins_levels(void *pins);         as the function of that name in struct gpio_chip
 *     void gpio_pins_pull_scl(void *pins);
 *     void gpio_pins_release_scl(void *pins);
 *     void gpio_pins_pull_sda(void *pins);
 *     void gpio_pins_release_sda(void *pins);
 *     uint32_t gpio_ticks(void);                     counts up and wraps, ticks_hz() times a second
 *
 * They are called while the chip does not listen to the pins.
 *
 * Whatever is not an ordinary clock is left to lines.c.
 */
#ifndef GPIO_STAY_H
#define GPIO_STAY_H

#include "gpio/parts.h"

/* So many looks are made before the clock is read. */
enum { GPIO_LOOKS_PER_TICKS = 8 };

/* How long nothing has moved.  The clock is read as seldom as possible: that takes time, too. */
struct gpio_patience {
    uint32_t since_ticks;
    bool has_begun;
};

/* After a STOP the next START may come soon, and here it is seen sooner than by an interrupt. */
static inline uint32_t gpio_patience_ticks(const struct gpio_target *self)
{
    return self->driver.line.in_transfer ? self->durations.stay : self->durations.after_stop;
}

static inline bool gpio_is_over(const struct gpio_target *self, struct gpio_patience *patience)
{
    uint32_t now_ticks = gpio_ticks();
    if (!patience->has_begun)
        patience->since_ticks = now_ticks;
    patience->has_begun = true;
    return now_ticks - patience->since_ticks >= gpio_patience_ticks(self);
}

/* ---- clocks ---------------------------------------------------------------------------------- */

/* What ended the wait for an edge of SCL. */
enum gpio_wait { GPIO_CAME, GPIO_TOO_QUICK, GPIO_OTHER, GPIO_PAUSE };

/*
 * Every level of SCL must be seen at two looks, unless we have made it.  If it is not, the bus is
 * quicker than we are, and edges may have been missed.
 */
static inline enum gpio_wait gpio_await_rise(struct gpio_target *self)
{
    struct gpio_patience patience = {0};
    do {
        for (unsigned i = 0; i < GPIO_LOOKS_PER_TICKS; i++) {
            self->levels = gpio_pins_levels(self->pins);
            if (self->levels & GPIO_SCL)
                return self->is_scl_new ? GPIO_TOO_QUICK : GPIO_CAME;
            self->is_scl_new = false;
        }
    } while (!gpio_is_over(self, &patience));
    return GPIO_PAUSE;
}

/* SDA moves while SCL is high: GPIO_OTHER.  *levels: those of the last look. */
static inline enum gpio_wait gpio_await_fall(struct gpio_target *self, uint32_t *levels)
{
    struct gpio_patience patience = {0};
    do {
        for (unsigned i = 0; i < GPIO_LOOKS_PER_TICKS; i++) {
            *levels = gpio_pins_levels(self->pins);
            if (!(*levels & GPIO_SCL))
                return self->is_scl_new ? GPIO_TOO_QUICK : GPIO_CAME;
            if (*levels != self->levels)
                return GPIO_OTHER;
            self->is_scl_new = false;
        }
    } while (!gpio_is_over(self, &patience));
    return GPIO_PAUSE;
}

static inline void gpio_wait_since(uint32_t since_ticks, uint32_t ticks)
{
    while (gpio_ticks() - since_ticks < ticks)
        ;
}

/* SCL is held.  SDA moves when its hold time is over, and SCL is released t_SU;DAT later. */
static inline void gpio_give(struct gpio_target *self, uint32_t fell_ticks)
{
    struct line_driver *driver = &self->driver;
    struct line_pulls pulls = i2ctarget_line_driver_settle(driver);
    self->is_ours = self->is_ours || driver->line.open;
    if (pulls.sda_low != self->pulled.sda_low) {
        self->pulled.sda_low = pulls.sda_low;
        gpio_wait_since(fell_ticks, self->durations.hold);
        if (pulls.sda_low)
            gpio_pins_pull_sda(self->pins);
        else
            gpio_pins_release_sda(self->pins);
        gpio_wait_since(gpio_ticks(), self->durations.setup);
    }
    if (pulls.scl_low) {
        if (!driver->smbus)
            i2ctarget_line_driver_fell(driver, self->chip->now_ns());
        return;
    }
    self->pulled.scl_low = false;
    gpio_pins_release_scl(self->pins);
}

/* SCL is held from here on.  Returns the time. */
static inline uint32_t gpio_hold(struct gpio_target *self)
{
    gpio_pins_pull_scl(self->pins);
    uint32_t fell_ticks = gpio_ticks();
    self->pulled.scl_low = true;
    self->has_risen = self->is_scl_new = false;
    if (self->driver.smbus)
        i2ctarget_line_driver_fell(&self->driver, self->chip->now_ns());
    return fell_ticks;
}

/* A clock is complete that raises an event of ours, or moves SDA. */
static inline void gpio_act(struct gpio_target *self, bool bit)
{
    uint32_t fell_ticks = gpio_hold(self);
    i2ctarget_line_driver_act(&self->driver, bit, self->levels & GPIO_SDA);
    gpio_give(self, fell_ticks);
}

/* A repeated START ends a message of ours, and SCL has fallen. */
static inline void gpio_restart(struct gpio_target *self)
{
    bool has_risen = self->has_risen;
    uint32_t fell_ticks = gpio_hold(self);
    self->has_started = false;
    i2ctarget_line_driver_restart(&self->driver, has_risen, self->levels & GPIO_SDA);
    gpio_give(self, fell_ticks);
}

/* SCL has fallen; `levels` are those of the look that has found that. */
static inline void gpio_take_clock(struct gpio_target *self, uint32_t levels)
{
    bool bit = self->levels & GPIO_SDA;
    struct line_driver *driver = &self->driver;
    self->is_scl_new = true;
    if (!i2ctarget_target_line_acts(&driver->line) && !driver->smbus) {
        self->levels = levels;
        self->has_risen = false;
        i2ctarget_line_driver_shift(driver, bit, levels & GPIO_SDA);
    } else if (i2ctarget_line_driver_acts(driver, bit)) {
        self->levels = levels;
        gpio_act(self, bit);
    } else {
        i2ctarget_gpio_change(self, levels);
    }
}

/* Is an ordinary clock to be expected?  SCL is low, or is high in the middle of it. */
static inline bool gpio_is_clocked(const struct gpio_target *self)
{
    return !i2ctarget_target_line_is_deaf(&self->driver.line) && !self->has_started &&
           (self->has_risen || !(self->levels & GPIO_SCL));
}

static inline void gpio_note_rise(struct gpio_target *self)
{
    self->has_risen = self->is_scl_new = true;
    self->risen_sda = self->levels & GPIO_SDA;
}

/* Returns false if nothing has moved for long. */
static inline bool gpio_follow_clock(struct gpio_target *self)
{
    if (!self->has_risen) {
        enum gpio_wait what = gpio_await_rise(self);
        if (what == GPIO_TOO_QUICK)
            i2ctarget_gpio_lose(self, self->levels, GPIO_EDGES);
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
        i2ctarget_gpio_lose(self, levels, GPIO_EDGES);
        return true;
    case GPIO_OTHER:
        i2ctarget_gpio_change(self, levels);
        self->is_scl_new = false;
        return true;
    default:
        return false;
    }
}

/* ---- all the rest ---------------------------------------------------------------------------- */

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
        i2ctarget_gpio_lose(self, levels, GPIO_EDGES);
    } else if (scl_moved && self->has_started) {
        self->levels = levels;
        gpio_restart(self);
        return;
    } else if (i2ctarget_gpio_is_unseen_start(self, levels)) {
        i2ctarget_gpio_begin(self, levels);
    } else if (scl_moved && i2ctarget_gpio_is_first_fall(self)) {
        self->levels = levels;
        i2ctarget_gpio_fall_first(self);
    } else if (gpio_is_stop(self, levels)) {
        self->levels = levels;
        self->has_risen = self->is_unsure = false;
        i2ctarget_line_driver_stop(&self->driver);
    } else {
        i2ctarget_gpio_change(self, levels);
    }
    self->is_scl_new = scl_moved && !self->has_been_held;
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
            gpio_take_change(self, levels);
            return true;
        }
    } while (!gpio_is_over(self, &patience));
    return false;
}

/*
 * Until the message or its transfer is over, or an answer is owed.  Returns false if nothing has
 * moved for so long that the core is left.
 */
static bool gpio_stay(struct gpio_target *self)
{
    self->is_scl_new = false;
    while (i2ctarget_gpio_has_work(self)) {
        if (!(gpio_is_clocked(self) ? gpio_follow_clock(self) : gpio_follow_change(self)))
            return false;
    }
    return true;
}

#endif
