/* SPDX-License-Identifier: MIT */
/*
 * A Cortex-M that executes an image, beside the model of its chip.
 *
 *     image ──► Unicorn: instructions, registers, memory
 *                  │ before each instruction                    │ load, store
 *                  ▼                                            ▼
 *     cycles.h: what it costs     scs.h: NVIC, SCB, SysTick ◄── core.c ──► struct processor_chip
 *                  │                                            │          (support/processor.h)
 *     exceptions.h, frames.h: which handler, its stack          └── time ──► wires (src/line)
 *
 * One process, one thread, one clock: the time of the wires is that of the core's cycles.  Between
 * two instructions the wires catch up, requests of the chip are looked at, and an exception is
 * taken if one is due.
 */
#ifndef CORTEXM_CORE_H
#define CORTEXM_CORE_H

#include "emulator/core.h"
#include "emulator/cortexm/cycles.h"
#include "emulator/cortexm/exceptions.h"
#include "emulator/cortexm/scs.h"

struct uc_struct; /* Unicorn's engine */

/* Why cortexm_run() has returned. */
enum cortexm_end {
    CORTEXM_PAUSED,     /* goes_on() said so */
    CORTEXM_ASLEEP,     /* the core waits, and nothing will ever wake it */
    CORTEXM_BREAKPOINT, /* a BKPT that on_breakpoint() does not know */
    CORTEXM_RESET,      /* the program asked for a reset of the chip */
    CORTEXM_LOCKED_UP   /* a fault in the handler of HardFault, or above it */
};

struct cortexm_fault {
    unsigned exception;           /* as what it was taken */
    uint32_t pc, address, status; /* CFSR */
};

struct cortexm {
    struct core base; /* first member */

    /* The owner's. */
    bool (*on_breakpoint)(struct cortexm *core, uint8_t number); /* false: the run ends */
    /* What looks at every instruction before it is executed; NULL: nobody. */
    void (*on_instruction)(struct cortexm *core, uint32_t pc);
    void (*on_enter)(struct cortexm *core, unsigned exception); /* the first one comes next */
    void (*on_leave)(struct cortexm *core, unsigned exception);

    /* Findings. */
    uint64_t taken, tail_chained,
        late;                   /* exceptions; `late`: another one than stacking began for */
    struct cortexm_fault fault; /* the last one */

    /* The machine. */
    enum cortexm_kind kind;
    struct uc_struct *engine;
    struct exceptions exceptions;
    struct scs scs;
    struct exception_cycles costs;
    bool masks_changed;              /* by the instruction before this one */
    uint32_t block_begin, block_end; /* of an IT block; block_end is 0: there is none */
    struct instruction last;         /* the one before this one, and where it was */
    uint32_t last_pc;
    struct core_memory *memory; /* where the code is */
    uint8_t stop;               /* enum in run.c: why the engine is being stopped */
    bool sleeps_on_exit;        /* SCR.SLEEPONEXIT: asleep without an instruction */
    uint32_t interrupt;         /* the engine's number of an exception of its own; 0: none */
    uint32_t bad_address;
    bool reset_requested; /* SYSRESETREQ */
    bool is_exclusive;    /* LDREX, and no exception since */
    bool is_helping;      /* the engine executes an instruction of ours */
};

/* False: there is no memory, or the engine does not work. */
bool cortexm_init(struct cortexm *core, enum cortexm_kind kind, const struct core_setup *setup);

/*
 * The core alone begins anew: masks, NVIC and SCB as after a reset, stack and program counter from
 * the table at `vectors`.
 */
void cortexm_reset(struct cortexm *core, uint32_t vectors);
void cortexm_jump(struct cortexm *core, uint32_t sp, uint32_t pc);

enum cortexm_end cortexm_run(struct cortexm *core);

/* For whoever looks on. */
uint32_t cortexm_register(struct cortexm *core, int of_unicorn);
void cortexm_set_register(struct cortexm *core, int of_unicorn, uint32_t value);
/* The handler that runs; EXCEPTION_NONE: thread mode. */
unsigned cortexm_exception(struct cortexm *core);

#endif
