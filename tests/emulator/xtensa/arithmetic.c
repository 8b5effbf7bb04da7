/* SPDX-License-Identifier: MIT */
/*
 * Instructions that only work on registers.
 */
#include "emulator/xtensa/opcodes.h"

/* An instruction that computes: R, S, T are its registers, and VALUE is its operand. */
#define R core->a[instruction->r]
#define S core->a[instruction->s]
#define T core->a[instruction->t]
#define VALUE instruction->value
#define DEFINE(name, statement)                                                  \
    static void name(struct xtensa *core, const struct instruction *instruction) \
    {                                                                            \
        statement;                                                               \
    }

/* ---- adding, bits ---------------------------------------------------------------------------- */

DEFINE(add, R = S + T)
DEFINE(addx2, R = (S << 1) + T)
DEFINE(addx4, R = (S << 2) + T)
DEFINE(addx8, R = (S << 3) + T)
DEFINE(sub, R = S - T)
DEFINE(subx2, R = (S << 1) - T)
DEFINE(subx4, R = (S << 2) - T)
DEFINE(subx8, R = (S << 3) - T)
DEFINE(addi, T = S + (uint32_t)VALUE)
DEFINE(addi_n, R = S + (uint32_t)VALUE)
DEFINE(neg, R = 0 - T)
DEFINE(abs_, R = T >> 31 ? 0 - T : T)
DEFINE(and_, R = S & T)
DEFINE(or_, R = S | T)
DEFINE(xor_, R = S ^ T)
DEFINE(movi, T = (uint32_t)VALUE)
DEFINE(movi_n, S = (uint32_t)VALUE)
DEFINE(mov_n, T = S)

/* ---- conditional moves ----------------------------------------------------------------------- */

DEFINE(moveqz, R = T == 0 ? S : R)
DEFINE(movnez, R = T != 0 ? S : R)
DEFINE(movltz, R = T >> 31 ? S : R)
DEFINE(movgez, R = T >> 31 ? R : S)

/* ---- shifts ---------------------------------------------------------------------------------- */

/* The lower word of two, that lie side by side, shifted right by SAR. */
static uint32_t funnel(const struct xtensa *core, uint32_t upper, uint32_t lower)
{
    return (uint32_t)(((uint64_t)upper << 32 | lower) >> core->special[SAR]);
}

static uint32_t sign_of(uint32_t word)
{
    return word >> 31 ? UINT32_MAX : 0;
}

DEFINE(src, R = funnel(core, S, T))
DEFINE(srl, R = funnel(core, 0, T))
DEFINE(sll, R = funnel(core, S, 0))
DEFINE(sra, R = funnel(core, sign_of(T), T))
DEFINE(slli, R = (uint32_t)((uint64_t)S << VALUE))
DEFINE(srli, R = T >> instruction->s)
DEFINE(srai, R = (uint32_t)((((uint64_t)sign_of(T) << 32) | T) >> VALUE))
DEFINE(ssr, core->special[SAR] = S & 31)
DEFINE(ssl, core->special[SAR] = 32 - (S & 31))
DEFINE(ssa8l, core->special[SAR] = (S & 3) * 8)
DEFINE(ssa8b, core->special[SAR] = 32 - (S & 3) * 8)
DEFINE(ssai, core->special[SAR] = (uint32_t)VALUE)

static void extui(struct xtensa *core, const struct instruction *instruction)
{
    unsigned width = (instruction->word >> 20 & 15) + 1;
    R = T >> VALUE & ((1u << width) - 1);
}

/* ---- counting, multiplying ------------------------------------------------------------------- */

static uint32_t leading_zeros(uint32_t word)
{
    return word ? (uint32_t)__builtin_clz(word) : 32;
}

DEFINE(nsau, T = leading_zeros(S))
/* The sign itself does not count. */
DEFINE(nsa, T = leading_zeros(S ^ sign_of(S)) - 1)
DEFINE(mull, R = S * T)
DEFINE(mul16u, R = (S & 0xFFFF) * (T & 0xFFFF))
DEFINE(mul16s, R = (uint32_t)((int32_t)(int16_t)S * (int16_t)T))

/* ---- the table ------------------------------------------------------------------------------- */

const struct opcode arithmetic_opcodes[] = {
    {"add", 0xFF000F, 0x800000, add, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"addx2", 0xFF000F, 0x900000, addx2, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"addx4", 0xFF000F, 0xA00000, addx4, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"addx8", 0xFF000F, 0xB00000, addx8, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"sub", 0xFF000F, 0xC00000, sub, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"subx2", 0xFF000F, 0xD00000, subx2, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"subx4", 0xFF000F, 0xE00000, subx4, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"subx8", 0xFF000F, 0xF00000, subx8, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"add.n", 0x00000F, 0x00000A, add, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"addi", 0x00F00F, 0x00C002, addi, OPERAND_S8, COST_NONE, NEEDS_NOTHING},
    {"addi.n", 0x00000F, 0x00000B, addi_n, OPERAND_ADDI_N, COST_NONE, NEEDS_NOTHING},
    {"addmi", 0x00F00F, 0x00D002, addi, OPERAND_S8_BY_256, COST_NONE, NEEDS_NOTHING},
    {"neg", 0xFF0F0F, 0x600000, neg, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"abs", 0xFF0F0F, 0x600100, abs_, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"and", 0xFF000F, 0x100000, and_, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"or", 0xFF000F, 0x200000, or_, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"xor", 0xFF000F, 0x300000, xor_, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"movi", 0x00F00F, 0x00A002, movi, OPERAND_S12, COST_NONE, NEEDS_NOTHING},
    {"movi.n", 0x00008F, 0x00000C, movi_n, OPERAND_MOVI_N, COST_NONE, NEEDS_NOTHING},
    {"mov.n", 0x00F00F, 0x00000D, mov_n, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"moveqz", 0xFF000F, 0x830000, moveqz, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"movnez", 0xFF000F, 0x930000, movnez, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"movltz", 0xFF000F, 0xA30000, movltz, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"movgez", 0xFF000F, 0xB30000, movgez, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"slli", 0xEF000F, 0x010000, slli, OPERAND_LEFT, COST_NONE, NEEDS_NOTHING},
    {"srai", 0xEF000F, 0x210000, srai, OPERAND_RIGHT, COST_NONE, NEEDS_NOTHING},
    {"srli", 0xFF000F, 0x410000, srli, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"src", 0xFF000F, 0x810000, src, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"srl", 0xFF0F0F, 0x910000, srl, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"sll", 0xFF00FF, 0xA10000, sll, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"sra", 0xFF0F0F, 0xB10000, sra, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"ssr", 0xFFF0FF, 0x400000, ssr, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"ssl", 0xFFF0FF, 0x401000, ssl, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"ssa8l", 0xFFF0FF, 0x402000, ssa8l, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"ssa8b", 0xFFF0FF, 0x403000, ssa8b, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"ssai", 0xFFF0EF, 0x404000, ssai, OPERAND_SET, COST_NONE, NEEDS_NOTHING},
    {"extui", 0x0E000F, 0x040000, extui, OPERAND_EXTRACT, COST_NONE, NEEDS_NOTHING},
    {"nsa", 0xFFF00F, 0x40E000, nsa, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"nsau", 0xFFF00F, 0x40F000, nsau, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"mull", 0xFF000F, 0x820000, mull, OPERAND_NONE, COST_MULTIPLY, NEEDS_NOTHING},
    {"mul16u", 0xFF000F, 0xC10000, mul16u, OPERAND_NONE, COST_MULTIPLY, NEEDS_NOTHING},
    {"mul16s", 0xFF000F, 0xD10000, mul16s, OPERAND_NONE, COST_MULTIPLY, NEEDS_NOTHING},
    {.name = NULL},
};
