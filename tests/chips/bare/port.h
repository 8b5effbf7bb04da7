/* SPDX-License-Identifier: MIT */
#ifndef BARE_PORT_H
#define BARE_PORT_H

#include "i2ctarget/port.h"

/*
 * Pins: `unit` is the pair, `number` 0 for SCL and 1 for SDA.  The ports differ in how edges are
 * found: by a handler that stays for them, or by an interrupt for each; and one that stays may watch
 * while the application waits.  In the ones that end in `_blind` the latches do not tell rises from
 * falls.
 */
extern const struct i2ctarget_port_ops bare_stays, bare_stays_blind, bare_watches,
    bare_watches_blind, bare_leaves, bare_leaves_blind;

/* Interrupt handlers. */
void bare_pair_irq(unsigned pair);
void bare_alarm_irq(void);

#endif
