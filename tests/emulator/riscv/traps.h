/* SPDX-License-Identifier: MIT */
/*
 * Traps into machine mode, and the way back: mstatus, mtvec, mepc, mcause, mtval.  RISC-V
 * Privileged Architecture §3.1; ESP32-C3 technical reference manual §1.4.
 *
 * Pure: no instructions, no time.
 */
#ifndef RISCV_TRAPS_H
#define RISCV_TRAPS_H

#include <stdbool.h>
#include <stdint.h>

enum riscv_mode { RISCV_USER = 0, RISCV_MACHINE = 3 };

/* mcause of exceptions. */
enum {
    CAUSE_FETCH = 1,
    CAUSE_ILLEGAL = 2,
    CAUSE_BREAKPOINT = 3,
    CAUSE_LOAD = 5,
    CAUSE_STORE = 7,
    CAUSE_CALL = 8 /* from user mode; from machine mode 11 */
};
#define CAUSE_INTERRUPT (UINT32_C(1) << 31)

#define MSTATUS_MIE (UINT32_C(1) << 3)
#define MSTATUS_MPIE (UINT32_C(1) << 7)
#define MSTATUS_MPP (UINT32_C(3) << 11)
#define MSTATUS_TW (UINT32_C(1) << 21)

struct traps {
    uint32_t mstatus, mtvec, mepc, mcause, mtval;
    uint8_t mode; /* enum riscv_mode */
    /* Traps that have not returned, the innermost one in bit 0: 1 is an interrupt.  And how many. */
    uint64_t kinds;
    unsigned depth;
};

void traps_reset(struct traps *traps);

/* What of a written mstatus and mtvec is kept. */
uint32_t traps_legal_mstatus(const struct traps *traps, uint32_t value);
uint32_t traps_legal_mtvec(uint32_t value);

/* May an interrupt be taken? */
bool traps_are_interrupts_enabled(const struct traps *traps);
/* Is the innermost trap that has not returned an interrupt, and the only one? */
bool traps_is_first_interrupt(const struct traps *traps);

/* A trap at `pc`.  Returns where its vector is. */
uint32_t traps_enter(struct traps *traps, uint32_t cause, uint32_t pc, uint32_t value);
/* MRET.  Returns where it goes on. */
uint32_t traps_return(struct traps *traps);

#endif
