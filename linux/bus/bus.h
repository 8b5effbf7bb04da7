/* SPDX-License-Identifier: MIT */
/*
 * The bus itself: wires, one controller that works off everybody's transfers in the order they
 * came, and the targets on it.
 *
 *     transfers ──► queue ──► controller_line ──► wires ◄── wired_target … (one a target)
 *                                                   │
 *                                      trace, monitors (watchers)
 *
 * Two clocks.  Bits cost no real time: a transfer runs as fast as the machine can simulate it, and
 * virtual time leaps ahead.  While a target holds SCL for an answer, and while the bus is idle,
 * virtual time passes as real time does: virtual = real + skew.  So SMBus limits, counted in
 * virtual time, strike a slow application when they would on a real bus.
 *
 * Nothing here knows sockets.
 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include "line/controller_line.h"
#include "line/wired_target.h"
#include "link/protocol.h"

#define BUS_MESSAGES_MAX 42                  /* of one transfer, as I2C_RDWR has it */
#define BUS_ACKS_BYTES ((8192 + 32 + 7) / 8) /* one bit a byte of the longest message */

struct bus_report;

/*
 * A transfer that somebody wants.  The caller's memory, until `done`.
 *
 * An open one pauses after its messages, SCL held low by the controller, and can be continued with
 * bus_go_on(); if nobody does so within its time-out, STOP follows.  Virtual time stands still
 * meanwhile: what it looks like on the wires does not depend on how fast its messages come.
 */
struct bus_transfer {
    struct controller_message *messages; /* without `acks`: these are the bus's */
    size_t count;                        /* 1..BUS_MESSAGES_MAX */
    uint64_t timeout_ns; /* real time, from START, or from bus_go_on(); and for a pause */
    bool is_open;
    /* An open one: its messages are through, all acknowledged.  May go on at once. */
    void (*paused)(struct bus_transfer *self);
    /* It is over; may submit again. */
    void (*done)(struct bus_transfer *self, const struct bus_report *report);
    struct bus_transfer *next; /* the queue's */
};

/* A target on the bus. */
struct bus_target {
    struct wired_target wired; /* first member */
    /*
     * The bus has come to rest: it is idle, or waits for somebody's answer.  The time to tell what
     * happened.
     */
    void (*rested)(struct bus_target *self);
    /*
     * What it holds is about to be taken back.  True: it is; no answer counts any more.  False: an
     * answer was on its way, and has been given to the bus.
     */
    bool (*revoked)(struct bus_target *self);
    struct bus_target *next;
};

/* What is told of a transfer that is over; what became of its messages is in them. */
struct bus_report {
    const struct bus_transfer *transfer;
    enum controller_result result; /* CONTROLLER_ABORTED: the time-out */
    size_t messages_done;
    uint64_t number;      /* counts from 1 */
    uint64_t real_ns;     /* CLOCK_MONOTONIC at START */
    uint64_t wall_ns;     /* CLOCK_REALTIME at START */
    uint64_t start_ns;    /* virtual */
    uint64_t duration_ns; /* virtual */
    uint32_t recovery_clocks;
    const uint8_t *reasons; /* one a message: enum protocol_reason */
};

struct bus_watcher {
    void (*finished)(struct bus_watcher *self, const struct bus_report *report);
    struct bus_watcher *next;
};

struct bus {
    struct wires wires;
    struct controller_line controller;
    struct wired_target_timing timing; /* of the targets */
    struct bus_target *targets;
    struct bus_watcher *watchers;

    bool has_news;    /* a target has put off what it has to tell: bus_run() must be called soon */
    uint64_t skew_ns; /* virtual = real + skew (modulo 2^64) */

    struct bus_transfer *first, **last; /* the queue */
    struct bus_transfer *active;        /* on the wires; no longer in the queue */
    uint64_t real_ns, deadline_ns;      /* real: its START, its end at the latest */
    bool is_paused;                     /* `active` is, and was told so */
    bool is_at_work;                    /* simulating, not waiting for an answer … */
    uint64_t at_work_ns;                /* … since then (real), this transfer */
    uint64_t number, wall_ns;
    uint32_t recovery_clocks; /* the controller's count at START */
    uint8_t reasons[BUS_MESSAGES_MAX];
    uint8_t acks[BUS_MESSAGES_MAX][BUS_ACKS_BYTES];
};

void bus_init(struct bus *bus, uint32_t scl_hz);

/* Watchers are told in the order they came, before the transfer's own `done`. */
void bus_watch(struct bus *bus, struct bus_watcher *watcher);

void bus_submit(struct bus *bus, struct bus_transfer *transfer);
/* Once more, before all others: for a transfer that lost arbitration. */
void bus_repeat(struct bus *bus, struct bus_transfer *transfer);
/*
 * A paused transfer goes on: it has `count` messages by now, in the same array.  None new, and not
 * `is_open`: STOP.  bus_run() must follow.
 */
void bus_go_on(struct bus *bus, struct bus_transfer *transfer, size_t count, bool is_open);
/*
 * Whoever wanted it has no more patience.  True: it had not begun and is forgotten.  False: it is
 * ended as by its time-out, `done` will come.  bus_run() must follow.
 */
bool bus_cancel(struct bus *bus, struct bus_transfer *transfer);
/*
 * Whoever wanted it is gone.  True: it had not begun and is forgotten.  False: it is on the wires
 * and goes on, `done` will come; but a target that holds it has no more than a second left, and a
 * pause is over.
 */
bool bus_withdraw(struct bus *bus, struct bus_transfer *transfer);

/* Listening from now on; `rested` set by the caller. */
void bus_join(struct bus *bus, struct bus_target *target,
              const struct i2ctarget_address_set *addresses, bool smbus,
              int (*answerer)(void *owner, const struct i2ctarget_event *event));
/* Both lines are let go at once. */
void bus_leave(struct bus *bus, struct bus_target *target);
/* The addresses that have a target. */
struct i2ctarget_address_set bus_present(const struct bus *bus);
/* The late answer of a target that holds.  bus_run() must follow. */
void bus_answer(struct bus *bus, struct bus_target *target, int answer);

/* Why the message on the wires was (or is going to be) refused, for people. */
void bus_note(struct bus *bus, enum protocol_reason reason);

/* Let virtual time catch up with real time, if it passes at all. */
void bus_catch_up(struct bus *bus);

/*
 * Run until the bus rests: true; false: there is more to do, and others had better be served in
 * between.
 */
bool bus_run(struct bus *bus);
/*
 * The real time at which bus_run() must be called though nobody came; WIRES_NEVER: none.  For a bus
 * at rest.
 */
uint64_t bus_wake_ns(const struct bus *bus);

/*
 * The server ends: so does the transfer on the wires.  All targets have left, the queue is empty.
 */
void bus_abort(struct bus *bus);

uint64_t bus_real_ns(void); /* CLOCK_MONOTONIC */

#endif
