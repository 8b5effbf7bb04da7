/* SPDX-License-Identifier: MIT */
/*
 * What the event side (core.c) and the application side (requests.c) share: the phases of a
 * message, and the state of a target.
 */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include "i2ctarget/port.h"

/* The phase of the message on the bus; core.c has the picture. */
enum phase {
    QUIET,   /* no message for this target */
    FLOWING, /* bytes move; no answer is owed */
    REFUSED, /* the answer was NACK, or 0xFF to the end: only the end can follow */
    /* An answer is owed and SCL is held: before the answer only a fault can come. */
    ADDRESS_OWED, /* our address came and is not acknowledged yet */
    BYTE_OWED,    /* a byte came in and is not acknowledged yet */
    DATA_OWED     /* the controller wants a byte that is not there yet */
};
_Static_assert(QUIET < ADDRESS_OWED && FLOWING < ADDRESS_OWED && REFUSED < ADDRESS_OWED &&
                   ADDRESS_OWED < BYTE_OWED && ADDRESS_OWED < DATA_OWED,
               "from ADDRESS_OWED on an answer is owed; after it, one for a byte");

/* The read() or write() of the application. */
enum operation {
    NO_OPERATION,
    INTERRUPTED, /* by a signal: the same read() or write() continues it */
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
 * The application's answer to the owed event, as far as it is known.  Takes the byte into its
 * buffer, or a byte out of it.  HOLD: there is no answer yet.  Call it in event context, or locked.
 */
int i2ctarget_core_answer(struct i2ctarget *target);

/* A public call on a request. */
enum call { CALL_READ, CALL_WRITE, CALL_ACK, CALL_CLOSE };

/*
 * What a quirk puts between the public calls and the core.
 *
 * next_request    that call.  until_us: as for i2ctarget_core_next_request()
 * has_request     would next_request return one at once?  Between lock() and unlock()
 * call            a call on a request that is not the core's current one.  Returns as that call.
 *                 The target may be deinitialised, and the request out of date
 */
struct i2ctarget_quirk_ops {
    int (*next_request)(struct i2ctarget *target, struct i2ctarget_request *request,
                        int64_t until_us);
    bool (*has_request)(const struct i2ctarget *target);
    int (*call)(struct i2ctarget_request *request, enum call call, uint8_t *buffer, size_t n);
};

/*
 * i2ctarget_next_request() without a quirk, on an initialised target.  Returns -ETIMEDOUT when
 * until_us has passed.  LOOK_ONCE: it polls, and does not wait.
 */
#define LOOK_ONCE INT64_MIN
int i2ctarget_core_next_request(struct i2ctarget *target, struct i2ctarget_request *request,
                                int64_t until_us);

static inline void lock(struct i2ctarget *target)
{
    target->port->lock(target->instance);
}

static inline void unlock(struct i2ctarget *target)
{
    target->port->unlock(target->instance);
}

/* Where events travel far an answer may be too late: false, and ENDED will follow. */
static inline bool is_in_time(const struct i2ctarget *target, bool ack)
{
    return !target->port->claim || target->port->claim(target->instance, ack);
}

/* Has the current read() or write() got all it can? */
static inline bool is_operation_over(const struct i2ctarget *target)
{
    if (!target->alive || target->phase == REFUSED)
        return true;
    return target->done == target->size &&
           (target->operation == READING || target->phase == DATA_OWED);
}

#endif
