/* SPDX-License-Identifier: MIT */
/*
 * One state machine of the PIO model.  pio.c calls pio_machine.c for each cycle, which calls
 * pio_instructions.c to perform an instruction.
 */
#ifndef CHIPS_RP2040_MODEL_PIO_MACHINE_H
#define CHIPS_RP2040_MODEL_PIO_MACHINE_H

#include "chips/rp2040/model/pio.h"

/* What the machines did in one cycle.  A machine with a higher number overrides those before it. */
struct pio_effects {
    uint32_t out_value, out_mask; /* levels */
    uint32_t oe_value, oe_mask;   /* directions */
    uint8_t irq_set, irq_clear;
    bool fifo_moved; /* a word went in or out */
};

enum pio_outcome {
    PIO_DONE,
    PIO_JUMPED,  /* done, and PC is set */
    PIO_STALLED, /* not done, nothing changed */
    PIO_MOVED    /* not done, but a step further */
};

/* An instruction that is being executed. */
struct pio_context {
    struct pio_model *pio;
    struct pio_machine *machine;
    struct pio_effects *effects;
    unsigned index;
    uint32_t seen; /* the pads as machines see them, after the synchroniser */
    uint16_t instruction;
};

/* Opcodes, and destinations of OUT and MOV that name an instruction to execute. */
enum { PIO_JMP, PIO_WAIT, PIO_IN, PIO_OUT, PIO_PUSH_PULL, PIO_MOV, PIO_IRQ_SET, PIO_SET };
enum { PIO_OUT_TO_EXEC = 7, PIO_MOV_TO_EXEC = 4 };

#define PIO_EXECCTRL_SIDE_EN (UINT32_C(1) << 30)
#define PIO_EXECCTRL_SIDE_PINDIR (UINT32_C(1) << 29)

static inline uint32_t pio_field(uint32_t word, unsigned lowest, unsigned width)
{
    return word >> lowest & ((UINT32_C(1) << width) - 1);
}

/* `bits` ones; 32 are possible. */
static inline uint32_t pio_ones(unsigned bits)
{
    return bits >= 32 ? UINT32_MAX : (UINT32_C(1) << bits) - 1;
}

static inline uint32_t pio_rotate_left(uint32_t word, unsigned by)
{
    return by ? word << by | word >> (32 - by) : word;
}

/* Performs it once, without side-set and delay.  Only jumps set PC. */
enum pio_outcome pio_perform(const struct pio_context *context);
void pio_drive(struct pio_effects *effects, bool directions, uint32_t value, uint32_t mask);
/* Is autopull on, the OSR empty, and a word in the TX FIFO? */
bool pio_would_refill(const struct pio_machine *machine);
void pio_fill_osr(struct pio_machine *machine);

/* One clk_sys cycle. */
void pio_machine_step(struct pio_model *pio, unsigned index, uint32_t seen,
                      struct pio_effects *effects);

/* pio_idle_cycles() and pio_skip() of one machine. */
uint32_t pio_machine_idle_cycles(const struct pio_model *pio, unsigned index);
void pio_machine_skip(struct pio_machine *machine, uint32_t cycles);

void pio_machine_reset(struct pio_machine *machine);
void pio_machine_restart(struct pio_machine *machine);         /* CTRL.SM_RESTART */
void pio_machine_restart_divider(struct pio_machine *machine); /* CTRL.CLKDIV_RESTART */

bool pio_fifo_is_full(const struct pio_fifo *fifo);
bool pio_fifo_is_empty(const struct pio_fifo *fifo);
void pio_fifo_push(struct pio_fifo *fifo, uint32_t word);
uint32_t pio_fifo_pull(struct pio_fifo *fifo);

#endif
