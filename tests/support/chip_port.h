/* SPDX-License-Identifier: MIT */
/*
 * The port of a chip on the model of that chip, for rigs.
 *
 * It is the real port with two changes that a real chip does not need.  A wait that nothing can end
 * returns -EDEADLK.  And polling costs time, so that a program that only polls makes progress.
 *
 * The rig's kind says how slow the processor is: latency_cycles, access_cycles, cycle_ns (0: the
 * model's value).  The environment can replace the first two, for long sweeps:
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
    struct wires_participant *clock; /* of the model; its steps alone do not end a wait */
    bool is_smbus;                   /* of the target that was opened last */
    bool wakes_by_itself;            /* set by the rig: the chip interrupts now and then for ever */
    jmp_buf *nobody_goes_on;
    unsigned stalled_access;
    uint32_t stall_cycles;
};

/*
 * Makes the processor as slow as the kind says.  Call it after the model was made and before it is
 * used.
 */
void chip_port_slow_down(struct chip_port *self, const struct rig_kind *kind,
                         struct processor *processor);
/*
 * The ports of the rig; there is one at a time.  Selects the processor and sets bench->settle_ns.
 */
void chip_port_open(struct chip_port *self, struct bench *bench,
                    const struct i2ctarget_port_ops *port, struct wires_participant *clock);
void chip_port_close(void);

#endif
