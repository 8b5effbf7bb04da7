/* SPDX-License-Identifier: MIT */
/*
 * Clocks: crystal 12 MHz, clk_sys 125 MHz, TIMER in microseconds.  All 52 boards have that crystal
 * (the boot ROM's USB needs it).
 */
#ifndef RP2040_CLOCKS_H
#define RP2040_CLOCKS_H

/* Before anything else; also after a reset that left the clocks as they were. */
void clocks_start(void);

#endif
