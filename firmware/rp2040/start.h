/* SPDX-License-Identifier: MIT */
#ifndef RP2040_START_H
#define RP2040_START_H

/*
 * For a fatal error.  Releases both wires: a reset of the function select makes all pins inputs.
 * (The PIO may still try to hold SCL for an answer that will not come.)  Then the core sleeps until
 * a reset.
 */
_Noreturn void halt(void);

#endif
