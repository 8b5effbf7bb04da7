/* SPDX-License-Identifier: MIT */
#include "emulator/xtensa/opcodes.h"

#include "emulator/xtensa/exceptions.h"

static void illegal(struct xtensa *core, const struct instruction *instruction)
{
    (void)instruction;
    exceptions_raise(core, CAUSE_ILLEGAL);
}

static const struct opcode no_opcode = {.name = "(illegal)", .execute = illegal};

/* ---- which one ------------------------------------------------------------------------------- */

static bool has(const struct xtensa_configuration *configuration, enum needs needs)
{
    switch (needs) {
    case NEEDS_COMPARE:
        return configuration->has_compare;
    case NEEDS_GPIO_S2:
        return configuration->gpio == XTENSA_GPIO_S2;
    case NEEDS_GPIO_S3:
        return configuration->gpio == XTENSA_GPIO_S3;
    default:
        return true;
    }
}

static const struct opcode *find(const struct xtensa_configuration *configuration, uint32_t word)
{
    static const struct opcode *const tables[] = {arithmetic_opcodes, access_opcodes, flow_opcodes,
                                                  system_opcodes};
    for (unsigned i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (const struct opcode *opcode = tables[i]; opcode->name; opcode++) {
            if ((word & opcode->mask) == opcode->match && has(configuration, opcode->needs))
                return opcode;
        }
    }
    return &no_opcode;
}

/* ---- its operand ----------------------------------------------------------------------------- */

static int32_t sign_extend(uint32_t value, unsigned bits)
{
    uint32_t sign = UINT32_C(1) << (bits - 1);
    value &= (sign << 1) - 1;
    return (int32_t)((value ^ sign) - sign);
}

/* A branch counts from the address behind a wide instruction, plus one. */
enum { BEHIND = 4 };

static int32_t value_of(enum operand operand, uint32_t word)
{
    uint32_t t = word >> 4 & 15, s = word >> 8 & 15, r = word >> 12 & 15, imm8 = word >> 16 & 0xFF;
    switch (operand) {
    case OPERAND_NONE:
        break;
    case OPERAND_U8:
        return (int32_t)imm8;
    case OPERAND_U8_BY_2:
        return (int32_t)imm8 * 2;
    case OPERAND_U8_BY_4:
        return (int32_t)imm8 * 4;
    case OPERAND_S8:
        return sign_extend(imm8, 8);
    case OPERAND_S8_BY_256:
        return sign_extend(imm8, 8) * 256;
    case OPERAND_S12:
        return sign_extend(s << 8 | imm8, 12);
    case OPERAND_LEFT:
        return (int32_t)(32 - ((word >> 20 & 1) << 4 | t));
    case OPERAND_RIGHT:
        return (int32_t)((word >> 20 & 1) << 4 | s);
    case OPERAND_SET:
        return (int32_t)((t & 1) << 4 | s);
    case OPERAND_EXTRACT:
        return (int32_t)((word >> 16 & 1) << 4 | s);
    case OPERAND_BRANCH8:
        return sign_extend(imm8, 8) + BEHIND;
    case OPERAND_BRANCH12:
        return sign_extend(word >> 12, 12) + BEHIND;
    case OPERAND_JUMP:
        return sign_extend(word >> 6, 18) + BEHIND;
    case OPERAND_CALL:
        return sign_extend(word >> 6, 18) * 4 + BEHIND;
    case OPERAND_LITERAL:
        return (int32_t)(word >> 8) * 4 - 0x40000;
    case OPERAND_R_BY_4:
        return (int32_t)r * 4;
    case OPERAND_R:
        return (int32_t)r;
    case OPERAND_ADDI_N:
        return t ? (int32_t)t : -1;
    case OPERAND_MOVI_N:
        return (int32_t)((t & 7) << 4 | r) - ((t & 6) == 6 ? 128 : 0);
    case OPERAND_BRANCH6:
        return (int32_t)((t & 3) << 4 | r) + BEHIND;
    }
    return 0;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static unsigned cycles_of(const struct xtensa_configuration *configuration, enum cost cost)
{
    switch (cost) {
    case COST_LOAD:
        return configuration->load_cycles;
    case COST_MULTIPLY:
        return 2;
    case COST_REFILL:
        return 1u + configuration->refill;
    default:
        return 1;
    }
}

struct instruction opcodes_decode(const struct xtensa_configuration *configuration, uint32_t word)
{
    enum { FIRST_NARROW = 8, LAST_NARROW = 13 };
    unsigned op0 = word & 15;
    bool is_narrow = op0 >= FIRST_NARROW && op0 <= LAST_NARROW;
    word &= is_narrow ? 0xFFFF : 0xFFFFFF;
    const struct opcode *opcode = find(configuration, word);
    return (struct instruction){
        .word = word,
        .value = value_of(opcode->operand, word),
        .opcode = opcode,
        .r = word >> 12 & 15,
        .s = word >> 8 & 15,
        .t = word >> 4 & 15,
        .bytes = is_narrow ? 2 : 3,
        .cycles = (uint8_t)cycles_of(configuration, opcode->cost),
    };
}

const char *opcodes_name(const struct instruction *instruction)
{
    return instruction->opcode->name;
}
