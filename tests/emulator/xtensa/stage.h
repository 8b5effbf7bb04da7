/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the interpreter share: a core with memory, and a chip whose interrupts come
 * when the test says.
 */
#ifndef XTENSA_STAGE_H
#define XTENSA_STAGE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "emulator/xtensa/core.h"
#include "emulator/xtensa/exceptions.h"

#define CODE UINT32_C(0x40370000)
#define DATA UINT32_C(0x3FC90000)
#define ALIAS (CODE + SIZE)
#define ROM UINT32_C(0x40000000)
#define REGISTERS UINT32_C(0x60000000)
enum { SIZE = 0x4000, VECTORS = 0x1000, CYCLE_NS = 10 };

/* Instructions. */
#define RRR(op2, op1, r, s, t) ((op2) << 20 | (op1) << 16 | (r) << 12 | (s) << 8 | (t) << 4)
#define RRI8(op0, r, s, t, imm8) \
    ((uint32_t)((imm8)&0xFF) << 16 | (r) << 12 | (s) << 8 | (t) << 4 | (op0))
enum { NOP = 0x0020F0, NOP_N = 0xF03D, BREAK = 0x004000, RFE = 0x003000, RFDE = 0x003200 };
#define RFI(level) (0x003010 | (level) << 8)
#define WAITI(level) (0x007000 | (level) << 8)
#define WSR(number, t) (0x130000 | (number) << 8 | (t) << 4)
#define RSR(number, t) (0x030000 | (number) << 8 | (t) << 4)

extern struct xtensa core, second; /* the second one: after stage_add_second() */

/* The chip: what it was asked, and what it answers. */
extern struct stage_chip {
    struct processor processor; /* first member */
    struct wires_participant alarm;
    uint32_t lines;
    struct {
        uint64_t cycle;
        uint32_t lines;
    } plans[8];
    unsigned planned, done;
    uint32_t stored, stored_at, loaded_at;
    uint64_t accessed_ns;
    unsigned bytes;
    uint32_t inputs, outputs;
    /* Two cores. */
    uint32_t second_lines;
    void (*follow)(void);
    struct stage_access {
        uint64_t ns;
        unsigned core;
        uint32_t address; /* 0: GPIO of the CPU */
    } accesses[64];
    unsigned access_count;
} stage_chip;

/* A core at CODE, PS as a program sets it: nothing is masked.  Vectors are at CODE + VECTORS. */
void stage_set(const struct xtensa_configuration *configuration);
/* A second core, at SECOND_CODE; it runs, from the present cycle on. */
#define SECOND_CODE (CODE + 0x800)
void stage_add_second(void);
/* From this cycle on the chip requests these. */
void stage_plan(uint64_t cycle, uint32_t lines);

/* Instructions at this address; op0 says how many bytes each has. */
void stage_put(uint32_t address, const uint32_t *words, unsigned count);
#define PUT(address, ...)                               \
    stage_put(address, (const uint32_t[]){__VA_ARGS__}, \
              sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))
/* The same at CODE, with a BREAK behind it, up to which it is executed. */
#define RUN(...)                       \
    do {                               \
        PUT(CODE, __VA_ARGS__, BREAK); \
        core.base.pc = CODE;           \
        stage_run();                   \
    } while (0)
void stage_run(void);
int stage_clear(void **state);

#endif
