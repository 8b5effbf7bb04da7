/* SPDX-License-Identifier: MIT */
/*
 * Opcodes, by the names of the Xtensa ISA Reference Manual and of objdump.
 */
#ifndef XTENSA_OPCODES_H
#define XTENSA_OPCODES_H

#include <stddef.h>
#include <stdint.h>

#include "emulator/xtensa/core.h"

/* Which immediate operand it has: what becomes of it in struct instruction.value. */
enum operand {
    OPERAND_NONE,
    OPERAND_U8, /* imm8, times 1, 2 or 4: the offset of an access */
    OPERAND_U8_BY_2,
    OPERAND_U8_BY_4,
    OPERAND_S8,        /* ADDI */
    OPERAND_S8_BY_256, /* ADDMI */
    OPERAND_S12,       /* MOVI */
    OPERAND_LEFT,      /* SLLI: the distance */
    OPERAND_RIGHT,     /* SRAI, SSAI's is split otherwise */
    OPERAND_SET,       /* SSAI */
    OPERAND_EXTRACT,   /* EXTUI: the distance; the width is in op2 */
    OPERAND_BRANCH8,   /* where to: from the instruction's own address */
    OPERAND_BRANCH12,
    OPERAND_JUMP,
    OPERAND_CALL,    /* from its address rounded down to a word */
    OPERAND_LITERAL, /* L32R: from its address rounded up to a word */
    OPERAND_R_BY_4,  /* the offset of a narrow access */
    OPERAND_R,       /* RUR */
    OPERAND_ADDI_N,
    OPERAND_MOVI_N,
    OPERAND_BRANCH6
};

/* What an instruction costs besides the one cycle that all of them do. */
enum cost {
    COST_NONE,
    COST_LOAD,     /* a load: the next one has to wait for it */
    COST_MULTIPLY, /* two cycles to the product */
    COST_REFILL    /* the pipeline begins anew */
};

/* On which cores it is. */
enum needs { NEEDS_NOTHING, NEEDS_COMPARE, NEEDS_GPIO_S2, NEEDS_GPIO_S3 };

struct opcode {
    const char *name;
    uint32_t mask, match;
    void (*execute)(struct xtensa *core, const struct instruction *instruction);
    uint8_t operand; /* enum operand */
    uint8_t cost;    /* enum cost */
    uint8_t needs;   /* enum needs */
};

/* An array that ends with a row without a name. */
extern const struct opcode arithmetic_opcodes[]; /* arithmetic.c */
extern const struct opcode access_opcodes[];     /* access.c: loads and stores */
extern const struct opcode flow_opcodes[];       /* flow.c: branches, jumps, calls */
extern const struct opcode system_opcodes[];     /* system.c */

/* The instruction that these bytes are; of those that are too many it keeps none. */
struct instruction opcodes_decode(const struct xtensa_configuration *configuration, uint32_t word);
/* Its name, with that of the register for RSR, WSR, XSR left out. */
const char *opcodes_name(const struct instruction *instruction);

/* The next instruction is elsewhere. */
static inline void opcodes_go_to(struct xtensa *core, uint32_t pc)
{
    core->next_pc = pc;
    core->base.cycles += core->configuration->refill;
}

#endif
