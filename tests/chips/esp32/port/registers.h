/* SPDX-License-Identifier: MIT */
/*
 * Registers that do nothing but remember, and a core beside them.  It is no model of a chip: a test
 * sets what the port is to find, and looks at what it has written, and in which order.
 */
#ifndef ESP32_REGISTERS_H
#define ESP32_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

/* Forgets everything.  All registers are 0, the core is number 0, and its pins are high. */
void registers_reset(void);

void registers_set(uint32_t address, uint32_t value);
/* These bits of the register are 1 whatever is written.  For one register at a time. */
void registers_keep(uint32_t address, uint32_t bits);
/* The last value that was written or set. */
uint32_t registers_get(uint32_t address);

/* This register counts, up to the next registers_set() of it: each read finds more. */
void registers_count(uint32_t address);
/* From now on, bits that are written to `address` are cleared in `cleared`. */
void registers_clear_by(uint32_t address, uint32_t cleared);

/* How many registers were written since the reset; the n-th of these writes, from 0 on. */
unsigned registers_writes(void);
uint32_t registers_written(unsigned n, uint32_t *value);
/* The first write of this register from the n-th on; registers_writes(): there is none. */
unsigned registers_find(uint32_t address, unsigned n);

/* The core. */
extern unsigned registers_core;       /* its number */
extern uint32_t registers_cpu_gpio;   /* the levels of its pins */
extern uint32_t registers_cpu_driven; /* the levels that it gives them */
extern uint32_t registers_cycles;     /* grows with each look */
/* Called before interrupts are masked; NULL: nothing comes then. */
extern void (*registers_interrupt)(void);

#endif
