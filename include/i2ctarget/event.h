/* SPDX-License-Identifier: MIT */
/*
 * The whole vocabulary between a bus and whoever answers on it.
 *
 * Four events go up, one answer comes back.  While an answer is owed the target holds SCL low, so
 * the bus can not go on: that is why no event is ever dropped, merged or split, however late the
 * answer is.
 *
 *     START addr R/W     byte (write)     clock for a byte (read)     Sr, STOP, NACK, fault
 *          |                  |                     |                         |
 *      ADDRESSED          RECEIVED              REQUESTED                   ENDED
 *    ACK NACK HOLD      ACK NACK HOLD      0..255 RELEASE HOLD              (none)
 *
 * Order, checked by the core in every build: ADDRESSED, then RECEIVED* or REQUESTED*, then exactly
 * one ENDED.  An ADDRESSED that was answered NACK raises no ENDED.
 */
#ifndef I2CTARGET_EVENT_H
#define I2CTARGET_EVENT_H

#include "i2ctarget/address.h"

#ifdef __cplusplus
extern "C" {
#endif

enum i2ctarget_event_kind {
    I2CTARGET_NO_EVENT,
    I2CTARGET_ADDRESSED, /* our address was called (UM10204 §3.1.10) */
    I2CTARGET_RECEIVED,  /* the controller wrote a byte; its ACK bit is ours to give */
    I2CTARGET_REQUESTED, /* the controller is about to clock a byte out of us */
    I2CTARGET_ENDED,     /* the message is over */
};

/* An answer is 0..255 (a byte, for REQUESTED) or one of these. */
enum i2ctarget_answer {
    I2CTARGET_ACK = 256,
    I2CTARGET_NACK,
    I2CTARGET_RELEASE, /* leave SDA released: the controller reads 0xFF until it stops */
    I2CTARGET_HOLD, /* not yet: keep SCL low until the answer comes through the port's answer() */
};

/* Why a message ended.  Exactly one of them for every request. */
enum i2ctarget_end {
    I2CTARGET_OPEN = 0,         /* it has not */
    I2CTARGET_STOP,             /* STOP */
    I2CTARGET_RESTART,          /* repeated START, whoever it was for */
    I2CTARGET_CONTROLLER_NACK,  /* a read: the controller did not acknowledge the last byte */
    I2CTARGET_ARBITRATION_LOST, /* a read: another target with our address drove SDA low */
    I2CTARGET_TIMEOUT,          /* SMBus limit: SCL low too long, or stretched too much */
    I2CTARGET_BUS_ERROR,        /* the controller or the bus gave this transfer up */
    I2CTARGET_PORT_LOST,        /* the hardware or the bus server is gone */
    I2CTARGET_CLOSED, /* the application closed the request before the controller was done */
};

struct i2ctarget_event {
    uint8_t kind;     /* enum i2ctarget_event_kind */
    uint8_t value;    /* RECEIVED: the byte; ENDED: enum i2ctarget_end */
    bool is_read;     /* ADDRESSED: the R/W bit */
    bool is_restart;  /* ADDRESSED: it began with a repeated START, whoever the last one was for */
    bool is_ten_bit;  /* ADDRESSED: what `address` is; false, as ten-bit ones are not offered yet */
    uint16_t address; /* ADDRESSED: 0x00-0x7F */
    /* ENDED: bytes we acknowledged, or read bytes whose ninth clock rose; fill does not count. */
    uint32_t moved;
};

#ifdef __cplusplus
}
#endif
#endif
