/* SPDX-License-Identifier: MIT */
/*
 * What the event side (core.c) and the application side (requests.c) share: the words for a
 * target's state.
 */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include "i2ctarget/port.h"

/* Whose turn it is with the message on the bus; core.c has the picture. */
enum phase {
    QUIET,   /* no message of ours */
    FLOWING, /* bytes move; nothing is owed */
    REFUSED, /* we said NACK, or let it read 0xFF: only the end can follow */
    /* An answer is owed, SCL is held: only a fault can come before it. */
    ADDRESS_OWED, /* our address came and is not yet acknowledged */
    BYTE_OWED,    /* a byte came in and is not yet acknowledged */
    DATA_OWED     /* the controller wants a byte we do not have */
};
_Static_assert(QUIET < ADDRESS_OWED && FLOWING < ADDRESS_OWED && REFUSED < ADDRESS_OWED &&
                   ADDRESS_OWED < BYTE_OWED && ADDRESS_OWED < DATA_OWED,
               "from ADDRESS_OWED on an answer is owed; after it, one for a byte");

/* The read() or write() of the application. */
enum operation {
    NO_OPERATION,
    INTERRUPTED, /* by a signal: the same read() or write() will go on with it */
    READING,
    WRITING
};
_Static_assert(NO_OPERATION < READING && INTERRUPTED < READING && READING < WRITING,
               "from READING on one is under way");

_Static_assert(I2CTARGET_OPEN == 0 && I2CTARGET_STOP < I2CTARGET_TIMEOUT &&
                   I2CTARGET_RESTART < I2CTARGET_TIMEOUT &&
                   I2CTARGET_CONTROLLER_NACK < I2CTARGET_TIMEOUT &&
                   I2CTARGET_ARBITRATION_LOST < I2CTARGET_TIMEOUT &&
                   I2CTARGET_TIMEOUT < I2CTARGET_BUS_ERROR &&
                   I2CTARGET_BUS_ERROR < I2CTARGET_PORT_LOST &&
                   I2CTARGET_PORT_LOST < I2CTARGET_CLOSED,
               "from TIMEOUT to PORT_LOST the cause is a fault; CLOSED is no port's to say");

/*
 * What the application says to what the bus waits for, as far as it has said: takes the byte into
 * its buffer, or one out of it. HOLD: nothing yet.  In event context, or locked.
 */
int i2ctarget_core_answer(struct i2ctarget *target);

static inline void lock(struct i2ctarget *target)
{
    target->port->lock(target->instance);
}

static inline void unlock(struct i2ctarget *target)
{
    target->port->unlock(target->instance);
}

/* Where events travel far an answer may come too late: false, and ENDED will follow. */
static inline bool is_in_time(const struct i2ctarget *target, bool ack)
{
    return !target->port->claim || target->port->claim(target->instance, ack);
}

/* Has the read() or write() under way got all it can? */
static inline bool is_operation_over(const struct i2ctarget *target)
{
    if (!target->alive || target->phase == REFUSED)
        return true;
    return target->done == target->size &&
           (target->operation == READING || target->phase == DATA_OWED);
}

#endif
