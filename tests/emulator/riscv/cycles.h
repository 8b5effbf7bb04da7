/* SPDX-License-Identifier: MIT */
/*
 * What an instruction of RV32IMC costs, and which of them the emulator executes itself.
 *
 * ESP32-C3's core has four stages, in order, and memory without wait states (technical reference
 * manual §1.1).  Espressif has published no table; these are estimates for such a pipeline.
 */
#ifndef RISCV_CYCLES_H
#define RISCV_CYCLES_H

#include <stdbool.h>
#include <stdint.h>

enum instruction_class {
    INSTRUCTION_PLAIN, /* the engine's */
    INSTRUCTION_SYSTEM /* ours: CSRs, returns, waiting, calls, breakpoints; and what there is not */
};

struct instruction {
    uint32_t opcode; /* as it is in memory; the upper half of a short one is 0 */
    uint8_t cycles;
    uint8_t what; /* enum instruction_class */
    uint8_t bytes;
};

/* `opcode`: the halfword at the address, and the one behind it << 16. */
struct instruction cycles_decode(uint32_t opcode);

enum {
    CYCLES_REFILL = 2, /* more, when it does not go on behind the instruction */
    CYCLES_ENTRY = 4,  /* from the end of an instruction to the first one of a vector */
    CYCLES_RETURN = 3  /* of MRET, to the next instruction of what was interrupted */
};

#endif
