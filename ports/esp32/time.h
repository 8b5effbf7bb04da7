/* SPDX-License-Identifier: MIT */
/*
 * The port's clock of microseconds and its alarm: timg.c is that of ESP32, systimer.c that of the
 * others.
 */
#ifndef ESP32_TIME_H
#define ESP32_TIME_H

#include <stdint.h>

/* Task context.  The clock goes on from where it was. */
void i2ctarget_esp32_time_begin(void);
/* No alarm any more. */
void i2ctarget_esp32_time_end(void);

int64_t i2ctarget_esp32_time_us(void);
/*
 * Interrupts are masked.  I2CTARGET_FOREVER: none.  An alarm that is past when it is set may come or
 * not: i2ctarget_esp32_clock_set_alarm() sets it so that it comes.
 */
void i2ctarget_esp32_time_set_alarm(int64_t at_us);
/* In the alarm's interrupt.  The alarm is off then. */
void i2ctarget_esp32_time_acknowledge(void);

#endif
