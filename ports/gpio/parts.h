/* SPDX-License-Identifier: MIT */
/* What the files of this folder share.  Interrupts are masked in all of these. */
#ifndef GPIO_PARTS_H
#define GPIO_PARTS_H

#include "gpio/gpio.h"

/* ---- lines.c: the two lines and the line driver --------------------------------------------- */

/* The levels have changed by one edge, or by one of each line, and it is certain that it was so. */
void i2ctarget_gpio_change(struct gpio_target *self, uint32_t levels);
/*
 * Edges were missed, these for all we know.  The message, if there is one, is given up.
 */
void i2ctarget_gpio_lose(struct gpio_target *self, uint32_t levels, uint32_t edges);
/* The driver is told of what it does not know yet.  Events may be raised. */
void i2ctarget_gpio_flush(struct gpio_target *self);
/* SCL is held for an answer: do what is due by now. */
void i2ctarget_gpio_resume(struct gpio_target *self);

static inline bool i2ctarget_gpio_is_holding(const struct gpio_target *self)
{
    return self->pulled.scl_low;
}

/* Is a message ours, or may it be? */
static inline bool i2ctarget_gpio_follows(const struct gpio_target *self)
{
    return self->driver.line.open || !i2ctarget_target_line_is_deaf(&self->driver.line);
}

/* Is there anything that the core may stay for? */
static inline bool i2ctarget_gpio_has_work(const struct gpio_target *self)
{
    bool concerns_us = i2ctarget_gpio_follows(self) || self->is_ours || self->pulled.sda_low;
    return concerns_us && !i2ctarget_gpio_is_holding(self) && !self->has_stopped;
}

/* A limit of SMBus has been reached while SCL is low and not ours. */
void i2ctarget_gpio_time_out(struct gpio_target *self);

/* ---- follow.c: from one edge to the next ---------------------------------------------------- */

/* Everything that there is to do now.  It stays for the next edge if the chip wants that. */
void i2ctarget_gpio_follow(struct gpio_target *self);

/* ---- gpio.c: the core's side ----------------------------------------------------------------- */

/* The line driver's answerer. */
int i2ctarget_gpio_on_event(void *owner, const struct i2ctarget_event *event);
/* Raises what came between lock() and unlock(), if that is over. */
void i2ctarget_gpio_raise_deferred(struct gpio_target *self);

#endif
