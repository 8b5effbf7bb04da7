/* SPDX-License-Identifier: MIT */
/*
 * One target and where its message stands.  It keeps no limits: alarm.c does, and cuts a target that
 * reaches one.
 */
#ifndef RP2040_TARGET_H
#define RP2040_TARGET_H

#include "i2ctarget/port.h"
#include "line/stretching.h"
#include "rp2040/engine.h"

/*
 * What the engine works at, or pushed last; target.c explains the stages.  From TURNING on, the
 * owed answer is a byte.
 */
enum stage { JOINING, LISTENING, CALLED, RECEIVING, RECEIVED, TURNING, SENDING, SENT };
_Static_assert(JOINING < TURNING && LISTENING < TURNING && CALLED < TURNING &&
                   RECEIVING < TURNING && RECEIVED < TURNING && TURNING < SENDING && TURNING < SENT,
               "from TURNING on a byte is owed");

/* The interrupt's members come first: a Cortex-M0+ reaches them with one instruction. */
struct rp2040_target {
    struct i2ctarget *target; /* NULL: this block is free */
    struct engine engine;
    /*
     * Of the message, from CALLED on: `address`, `is_read`, `is_restart` and `moved` are filled in as
     * soon as they are known, the others when it ends.
     */
    struct i2ctarget_event event;
    uint8_t stage;
    uint8_t sent;  /* the byte that is being sent */
    uint8_t early; /* SENT: what was on SDA meanwhile; RECEIVED: the first seven bits of the byte */
    bool plain;    /* SENT: the expected value of that */
    bool fill;     /* no byte goes out: RELEASE was answered */
    bool open;     /* ADDRESSED was raised, and not refused or ended */
    bool in_transfer;
    bool smbus;
    volatile bool raised; /* an event was raised since wait() last returned */
    uint8_t scl, sda;
    struct i2ctarget_address_set addresses;
    uint32_t irq_state;           /* of lock() */
    int64_t until_us;             /* the end of wait() */
    struct stretching stretching; /* in microseconds */
    int64_t low_us;               /* SCL has not been low for longer than since then */
    int64_t look_us;              /* when SCL is to be looked at again */
};

enum { BLOCKS = 2 };

/* One for each PIO block. */
extern struct rp2040_target i2ctarget_rp2040_targets[BLOCKS];

/* target.c.  Interrupts must be off. */

/* Handle everything that the engine reports. */
void i2ctarget_rp2040_target_work_off(struct rp2040_target *self);
/* Give the owed answer. */
void i2ctarget_rp2040_target_answer(struct rp2040_target *self, int answer);
/* Drop the current message and wait for the next START. */
void i2ctarget_rp2040_target_listen(struct rp2040_target *self);
/*
 * Both lines are released at once.  Nothing is heard until the next START.  An open message ends.
 */
void i2ctarget_rp2040_target_cut(struct rp2040_target *self, enum i2ctarget_end cause);
/* The hold is over: its length is counted. */
void i2ctarget_rp2040_target_end_hold(struct rp2040_target *self);

#endif
