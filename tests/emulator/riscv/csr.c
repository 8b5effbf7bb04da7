/* SPDX-License-Identifier: MIT */
#include "emulator/riscv/csr.h"

#include <stddef.h>

#include "emulator/riscv/core.h"

enum {
    MVENDORID = 0xF11,
    MARCHID = 0xF12,
    MIMPID = 0xF13,
    MHARTID = 0xF14,
    MSTATUS = 0x300,
    MISA = 0x301,
    MTVEC = 0x305,
    MSCRATCH = 0x340,
    MEPC = 0x341,
    MCAUSE = 0x342,
    MTVAL = 0x343,
    PMPCFG0 = 0x3A0,
    PMPADDR0 = 0x3B0,
    MPCER = 0x7E0, /* what the performance counter counts */
    MPCMR = 0x7E1, /* whether it does */
    MPCCR = 0x7E2  /* how many */
};

enum { COUNTS_CLOCKS = 1, COUNTER_RUNS = 1 };

/* RV32, and C, I, M, U. */
#define MISA_VALUE UINT32_C(0x40101104)

/* ---- the performance counter ----------------------------------------------------------------- */

/* Of all that it can count, clocks alone are counted here. */
static uint32_t count(const struct riscv *core)
{
    const struct csrs *csrs = &core->csrs;
    bool runs = csrs->count_events & COUNTS_CLOCKS && csrs->count_mode & COUNTER_RUNS;
    uint64_t past = core->base.cycles - csrs->count_since;
    return csrs->count + (runs ? (uint32_t)past : 0);
}

static void keep_count(struct riscv *core)
{
    core->csrs.count = count(core);
    core->csrs.count_since = core->base.cycles;
}

static bool store_counter(struct riscv *core, unsigned number, uint32_t value)
{
    keep_count(core);
    if (number == MPCER)
        core->csrs.count_events = value;
    else if (number == MPCMR)
        core->csrs.count_mode = value;
    else
        core->csrs.count = value;
    return true;
}

/* ---- access ---------------------------------------------------------------------------------- */

/* CSRs that only keep what is written; NULL: it is none of them. */
static uint32_t *kept(struct riscv *core, unsigned number)
{
    if (number - PMPCFG0 < CSR_PMP_CONFIGS)
        return &core->csrs.pmp_configs[number - PMPCFG0];
    if (number - PMPADDR0 < CSR_PMP_ADDRESSES)
        return &core->csrs.pmp_addresses[number - PMPADDR0];
    switch (number) {
    case MSCRATCH:
        return &core->csrs.mscratch;
    case MCAUSE:
        return &core->traps.mcause;
    case MTVAL:
        return &core->traps.mtval;
    default:
        return NULL;
    }
}

static bool load_of_chip(struct riscv *core, unsigned number, uint32_t *value)
{
    core_reach_chip(&core->base);
    bool is_there = core->chip->load_csr(core->base.setup.chip, number, value);
    core_leave_chip(&core->base);
    return is_there;
}

static bool store_of_chip(struct riscv *core, unsigned number, uint32_t value)
{
    core_reach_chip(&core->base);
    bool is_there = core->chip->store_csr(core->base.setup.chip, number, value);
    core_leave_chip(&core->base);
    return is_there;
}

/* Bits 9 and 8 of the number are the lowest mode that may use it (Privileged Architecture §2.1). */
static bool is_allowed(const struct riscv *core, unsigned number)
{
    return core->traps.mode >= (number >> 8 & 3);
}

bool csr_load(struct riscv *core, unsigned number, uint32_t *value)
{
    const uint32_t *word = kept(core, number);
    if (!is_allowed(core, number))
        return false;
    switch (number) {
    case MVENDORID:
        *value = 0x612;
        return true;
    case MARCHID:
        *value = UINT32_C(0x80000001);
        return true;
    case MIMPID:
        *value = 1;
        return true;
    case MHARTID:
        *value = 0;
        return true;
    case MISA:
        *value = MISA_VALUE;
        return true;
    case MSTATUS:
        *value = core->traps.mstatus;
        return true;
    case MTVEC:
        *value = core->traps.mtvec;
        return true;
    case MEPC:
        *value = core->traps.mepc;
        return true;
    case MPCER:
        *value = core->csrs.count_events;
        return true;
    case MPCMR:
        *value = core->csrs.count_mode;
        return true;
    case MPCCR:
        *value = count(core);
        return true;
    default:
        if (!word)
            return load_of_chip(core, number, value);
        *value = *word;
        return true;
    }
}

/* Read-only ones are none that can be stored, here or by the chip. */
bool csr_store(struct riscv *core, unsigned number, uint32_t value)
{
    uint32_t *word = kept(core, number);
    if (!is_allowed(core, number))
        return false;
    core_look_again(&core->base);
    switch (number) {
    case MISA:
        return true;
    case MSTATUS:
        core->traps.mstatus = traps_legal_mstatus(&core->traps, value);
        return true;
    case MTVEC:
        core->traps.mtvec = traps_legal_mtvec(value);
        return true;
    case MEPC:
        core->traps.mepc = value & ~UINT32_C(1);
        return true;
    case MPCER:
    case MPCMR:
    case MPCCR:
        return store_counter(core, number, value);
    default:
        if (!word)
            return store_of_chip(core, number, value);
        *word = value;
        return true;
    }
}
