/* SPDX-License-Identifier: MIT */
/* What the event side (core.c) and the application side (requests.c) share: the words for a target's state. */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include "i2ctarget/port.h"

/* Whose turn it is with the message on the bus; core.c has the picture. */
enum phase {
    QUIET,     /* no message of ours */
    CALLED,    /* our address, not yet acknowledged: request() or a fault is next */
    FLOWING,   /* bytes move; nothing is owed */
    BYTE_OWED, /* a byte came in and is not yet acknowledged */
    DATA_OWED, /* the controller wants a byte we do not have */
    REFUSED    /* we said NACK, or let it read 0xFF: only the end can follow */
};

/* The read() or write() of the application. */
enum call {
    NO_CALL,
    READING,
    WRITING,
    READ_INTERRUPTED, /* by a signal: the same call will go on with it */
    WRITE_INTERRUPTED
};

/* The phase after which nothing is owed any more; the answer goes down.  Locked. */
static inline void answer_owed(struct i2ctarget *target, enum phase next, int answer)
{
    target->phase = (uint8_t)next;
    target->port->answer(target->instance, answer);
}

static inline void lock(struct i2ctarget *target)
{
    target->port->lock(target->instance);
}

static inline void unlock(struct i2ctarget *target)
{
    target->port->unlock(target->instance);
}

#endif
