/* SPDX-License-Identifier: MIT */
/*
 * Code that runs between an event and its answer.  At 400 kHz there are 120 to 150 cycles for all of
 * it; a miss in the cache of the flash alone takes more.  Linker scripts of the RP2040 (pico-sdk's,
 * and firmware/rp2040's) put sections of this name into SRAM.
 */
#ifndef RP2040_FAST_H
#define RP2040_FAST_H

#define FAST __attribute__((section(".time_critical.i2ctarget")))
/* Not merged into its caller, which would have to save registers for it. */
#define SEPARATE __attribute__((noinline))
/* Merged into its caller: entering and leaving a function takes ten cycles and more. */
#define JOINED inline __attribute__((always_inline))

#endif
