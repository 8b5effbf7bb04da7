/* SPDX-License-Identifier: MIT */
/*
 * A line_driver on simulated wires: their levels and their time go in, its pulls come out.
 *
 * Used by ports/testbus and by the bus server; the answerer is the core there and a socket here.
 */
#ifndef LINE_WIRED_TARGET_H
#define LINE_WIRED_TARGET_H

#include "line/bus_timing.h"
#include "line/line_driver.h"
#include "line/wires.h"

struct wired_target {
    struct wires_participant participant; /* first member */
    struct line_driver driver;
};

/*
 * Joins the wires, listening.  timing and addresses are copied.  The answerer is called from inside
 * i2ctarget_wires_step().
 */
void i2ctarget_wired_target_init(struct wired_target *target, struct wires *wires,
                                 const struct line_driver_timing *timing,
                                 const struct i2ctarget_address_set *addresses, bool smbus,
                                 line_driver_answerer *answerer, void *owner);

/*
 * The answer to the event that was answered I2CTARGET_HOLD.  Ignored when none is owed.  Works off
 * the edges.
 */
void i2ctarget_wired_target_answer(struct wired_target *target, struct wires *wires, int answer);

/*
 * Take it off the wires now: both lines are let go; deaf until the next START.  A message that was
 * open, or a call held, ends: the answerer gets ENDED with `cause`.  Works off the edges.
 */
void i2ctarget_wired_target_cut(struct wired_target *target, struct wires *wires,
                                enum i2ctarget_end cause);

/* Leave the wires for good.  No event. */
void i2ctarget_wired_target_leave(struct wired_target *target, struct wires *wires);

#endif
