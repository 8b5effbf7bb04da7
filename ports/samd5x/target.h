/* SPDX-License-Identifier: MIT */
/*
 * One target and where its message stands.  It keeps no limits: alarm.c does, and cuts a target that
 * reaches one.
 */
#ifndef SAMD5X_TARGET_H
#define SAMD5X_TARGET_H

#include "i2ctarget/port.h"
#include "line/stretching.h"
#include "samd5x/pins.h"
#include "samd5x/sercom.h"

/* target.c explains the stages.  In those with HELD in their name an answer is owed. */
enum stage { LISTENING, CALL_HELD, RECEIVING, BYTE_HELD, TURNING, SENDING, REQUEST_HELD };

struct samd5x_target {
    struct i2ctarget *target; /* NULL: this SERCOM is free */
    struct sercom sercom;
    /*
     * The next event.  `address`, `is_read` and `moved` are those of the message.
     */
    struct i2ctarget_event event;
    uint8_t stage;
    uint8_t watched;      /* the flags that interrupt */
    uint16_t stale;       /* RXNACK as it was before the byte that is being sent */
    bool open;            /* ADDRESSED was raised, and not refused or ended */
    bool fill;            /* RELEASE was answered: 0xFF goes out to the end */
    bool smbus;           /* the limits of SMBus are kept */
    bool must_widen;      /* an address was added that `match` does not have: since widen_us */
    volatile bool raised; /* an event was raised since wait() last returned */
    struct i2ctarget_address_set addresses;
    struct match match;
    struct wiring wiring;
    uint32_t irq_state; /* of lock() */
    int64_t until_us;   /* the end of wait() */
    int64_t widen_us;
    struct stretching stretching; /* in microseconds */
};

/* One for each SERCOM. */
extern struct samd5x_target i2ctarget_samd5x_targets[SERCOMS];

/* target.c.  Interrupts must be off. */

/* Handle everything that the SERCOM reports. */
void i2ctarget_samd5x_target_work_off(struct samd5x_target *self);
/* Give the owed answer. */
void i2ctarget_samd5x_target_answer(struct samd5x_target *self, int answer);
/* A hold reached a limit.  The lines are released; nothing is heard until the next START. */
void i2ctarget_samd5x_target_cut(struct samd5x_target *self);
/*
 * Has the target left a message whose end has not been seen: after it NACKed a byte, or after a bus
 * error?  The STOP might not be reported then.
 */
static inline bool i2ctarget_samd5x_target_has_left(const struct samd5x_target *self)
{
    return self->open && self->stage == LISTENING;
}
/* Such a message is over: the bus is at rest. */
void i2ctarget_samd5x_target_end_left(struct samd5x_target *self);
/*
 * Listen to every address from now on.  The SERCOM is off for a moment, so the bus must be at rest
 * and no message under way.
 */
void i2ctarget_samd5x_target_widen(struct samd5x_target *self);

#endif
