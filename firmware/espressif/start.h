/* SPDX-License-Identifier: MIT */
/*
 * The way from the boot ROM to main() on the ESP32 family, and what follows a fatal error.
 *
 * The ROM has copied the whole image to RAM, so everything can be called from the first instruction
 * on.  Only .bss is not cleared yet, while the functions below run that start the chip.
 */
#ifndef ESPRESSIF_START_H
#define ESPRESSIF_START_H

#include <stdint.h>

typedef void (*vector)(void);

/* ---- of this folder -------------------------------------------------------------------------- */

/* reset() of the core's folder calls it, with a stack, and with interrupts masked. */
_Noreturn void chip_start(void);

/*
 * one_core.c or second_core.c, which CORE=1 chooses: how the cores go on when the chip runs and .bss
 * is cleared.  main() has one of them.
 */
_Noreturn void chip_run(void);

/* For that core: its interrupts, then main(), which should not return. */
_Noreturn void chip_run_main(void);

/* For a fatal error.  Releases both wires.  Then the core sleeps until a reset. */
_Noreturn void halt(void);

/* With interrupts masked, until a reset. */
_Noreturn void chip_sleep(void);

/* By the number of the core's interrupt; unexpected(), where none is used. */
enum { CORE_INTERRUPTS = 32 };
extern const vector interrupt_vectors[CORE_INTERRUPTS];

/* For interrupts that are not enabled, and for faults: halt(). */
_Noreturn void unexpected(void);

/* At least that long, by a core that is not faster than the crystal. */
enum { CRYSTAL_MHZ = 40 };
void chip_wait_us(uint32_t us);

/* registers.c: what all chips do alike. */
void chip_release_pins(void);   /* all pins are inputs, whatever drives them */
void chip_stop_watchdogs(void); /* the ROM has started some, for images that do not run */

/* A core's half of the matrix gets no source; GPIO and the port's timer alone. */
void chip_route_nothing(uintptr_t matrix);
void chip_route_interrupts(uintptr_t matrix);

/* The core that calls it serves these two, as soon as they are unmasked. */
void chip_take_interrupts(void);

/* ---- of the chip's folder, or of the core's -------------------------------------------------- */

/* The core goes from the crystal to its highest clock, whatever drove it before. */
void clocks_start(void);

/* Of the core, a bit for each number; no others are enabled. */
void chip_enable_interrupts(uint32_t numbers);

/* ---- of a chip with two cores, for second_core.c --------------------------------------------- */

/* The second core, which RTC_CNTL does not stall, leaves its reset, and its ROM jumps to `entry`. */
void second_core_start(void (*entry)(void));

/* It stands still from now on. */
void second_core_stall(void);

/* of the core's folder: where it begins.  It calls second_core_begin(), as reset() calls chip_start(). */
void second_reset(void);
_Noreturn void second_core_begin(void);

#endif
