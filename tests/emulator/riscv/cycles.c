/* SPDX-License-Identifier: MIT */
/* Formats and opcodes: the RISC-V Instruction Set Manual, volume I, chapters 2, 7, 16 and 24. */
#include "emulator/riscv/cycles.h"

enum { ALU = 1, LOAD = 2, STORE = 1, MULTIPLY = 1, DIVIDE = 33 };

/* Bits 6..2 of an instruction of 32 bits. */
enum { OF_LOAD = 0x00, OF_ATOMIC = 0x0B, OF_OP = 0x0C, OF_SYSTEM = 0x1C };

enum { C_EBREAK = 0x9002 };

static unsigned cycles_of_long(uint32_t opcode)
{
    bool is_m = opcode >> 25 == 1;
    unsigned function = opcode >> 12 & 7;
    switch (opcode >> 2 & 0x1F) {
    case OF_LOAD:
        return LOAD;
    case OF_OP:
        if (is_m)
            return function < 4 ? MULTIPLY : DIVIDE;
        return ALU;
    default: /* stores, branches, jumps: what a refill costs comes to them */
        return ALU;
    }
}

/* The engine has atomic accesses, and the core has none. */
static bool is_ours(uint32_t opcode)
{
    unsigned of = opcode >> 2 & 0x1F;
    return of == OF_SYSTEM || of == OF_ATOMIC;
}

/* C.LW and C.LWSP. */
static bool is_short_load(uint32_t opcode)
{
    return opcode >> 13 == 2 && (opcode & 3) != 1;
}

struct instruction cycles_decode(uint32_t opcode)
{
    struct instruction instruction = {.opcode = opcode, .bytes = 4};
    if ((opcode & 3) == 3) {
        instruction.cycles = (uint8_t)cycles_of_long(opcode);
        instruction.what = is_ours(opcode) ? INSTRUCTION_SYSTEM : INSTRUCTION_PLAIN;
        return instruction;
    }
    instruction.opcode = opcode & 0xFFFF;
    instruction.bytes = 2;
    instruction.cycles = is_short_load(instruction.opcode) ? LOAD : ALU;
    instruction.what = instruction.opcode == C_EBREAK ? INSTRUCTION_SYSTEM : INSTRUCTION_PLAIN;
    return instruction;
}
