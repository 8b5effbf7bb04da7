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

/* That of time.h, and the alarm of all targets. */
extern const struct chip_clock i2ctarget_esp32_clock;

#endif
