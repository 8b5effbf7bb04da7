/* SPDX-License-Identifier: MIT */
/*
 * The PIO program of target.pio, assembled, and what the CPU must know of it.  (A test assembles
 * target.pio and compares.)
 */
#ifndef RP2040_PROGRAM_H
#define RP2040_PROGRAM_H

#include <stdint.h>

enum { DETECTOR, ENGINE }; /* the state machines */

/* Where they are: instruction numbers. */
enum {
    DETECTOR_UP = 1,
    DETECTOR_LOOP = 3,
    DETECTOR_WRAP_TARGET = 3,
    DETECTOR_WRAP = 7,
    ENGINE_IDLE = 8,
    ENGINE_ARMED = 9,
    ENGINE_BEGIN = 12,
    ENGINE_NEXT = 13,
    ENGINE_BIT = 18,
    ENGINE_CLOCK = 21,
    ENGINE_HOLD = 27,
    ENGINE_WRAP_TARGET = 13,
    ENGINE_WRAP = 31,
    PROGRAM_LENGTH = 32
};

/* The flags of the block. */
enum { FLAG_START = 1 << 0, FLAG_STOP = 1 << 1, FLAG_STOP_SINCE_START = 1 << 3 };

/* `wait 0 gpio 0`, `wait 1 gpio 0`: the pin number of SCL is added to them. */
#define PROGRAM_WAIT_SCL_LOW 0x2000u
#define PROGRAM_WAIT_SCL_HIGH 0x2080u

/* `[15]`: the length of a delay depends on clk_sys. */
#define PROGRAM_DELAY 0x0F00u
enum { PROGRAM_DELAY_LSB = 8 };

static const uint16_t program[PROGRAM_LENGTH] = {
    /* detector */
    0xC000, /*  0 start: irq set 0 */
    0x20A0, /*  1 up:    wait 1 pin 0 */
    0x00C6, /*  2        jmp pin 6 */
    0x2020, /*  3 loop:  wait 0 pin 0 */
    0x00C0, /*  4        jmp pin 0 */
    0x0001, /*  5        jmp 1 */
    0xC003, /*  6 stop:  irq set 3 */
    0xC001, /*  7        irq set 1 */
    /* engine */
    0x20C0, /*  8 idle:  wait 1 irq 0    side 0 */
    0x2000, /*  9 armed: wait 0 gpio 0   side 0 */
    0xD040, /* 10        irq clear 0     side 1 */
    0xD043, /* 11        irq clear 3     side 1 */
    0xB0C3, /* 12 begin: mov isr, null   side 1 */
    0x90A0, /* 13 next:  pull block      side 1 */
    0x7025, /* 14        out x, 5        side 1 */
    0x7041, /* 15        out y, 1        side 1 */
    0x7F81, /* 16        out pindirs, 1  side 1 [15] */
    0x1F15, /* 17        jmp 21          side 1 [15] */
    0xAF42, /* 18 bit:   nop             side 0 [15] */
    0x6F41, /* 19        out y, 1        side 0 [15] */
    0x6081, /* 20        out pindirs, 1  side 0 */
    0x2080, /* 21 clock: wait 1 gpio 0   side 0 */
    0x4001, /* 22        in pins, 1      side 0 */
    0x00DA, /* 23        jmp pin 26      side 0 */
    0x007A, /* 24        jmp !y 26       side 0 */
    0xA0E3, /* 25        mov osr, null   side 0 */
    0x2000, /* 26 kept:  wait 0 gpio 0   side 0 */
    0x3040, /* 27 hold:  wait 0 irq 0    side 1 */
    0x1052, /* 28        jmp x-- 18      side 1 */
    0x9F00, /* 29        push noblock    side 1 [15] */
    0xBF42, /* 30        nop             side 1 [15] */
    0xF080, /* 31        set pindirs, 0  side 1 */
};

/* Instructions that the CPU forces on the engine through INSTR. */
enum {
    ENGINE_GO_IDLE = 0x0000 | ENGINE_IDLE,   /* jmp idle        side 0 */
    ENGINE_GO_ARMED = 0x0000 | ENGINE_ARMED, /* jmp armed       side 0 */
    ENGINE_GO_BEGIN = 0x1000 | ENGINE_BEGIN, /* jmp begin       side 1 */
    ENGINE_GO_CLOCK = 0x0000 | ENGINE_CLOCK, /* jmp clock       side 0 */
    ENGINE_CLEAR_X = 0xE020,                 /* set x, 0        side 0 */
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
 * A byte to send, and the controller's ACK.  The pairs (check, pull) are 10 for a 1 and 01 for a 0,
 * which is 01 plus the bit.  So the bits are spread to every second place.
 */
static inline uint32_t word_for(uint8_t byte)
{
    uint32_t spread = byte;
    spread = (spread | spread << 4) & 0x0F0F;
    spread = (spread | spread << 2) & 0x3333;
    spread = (spread | spread << 1) & 0x5555;
    return WORD_CLOCKS(9) | (spread + 0x5555) << 11;
}

#endif
