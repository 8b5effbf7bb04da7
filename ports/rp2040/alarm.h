/* SPDX-License-Identifier: MIT */
/* The one alarm: it ends waits, and keeps the SMBus limits of the targets. */
#ifndef RP2040_ALARM_H
#define RP2040_ALARM_H

/*
 * Set it to the next moment at which a wait is over or a limit has to be looked at.  Interrupts are
 * off.
 */
void i2ctarget_rp2040_alarm_set(void);

#endif
