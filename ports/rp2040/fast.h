/* SPDX-License-Identifier: MIT */
/*
 * Code that runs between an event and its answer.  At 400 kHz there are 120 to 150 cycles for all
 * of it.  A single miss in the flash cache takes more.  Linker scripts of the RP2040 (pico-sdk's,
 * and firmware/rp2040's) put sections of this name into SRAM.
 */
#ifndef RP2040_FAST_H
#define RP2040_FAST_H

#define FAST __attribute__((section(".time_critical.i2ctarget")))
/* A constant that such code reads. */
#define FAST_DATA __attribute__((section(".time_critical_data.i2ctarget")))
/* Not inlined: its caller would have to save registers for it. */
#define SEPARATE __attribute__((noinline))
/* Inlined: a call and its return take ten cycles or more. */
#define JOINED inline __attribute__((always_inline))

#endif
