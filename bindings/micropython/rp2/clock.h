/* SPDX-License-Identifier: MIT */
/* clk_sys, which machine.freq() may change at any time: the engine's delays follow it. */
#ifndef MICROPYTHON_RP2_CLOCK_H
#define MICROPYTHON_RP2_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Before a target is opened: the clock as it is now.  False: no target can work with it. */
bool i2ctarget_mp_begin_clock(uint8_t alarm);
/* After it is closed. */
void i2ctarget_mp_end_clock(void);

/* If clk_sys has changed, the targets follow. */
void i2ctarget_mp_follow_clock(void);

#endif
