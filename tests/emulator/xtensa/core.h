/* SPDX-License-Identifier: MIT */
/*
 * An Xtensa that executes an image, beside the model of its chip: what a compiler for the call0 ABI
 * emits, exceptions, interrupts, timers, and the GPIO of the CPU.
 *
 *     memory ──► opcodes.h: decoded once ──► arithmetic.c, access.c, flow.c, system.c
 *                                                     │ load, store        │ RSR, WSR, RFE, WAITI
 *                     exceptions.h: which handler     ▼                    ▼
 *                              ▲            emulator/core.h ──► chip   special.h
 *                              └── time ◄── run.c
 */
#ifndef XTENSA_CORE_H
#define XTENSA_CORE_H

#include "emulator/core.h"
#include "emulator/xtensa/configuration.h"
#include "emulator/xtensa/special.h"

struct opcode;
struct xtensa;

/* An instruction of the memory, taken apart. */
struct instruction {
    uint32_t word; /* its bytes; those behind it are 0 */
    int32_t value; /* its immediate operand; for branches, the distance from its own address */
    const struct opcode *opcode; /* NULL: not decoded yet */
    uint8_t r, s, t;
    uint8_t bytes, cycles;
};

/* Why xtensa_run() has returned. */
enum xtensa_end {
    XTENSA_RUNNING,    /* (it has not) */
    XTENSA_PAUSED,     /* goes_on() or on_instruction() said so */
    XTENSA_ASLEEP,     /* it waits, each core does, and nothing will ever wake it */
    XTENSA_BREAKPOINT, /* a BREAK */
    XTENSA_LOST        /* the vector of an exception is not in memory */
};

/* What a chip gives its core beside registers. */
struct xtensa_chip {
    /* The interrupts that are requested: a bit for each.  That is what the chip's matrix says. */
    uint32_t (*lines)(const struct processor *chip, unsigned core);
    /* The CPU's own GPIO, of the chips that have it: the levels of eight inputs, a bit each; … */
    uint32_t (*gpio_in)(struct processor *chip, unsigned core);
    /* … and its outputs: those of `mask` are those of `value` now. */
    void (*gpio_out)(struct processor *chip, unsigned core, uint32_t mask, uint32_t value);
    /*
     * Of two cores: registers may have been written that start and stop the second one.  Whether it
     * runs now, and where it begins: base.is_halted, xtensa_reset(), base.cycles.
     */
    void (*follow)(struct xtensa *second);
};

struct xtensa_fault {
    uint32_t cause, pc, address; /* EXCCAUSE, EPC1 or DEPC, EXCVADDR */
};

struct xtensa {
    struct core base; /* first member */

    /* The owner's. */
    uint32_t prid; /* by which a program knows on which of the chip's cores it is */
    /* Before each instruction; false: the run ends.  NULL: nobody looks. */
    bool (*on_instruction)(struct xtensa *core, const struct instruction *instruction);
    void (*on_enter)(struct xtensa *core,
                     unsigned level); /* an interrupt; its handler comes next */

    /* Findings. */
    uint64_t taken;            /* interrupts */
    struct xtensa_fault fault; /* the last one; base.fault_count of them */

    /* The machine. */
    const struct xtensa_configuration *configuration;
    const struct xtensa_chip *chip;
    uint32_t a[16];
    uint32_t special[XTENSA_SPECIALS];
    uint32_t next_pc;   /* of the instruction behind the one that is executed */
    uint32_t requested; /* by the chip, at the moment */
    uint32_t active;    /* levels whose interrupts are being served, a bit each */
    uint32_t pending;   /* interrupts of the core's own, and latched ones */
    uint32_t gpio_out;
    uint32_t count_base;                     /* CCOUNT is that many more than base.cycles */
    uint64_t match_cycle[XTENSA_TIMERS_MAX]; /* when CCOUNT is CCOMPAREn next */
    struct core_memory *code, *data;         /* where the last instruction, the last value was */
    enum xtensa_end end;
};

/* False: there is no memory. */
bool xtensa_init(struct xtensa *core, const struct xtensa_configuration *configuration,
                 const struct xtensa_chip *chip, const struct core_setup *setup);

/*
 * A second core with the same configuration, chip and memory; it stands still until the chip's
 * follow() starts it.  xtensa_run(), core_run() and core_free() of the first one are those of both.
 */
void xtensa_join(struct xtensa *second, struct xtensa *first);

/* As after a reset, but for the address of the first instruction. */
void xtensa_reset(struct xtensa *core, uint32_t pc);

enum xtensa_end xtensa_run(struct xtensa *core);

#endif
