/* SPDX-License-Identifier: MIT */
/*
 * A core that executes an image beside the model of its chip: what all of them have, and all that a
 * board knows of one.
 *
 *     board ──► core_run(), core_bytes() ──► struct core ◄── cortexm, riscv, …: a struct core first
 *                                              │
 *                    cycles ◄── clock ──► time │ loads, stores
 *                                              ▼
 *                              struct processor: the chip's registers, wires
 *
 * One process, one thread, one clock: the time of the wires is that of the core's cycles.  A kind
 * of core executes instructions, and knows interrupts; it calls core_pass() to let time pass, and
 * core_load() and core_store() for what is not memory.
 *
 * A chip may have two cores of a kind that knows how to run both (emulator/xtensa).  Each counts its
 * own cycles; what they do to memory, chip and wires happens in the order of its time.
 */
#ifndef EMULATOR_CORE_H
#define EMULATOR_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "support/processor.h"

enum { CORE_MEMORIES_MAX = 8, CORE_WINDOWS_MAX = 6 };

struct core;

/* Memory that holds what was written; the bytes are the core's. */
struct core_memory {
    uint32_t base, size; /* multiples of 4096 */
    bool is_rom;         /* a store is a fault */
    bool words_only;     /* Xtensa: on a bus that loads and stores whole words alone */
    bool no_code;        /* Xtensa: on a bus that brings no instructions */
    /* Behind a second address: that of the memory whose bytes these are.  It comes before. */
    uint32_t alias_of;
    uint8_t *bytes;
    void *decoded; /* what the kind of core knows of its code; freed with it */
};

/* Addresses whose loads and stores are the chip's. */
struct core_window {
    uint32_t base, size; /* multiples of 4096 */
    struct core *core;
};

struct core_setup {
    uint32_t hz;                                    /* of the core, until core_set_clock() */
    struct processor *chip;                         /* its registers, interrupts and wires */
    struct core_memory memories[CORE_MEMORIES_MAX]; /* up to the first of size 0 */
    struct core_window windows[CORE_WINDOWS_MAX];   /* the same */
};

/* What a kind of core does. */
struct core_kind {
    /* Until goes_on() says no: NULL.  Or in words why it can not go on. */
    const char *(*run)(struct core *core);
    /* Requests of the chip may have come or gone.  Called between two events of the wires. */
    void (*latch)(struct core *core);
    /* Ends with core_free_memories(). */
    void (*free)(struct core *core);
};

struct core {
    /* The owner's. */
    void *owner;
    bool (*goes_on)(struct core *core);      /* asked whenever something may have happened */
    void (*reaches_chip)(struct core *core); /* told of each access to a register; NULL: nobody */

    /* Findings. */
    uint64_t cycles; /* since power-on */
    uint64_t instructions;
    unsigned fault_count;
    bool is_asleep;             /* waits for an interrupt or an event */
    bool is_halted;             /* one of two that does not run: in reset, or without a clock */
    uint64_t longest_interrupt; /* cycles, entry and return included */

    /* The machine. */
    const struct core_kind *kind;
    struct core_setup setup;
    struct core *peer;              /* the chip's other core; NULL: there is none */
    unsigned index;                 /* which of the two it is */
    bool is_waiting;                /* for its turn to access a register: core_has_turn() */
    uint32_t pc;                    /* of the next instruction, while it stands still */
    uint64_t clock_cycle, clock_ns; /* since when the clock is what it is */
    uint64_t look_cycle;            /* when attention is needed next */
    uint64_t interrupt_cycle;       /* when the interrupt under way began */
};

/* False: there is no memory. */
bool core_init(struct core *core, const struct core_kind *kind, const struct core_setup *setup);
/* Zeros for what a kind knows of its code: so many bytes for each unit of it.  False: no memory. */
bool core_prepare_decoding(struct core *core, unsigned unit_bytes, unsigned decoded_bytes);
/* What is left of these two, for the functions of a kind. */
void core_free_memories(struct core *core);
/*
 * The second core of a chip, which stands still: it has the memory of the first one, which owns it
 * and frees it, and its chip and clock.
 */
void core_join(struct core *second, struct core *first);

/* ---- for boards ------------------------------------------------------------------------------ */

const char *core_run(struct core *core);
void core_free(struct core *core);
/* From this cycle on the clock has so many Hz: that of the other core, too. */
void core_set_clock(struct core *core, uint32_t hz);
/* The core that serves the bus: the second one, where there is one that runs. */
struct core *core_serving(struct core *core);
/* Faults of all cores. */
unsigned core_faults(const struct core *core);

/* NULL: not memory, or not so many bytes of it. */
uint8_t *core_bytes(struct core *core, uint32_t address, uint32_t count);
/* A word of memory.  False: there is none. */
bool core_load_word(struct core *core, uint32_t address, uint32_t *value);
bool core_store_word(struct core *core, uint32_t address, uint32_t value);

/* ---- for kinds of cores ---------------------------------------------------------------------- */

uint64_t core_ns_at(const struct core *core, uint64_t cycle);
uint64_t core_now_ns(const struct core *core);
/* The first cycle of this core's that is not before the time of the wires. */
uint64_t core_present_cycle(const struct core *core);
/* Time passes for the wires and the chip. */
void core_pass(struct core *core, uint64_t cycle);
/* When something happens on the wires by itself; UINT64_MAX: never. */
uint64_t core_next_event_cycle(const struct core *core);
/* Something changed that may have made an interrupt due. */
void core_look_again(struct core *core);

/* NULL: there is none. */
struct core_memory *core_memory_at(struct core *core, uint32_t address);
/*
 * Where two cores run: may this one access a register now?  False: the instruction ends without
 * having done anything, time has passed up to the access, and it is executed again when no core is
 * behind that time.  Alone: always.
 */
bool core_has_turn(struct core *core, uint32_t address, bool is_write);
/* Registers of the chip.  An access happens one cycle after its instruction has begun, or later. */
uint32_t core_load(struct core *core, uint32_t address, unsigned bytes);
void core_store(struct core *core, uint32_t address, uint32_t value, unsigned bytes);
/* Around what an instruction of its own does to the chip: it happens at the same moment. */
void core_reach_chip(struct core *core);
void core_leave_chip(struct core *core);

/* The outermost interrupt began, and ended, in this cycle. */
void core_begin_interrupt(struct core *core, uint64_t cycle);
void core_end_interrupt(struct core *core, uint64_t cycle);

#endif
