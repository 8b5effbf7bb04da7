/* SPDX-License-Identifier: MIT */
#include "emulator/riscv/traps.h"

#define MTVEC_BASE UINT32_C(0xFFFFFF00)
#define MTVEC_VECTORED UINT32_C(1)

static uint32_t mpp_of(uint32_t mstatus)
{
    return (mstatus & MSTATUS_MPP) / (MSTATUS_MPP & -MSTATUS_MPP);
}

static uint32_t with_mpp(uint32_t mstatus, uint32_t mode)
{
    return (mstatus & ~MSTATUS_MPP) | mode * (MSTATUS_MPP & -MSTATUS_MPP);
}

void traps_reset(struct traps *traps)
{
    *traps = (struct traps){.mode = RISCV_MACHINE, .mtvec = MTVEC_VECTORED};
}

/* There are two modes; another one in MPP is not taken. */
uint32_t traps_legal_mstatus(const struct traps *traps, uint32_t value)
{
    uint32_t kept = value & (MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP | MSTATUS_TW);
    uint32_t mode = mpp_of(kept);
    return mode == RISCV_USER || mode == RISCV_MACHINE ? kept
                                                       : with_mpp(kept, mpp_of(traps->mstatus));
}

/* The base is a multiple of 256, and the mode is always the vectored one. */
uint32_t traps_legal_mtvec(uint32_t value)
{
    return (value & MTVEC_BASE) | MTVEC_VECTORED;
}

bool traps_are_interrupts_enabled(const struct traps *traps)
{
    return traps->mode == RISCV_USER || traps->mstatus & MSTATUS_MIE;
}

bool traps_is_first_interrupt(const struct traps *traps)
{
    return traps->depth == 1 && traps->kinds & 1;
}

uint32_t traps_enter(struct traps *traps, uint32_t cause, uint32_t pc, uint32_t value)
{
    bool was_enabled = traps->mstatus & MSTATUS_MIE;
    bool is_interrupt = cause & CAUSE_INTERRUPT;
    traps->mstatus &= ~(MSTATUS_MIE | MSTATUS_MPIE);
    traps->mstatus |= was_enabled ? MSTATUS_MPIE : 0;
    traps->mstatus = with_mpp(traps->mstatus, traps->mode);
    traps->mode = RISCV_MACHINE;
    traps->mepc = pc;
    traps->mcause = cause;
    traps->mtval = value;
    traps->kinds = traps->kinds << 1 | is_interrupt;
    traps->depth++;
    uint32_t base = traps->mtvec & MTVEC_BASE;
    return is_interrupt ? base + 4 * (cause & ~CAUSE_INTERRUPT) : base;
}

uint32_t traps_return(struct traps *traps)
{
    bool was_enabled = traps->mstatus & MSTATUS_MPIE;
    traps->mode = (uint8_t)mpp_of(traps->mstatus);
    traps->mstatus &= ~MSTATUS_MIE;
    traps->mstatus |= MSTATUS_MPIE | (was_enabled ? MSTATUS_MIE : 0);
    traps->mstatus = with_mpp(traps->mstatus, RISCV_USER);
    traps->kinds >>= 1;
    traps->depth -= traps->depth > 0;
    return traps->mepc;
}
