/* SPDX-License-Identifier: MIT */
/*
 * Branches, jumps, calls.
 */
#include "emulator/xtensa/opcodes.h"

/* A branch, and when it is taken; S, T and CONSTANT as in the manual. */
#define S core->a[instruction->s]
#define T core->a[instruction->t]
#define DEFINE(name, condition)                                                  \
    static void name(struct xtensa *core, const struct instruction *instruction) \
    {                                                                            \
        if (condition)                                                           \
            opcodes_go_to(core, core->base.pc + (uint32_t)instruction->value);   \
    }

/* ---- branches -------------------------------------------------------------------------------- */

/* What the field r stands for (ISA Reference Manual, tables B4CONST and B4CONSTU). */
static const int32_t constants[16] = {-1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256};
static const uint32_t unsigned_constants[16] = {32768, 65536, 2,  3,  4,  5,  6,   7,
                                                8,     10,    12, 16, 32, 64, 128, 256};
#define CONSTANT constants[instruction->r]
#define UNSIGNED_CONSTANT unsigned_constants[instruction->r]
/* Five bits of the opcode: one of the register's bits. */
#define BIT (1u << ((instruction->r & 1) << 4 | instruction->t))

DEFINE(beqz, S == 0)
DEFINE(bnez, S != 0)
DEFINE(bltz, (int32_t)S < 0)
DEFINE(bgez, (int32_t)S >= 0)
DEFINE(beqi, (int32_t)S == CONSTANT)
DEFINE(bnei, (int32_t)S != CONSTANT)
DEFINE(blti, (int32_t)S < CONSTANT)
DEFINE(bgei, (int32_t)S >= CONSTANT)
DEFINE(bltui, S < UNSIGNED_CONSTANT)
DEFINE(bgeui, S >= UNSIGNED_CONSTANT)
DEFINE(beq, S == T)
DEFINE(bne, S != T)
DEFINE(blt, (int32_t)S < (int32_t)T)
DEFINE(bge, (int32_t)S >= (int32_t)T)
DEFINE(bltu, S < T)
DEFINE(bgeu, S >= T)
DEFINE(bnone, (S & T) == 0)
DEFINE(bany, (S & T) != 0)
DEFINE(ball, (~S & T) == 0)
DEFINE(bnall, (~S & T) != 0)
DEFINE(bbc, (S >> (T & 31) & 1) == 0)
DEFINE(bbs, (S >> (T & 31) & 1) != 0)
DEFINE(bbci, (S & BIT) == 0)
DEFINE(bbsi, (S & BIT) != 0)
DEFINE(j, true)

/* ---- jumps, calls ---------------------------------------------------------------------------- */

static void jx(struct xtensa *core, const struct instruction *instruction)
{
    opcodes_go_to(core, S);
}

static void ret(struct xtensa *core, const struct instruction *instruction)
{
    (void)instruction;
    opcodes_go_to(core, core->a[0]);
}

static void call0(struct xtensa *core, const struct instruction *instruction)
{
    core->a[0] = core->next_pc;
    opcodes_go_to(core, (core->base.pc & ~UINT32_C(3)) + (uint32_t)instruction->value);
}

static void callx0(struct xtensa *core, const struct instruction *instruction)
{
    uint32_t pc = S; /* may be a0 */
    core->a[0] = core->next_pc;
    opcodes_go_to(core, pc);
}

/* ---- the table ------------------------------------------------------------------------------- */

const struct opcode flow_opcodes[] = {
    {"beqz", 0x0000FF, 0x000016, beqz, OPERAND_BRANCH12, COST_NONE, NEEDS_NOTHING},
    {"bnez", 0x0000FF, 0x000056, bnez, OPERAND_BRANCH12, COST_NONE, NEEDS_NOTHING},
    {"bltz", 0x0000FF, 0x000096, bltz, OPERAND_BRANCH12, COST_NONE, NEEDS_NOTHING},
    {"bgez", 0x0000FF, 0x0000D6, bgez, OPERAND_BRANCH12, COST_NONE, NEEDS_NOTHING},
    {"beqz.n", 0x0000CF, 0x00008C, beqz, OPERAND_BRANCH6, COST_NONE, NEEDS_NOTHING},
    {"bnez.n", 0x0000CF, 0x0000CC, bnez, OPERAND_BRANCH6, COST_NONE, NEEDS_NOTHING},
    {"beqi", 0x0000FF, 0x000026, beqi, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bnei", 0x0000FF, 0x000066, bnei, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"blti", 0x0000FF, 0x0000A6, blti, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bgei", 0x0000FF, 0x0000E6, bgei, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bltui", 0x0000FF, 0x0000B6, bltui, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bgeui", 0x0000FF, 0x0000F6, bgeui, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bnone", 0x00F00F, 0x000007, bnone, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"beq", 0x00F00F, 0x001007, beq, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"blt", 0x00F00F, 0x002007, blt, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bltu", 0x00F00F, 0x003007, bltu, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"ball", 0x00F00F, 0x004007, ball, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bbc", 0x00F00F, 0x005007, bbc, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bbci", 0x00E00F, 0x006007, bbci, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bany", 0x00F00F, 0x008007, bany, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bne", 0x00F00F, 0x009007, bne, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bge", 0x00F00F, 0x00A007, bge, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bgeu", 0x00F00F, 0x00B007, bgeu, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bnall", 0x00F00F, 0x00C007, bnall, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bbs", 0x00F00F, 0x00D007, bbs, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"bbsi", 0x00E00F, 0x00E007, bbsi, OPERAND_BRANCH8, COST_NONE, NEEDS_NOTHING},
    {"j", 0x00003F, 0x000006, j, OPERAND_JUMP, COST_NONE, NEEDS_NOTHING},
    {"jx", 0xFFF0FF, 0x0000A0, jx, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"call0", 0x00003F, 0x000005, call0, OPERAND_CALL, COST_NONE, NEEDS_NOTHING},
    {"callx0", 0xFFF0FF, 0x0000C0, callx0, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"ret", 0xFFFFFF, 0x000080, ret, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {"ret.n", 0x00FFFF, 0x00F00D, ret, OPERAND_NONE, COST_NONE, NEEDS_NOTHING},
    {.name = NULL},
};
