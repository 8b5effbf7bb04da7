/* SPDX-License-Identifier: MIT */
/*
 * A chip's port on the model of the chip, as the rigs want it.
 *
 * It is the port itself, but for two things that a real chip has no need of: a wait that nothing
 * can end returns -EDEADLK, and a look costs time, so that a program which only ever looks gets on.
 *
 * How slow the processor is, the rig's kind says: latency_cycles, access_cycles, cycle_ns (0: as
 * the model has it).  The environment can overrule the first two, for long sweeps:
 *
 *     I2CTARGET_CHIP_LATENCY, I2CTARGET_CHIP_ACCESS      in cycles of the processor
 *     I2CTARGET_CHIP_STALL=N,C      the N-th access of every handler takes C cycles more
 */
#ifndef SUPPORT_CHIP_PORT_H
#define SUPPORT_CHIP_PORT_H

#include <setjmp.h>

#include "i2ctarget/port.h"
#include "support/bench.h"
#include "support/processor.h"

struct chip_port {
    struct i2ctarget_port_ops ops; /* for the pins */

    const struct i2ctarget_port_ops *port; /* the real one */
    struct processor *processor;
    struct wires_participant *clock; /* of the model: on its own it ends no wait */
    bool is_smbus;                   /* the target opened last */
    jmp_buf *nobody_goes_on;
    unsigned stalled_access;
    uint32_t stall_cycles;
};

/* Once the model is there, before it is used: the processor is as slow as the kind says. */
void chip_port_slow_down(struct chip_port *self, const struct rig_kind *kind,
                         struct processor *processor);
/*
 * The ports of the rig, of which there is one at a time.  It selects the processor and sets
 * bench->settle_ns.
 */
void chip_port_open(struct chip_port *self, struct bench *bench,
                    const struct i2ctarget_port_ops *port, struct wires_participant *clock);
void chip_port_close(void);

#endif
