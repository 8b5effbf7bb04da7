/* SPDX-License-Identifier: MIT */
/* The processor's clock. */
#ifndef ESP32_CLOCK_H
#define ESP32_CLOCK_H

#include "chip/waiting.h"

/* Its rate, as i2ctarget_esp32_configure() has said. */
uint32_t i2ctarget_esp32_cpu_hz(void);
/* Begins the clock of nanoseconds. */
void i2ctarget_esp32_clock_begin(void);
uint64_t i2ctarget_esp32_now_ns(void);

/*
 * Sets the alarm of time.h.  It was now_us at now_cycles, a moment ago, and interrupts are masked.  A
 * START has to wait for so long; so what time it is by now is not read from the hardware again.
 */
void i2ctarget_esp32_clock_set_alarm(int64_t at_us, int64_t now_us, uint32_t now_cycles);

/* That of time.h, and the alarm of all targets. */
extern const struct chip_clock i2ctarget_esp32_clock;

#endif
