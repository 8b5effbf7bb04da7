/* SPDX-License-Identifier: MIT */
/*
 * The PIO program of target.pio, assembled, and what the CPU must know of it.  (A test assembles
 * target.pio and compares.)
 */
#ifndef RP2040_PROGRAM_H
#define RP2040_PROGRAM_H

#include <stdint.h>

#include "rp2040/fast.h"

enum { DETECTOR, ENGINE }; /* the state machines */

/* Where they are: instruction numbers. */
enum {
    DETECTOR_UP = 1,
    DETECTOR_LOOP = 3,
    DETECTOR_WRAP_TARGET = 3,
    DETECTOR_WRAP = 8,
    ENGINE_IDLE = 9,
    ENGINE_ARMED = 10,
    ENGINE_CLEAR = 13,
    ENGINE_BEGIN = 14,
    ENGINE_NEXT = 15,
    ENGINE_BIT = 20,
    ENGINE_CLOCK = 23,
    ENGINE_HOLD = 29,
    ENGINE_WRAP_TARGET = 13,
    ENGINE_WRAP = 31,
    PROGRAM_LENGTH = 32
};

/* The flags of the block. */
enum { FLAG_START = 1 << 0, FLAG_STOP = 1 << 1, FLAG_STOP_SINCE_START = 1 << 3 };

/* `wait 0 gpio 0`, `wait 1 gpio 0`: the pin number of SCL is added to them. */
#define PROGRAM_WAIT_SCL_LOW 0x2000u
#define PROGRAM_WAIT_SCL_HIGH 0x2080u

#define PROGRAM_NOP 0xA042u

/* `[15]`: the length of a delay depends on clk_sys. */
#define PROGRAM_DELAY 0x0F00u
enum { PROGRAM_DELAY_LSB = 8 };

static const uint16_t program[PROGRAM_LENGTH] = {
    /* detector */
    0xC000, /*  0 start: irq set 0 */
    0x20A0, /*  1 up:    wait 1 pin 0 */
    0x00C7, /*  2        jmp pin 7 */
    0x2120, /*  3 loop:  wait 0 pin 0 [1] */
    0x2020, /*  4        wait 0 pin 0 */
    0x00C0, /*  5        jmp pin 0 */
    0x0001, /*  6        jmp 1 */
    0xC003, /*  7 stop:  irq set 3 */
    0xC001, /*  8        irq set 1 */
    /* engine */
    0x20C0, /*  9 idle:  wait 1 irq 0    side 0 */
    0x2000, /* 10 armed: wait 0 gpio 0   side 0 */
    0xD040, /* 11        irq clear 0     side 1 */
    0xD043, /* 12        irq clear 3     side 1 */
    0xBFC3, /* 13 clear: mov isr, null   side 1 [15] */
    0xF080, /* 14 begin: set pindirs, 0  side 1 */
    0x90A0, /* 15 next:  pull block      side 1 */
    0x7025, /* 16        out x, 5        side 1 */
    0x7041, /* 17        out y, 1        side 1 */
    0x7F81, /* 18        out pindirs, 1  side 1 [15] */
    0x1F17, /* 19        jmp 23          side 1 [15] */
    0xAF42, /* 20 bit:   nop             side 0 [15] */
    0x6F41, /* 21        out y, 1        side 0 [15] */
    0x6081, /* 22        out pindirs, 1  side 0 */
    0x2080, /* 23 clock: wait 1 gpio 0   side 0 */
    0x4001, /* 24        in pins, 1      side 0 */
    0x00DC, /* 25        jmp pin 28      side 0 */
    0x007C, /* 26        jmp !y 28       side 0 */
    0xA0E3, /* 27        mov osr, null   side 0 */
    0x2000, /* 28 kept:  wait 0 gpio 0   side 0 */
    0x3040, /* 29 hold:  wait 0 irq 0    side 1 */
    0x1054, /* 30        jmp x-- 20      side 1 */
    0x9F00, /* 31        push noblock    side 1 [15] */
};

/* Instructions that the CPU forces on the engine through INSTR. */
enum {
    ENGINE_GO_IDLE = 0x0000 | ENGINE_IDLE,   /* jmp idle        side 0 */
    ENGINE_GO_ARMED = 0x0000 | ENGINE_ARMED, /* jmp armed       side 0 */
    ENGINE_GO_BEGIN = 0x1000 | ENGINE_BEGIN, /* jmp begin       side 1 */
    ENGINE_GO_CLOCK = 0x0000 | ENGINE_CLOCK, /* jmp clock       side 0 */
    ENGINE_CLEAR_X = 0xE020,                 /* set x, 0        side 0 */
    ENGINE_CLEAR_ISR = 0xA0C3,               /* mov isr, null   side 0 */
    ENGINE_LET_GO = 0xE080,                  /* set pindirs, 0  side 0 */
    ENGINE_OUTPUT_0 = 0xE000,                /* set pins, 0     side 0 */
    ENGINE_SHIFT_X_IN = 0x4025,              /* in x, 5         side 0 */
    ENGINE_PUSH = 0x8000,                    /* push noblock    side 0 */
    ENGINE_HOLDING = 0x1000,                 /* … side 1: while it holds SCL */
    DETECTOR_GO_UP = DETECTOR_UP,            /* jmp up */
    DETECTOR_GO_LOOP = DETECTOR_LOOP,        /* jmp loop */
    DETECTOR_OUTPUT_0 = 0xE000,              /* set pins, 0 */
    DETECTOR_LET_GO = 0xE080,                /* set pindirs, 0 */
};

/* ---- words for the engine -------------------------------------------------------------------- */

/* When so many bits are in, they are pushed before the clock is over, and the others separately. */
enum { EARLY_BITS = 8 };

#define WORD_CLOCKS(n) ((uint32_t)((n)-1) << 27)
#define WORD_PULL_FIRST (1u << 25)

#define WORD_ADDRESS WORD_CLOCKS(7)
#define WORD_DIRECTION WORD_CLOCKS(1)
#define WORD_ACK (WORD_CLOCKS(1) | WORD_PULL_FIRST)      /* only our ACK; bytes are sent next */
#define WORD_ACK_BYTE (WORD_CLOCKS(9) | WORD_PULL_FIRST) /* our ACK, then a byte is received */
#define WORD_FILL WORD_CLOCKS(9)                         /* 0xFF, then the controller's ACK */

/*
 * A byte to send, and the controller's ACK.  The pairs (check, pull) are 10 for a 1 and 01 for a 0;
 * a table has those of four bits.
 */
static inline uint32_t word_for(uint8_t byte)
{
    static const uint8_t FAST_DATA pairs[] = {0x55, 0x56, 0x59, 0x5A, 0x65, 0x66, 0x69, 0x6A,
                                              0x95, 0x96, 0x99, 0x9A, 0xA5, 0xA6, 0xA9, 0xAA};
    return WORD_CLOCKS(9) | (uint32_t)pairs[byte >> 4] << 19 | (uint32_t)pairs[byte & 0xF] << 11;
}

#endif
