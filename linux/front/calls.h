/* SPDX-License-Identifier: MIT */
/*
 * Calls under way.  Each call has its own connection to the bus server.  So a call that a target
 * keeps waiting does not keep other calls waiting.  A few connections are kept for later calls.
 *
 * When the caller of a call gets a signal, the call is given up a little later, unless its reply
 * arrives first: its connection is closed, and the server then withdraws the call.  It is not given
 * up at once, because many signals are harmless (timers, profilers, runtimes that preempt their
 * threads by signals).  A transfer that makes progress is over long before, even on a busy machine.
 */
#ifndef FRONT_CALLS_H
#define FRONT_CALLS_H

#include "front/ioctl_call.h"
#include "front/loop.h"
#include "link/link.h"

struct call {
    struct watch watch; /* first member */
    struct calls *calls;
    struct call *next;
    struct link link;
    int64_t give_up_us; /* INT64_MAX: not interrupted */
    void (*answered)(struct call *call, int error, const struct link_frame *reply);

    /* The value that was given to calls_take(). */
    void *owner;
    struct request request;
    struct ioctl_call ioctl;
};

struct calls {
    struct loop *loop;
    char directory[LINK_PATH_MAX];
    unsigned bus;
    struct call *idle, *busy;
    unsigned idle_count;
};

/*
 * A call to fill in and to send.  On failure NULL, and *error: -ENODEV (no server) or another
 * -errno.
 */
struct call *calls_take(struct calls *calls, int *error);

/* Give back a call that was not sent. */
void call_give(struct call *call);

/*
 * Send call->request.  Later answered() is called once: with error 0 and the reply (valid inside of
 * answered()), or with -ENODEV (the server is gone) or -EINTR.  Then the call is given back.
 */
void call_send(struct call *call,
               void (*answered)(struct call *call, int error, const struct link_frame *reply));

/* The caller of the call got a signal. */
void call_interrupt(struct call *call);

/* The time when calls_give_up() has something to do; INT64_MAX: never. */
int64_t calls_deadline_us(const struct calls *calls);
void calls_give_up(struct calls *calls);

/* Answer all calls with -ENODEV, and close all connections. */
void calls_end(struct calls *calls);

#endif
