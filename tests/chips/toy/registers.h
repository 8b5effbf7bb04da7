/* SPDX-License-Identifier: MIT */
/*
 * The toy: a chip that does not exist, with the simplest block that an I2C target could have.
 *
 * The block handles the bits.  It puts events into a queue, and holds SCL until it has an answer.
 * Interrupts: number 40 + n while block n has a queued event, number 45 while the alarm is due.
 */
#ifndef TOY_REGISTERS_H
#define TOY_REGISTERS_H

enum { TOY_BLOCKS = 2, TOY_IRQ_BLOCK = 40, TOY_IRQ_ALARM = 45, TOY_IRQS = 46 };

#define TOY_BLOCK(n) (0x40000000u + 0x100u * (n))
enum {
    TOY_CONTROL = 0x00,   /* a write begins anew: both lines released, the queue empty */
    TOY_ADDRESSES = 0x10, /* 4 words, a bit for each address; others are not acknowledged */
    /* The oldest in the queue, which a read takes out; 0: it is empty. */
    TOY_EVENT = 0x20,
    TOY_MOVED = 0x24, /* bytes moved of the message, as of the event read last */
    /* An answer to the event read last.  No effect if something has come after it. */
    TOY_ANSWER = 0x28,
    TOY_GLITCHES = 0x30 /* spikes that the input filter rejected */
};
enum { TOY_RUN = 1, TOY_SMBUS = 2 }; /* TOY_CONTROL */
/* TOY_EVENT: the kind, and the value or the address, as in i2ctarget/event.h. */
enum { TOY_VALUE_LSB = 8, TOY_IS_READ = 1 << 16, TOY_IS_RESTART = 1 << 17 };

/* Microseconds.  A read of the low word keeps the high word for the next read. */
enum {
    TOY_TIME_LOW = 0x40001000,
    TOY_TIME_HIGH = 0x40001004,
    TOY_ALARM_LOW = 0x40001008, /* taken over by a write of the high word */
    TOY_ALARM_HIGH = 0x4000100C
};

#endif
