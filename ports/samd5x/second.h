/* SPDX-License-Identifier: MIT */
/*
 * The chip has two ports: SERCOMs, and any two pins (gpio.c).  What the first one must know of the
 * second is in this table, which the second one sets.  So a program that does not use the second one
 * does not have its code.
 */
#ifndef SAMD5X_SECOND_H
#define SAMD5X_SECOND_H

#include <stdbool.h>
#include <stdint.h>

struct samd5x_second {
    bool (*is_any_open)(void);
    bool (*uses_pin)(unsigned pin);
    /* The alarm: when it is to come, and what is to be done then. */
    int64_t (*due_us)(int64_t now_us);
    void (*look_after)(void);
};

/* NULL: it has not been used. */
extern const struct samd5x_second *i2ctarget_samd5x_second;

#endif
