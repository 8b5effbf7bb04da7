/* SPDX-License-Identifier: MIT */
/*
 * From one clock to the next, for stay.h, which says what the chip defines before:
 *
 *     SCL  ___/‾‾‾‾‾‾‾\________________/‾‾‾‾
 *             ^ await_rise(): SDA is the bit
 *                     ^ await_fall(), then take_clock(): a bit comes in, or act()
 *
 * Whatever is not an ordinary clock is left to stay.h, or to lines.c.
 */
#ifndef GPIO_CLOCKS_H
#define GPIO_CLOCKS_H

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
    self->lingers = true;
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
    self->has_been_held = true;
    gpio_pins_release_scl(self->pins);
}

/* Edges may have been missed: the bus is left alone until the next START. */
static inline void gpio_give_up(struct gpio_target *self, uint32_t levels)
{
    i2ctarget_gpio_lose(self, levels, GPIO_EDGES);
    self->lingers = true;
}

/* How quick the bus is, an address byte tells; its last clock has risen. */
static inline void gpio_note_speed(struct gpio_target *self)
{
    uint32_t byte_ticks = gpio_ticks() - self->started_ticks;
    self->is_quick = byte_ticks < self->durations.quick;
    self->is_rapid = byte_ticks < self->durations.rapid;
    self->is_fast_mode = byte_ticks >= self->durations.plus;
}

/* SCL was low a moment ago.  If it is high again, the bus is too quick for a pull. */
static inline bool gpio_has_risen(struct gpio_target *self)
{
    if (!self->is_rapid)
        return false;
    uint32_t levels = gpio_pins_levels(self->pins);
    if (!(levels & GPIO_SCL))
        return false;
    gpio_give_up(self, levels);
    return true;
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
    if (gpio_has_risen(self))
        return;
    uint32_t fell_ticks = gpio_hold(self);
    i2ctarget_line_driver_act(&self->driver, bit, self->levels & GPIO_SDA);
    gpio_give(self, fell_ticks);
}

/* A repeated START ends a message of ours, and SCL has fallen. */
static inline void gpio_restart(struct gpio_target *self)
{
    if (gpio_has_risen(self))
        return;
    bool has_risen = self->has_risen;
    uint32_t fell_ticks = gpio_hold(self);
    self->has_started = false;
    i2ctarget_line_driver_restart(&self->driver, has_risen, self->levels & GPIO_SDA);
    gpio_give(self, fell_ticks);
}

/* ---- messages for others --------------------------------------------------------------------- */

/* On a quick bus an interrupt for each edge would take longer than the edges, so the core stays. */
static inline void gpio_ignore(struct gpio_target *self, uint32_t levels)
{
    self->levels = levels;
    self->has_risen = false;
    i2ctarget_line_driver_ignore(&self->driver, levels & GPIO_SDA);
    self->lingers = self->is_quick;
}

/* Has the address of a message for others been complete, in a clock that ends now with `bit`? */
static inline bool gpio_is_strangers(const struct gpio_target *self, bool bit)
{
    const struct line_driver *driver = &self->driver;
    return i2ctarget_target_line_acts(&driver->line) && !driver->line.open &&
           !i2ctarget_line_driver_is_ours(driver, bit) && !self->pulled.sda_low;
}

/* Only a START or a STOP matters: SDA moves between two looks that have found SCL high. */
static inline bool gpio_is_start_or_stop(uint32_t before, uint32_t levels)
{
    return before & levels & GPIO_SCL && (before ^ levels) & GPIO_SDA;
}

/* ---- clocks that come in ---------------------------------------------------------------------- */

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
    } else if (gpio_is_strangers(self, bit)) {
        gpio_ignore(self, levels);
    } else {
        i2ctarget_gpio_change(self, levels);
    }
}

/* Is an ordinary clock to be expected?  SCL is low, or is high in the middle of it. */
static inline bool gpio_is_clocked(const struct gpio_target *self)
{
    return !i2ctarget_target_line_is_deaf(&self->driver.line) && !self->has_started &&
           !self->pulled.scl_low && (self->has_risen || !(self->levels & GPIO_SCL));
}

static inline void gpio_note_rise(struct gpio_target *self)
{
    self->has_risen = true;
    self->is_scl_new = !self->has_been_held; /* it has risen because we let it go */
    self->has_been_held = false;
    self->risen_sda = self->levels & GPIO_SDA;
    if (self->driver.line.clocks == TARGET_LINE_BYTE_CLOCKS - 1 && !self->driver.line.open)
        gpio_note_speed(self);
}

#endif
