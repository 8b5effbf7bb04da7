/* SPDX-License-Identifier: MIT */
/*
 * The bare chip: a chip that does not exist, with pins, a clock, and nothing else.
 *
 * Each pin latches its rises and its falls.  Interrupts: number 40 + n while an enabled pin of pair
 * n has a latched edge, number 45 while the alarm is due.  Pair n are the pins 2n (SDA), 2n+1 (SCL).
 */
#ifndef BARE_REGISTERS_H
#define BARE_REGISTERS_H

enum {
    BARE_PAIRS = 2,
    BARE_PINS = 2 * BARE_PAIRS,
    BARE_IRQ_PAIR = 40,
    BARE_IRQ_ALARM = 45,
    BARE_IRQS = 46
};

enum {
    BARE_IN = 0x40000000,      /* a bit for each pin: it is high */
    BARE_PULL = 0x40000004,    /* the pins whose bits are written as 1 drive a 0 */
    BARE_RELEASE = 0x40000008, /* they drive nothing */
    BARE_ROSE = 0x4000000C,    /* latched edges; a 1 clears the bit */
    BARE_FELL = 0x40000010,
    BARE_ENABLE = 0x40000014, /* the pins whose latched edges interrupt */

    /* Nanoseconds. */
    BARE_TIME_LOW = 0x40001000,
    BARE_TIME_HIGH = 0x40001004,
    BARE_ALARM_LOW = 0x40001008, /* taken over by a write of the high word */
    BARE_ALARM_HIGH = 0x4000100C
};

#endif
