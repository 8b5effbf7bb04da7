/* SPDX-License-Identifier: MIT */
/*
 * Targets that are not addressed sleep.
 *
 * All targets that wait for their address see the same levels, so their engines are in the same
 * state.  One engine, the ear, is in this state for all of them.  It has no address, and it alone of
 * all of them is called.  When it has heard a whole address, those who have it get a copy of
 * its state, and are called for the edge that comes:
 *
 *                 S 1 0 0 0 0 0 0 W     A  …  P
 *     ear         listens          deaf          listens
 *     target 40   sleeps           ACK  …        sleeps
 *     target 41   sleeps
 *
 * A target falls asleep when it has nothing to do and its state is the ear's.  So nobody sees a
 * difference, not by a nanosecond.  test_short_ways.c compares.
 *
 * A target that is alone stays awake: it would only be called in another way.
 *
 * The caller owns the memory.  The ear has the spike filter of the first one that falls asleep;
 * targets with another filter stay awake.
 */
#ifndef LINE_BYSTANDERS_H
#define LINE_BYSTANDERS_H

#include "line/wired_target.h"

struct bystanders {
    struct wired_target ear; /* first member */
    struct wired_target *sleepers;
    unsigned member_count; /* asleep or awake */
    unsigned smbus_count;  /* of the sleepers: those that keep SMBus limits */
};

/* The targets join the wires later.  While nobody sleeps, the ear does. */
void i2ctarget_bystanders_init(struct bystanders *bystanders, struct wires *wires,
                               const struct line_driver_timing *timing);

/* Before their spike filters change.  Not from inside a step(). */
void i2ctarget_bystanders_wake_all(struct bystanders *bystanders, struct wires *wires);

/* The target may sleep from now on; no longer.  It is awake. */
static inline void i2ctarget_bystanders_enlist(struct bystanders *bystanders)
{
    bystanders->member_count++;
}
static inline void i2ctarget_bystanders_discharge(struct bystanders *bystanders)
{
    bystanders->member_count--;
}

/* The target waits for its address, and sleeps if it may.  Call it at the end of its step(). */
void i2ctarget_bystanders_admit(struct bystanders *bystanders, struct wires *wires,
                                struct wired_target *target);

/* The target is as if it had never slept.  No effect if it is awake. */
void i2ctarget_bystanders_wake(struct bystanders *bystanders, struct wires *wires,
                               struct wired_target *target);

#endif
