/* SPDX-License-Identifier: MIT */
#ifndef HARDWARE_CLOCKS_H
#define HARDWARE_CLOCKS_H

#include "sdk.h"

typedef unsigned uint;

enum clock_index { clk_sys = 5 };

uint32_t clock_get_hz(enum clock_index clock);

/* What the linker makes of set_sys_clock_pll() in the firmware (micropython.cmake). */
void __wrap_set_sys_clock_pll(uint32_t vco_hz, uint divider_1, uint divider_2);

#endif
