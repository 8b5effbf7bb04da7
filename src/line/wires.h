/* SPDX-License-Identifier: MIT */
/*
 * Two wires with pull-ups, in virtual nanoseconds.
 *
 * Participants pull lines low.  A line is high when no participant pulls it (wired-AND).  Each
 * participant gives the next time when it wants to be called.  i2ctarget_wires_step() goes to the
 * earliest of these times and calls the participants that are due.  Then it calls all of them for
 * the edges that result, until the levels are at rest.  Lines change at once; delays (filters, hold
 * times) belong to the participants.
 *
 * The caller owns the memory of participants and observers.  Participants may pull only from inside
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
     * A level changed, or wake_ns came (it is then WIRES_NEVER, and must be set again).  Reads
     * wires->now_ns, scl, sda; pulls.  A participant that changes its pulls is called for the edge
     * that results, like all others.
     */
    void (*step)(struct wires_participant *self, struct wires *wires);
    uint64_t wake_ns;        /* WIRES_NEVER: only edges */
    bool ignores_edges;      /* for now only wake_ns calls it */
    struct line_pulls pulls; /* set through i2ctarget_wires_pull() */
    struct wires_participant *next;
};

/* Called after every change of a level, or of a participant's pulls. */
struct wires_observer {
    void (*edge)(struct wires_observer *self, const struct wires *wires);
    struct wires_observer *next;
};

struct wires {
    uint64_t now_ns;
    bool scl, sda;                 /* true: high */
    unsigned scl_pulls, sda_pulls; /* how many participants pull */
    bool pulls_changed;            /* since the last settling */
    bool is_freeing;               /* a controller makes clocks to free SDA; for observers */
    struct wires_participant *participants; /* in the order they joined */
    struct wires_observer *observers;
};

void i2ctarget_wires_init(struct wires *wires);

/*
 * The caller has set step and wake_ns.  All pulls start released.  Do not call it from inside a
 * step().
 */
void i2ctarget_wires_join(struct wires *wires, struct wires_participant *participant);
/* Releases its pulls; an edge may follow. */
void i2ctarget_wires_leave(struct wires *wires, struct wires_participant *participant);

void i2ctarget_wires_observe(struct wires *wires, struct wires_observer *observer);
void i2ctarget_wires_unobserve(struct wires *wires, struct wires_observer *observer);

/*
 * Set the pulls of a participant.  From inside a step(), i2ctarget_wires_step() handles the edge.
 * Outside of it, call i2ctarget_wires_settle().
 */
void i2ctarget_wires_pull(struct wires *wires, struct wires_participant *participant,
                          struct line_pulls pulls);
void i2ctarget_wires_settle(struct wires *wires);

/* The earliest wake of all; WIRES_NEVER: there is none. */
uint64_t i2ctarget_wires_next_ns(const struct wires *wires);

/*
 * Go to the next wake that is due by `until_ns` and handle it.  False: there is none; now_ns does
 * not change.
 */
bool i2ctarget_wires_step(struct wires *wires, uint64_t until_ns);

/*
 * Let time pass with everything that happens in it.  Afterwards now_ns is until_ns (or was later
 * already).
 */
void i2ctarget_wires_pass(struct wires *wires, uint64_t until_ns);

#endif
