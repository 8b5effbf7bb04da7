/* SPDX-License-Identifier: MIT */
/*
 * One target and where its message stands.  It keeps no limits: alarm.c does, and cuts a target that
 * reaches one.
 */
#ifndef RP2040_TARGET_H
#define RP2040_TARGET_H

#include "i2ctarget/port.h"
#include "rp2040/engine.h"

/*
 * What the engine works at, or pushed last; target.c has the picture.  What is owed from TURNING on
 * is a byte.
 */
enum stage { JOINING, LISTENING, CALLED, RECEIVING, RECEIVED, TURNING, SENDING, SENT };
_Static_assert(JOINING < TURNING && LISTENING < TURNING && CALLED < TURNING &&
                   RECEIVING < TURNING && RECEIVED < TURNING && TURNING < SENDING && TURNING < SENT,
               "from TURNING on a byte is owed");

/* What the interrupt needs comes first: a Cortex-M0+ reaches it with one instruction. */
struct rp2040_target {
    struct i2ctarget *target; /* NULL: this block is free */
    struct engine engine;
    /*
     * The last event; or, from CALLED on, the next one, as far as it is known.  `moved` is that of
     * the message.
     */
    struct i2ctarget_event event;
    uint8_t stage;
    uint8_t sent;  /* the byte going out */
    uint8_t early; /* SENT: what was on SDA meanwhile */
    bool plain;    /* SENT: that is what should have been */
    bool fill;     /* no byte goes out: RELEASE was answered */
    bool open;     /* ADDRESSED was raised and neither refused nor ended */
    bool held;     /* it was answered HOLD, or what followed was */
    bool in_transfer;
    bool smbus;
    volatile bool raised; /* an event, since the last wait() returned */
    uint8_t scl, sda;
    struct i2ctarget_address_set addresses;
    uint32_t irq_state; /* of lock() */
    int64_t until_us;   /* what wait() waits for */
    /* Times of the low half of TIMER. */
    uint32_t held_us, low_us, tick_us;
    uint32_t stretched_us; /* since START, without the hold under way */
    uint32_t stretches, longest_stretch_us;
};

enum { BLOCKS = 2 };

/* One a PIO block. */
extern struct rp2040_target i2ctarget_rp2040_targets[BLOCKS];

/* target.c.  Interrupts are off in all of them. */

/* Whatever the engine has to say. */
void i2ctarget_rp2040_target_work_off(struct rp2040_target *self);
/* The answer to what is owed. */
void i2ctarget_rp2040_target_answer(struct rp2040_target *self, int answer);
/* Forget what goes on and wait for the next START. */
void i2ctarget_rp2040_target_listen(struct rp2040_target *self);
/* Both lines go now; deaf to the next START.  A message that was open ends. */
void i2ctarget_rp2040_target_cut(struct rp2040_target *self, enum i2ctarget_end cause);
/* No longer held: how long it was is counted. */
void i2ctarget_rp2040_target_end_hold(struct rp2040_target *self);

#endif
