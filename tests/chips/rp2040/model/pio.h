/* SPDX-License-Identifier: MIT */
/*
 * A cycle-stepped model of one PIO block of the RP2040.
 *
 *     registers ──► pio_read32(), pio_write32()
 *     pads ──► synchroniser ──► 4 state machines ──► output stage ──► pads_out, pads_oe
 *                                        └─► IRQ flags, FIFO states ──► pio_irq_line()
 *
 * pio_step() is one clk_sys cycle: the clock edge at which every flip-flop of the block takes its
 * next value.  Registers are accessed between two edges.  What is written has effect from the next
 * edge on.  README.md beside this file says what is known of the hardware, from which source, and
 * what is only assumed.  Assumptions can be inverted through struct pio_assumptions, so that a test
 * can show that nothing depends on them.
 *
 * Freestanding.  The struct contains no pointers, so a copy of it is a saved state.
 */
#ifndef CHIPS_RP2040_MODEL_PIO_H
#define CHIPS_RP2040_MODEL_PIO_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PIO_MACHINES = 4,
    PIO_INSTRUCTIONS = 32,
    PIO_FIFO_WORDS = 4,
    PIO_GPIOS = 30 /* pads 30 and 31 do not exist: they read 0 */
};

/* Offsets of registers (RP2040 datasheet §3.7). */
enum {
    PIO_CTRL = 0x000,
    PIO_FSTAT = 0x004,
    PIO_FDEBUG = 0x008,
    PIO_FLEVEL = 0x00C,
    PIO_TXF0 = 0x010,
    PIO_RXF0 = 0x020,
    PIO_IRQ = 0x030,
    PIO_IRQ_FORCE = 0x034,
    PIO_INPUT_SYNC_BYPASS = 0x038,
    PIO_DBG_PADOUT = 0x03C,
    PIO_DBG_PADOE = 0x040,
    PIO_DBG_CFGINFO = 0x044,
    PIO_INSTR_MEM0 = 0x048,
    PIO_SM0_CLKDIV = 0x0C8, /* machine n: + n * PIO_SM_STRIDE */
    PIO_SM0_EXECCTRL = 0x0CC,
    PIO_SM0_SHIFTCTRL = 0x0D0,
    PIO_SM0_ADDR = 0x0D4,
    PIO_SM0_INSTR = 0x0D8,
    PIO_SM0_PINCTRL = 0x0DC,
    PIO_SM_STRIDE = 0x018,
    PIO_INTR = 0x128,
    PIO_IRQ0_INTE = 0x12C,
    PIO_IRQ0_INTF = 0x130,
    PIO_IRQ0_INTS = 0x134,
    PIO_IRQ1_INTE = 0x138,
    PIO_IRQ1_INTF = 0x13C,
    PIO_IRQ1_INTS = 0x140,
    PIO_REGISTERS_END = 0x144
};

/* Where no source says what the hardware does.  All false is what we believe. */
struct pio_assumptions {
    /* After a forced instruction the delay of the previous instruction continues; true: it ends. */
    bool forcing_ends_delay;
    /*
     * After a forced JMP out of `irq wait` the machine still waits for the flag; true: it does not.
     */
    bool jump_ends_irq_wait;
    /*
     * A forced instruction that stalls is retried every clk_sys cycle; true: at the machine's
     * clock.
     */
    bool forced_retry_at_divider;
};

/* What a program did that the datasheet does not define; each bit stays set. */
enum pio_misuse {
    PIO_RESERVED_INSTRUCTION = 1, /* an encoding that the datasheet calls reserved */
    PIO_BAD_REGISTER = 2,         /* an invalid offset, or a write to read-only */
    /*
     * SIDESET_COUNT, SET_COUNT or OUT_COUNT too large, CLKDIV 0 with a fraction, both FIFOs joined.
     */
    PIO_BAD_VALUE = 4,
    PIO_RX_UNDERFLOW = 8, /* RXF was read empty: the result is undefined */
    PIO_TX_OVERFLOW = 16  /* TXF was written full: the word is lost */
};

struct pio_fifo {
    uint32_t words[2 * PIO_FIFO_WORDS];
    uint8_t first, level, depth; /* depth: 0, 4, 8 */
};

struct pio_machine {
    uint32_t clkdiv, execctrl, shiftctrl, pinctrl;
    struct pio_fifo tx, rx;
    uint32_t x, y, isr, osr;
    uint8_t isr_count, osr_count; /* bits shifted in and out */
    uint8_t pc;
    uint8_t delay; /* remaining cycles of the machine's clock */
    bool enabled;
    bool irq_waiting;      /* `irq wait` has set its flag */
    bool has_forced;       /* INSTR was written and has not completed */
    bool forced_stalled;   /* it was tried and has stalled: EXEC_STALLED */
    bool has_exec;         /* OUT EXEC or MOV EXEC: the next instruction */
    bool stalled;          /* retrying changes nothing until something else changes */
    uint16_t forced, exec; /* these instructions */
    uint32_t period_left;  /* clk_sys cycles until the machine's clock ticks; 1: the next one */
    uint8_t fraction;      /* of the divider's accumulator */
    /*
     * OUT_STICKY: what OUT, SET or MOV last wrote to the pins; it is asserted again in every cycle.
     */
    uint32_t sticky_value, sticky_mask;
    uint32_t sticky_oe_value, sticky_oe_mask;
};

struct pio_model {
    struct pio_assumptions assumptions;
    struct pio_machine machines[PIO_MACHINES];
    uint16_t instructions[PIO_INSTRUCTIONS];
    uint8_t irq; /* the eight flags */
    uint32_t fdebug;
    uint32_t sync_bypass;
    uint32_t sync[2];             /* the synchroniser's flip-flops, [1] is what machines see */
    uint32_t stage_out, stage_oe; /* between machines and pads: one cycle of delay */
    uint32_t pads_out, pads_oe;   /* level, and 1 for each driven pad */
    uint16_t inte[2], intf[2];
    uint8_t lines;   /* the two interrupt requests */
    uint32_t misuse; /* enum pio_misuse */
    uint64_t cycles; /* stepped or skipped since reset */
};

/* The state after reset; assumptions are kept. */
void pio_reset(struct pio_model *pio);

/* `offset` is that of the plain register, 0 .. PIO_REGISTERS_END - 4. */
uint32_t pio_read32(struct pio_model *pio, uint32_t offset);
void pio_write32(struct pio_model *pio, uint32_t offset, uint32_t value);
/*
 * The same with the atomic aliases in bits 13:12 of the offset (datasheet §2.1.2: 1 XOR, 2 SET,
 * 3 CLR).  Reading through an alias reads the register.
 */
uint32_t pio_read32_alias(struct pio_model *pio, uint32_t offset);
void pio_write32_alias(struct pio_model *pio, uint32_t offset, uint32_t value);
/* Does the plain register read back what was written?  Only then do aliases make sense. */
bool pio_register_is_plain(uint32_t offset);

/* One clk_sys cycle.  `pads_in`: levels of GPIO 0..31 as the block sees them at this clock edge. */
void pio_step(struct pio_model *pio, uint32_t pads_in);

/*
 * How many steps from here only count, as long as the pads stay `pads_in` and no register is
 * accessed: the machines wait, or are in a delay.  PIO_FOREVER: all wait.  0: step.
 */
#define PIO_FOREVER UINT32_MAX
uint32_t pio_idle_cycles(const struct pio_model *pio, uint32_t pads_in);
/* The same as so many steps.  `cycles` is at most the result of pio_idle_cycles(). */
void pio_skip(struct pio_model *pio, uint32_t cycles);

/* The block's interrupt request `line`, 0 or 1, to the NVIC. */
static inline bool pio_irq_line(const struct pio_model *pio, unsigned line)
{
    return pio->lines >> line & 1;
}

#endif
