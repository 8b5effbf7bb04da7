/* SPDX-License-Identifier: MIT */
/*
 * A target_line on simulated wires: what turns samples into pulls at the right nanosecond.
 *
 *   wires ──► input filter ──► target_line ──► SDA hold, t_SU;DAT ──► wires
 *                                  │ ▲
 *                       own addresses only, SMBus limits
 *                                  ▼ │
 *                                answerer
 *
 * Used by ports/testbus and by the bus server; the answerer is the core there and a socket here.
 */
#ifndef LINE_WIRED_TARGET_H
#define LINE_WIRED_TARGET_H

#include "line/bus_timing.h"
#include "line/wires.h"

struct wired_target_timing {
    /* Spikes no longer than this are rejected: 50 in Fm and Fm+ (t_SP); 0: none. */
    uint32_t filter_ns;
    /* SDA moves this long after SCL fell: 300 (UM10204 Table 10 note 3); 120 for Fm+. */
    uint32_t hold_ns;
    /* SDA is valid this long before a held SCL is let go: t_SU;DAT; 1250 for Fm parts on Sm buses. */
    uint32_t setup_ns;
};

struct wired_target {
    struct wires_participant participant; /* first member */
    struct target_line line;
    struct wired_target_timing timing;
    struct i2ctarget_address_set addresses;
    bool smbus;

    /*
     * The event's answer, 0..255 or enum i2ctarget_answer.  Called from inside
     * i2ctarget_wires_step().
     */
    int (*answerer)(void *owner, const struct i2ctarget_event *event);
    void *owner;

    bool raw_scl, raw_sda; /* before the filter */
    /* When the raw level has lasted; WIRES_NEVER: it is the filtered one. */
    uint64_t scl_settles_ns, sda_settles_ns;
    uint64_t scl_fell_ns;
    uint64_t due_ns;                  /* the earliest of all that is put off */
    uint64_t sda_moves_ns, resume_ns; /* WIRES_NEVER: nothing due */
    bool held;                        /* the answer is owed: SCL is ours */
    uint64_t held_ns;                 /* since when */
    uint64_t stretched_ns;            /* in sum since START, without the hold under way */

    uint32_t glitches, stretches;
    uint64_t longest_stretch_ns;
};

/* Joins the wires, listening.  timing and addresses are copied. */
void i2ctarget_wired_target_init(struct wired_target *target, struct wires *wires,
                                 const struct wired_target_timing *timing,
                                 const struct i2ctarget_address_set *addresses, bool smbus,
                                 int (*answerer)(void *owner, const struct i2ctarget_event *event),
                                 void *owner);

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

/* When an SMBus limit will strike as things stand; WIRES_NEVER: not at all. */
uint64_t i2ctarget_wired_target_limit_ns(const struct wired_target *target);

/* Leave the wires for good.  No event. */
void i2ctarget_wired_target_leave(struct wired_target *target, struct wires *wires);

#endif
