/* SPDX-License-Identifier: MIT */
/*
 * The way from reset to main() on a Cortex-M, and what the folder of a chip adds to it.
 *
 * The image of SRAM lies in the flash, and is copied: code, constants and data.  Until then only
 * what is marked IN_FLASH can be called.
 */
#ifndef CORTEXM_START_H
#define CORTEXM_START_H

#include "mmio.h"

/* Code that runs before the image is in SRAM. */
#define IN_FLASH __attribute__((section(".flash"), noinline))

typedef void (*vector)(void);

/* ---- of the chip's folder -------------------------------------------------------------------- */

/*
 * The first thing that runs; IN_FLASH.  A debugger, a boot loader, or a program that restarts itself
 * may have left engines running that hold the wires, and interrupts enabled.  So this releases all
 * pins first, and then brings to rest what could disturb the start.
 */
void chip_begin(void);

/* Starts the clocks; IN_FLASH.  It also works if they run already. */
void clocks_start(void);

/* Makes all pins inputs, whatever drives them. */
void chip_release_pins(void);

/*
 * The interrupt handlers of the chip follow the 16 entries of the core: an array of type `vector`,
 * with unexpected() where there is none.
 */
#define INTERRUPT_VECTORS __attribute__((section(".vectors.interrupts"), used))

/* ---- for all chips --------------------------------------------------------------------------- */

/*
 * For interrupts that are not enabled, and for faults: halt().  The core has saved the interrupted
 * address on the stack.
 */
void unexpected(void);

/* For a fatal error.  Releases both wires.  Then the core sleeps until a reset. */
_Noreturn void halt(void);

#endif
