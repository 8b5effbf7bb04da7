/* SPDX-License-Identifier: MIT */
/*
 * Exceptions and interrupts (Xtensa ISA Reference Manual, Exception, Interrupt and
 * High-Priority Interrupt Options): which one is due, and what becomes of PC and PS.
 */
#ifndef XTENSA_EXCEPTIONS_H
#define XTENSA_EXCEPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct xtensa;

/* EXCCAUSE. */
enum {
    CAUSE_ILLEGAL = 0,
    CAUSE_SYSCALL = 1,
    CAUSE_LOAD_STORE = 3, /* this memory has no such access */
    CAUSE_INTERRUPT = 4,
    CAUSE_UNALIGNED = 9,
    CAUSE_FETCH_NOWHERE = 14, /* InstrPIFAddrError, LoadStorePIFAddrError: nothing is there */
    CAUSE_ACCESS_NOWHERE = 15
};

/* The instruction that is executed makes an exception instead. */
void exceptions_raise(struct xtensa *core, uint32_t cause);
void exceptions_raise_at(struct xtensa *core, uint32_t cause, uint32_t address);

/* RFE, RFDE, RFI. */
void exceptions_return(struct xtensa *core);
void exceptions_return_double(struct xtensa *core);
void exceptions_return_from(struct xtensa *core, unsigned level);

/* INTERRUPT. */
uint32_t exceptions_requested(const struct xtensa *core);
/* What the chip requests now; an edge is latched. */
void exceptions_latch(struct xtensa *core, uint32_t requested);
/* The level of the interrupt that is due; 0: none is. */
unsigned exceptions_due(const struct xtensa *core);
/* The interrupt of this level is taken, between two instructions. */
void exceptions_take(struct xtensa *core, unsigned level);

#endif
