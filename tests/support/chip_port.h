/* SPDX-License-Identifier: MIT */
/*
 * A chip's port on the model of the chip, as the rigs want it.
 *
 * It is the port itself, but for two things that a real chip has no need of: a wait that nothing
 * can end returns -EDEADLK, and a look costs time, so that a program which only ever looks gets on.
 */
#ifndef SUPPORT_CHIP_PORT_H
#define SUPPORT_CHIP_PORT_H

#include <setjmp.h>

#include "i2ctarget/port.h"
#include "line/wires.h"

struct chip_port {
    struct i2ctarget_port_ops ops; /* for the pins */

    const struct i2ctarget_port_ops *port; /* the real one */
    struct wires *wires;
    struct wires_participant *clock; /* of the model: on its own it ends no wait */
    void (*pass)(struct wires *wires, uint64_t until_ns);
    uint64_t look_ns; /* what a look costs */
    bool is_smbus;    /* the target opened last */
    jmp_buf *nobody_goes_on;
};

/* There is one at a time.  All fields but ops, is_smbus and nobody_goes_on are the rig's to set. */
void chip_port_open(struct chip_port *self);
void chip_port_close(void);

/* The model says that its processor waits for what nobody will do.  Does not return. */
void chip_port_deadlock(void);

#endif
