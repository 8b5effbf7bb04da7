/* SPDX-License-Identifier: MIT */
/* What the files of this folder share.  Interrupts are masked in all of these but watch(). */
#ifndef GPIO_PARTS_H
#define GPIO_PARTS_H

#include "gpio/gpio.h"

/* ---- lines.c: the two lines and the line driver --------------------------------------------- */

/* The levels have changed by one edge, or by one of each line, and it is certain that it was so. */
void i2ctarget_gpio_change(struct gpio_target *self, uint32_t levels);
/* The same of a START on an idle bus, and of SCL's fall if it has fallen since. */
void i2ctarget_gpio_begin(struct gpio_target *self, uint32_t levels);
/*
 * Edges were missed, these for all we know.  The message, if there is one, is given up.
 */
void i2ctarget_gpio_lose(struct gpio_target *self, uint32_t levels, uint32_t edges);
/* The driver is told of what it does not know yet.  Events may be raised. */
void i2ctarget_gpio_flush(struct gpio_target *self);
/* SCL is held for an answer: do what is due by now. */
void i2ctarget_gpio_resume(struct gpio_target *self);

/* SMBus 3 §4.3.3, t_HIGH;MAX: both lines high for so long means that the bus is idle. */
enum { GPIO_IDLE_NS = 50000 };

static inline bool i2ctarget_gpio_is_holding(const struct gpio_target *self)
{
    return self->pulled.scl_low;
}

/* Is a message ours, or may it be? */
static inline bool i2ctarget_gpio_follows(const struct gpio_target *self)
{
    return self->driver.line.open || !i2ctarget_target_line_is_deaf(&self->driver.line);
}

/* For all we have seen, there is no transfer. */
static inline bool i2ctarget_gpio_seems_idle(const struct gpio_target *self)
{
    return !i2ctarget_gpio_follows(self) && !self->driver.line.in_transfer &&
           self->bus != GPIO_BUS_UNSURE;
}

/* Whoever leaves an idle bus does so by a START (UM10204 §3.1.4). */
static inline bool i2ctarget_gpio_is_idle(const struct gpio_target *self)
{
    return i2ctarget_gpio_seems_idle(self) && self->bus == GPIO_BUS_KNOWN;
}

/* Both lines were high at the last look.  Were they so for long enough? */
static inline bool i2ctarget_gpio_is_settled(const struct gpio_target *self)
{
    return self->chip->now_ns() - self->doubt_ns >= GPIO_IDLE_NS;
}

static inline void i2ctarget_gpio_doubt(struct gpio_target *self, enum gpio_bus bus)
{
    self->bus = (uint8_t)bus;
    self->doubt_ns = self->chip->now_ns();
}

/* SCL has fallen since the last look, so a START was before. */
static inline bool i2ctarget_gpio_is_unseen_start(const struct gpio_target *self, uint32_t levels)
{
    return self->levels == GPIO_LINES && !(levels & GPIO_SCL) && i2ctarget_gpio_is_idle(self);
}

/* START has been, and its SCL falls: no clock is complete, and the time matters to SMBus alone. */
static inline bool i2ctarget_gpio_is_first_fall(const struct gpio_target *self)
{
    const struct target_line *line = &self->driver.line;
    return !self->has_risen && !self->has_started && !line->open && line->clocks == 0 &&
           !i2ctarget_target_line_is_deaf(line);
}

static inline void i2ctarget_gpio_fall_first(struct gpio_target *self)
{
    uint64_t at_ns = self->driver.smbus ? self->chip->now_ns() : self->driver.now_ns;
    i2ctarget_line_driver_start_over(&self->driver, at_ns, self->levels & GPIO_SDA);
}

/* The end of a message is to be raised as soon as there is time for it. */
static inline bool i2ctarget_gpio_owes_end(const struct gpio_target *self)
{
    return self->has_ended && !self->is_locked;
}

/* Is there anything that the core may stay for? */
static inline bool i2ctarget_gpio_has_work(const struct gpio_target *self)
{
    if (i2ctarget_gpio_is_holding(self))
        return false;
    return i2ctarget_gpio_follows(self) || self->pulled.sda_low || self->lingers;
}

/* A limit of SMBus has been reached while SCL is low and not ours. */
void i2ctarget_gpio_time_out(struct gpio_target *self);

/* ---- follow.c: from one edge to the next ---------------------------------------------------- */

/* Everything that there is to do now.  It stays for the next edge if the chip wants that. */
void i2ctarget_gpio_follow(struct gpio_target *self);
/* At the end of what has masked interrupts for long. */
void i2ctarget_gpio_look_behind(struct gpio_target *self);
/*
 * Watches the bus until an event was raised, or an interrupt was served.  Returns false at once if the
 * bus is not at rest: then interrupts tell what there is to do.  Task context, interrupts not masked.
 */
bool i2ctarget_gpio_watch(struct gpio_target *self);

/* ---- gpio.c: the core's side ----------------------------------------------------------------- */

/* The line driver's answerer. */
int i2ctarget_gpio_on_event(void *owner, const struct i2ctarget_event *event);
/* Raises the end of a message that was put off. */
void i2ctarget_gpio_raise_end(struct gpio_target *self);
/* Raises what came between lock() and unlock(), if that is over. */
void i2ctarget_gpio_raise_deferred(struct gpio_target *self);

#endif
