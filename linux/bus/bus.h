/* SPDX-License-Identifier: MIT */
/*
 * The bus itself: wires, targets, and one controller that works off all transfers in the order in
 * which they came.
 *
 *     transfers ──► queue ──► controller_line ──► wires ◄── wired_target … (one a target)
 *                                                   │
 *                                      trace, monitors (watchers)
 *
 * There are two clocks.  Bits cost no real time: a transfer runs as fast as the machine can
 * simulate it, and virtual time jumps ahead.  While a target holds SCL for an answer, and while the
 * bus is idle, virtual time passes as real time does: virtual = real + skew.  SMBus limits are
 * counted in virtual time, so they cut a slow application where they would on a real bus.
 *
 * This module knows nothing of sockets.
 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include "bus/visits.h"
#include "line/controller_line.h"
#include "line/faults.h"
#include "line/bystanders.h"
#include "link/protocol.h"

#define BUS_MESSAGES_MAX 42                  /* of one transfer; I2C_RDWR has the same limit */
#define BUS_ACKS_BYTES ((8192 + 32 + 7) / 8) /* one bit for each byte of the longest message */

/*
 * An answer that nobody sends is looked for after this time.  It is longer than most programs need
 * for their next call, and shorter than a controller waits.
 */
#define BUS_LOOK_NS UINT64_C(2000000)

struct bus_report;

/*
 * A transfer to be run.  Its memory is the caller's, and must stay until `done`.
 *
 * An open transfer pauses after its messages, while the controller holds SCL low.  bus_go_on()
 * continues it.  If that does not happen within the transfer's time-out, STOP follows.  Virtual
 * time stands still during a pause, so the speed at which messages come does not change the picture
 * on the wires.
 */
struct bus_transfer {
    struct controller_message *messages; /* their `acks` are set by the bus */
    size_t count;                        /* 1..BUS_MESSAGES_MAX */
    uint64_t timeout_ns; /* real time, from START or from bus_go_on(); also the limit of a pause */
    bool is_open;
    /*
     * Open transfers: all messages so far have run and were acknowledged.  May call bus_go_on() at
     * once.
     */
    void (*paused)(struct bus_transfer *self);
    /* The transfer is over.  May submit another one. */
    void (*done)(struct bus_transfer *self, const struct bus_report *report);
    struct bus_transfer *next; /* the queue's */
};

/* A target on the bus. */
struct bus_target {
    struct wired_target wired; /* first member */
    /*
     * The bus is at rest: it is idle, or waits for an answer from outside.  Now is the time to send
     * what happened.  Called if the target has had an event, has called bus_announce(), or holds.
     */
    void (*rested)(struct bus_target *self);
    /*
     * The bus is about to take back what the target holds.  True: it does so, and later answers do
     * not count.  False: an answer was on its way, and this function has given it to the bus.
     */
    bool (*revoked)(struct bus_target *self);
    /*
     * It is time to look whether an answer to what the target holds can be had without waiting for
     * it; if so, this function gives it to the bus.  NULL: it never calls bus_look_later().
     */
    void (*looked)(struct bus_target *self);
    /* The bus's. */
    struct bus_target *next;
    struct bus *bus;
    line_driver_answerer *answerer;
    struct visit visit; /* due: it has news, or holds */
    bool has_news;
};

/* Does it owe an answer, with SCL low? */
static inline bool bus_target_holds(const struct bus_target *target)
{
    return i2ctarget_line_driver_owes(&target->wired.driver);
}

/* Is the message for one of its addresses? */
static inline bool bus_target_serves(const struct bus_target *target,
                                     const struct controller_message *message)
{
    return i2ctarget_address_set_serves(&target->wired.driver.addresses, message->address,
                                        i2ctarget_controller_calls_for_read(message));
}

/* What is reported of a transfer that is over.  The results of its messages are in the messages. */
struct bus_report {
    const struct bus_transfer *transfer;
    enum controller_result result; /* CONTROLLER_ABORTED: it ended by its time-out */
    size_t messages_done;
    uint64_t number;      /* counts from 1 */
    uint64_t real_ns;     /* CLOCK_MONOTONIC at START */
    uint64_t wall_ns;     /* CLOCK_REALTIME at START */
    uint64_t start_ns;    /* virtual */
    uint64_t duration_ns; /* virtual */
    uint32_t recovery_clocks;
    const uint8_t *reasons; /* enum protocol_reason, one for each message */
};

struct bus_watcher {
    void (*finished)(struct bus_watcher *self, const struct bus_report *report);
    struct bus_watcher *next;
};

struct bus {
    struct wires wires;
    struct bystanders bystanders; /* the targets that are not addressed */
    struct controller_line controller;
    struct line_driver_timing timing; /* of the targets */
    struct faults faults;
    struct bus_target *targets;
    struct visits visits; /* of targets */
    struct bus_watcher *watchers;

    uint64_t look_ns; /* real time at which those who hold are asked to look; WIRES_NEVER */
    bool begins_none; /* in bus_run_active() */
    bool has_news;    /* a target has not sent its news yet: bus_run() must be called soon */
    uint64_t skew_ns; /* virtual = real + skew (modulo 2^64) */

    struct bus_transfer *first, **last; /* the queue */
    struct bus_transfer *active;        /* the transfer on the wires; no longer in the queue */
    uint64_t real_ns, deadline_ns;      /* real time of its START, and of its latest end */
    bool is_paused;                     /* `active` is paused, and `paused` was called */
    bool is_at_work;                    /* simulating, not waiting for an answer … */
    uint64_t at_work_ns;                /* … since this real time, in this transfer */
    uint64_t number, wall_ns;
    uint32_t recovery_clocks; /* the controller's count at START */
    uint8_t reasons[BUS_MESSAGES_MAX];
    uint8_t acks[BUS_MESSAGES_MAX][BUS_ACKS_BYTES];
};

void bus_init(struct bus *bus, uint32_t scl_hz);
/* A part of bus_init(): the bus has no fault yet. */
void bus_prepare_faults(struct bus *bus, uint32_t scl_hz);

/*
 * Watchers are called in the order in which they were added, and before the transfer's own `done`.
 */
void bus_watch(struct bus *bus, struct bus_watcher *watcher);

void bus_submit(struct bus *bus, struct bus_transfer *transfer);
/* Run a transfer again that lost arbitration.  It comes before all others. */
void bus_repeat(struct bus *bus, struct bus_transfer *transfer);
/* Does the transfer wait for bus_go_on()?  Not any more, once its pause was too long. */
bool bus_is_paused(const struct bus *bus, const struct bus_transfer *transfer);
/*
 * A paused transfer goes on.  It now has `count` messages in the same array.  If there are no new
 * ones and it is not `is_open`, STOP follows.  bus_run() must be called next.
 */
void bus_go_on(struct bus *bus, struct bus_transfer *transfer, size_t count, bool is_open);
/*
 * The owner gives the transfer up.  True: it had not begun and is forgotten.  False: it ends as by
 * its time-out, and `done` will be called.  bus_run() must be called next.
 */
bool bus_cancel(struct bus *bus, struct bus_transfer *transfer);
/*
 * The owner is gone.  True: the transfer had not begun and is forgotten.  False: it is on the wires
 * and goes on, and `done` will be called.  But a target that holds it has at most one more second,
 * and a pause ends.
 */
bool bus_withdraw(struct bus *bus, struct bus_transfer *transfer);

/* The target listens from now on.  The caller has set `rested`. */
void bus_join(struct bus *bus, struct bus_target *target,
              const struct i2ctarget_address_set *addresses, bool smbus,
              int (*answerer)(void *owner, const struct i2ctarget_event *event));
/* From now on it has these addresses.  A message that has begun goes on. */
void bus_set_addresses(struct bus *bus, struct bus_target *target,
                       const struct i2ctarget_address_set *addresses);
/* The target has something to send at the next rest.  bus_run() must be called soon. */
void bus_announce(struct bus *bus, struct bus_target *target);
/* After BUS_LOOK_NS `looked` is called, once, of every target that holds then. */
void bus_look_later(struct bus *bus);
/* A part of bus_run(): the look that is due. */
void bus_look(struct bus *bus, uint64_t real_ns);
/*
 * Makes the look that is due, now, and lets the transfer run on as far as it gets.  To be called
 * before anything changes that a forecast depends on (forecast.h).  bus_run() must be called next.
 */
void bus_look_now(struct bus *bus);
/* Both lines are released at once. */
void bus_leave(struct bus *bus, struct bus_target *target);
/* The addresses that have a target. */
struct i2ctarget_address_set bus_present(const struct bus *bus);
/* The late answer of a target that holds.  bus_run() must be called next. */
void bus_answer(struct bus *bus, struct bus_target *target, int answer);

/* The reason why the message on the wires was, or will be, refused; for people. */
void bus_note(struct bus *bus, enum protocol_reason reason);

/*
 * Faults (i2ctarget/fault.h).  Returns the number, from 1; 0: `why` says why not.  While a fault holds
 * SCL, time passes as while a target does, and the transfer's time-out lets go of it.  bus_run() must
 * be called next.
 */
uint32_t bus_add_fault(struct bus *bus, const struct i2ctarget_fault *fault,
                       char why[I2CTARGET_FAULT_WHY_MAX]);
/* 0: all.  False: there is no such number.  bus_run() must be called next. */
bool bus_remove_fault(struct bus *bus, uint32_t number);

/* Bring virtual time up to real time, unless it stands still. */
void bus_catch_up(struct bus *bus);

/*
 * Run until the bus is at rest: true.  False: there is more to do, but first the server should
 * serve its other connections.
 */
bool bus_run(struct bus *bus);
/* The same, but when the transfer on the wires is over no other one begins. */
bool bus_run_active(struct bus *bus);
/*
 * The real time at which bus_run() must be called even if no request came; WIRES_NEVER: none.  Only
 * for a bus at rest.
 */
uint64_t bus_wake_ns(const struct bus *bus);

/*
 * The server ends, so the transfer on the wires ends, too.  All targets have left and the queue is
 * empty.
 */
void bus_abort(struct bus *bus);

uint64_t bus_real_ns(void); /* CLOCK_MONOTONIC */

#endif
