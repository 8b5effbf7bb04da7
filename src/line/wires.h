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

/* What a change of the levels is for those who hear it.  Both lines may move at once. */
enum wires_edge {
    WIRES_FALL = 1,      /* SCL fell */
    WIRES_RISE = 2,      /* SCL rose */
    WIRES_CONDITION = 4, /* SDA moved, SCL stayed high: START or STOP */
    WIRES_DATA = 8,      /* SDA moved, SCL stayed low */
    WIRES_ALL_EDGES = 15
};

/*
 * A run: clocks of SCL in a row that one participant, the talker, makes at once.
 *
 *     SCL ~~|___________________|~~~~~~~~|___
 *           |-- hold --| SDA may move: a target's
 *           |---- data ----| the talker's
 *           |------- low -------|- high -|
 *
 * Nobody is called meanwhile but observers.  Those who would hear the edges, the followers, say
 * before how far they do nothing but to move SDA, and take the bits afterwards.  Without observers
 * the talker need not even make the levels.  The fall of SCL
 * that ends the last clock is no part of the run: it is an edge as any other.
 */
struct wires_run {
    uint32_t low_ns, data_ns, high_ns;
    uint64_t until_ns; /* it must be over by then */
    unsigned clocks;   /* at most so many */
    uint32_t spike_ns; /* a follower takes no notice of a level that lasts no longer */
    /* The only follower that moves SDA; NULL: there is none.  See struct target_line_prospect. */
    struct wires_participant *mover;
    unsigned sent, acked;
    uint16_t levels;
    uint32_t hold_ns;
    /* The run so far. */
    unsigned made;
    uint32_t bits; /* SDA in each clock, the last one lowest */
};

/* Of a participant that hears edges and can do without them.  It has no step() that is due. */
struct wires_follower {
    /* Before the run: narrows it to what it may miss.  False: nothing. */
    bool (*join)(const struct wires_participant *self, struct wires_run *run);
    /* After it: run->made clocks were made, without the last fall.  No pull changes. */
    void (*follow)(struct wires_participant *self, const struct wires_run *run);
};

struct wires_participant {
    /*
     * A level changed, or wake_ns came (it is then WIRES_NEVER, and must be set again).  Reads
     * wires->now_ns, scl, sda; pulls.  A participant that changes its pulls is called for the edge
     * that results, like all others.
     */
    void (*step)(struct wires_participant *self, struct wires *wires);
    const struct wires_follower *follower; /* NULL: all edges that it hears must be told */
    uint64_t wake_ns;                      /* WIRES_NEVER: only edges */
    uint8_t ignores;         /* enum wires_edge, or'ed: for these it is not called for now */
    struct line_pulls pulls; /* set through i2ctarget_wires_pull() */
    unsigned place;          /* in the order in which they joined */
    struct wires_participant *next;
};

/* Called after every change of a level, or of a participant's pulls. */
struct wires_observer {
    void (*edge)(struct wires_observer *self, const struct wires *wires);
    struct wires_observer *next;
};

struct wires {
    uint64_t now_ns;
    uint64_t until_ns;             /* of the i2ctarget_wires_step() that runs; 0: none does */
    bool scl, sda;                 /* true: high */
    bool scl_was, sda_was;         /* inside a step() for an edge: before it; else the same */
    unsigned scl_pulls, sda_pulls; /* how many participants pull */
    bool pulls_changed;            /* since the last settling */
    bool takes_long_way; /* those who could ignore edges shall not, and there are no runs */
    bool is_freeing;     /* a controller makes clocks to free SDA; for observers */
    unsigned joined;     /* how many ever have */
    struct wires_participant *participants; /* in the order they joined, but those suspended */
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

/*
 * For a participant that pulls nothing: from now on it is not called.  resume() gives it its place
 * back.  Both may be called from inside a step(): suspend() from its own, resume() from that of one
 * before it, which is then called, too, if it is due or hears the edge.  resume() has no effect on
 * one that is not suspended.
 */
void i2ctarget_wires_suspend(struct wires *wires, struct wires_participant *participant);
void i2ctarget_wires_resume(struct wires *wires, struct wires_participant *participant);

void i2ctarget_wires_observe(struct wires *wires, struct wires_observer *observer);
void i2ctarget_wires_unobserve(struct wires *wires, struct wires_observer *observer);

/* One of the two lines, for i2ctarget_wires_pull(). */
static inline void i2ctarget_wires_pull_line(struct wires *wires, unsigned *pulls, bool *own,
                                             bool is_low)
{
    if (*own == is_low)
        return;
    *own = is_low;
    *pulls += is_low ? 1u : -1u;
    wires->pulls_changed = true;
}

/*
 * Set the pulls of a participant.  From inside a step(), i2ctarget_wires_step() handles the edge.
 * Outside of it, call i2ctarget_wires_settle().
 */
static inline void i2ctarget_wires_pull(struct wires *wires, struct wires_participant *participant,
                                        struct line_pulls pulls)
{
    struct line_pulls *own = &participant->pulls;
    i2ctarget_wires_pull_line(wires, &wires->scl_pulls, &own->scl_low, pulls.scl_low);
    i2ctarget_wires_pull_line(wires, &wires->sda_pulls, &own->sda_low, pulls.sda_low);
}
void i2ctarget_wires_settle(struct wires *wires);

/* The two halves of what settle() does but for the calls: the levels that the pulls give … */
static inline void i2ctarget_wires_look(struct wires *wires)
{
    wires->pulls_changed = false;
    wires->scl = wires->scl_pulls == 0;
    wires->sda = wires->sda_pulls == 0;
    for (struct wires_observer *observer = wires->observers; observer; observer = observer->next)
        observer->edge(observer, wires);
}

/* … are those that were, when everybody has seen them. */
static inline void i2ctarget_wires_rest(struct wires *wires)
{
    wires->scl_was = wires->scl;
    wires->sda_was = wires->sda;
}

/*
 * From inside a step() whose wake_ns has come, SCL low: may `self` begin a run of clocks?  The first
 * one is over in `first_ns`.  The caller gives the times of a clock; followers and wakes set limits.
 */
bool i2ctarget_wires_begin_run(const struct wires *wires, const struct wires_participant *self,
                               struct wires_run *run, uint64_t first_ns);
/* In a run: the pulls that were made at now_ns take effect.  Observers see it all. */
static inline void i2ctarget_wires_settle_alone(struct wires *wires)
{
    i2ctarget_wires_look(wires);
    i2ctarget_wires_rest(wires);
}
/* A run is over.  The last fall of SCL may be pulled, but has not taken effect. */
void i2ctarget_wires_end_run(const struct wires *wires, const struct wires_participant *self,
                             const struct wires_run *run);

/*
 * From inside a step(), SCL low: is it the same to everybody but `self` whether SDA moves now or at
 * any other time until then?  So it is if nobody else has anything to do meanwhile, or hears it.
 */
bool i2ctarget_wires_hides_data(const struct wires *wires, const struct wires_participant *self,
                                uint64_t until_ns);

/*
 * From inside a step() whose wake_ns has come, where `self` pulls SCL: if SDA is hidden until then,
 * it is `until_ns`.
 */
bool i2ctarget_wires_skip(struct wires *wires, const struct wires_participant *self,
                          uint64_t until_ns);

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
