/* SPDX-License-Identifier: MIT */
/*
 * The events that happen to a target on a bus, and the answers to them.
 *
 * There are four kinds of events.  Each event gets one answer, except ENDED.  While an answer is
 * owed, the target holds SCL low and the bus cannot go on.  So no event is ever dropped, merged or
 * split, however late the answer is.
 *
 *     START addr R/W     byte (write)     clock for a byte (read)     Sr, STOP, NACK, fault
 *          |                  |                     |                         |
 *      ADDRESSED          RECEIVED              REQUESTED                   ENDED
 *    ACK NACK HOLD      ACK NACK HOLD      0..255 RELEASE HOLD              (none)
 *
 * The core checks the order in every build: ADDRESSED, then any number of RECEIVED or of REQUESTED,
 * then exactly one ENDED.  An ADDRESSED that was answered NACK is followed by no ENDED.
 */
#ifndef I2CTARGET_EVENT_H
#define I2CTARGET_EVENT_H

#include "i2ctarget/address.h"

#ifdef __cplusplus
extern "C" {
#endif

enum i2ctarget_event_kind {
    I2CTARGET_NO_EVENT,
    I2CTARGET_ADDRESSED, /* a message to one of our addresses begins (UM10204 §3.1.10) */
    I2CTARGET_RECEIVED,  /* the controller wrote a byte; we owe its ACK bit */
    I2CTARGET_REQUESTED, /* the controller is about to read a byte from us */
    I2CTARGET_ENDED,     /* the message is over */
};

/* An answer is 0..255 (a byte, for REQUESTED) or one of these. */
enum i2ctarget_answer {
    I2CTARGET_ACK = 256,
    I2CTARGET_NACK,
    I2CTARGET_RELEASE, /* SDA stays released: the controller reads 0xFF until it stops */
    I2CTARGET_HOLD,    /* no answer yet: SCL stays low until the port's answer() is called */
};

/* Why a message ended.  Every message has exactly one cause. */
enum i2ctarget_end {
    I2CTARGET_OPEN = 0,         /* it has not ended yet */
    I2CTARGET_STOP,             /* STOP */
    I2CTARGET_RESTART,          /* repeated START; the next message may be for any target */
    I2CTARGET_CONTROLLER_NACK,  /* a read: the controller did not acknowledge the last byte */
    I2CTARGET_ARBITRATION_LOST, /* a read: another target with our address drove SDA low */
    I2CTARGET_TIMEOUT,          /* SMBus limit: SCL low too long, or stretched too much */
    I2CTARGET_BUS_ERROR,        /* a fault of the bus, or the controller's time-out */
    I2CTARGET_PORT_LOST,        /* the hardware or the bus server is gone */
    I2CTARGET_CLOSED, /* the application ended it first: the request, or the target of a device */
};

struct i2ctarget_event {
    uint8_t kind;     /* enum i2ctarget_event_kind */
    uint8_t value;    /* RECEIVED: the byte; ENDED: enum i2ctarget_end */
    bool is_read;     /* ADDRESSED: the R/W bit */
    bool is_restart;  /* ADDRESSED: it began with Sr, whether or not the message before was ours */
    bool is_ten_bit;  /* ADDRESSED: false; 10-bit addresses are not offered yet */
    uint16_t address; /* ADDRESSED: 0x00-0x7F */
    /*
     * ENDED.  A write: bytes that we acknowledged.  A read: bytes given by us whose ninth clock
     * rose; the 0xFF of RELEASE does not count.
     */
    uint32_t moved;
};

#ifdef __cplusplus
}
#endif
#endif
