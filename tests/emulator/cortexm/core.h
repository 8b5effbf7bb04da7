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

#include "emulator/cortexm/cycles.h"
#include "emulator/cortexm/exceptions.h"
#include "emulator/cortexm/scs.h"
#include "support/processor.h"

struct uc_struct; /* Unicorn's engine */

enum { CORTEXM_MEMORIES_MAX = 6, CORTEXM_WINDOWS_MAX = 6 };

/* Memory that holds what was written; the bytes are the core's. */
struct cortexm_memory {
    uint32_t base, size; /* multiples of 4096 */
    bool is_rom;         /* a store is a fault */
    uint8_t *bytes;
    struct instruction *decoded; /* one for each halfword, as far as it was executed */
};

/* Addresses whose loads and stores are the chip's. */
struct cortexm_window {
    uint32_t base, size; /* multiples of 4096 */
    struct cortexm *core;
};

struct cortexm_setup {
    enum cortexm_kind kind;
    uint32_t hz;            /* of the core, until cortexm_set_clock() */
    struct processor *chip; /* its registers, interrupts and wires */
    struct cortexm_memory memories[CORTEXM_MEMORIES_MAX]; /* up to the first of size 0 */
    struct cortexm_window windows[CORTEXM_WINDOWS_MAX];   /* the same */
};

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
    /* The owner's. */
    void *owner;
    bool (*goes_on)(struct cortexm *core); /* asked whenever something may have happened */
    bool (*on_breakpoint)(struct cortexm *core, uint8_t number); /* false: the run ends */
    /* What looks at every instruction before it is executed; NULL: nobody. */
    void (*on_instruction)(struct cortexm *core, uint32_t pc);
    void (*on_enter)(struct cortexm *core, unsigned exception); /* the first one comes next */
    void (*on_leave)(struct cortexm *core, unsigned exception);

    /* Findings. */
    uint64_t cycles; /* since power-on */
    uint64_t instructions;
    uint64_t taken, tail_chained,
        late; /* exceptions; `late`: another one than stacking began for */
    unsigned fault_count;
    struct cortexm_fault fault; /* the last one */
    bool is_asleep;             /* in WFE or WFI */

    /* The machine. */
    struct cortexm_setup setup;
    struct uc_struct *engine;
    uint32_t pc; /* of the next instruction, while the engine stands still */
    struct exceptions exceptions;
    struct scs scs;
    struct exception_cycles costs;
    uint64_t clock_cycle, clock_ns;  /* since when the clock is what it is */
    uint64_t look_cycle;             /* when attention is needed next */
    bool masks_changed;              /* by the instruction before this one */
    uint32_t block_begin, block_end; /* of an IT block; block_end is 0: there is none */
    struct instruction last;         /* the one before this one, and where it was */
    uint32_t last_pc;
    struct cortexm_memory *memory; /* where the code is */
    uint8_t stop;                  /* enum in run.c: why the engine is being stopped */
    bool sleeps_on_exit;           /* SCR.SLEEPONEXIT: asleep without an instruction */
    uint32_t interrupt;            /* the engine's number of an exception of its own; 0: none */
    uint32_t bad_address;
    bool reset_requested; /* SYSRESETREQ */
    bool is_exclusive;    /* LDREX, and no exception since */
    bool is_helping;      /* the engine executes an instruction of ours */
};

/* False: there is no memory, or the engine does not work. */
bool cortexm_init(struct cortexm *core, const struct cortexm_setup *setup);
void cortexm_free(struct cortexm *core);

/*
 * The core alone begins anew: masks, NVIC and SCB as after a reset, stack and program counter from
 * the table at `vectors`.
 */
void cortexm_reset(struct cortexm *core, uint32_t vectors);
void cortexm_jump(struct cortexm *core, uint32_t sp, uint32_t pc);

enum cortexm_end cortexm_run(struct cortexm *core);

/* From this cycle on the clock has so many Hz. */
void cortexm_set_clock(struct cortexm *core, uint32_t hz);
uint64_t cortexm_now_ns(const struct cortexm *core);

/* ---- memory, registers: for whoever looks on, and for loaders -------------------------------- */

/* NULL: not memory, or not so many bytes of it. */
uint8_t *cortexm_bytes(struct cortexm *core, uint32_t address, uint32_t count);
/* A word of memory.  False: there is none. */
bool cortexm_load_word(struct cortexm *core, uint32_t address, uint32_t *value);
bool cortexm_store_word(struct cortexm *core, uint32_t address, uint32_t value);
uint32_t cortexm_register(struct cortexm *core, int of_unicorn);
void cortexm_set_register(struct cortexm *core, int of_unicorn, uint32_t value);
/* The handler that runs; EXCEPTION_NONE: thread mode. */
unsigned cortexm_exception(struct cortexm *core);

/* Something changed that may have made an exception due. */
void cortexm_look_again(struct cortexm *core);

#endif
