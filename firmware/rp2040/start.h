/* SPDX-License-Identifier: MIT */
#ifndef RP2040_START_H
#define RP2040_START_H

/*
 * The end: both wires are let go (all pins are inputs once their function select is reset; the PIO
 * may still hold SCL for an answer that will not come), and the core sleeps until somebody resets
 * it.
 */
_Noreturn void halt(void);

#endif
