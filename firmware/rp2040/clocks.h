/* SPDX-License-Identifier: MIT */
/*
 * Clocks: crystal 12 MHz, clk_sys 125 MHz, TIMER in microseconds.  All 52 boards have that crystal
 * (the USB code in the boot ROM needs it).
 */
#ifndef RP2040_CLOCKS_H
#define RP2040_CLOCKS_H

/* Call it first.  It also works after a reset that left the clocks running. */
void clocks_start(void);

#endif
