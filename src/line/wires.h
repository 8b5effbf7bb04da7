/* SPDX-License-Identifier: MIT */
/*
 * Two wires with pull-ups, in virtual nanoseconds.
 *
 * Participants pull lines low; a line is high when nobody pulls it (wired-AND).  Each participant
 * names the next time it wants to be woken; i2ctarget_wires_step() goes to the earliest of these
 * times, wakes those due, and then tells everybody about the edge that came of it, until the levels
 * are at rest. Lines change instantly; delays (filters, hold times) are the participants' own.
 *
 * The memory of participants and observers is the caller's.  Participants may pull only from inside
 * their step(), or between steps.
 */
#ifndef LINE_WIRES_H
#define LINE_WIRES_H

#include <stdbool.h>
#include <stdint.h>

#include "line/target_line.h"

#define WIRES_NEVER UINT64_MAX

struct wires;

struct wires_participant {
    /*
     * A level changed, or wake_ns came (it is WIRES_NEVER then, and to be set anew).  Reads
     * wires->now_ns, scl, sda; pulls.  A participant that changes its pulls is told of the edge
     * that came of it as everybody is.
     */
    void (*step)(struct wires_participant *self, struct wires *wires);
    uint64_t wake_ns;        /* WIRES_NEVER: only edges */
    bool ignores_edges;      /* for now: only wake_ns calls it */
    struct line_pulls pulls; /* set through i2ctarget_wires_pull() */
    struct wires_participant *next;
};

/* Sees every change of level, or of who pulls what, after it happened. */
struct wires_observer {
    void (*edge)(struct wires_observer *self, const struct wires *wires);
    struct wires_observer *next;
};

struct wires {
    uint64_t now_ns;
    bool scl, sda;                 /* true: high */
    unsigned scl_pulls, sda_pulls; /* how many participants pull */
    bool pulls_changed;            /* since the last settling */
    bool is_freeing;               /* a controller makes clocks to free SDA: for observers */
    struct wires_participant *participants; /* in the order they joined */
    struct wires_observer *observers;
};

void i2ctarget_wires_init(struct wires *wires);

/* step, wake_ns set by the caller; pulls start released.  Not from inside a step(). */
void i2ctarget_wires_join(struct wires *wires, struct wires_participant *participant);
/* Releases its pulls (an edge may follow). */
void i2ctarget_wires_leave(struct wires *wires, struct wires_participant *participant);

void i2ctarget_wires_observe(struct wires *wires, struct wires_observer *observer);
void i2ctarget_wires_unobserve(struct wires *wires, struct wires_observer *observer);

/*
 * Set what a participant pulls.  From inside a step() the edge is worked off by
 * i2ctarget_wires_step(); outside call i2ctarget_wires_settle().
 */
void i2ctarget_wires_pull(struct wires *wires, struct wires_participant *participant,
                          struct line_pulls pulls);
void i2ctarget_wires_settle(struct wires *wires);

/* The earliest wake of all, WIRES_NEVER when there is none. */
uint64_t i2ctarget_wires_next_ns(const struct wires *wires);

/*
 * Go to the next wake that is due by `until_ns` and work it off.  False: there is none; now_ns is
 * then left alone.
 */
bool i2ctarget_wires_step(struct wires *wires, uint64_t until_ns);

/*
 * Let time pass with everything that happens in it; afterwards now_ns is until_ns (or was later
 * already).
 */
void i2ctarget_wires_pass(struct wires *wires, uint64_t until_ns);

#endif
