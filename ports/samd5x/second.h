/* SPDX-License-Identifier: MIT */
/*
 * The chip serves pins in two ways: by SERCOMs (port.c), and other pins by the processor (gpio.c).
 * What the first way must know of the second is in this table.
 *
 * One of two files is linked: gpio.c, or sercom_only.c for a program that has no other pins and
 * needs the memory.
 */
#ifndef SAMD5X_SECOND_H
#define SAMD5X_SECOND_H

#include "i2ctarget/port.h"

struct samd5x_second {
    const struct i2ctarget_port_ops *port;
    /* The alarm: when it is to come, and what is to be done then. */
    int64_t (*due_us)(int64_t now_us);
    void (*look_after)(void);
};

/* NULL: there is none. */
extern const struct samd5x_second *const i2ctarget_samd5x_second;

#endif
