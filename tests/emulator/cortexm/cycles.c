/* SPDX-License-Identifier: MIT */
/*
 * Encodings: ARMv7-M Architecture Reference Manual §A5.2 (16 bits) and §A5.3 (32 bits); ARMv6-M has
 * a part of them.
 */
#include "emulator/cortexm/cycles.h"

enum { LOAD = 2, DIVIDE = 6, FLOAT_DIVIDE = 14, FLOAT_MULTIPLY_ADD = 3 };

static bool is_v6(enum cortexm_kind kind)
{
    return kind == CORTEXM_M0 || kind == CORTEXM_M0PLUS;
}

unsigned cycles_refill(enum cortexm_kind kind)
{
    return kind == CORTEXM_M0PLUS ? 1 : 2;
}

struct exception_cycles cycles_of_exceptions(enum cortexm_kind kind)
{
    switch (kind) {
    case CORTEXM_M0:
        return (struct exception_cycles){.entry = 16, .exit = 12, .tail_chain = 8};
    case CORTEXM_M0PLUS:
        return (struct exception_cycles){.entry = 15, .exit = 12, .tail_chain = 8};
    default:
        return (struct exception_cycles){
            .entry = 12, .exit = 10, .tail_chain = 6, .float_frame = 17};
    }
}

static unsigned ones(uint32_t bits)
{
    return (unsigned)__builtin_popcount(bits);
}

static struct instruction plain(unsigned cycles)
{
    return (struct instruction){.cycles = (uint8_t)cycles};
}

static struct instruction special(enum instruction_class what, unsigned cycles)
{
    return (struct instruction){.cycles = (uint8_t)cycles, .what = (uint8_t)what};
}

/* ---- what both widths have ------------------------------------------------------------------- */

static struct instruction hint(unsigned number)
{
    static const uint8_t classes[] = {INSTRUCTION_PLAIN, INSTRUCTION_YIELD, INSTRUCTION_WFE,
                                      INSTRUCTION_WFI, INSTRUCTION_SEV};
    return special(number < sizeof classes ? classes[number] : INSTRUCTION_PLAIN, 1);
}

/* A write goes into the buffer of an M4 (Cortex-M4 TRM §3.3.2). */
static unsigned store(enum cortexm_kind kind)
{
    return is_v6(kind) ? 2 : 1;
}

/* ---- 16 bits --------------------------------------------------------------------------------- */

/* POP with PC: M0 4 + N, M0+ 3 + N, M4 1 + N + refill. */
static struct instruction pop(enum cortexm_kind kind, uint32_t opcode)
{
    unsigned registers = ones(opcode & 0x1FF);
    bool has_pc = opcode & 0x100;
    return plain(1 + registers + (has_pc && is_v6(kind)));
}

static struct instruction if_then(uint32_t opcode)
{
    struct instruction it = special(INSTRUCTION_IT, 1);
    it.block = (uint8_t)(4 - __builtin_ctz(opcode & 15));
    return it;
}

/* 1011xxxx: the rest. */
static struct instruction miscellaneous(enum cortexm_kind kind, uint32_t opcode)
{
    if ((opcode & 0xFE00) == 0xB400)
        return plain(1 + ones(opcode & 0x1FF));
    if ((opcode & 0xFE00) == 0xBC00)
        return pop(kind, opcode);
    if ((opcode & 0xFFE0) == 0xB660)
        return special(INSTRUCTION_MASKS, 1);
    if ((opcode & 0xFF00) == 0xBF00)
        return opcode & 15 ? if_then(opcode) : hint(opcode >> 4 & 15);
    return plain(1);
}

static struct instruction narrow(enum cortexm_kind kind, uint32_t opcode)
{
    switch (opcode >> 12) {
    case 4:
        return plain(opcode & 0x800 ? LOAD : 1);
    case 5: /* STR, STRH, STRB, LDRSB, LDR, LDRH, LDRB, LDRSH with a register as offset */
        return plain(2);
    case 6:
    case 7:
    case 8:
    case 9:
        return plain(opcode & 0x800 ? LOAD : store(kind));
    case 11:
        return miscellaneous(kind, opcode);
    case 12:
        return plain(1 + ones(opcode & 0xFF));
    default:
        return plain(1);
    }
}

/* ---- 32 bits: FPU ---------------------------------------------------------------------------- */

static bool is_float(uint32_t first, uint32_t second)
{
    bool is_coprocessor = (first & 0xEC00) == 0xEC00;
    return is_coprocessor && (second >> 9 & 7) == 5; /* coprocessors 10 and 11 */
}

static unsigned float_arithmetic(uint32_t first, uint32_t second)
{
    switch (first >> 4 & 11) {
    case 0:
    case 1:
    case 9:
    case 10:
        return FLOAT_MULTIPLY_ADD;
    case 8:
        return FLOAT_DIVIDE;
    case 11:
        return (first & 15) == 1 && (second >> 6 & 3) == 3 ? FLOAT_DIVIDE : 1; /* VSQRT */
    default:
        return 1;
    }
}

static struct instruction floating(uint32_t first, uint32_t second)
{
    if ((first & 0xFF00) == 0xEE00)
        return special(INSTRUCTION_FLOAT, second & 16 ? 1 : float_arithmetic(first, second));
    if ((first & 0xFFE0) == 0xEC40)
        return special(INSTRUCTION_FLOAT, 2); /* two registers to or from the core */
    if ((first & 0xFF20) == 0xED00)
        return special(INSTRUCTION_FLOAT, 2); /* VLDR, VSTR */
    return special(INSTRUCTION_FLOAT, 1 + (second & 0xFF));
}

/* ---- 32 bits --------------------------------------------------------------------------------- */

/* MSR, hints, barriers, MRS, branches: 11110, and bit 15 of the second half. */
static struct instruction branch_or_control(enum cortexm_kind kind, uint32_t first, uint32_t second)
{
    unsigned slow = is_v6(kind) ? (kind == CORTEXM_M0 ? 4 : 3) : 2;
    if ((second & 0xD000) == 0x8000) {
        if ((first & 0xFFE0) == 0xF380)
            return special(INSTRUCTION_MASKS, is_v6(kind) ? slow : 1);
        if (first == 0xF3AF && (second & 0xFF00) == 0x8000)
            return hint(second & 0xFF);
        if (first == 0xF3BF || (first & 0xFFE0) == 0xF3E0)
            return plain(slow);
    }
    return plain(is_v6(kind) ? 2 : 1); /* BL on ARMv6-M: 4 or 3 with the refill */
}

/* 1110100: LDM and STM, two registers, exclusive ones, TBB. */
static struct instruction load_store_many(uint32_t first, uint32_t second)
{
    if (!(first & 0x40))
        return plain(1 + ones(second));
    bool is_double = first & 0x120;
    bool is_exclusive =
        (first & 0xFFF0) == 0xE850 || ((first & 0xFFF0) == 0xE8D0 && (second & 0xC0) == 0x40);
    if (is_exclusive)
        return special(INSTRUCTION_EXCLUSIVE, 2);
    return plain(is_double ? 3 : 2); /* the others: STREX, TBB */
}

/* 1111100x: one register.  Only a store with an immediate offset leaves the processor free. */
static struct instruction load_store_one(enum cortexm_kind kind, uint32_t first, uint32_t second)
{
    bool has_register_offset = !(first & 0x80) && !(second & 0xFC0);
    if (first & 0x10)
        return plain(LOAD);
    return plain(has_register_offset ? 2 : store(kind));
}

static struct instruction wide(enum cortexm_kind kind, uint32_t first, uint32_t second)
{
    if (is_float(first, second))
        return floating(first, second);
    if ((first & 0xFE00) == 0xE800)
        return load_store_many(first, second);
    if ((first & 0xF800) == 0xF000)
        return second & 0x8000 ? branch_or_control(kind, first, second) : plain(1);
    if ((first & 0xFE00) == 0xF800)
        return load_store_one(kind, first, second);
    bool divides = (first & 0xFFD0) == 0xFB90;
    return plain(divides ? DIVIDE : 1);
}

struct instruction cycles_decode(enum cortexm_kind kind, uint32_t opcode)
{
    uint32_t first = opcode & 0xFFFF;
    bool is_wide = first >= 0xE800;
    struct instruction instruction =
        is_wide ? wide(kind, first, opcode >> 16) : narrow(kind, first);
    instruction.bytes = is_wide ? 4 : 2;
    instruction.opcode = is_wide ? opcode : first;
    return instruction;
}
