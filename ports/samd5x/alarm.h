/* SPDX-License-Identifier: MIT */
/*
 * The one alarm: it ends waits, keeps the limit of our stretches, and looks at the bus where the
 * SERCOM tells nothing.
 */
#ifndef SAMD5X_ALARM_H
#define SAMD5X_ALARM_H

#include "samd5x/target.h"

/*
 * Set it to the next moment at which a wait is over, or a target has something to do.  Interrupts are
 * off.
 */
void i2ctarget_samd5x_alarm_set(void);

/*
 * The target has got addresses that its SERCOM does not listen to.  If no message is under way and
 * the bus is at rest, it does so now.  Interrupts are off, for the time of a look at the bus (60 us).
 */
void i2ctarget_samd5x_alarm_try_to_widen(struct samd5x_target *self);
/*
 * The same, when a STOP is reported.  The handler may be late, so the bus must be at rest here, too.
 * But on a bus that never is the address would never be heard: after 40 ms it does with both lines
 * high, and a message that has just begun may be missed.
 */
void i2ctarget_samd5x_alarm_widen_after_stop(struct samd5x_target *self);

#endif
