/* SPDX-License-Identifier: MIT */
/*
 * The time, and the one alarm that wakes the port: two TCs that are joined to 32 bits and count 3
 * million ticks a second.  They wrap after 23.8 minutes; the wraps are counted.
 */
#ifndef SAMD5X_TIME_H
#define SAMD5X_TIME_H

#include <stdint.h>

/*
 * timer: enum i2ctarget_samd5x_timer.  generator: that of 48 MHz.  The time goes on from where it
 * was at the last end().  It runs until there were as many ends as begins; a begin in between changes
 * nothing.  Interrupts are off.
 */
void i2ctarget_samd5x_time_begin(unsigned timer, unsigned generator);
void i2ctarget_samd5x_time_end(void);

int64_t i2ctarget_samd5x_time_us(void);

/*
 * Interrupt at `at_us`, or soon if that is past; earlier if it is far away.  Replaces the time that
 * was set before.
 */
void i2ctarget_samd5x_time_set_alarm(int64_t at_us);
/* Call it in the interrupt handler: the alarm has fired, or the counter has wrapped. */
void i2ctarget_samd5x_time_acknowledge(void);

#endif
