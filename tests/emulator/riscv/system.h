/* SPDX-License-Identifier: MIT */
/*
 * Instructions of the opcode SYSTEM, and C.EBREAK: they are executed here, not by the engine.
 */
#ifndef RISCV_SYSTEM_H
#define RISCV_SYSTEM_H

#include "emulator/riscv/core.h"

/* What comes of such an instruction; base.pc is where it goes on. */
enum system_result {
    SYSTEM_DONE,
    SYSTEM_WAITS,    /* WFI; base.pc is behind it */
    SYSTEM_EXCEPTION /* of `cause`, with `value` for mtval; base.pc is the instruction's */
};

struct system {
    enum system_result result;
    uint32_t cause, value;
};

/* Executes what is at base.pc. */
struct system system_execute(struct riscv *core, const struct instruction *instruction);

#endif
