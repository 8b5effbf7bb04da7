/* SPDX-License-Identifier: MIT */
/*
 * Calls under way.  Each has a connection to the bus server for itself, so that one which a target
 * keeps waiting keeps no other; a few connections are kept to be used again.
 *
 * A call whose caller got a signal is given up a little later, if it is still not answered: its
 * connection is closed, with which the server withdraws it.  Not at once, because signals that mean
 * no harm are common (timers, profilers, runtimes that preempt their threads by one), and a transfer
 * that goes on is over in much less than that, on a busy machine, too.
 */
#ifndef CUSE_CALLS_H
#define CUSE_CALLS_H

#include "cuse/ioctl_call.h"
#include "cuse/loop.h"
#include "link/link.h"

struct call {
    struct watch watch; /* first member */
    struct calls *calls;
    struct call *next;
    struct link link;
    int64_t give_up_us; /* INT64_MAX: not interrupted */
    void (*answered)(struct call *call, int error, const struct link_frame *reply);

    /* The caller's of calls_take(). */
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

/* A call to fill in and to send.  NULL and *error: -ENODEV: no server; other -errno. */
struct call *calls_take(struct calls *calls, int *error);

/* It was not sent. */
void call_give(struct call *call);

/*
 * Send call->request.  Then, once, answered(): with error 0 and the reply, valid inside; or with
 * -ENODEV (the server is gone) or -EINTR.  The call is given back afterwards.
 */
void call_send(struct call *call,
               void (*answered)(struct call *call, int error, const struct link_frame *reply));

/* Its caller got a signal. */
void call_interrupt(struct call *call);

/* When calls_give_up() has something to do; INT64_MAX: never. */
int64_t calls_deadline_us(const struct calls *calls);
void calls_give_up(struct calls *calls);

/* Answer all with -ENODEV, and close all. */
void calls_end(struct calls *calls);

#endif
