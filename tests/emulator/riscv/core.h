/* SPDX-License-Identifier: MIT */
/*
 * The core of an ESP32-C3 that executes an image: RV32IMC, machine mode and user mode, vectored
 * interrupts.
 *
 *     image ──► Unicorn: instructions, memory                              run.c
 *                  │ before each instruction        │ load, store
 *                  ▼                                ▼
 *     cycles.h: what it costs           emulator/core.h ──► struct processor: the chip
 *                  │ SYSTEM                                  ▲
 *                  ▼                                         │ struct riscv_chip: CSRs of its own,
 *     system.c: CSR…, MRET, WFI ──► csr.h ───────────────────┘ the interrupt to be taken
 *                  └──► traps.h: mstatus, mepc, mcause
 *
 * Unicorn never sees a CSR or a mode: it executes what is left in its machine mode.
 */
#ifndef RISCV_CORE_H
#define RISCV_CORE_H

#include "emulator/core.h"
#include "emulator/riscv/csr.h"
#include "emulator/riscv/cycles.h"
#include "emulator/riscv/traps.h"

struct uc_struct; /* Unicorn's engine */
struct riscv;

/* What a chip adds to the core, beside the registers of struct processor_chip. */
struct riscv_chip {
    /* The CPU interrupt that is to be taken while mstatus.MIE is 1; 0: none.  It is a level. */
    unsigned (*interrupt)(struct processor *chip);
    /* CSRs of the chip.  False: there is no such CSR. */
    bool (*load_csr)(struct processor *chip, unsigned number, uint32_t *value);
    bool (*store_csr)(struct processor *chip, unsigned number, uint32_t value);
};

/* Why riscv_run() has returned. */
enum riscv_end {
    RISCV_PAUSED,    /* goes_on() said so */
    RISCV_ASLEEP,    /* the core waits, and nothing will ever wake it */
    RISCV_NO_VECTORS /* an exception, and where mtvec points there is no memory */
};

struct riscv_fault {
    uint32_t cause, pc, value; /* mcause, mepc, mtval */
};

struct riscv {
    struct core base; /* first member */

    /* The owner's. */
    /* What looks at every instruction before it is executed; NULL: nobody. */
    void (*on_instruction)(struct riscv *core, uint32_t pc);
    void (*on_enter)(struct riscv *core, uint32_t cause); /* the vector comes next */
    void (*on_leave)(struct riscv *core);                 /* MRET, to base.pc */

    /* Findings. */
    uint64_t taken;           /* interrupts */
    struct riscv_fault fault; /* the last exception that was no ECALL and no EBREAK */

    /* The machine. */
    const struct riscv_chip *chip;
    struct uc_struct *engine;
    struct csrs csrs;
    struct traps traps;
    struct instruction last; /* the one before this one, and where it was */
    uint32_t last_pc;
    struct core_memory *memory; /* where the code is */
    uint8_t stop;               /* enum in run.c: why the engine is being stopped */
    uint32_t bad_address;
};

/* False: there is no memory, or the engine does not work. */
bool riscv_init(struct riscv *core, const struct riscv_chip *chip, const struct core_setup *setup);
/* As after a reset, but for the address of the first instruction. */
void riscv_reset(struct riscv *core, uint32_t pc);

enum riscv_end riscv_run(struct riscv *core);

/* For whoever looks on: x0 to x31. */
uint32_t riscv_register(struct riscv *core, unsigned number);
void riscv_set_register(struct riscv *core, unsigned number, uint32_t value);

#endif
