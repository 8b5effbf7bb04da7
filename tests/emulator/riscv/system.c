/* SPDX-License-Identifier: MIT */
/*
 *     31          20 19   15 14  12 11    7 6     0
 *     CSR's number   rs1     what   rd      SYSTEM     CSRRW, CSRRS, CSRRC and with an operand for rs1
 *     function       0       0      0       SYSTEM     ECALL, EBREAK, WFI, MRET
 */
#include "emulator/riscv/system.h"

enum { OPCODE_SYSTEM = 0x73 };
enum { ECALL = 0x000, EBREAK = 0x001, WFI = 0x105, MRET = 0x302 };

/* Bits 13 and 12; bit 14: rs1 is the operand itself. */
enum { CSR_NONE, CSR_WRITE, CSR_SET, CSR_CLEAR };

/* What RD, RS1 and the number of a privileged instruction without operands must be. */
#define ONLY_NUMBER UINT32_C(0x000FFF80)

static struct system exception(uint32_t cause, uint32_t value)
{
    return (struct system){SYSTEM_EXCEPTION, cause, value};
}

static struct system illegal(const struct instruction *instruction)
{
    return exception(CAUSE_ILLEGAL, instruction->opcode);
}

static struct system done(struct riscv *core, const struct instruction *instruction)
{
    core->base.pc += instruction->bytes;
    return (struct system){.result = SYSTEM_DONE};
}

/* ---- CSRs ------------------------------------------------------------------------------------ */

static uint32_t changed(unsigned how, uint32_t before, uint32_t operand)
{
    switch (how) {
    case CSR_SET:
        return before | operand;
    case CSR_CLEAR:
        return before & ~operand;
    default:
        return operand;
    }
}

/*
 * CSRRW to x0 does not read, CSRRS and CSRRC with x0 or 0 do not write (volume I, §9.1).
 */
static struct system access_csr(struct riscv *core, const struct instruction *instruction)
{
    unsigned number = instruction->opcode >> 20;
    unsigned source = instruction->opcode >> 15 & 0x1F, target = instruction->opcode >> 7 & 0x1F;
    unsigned how = instruction->opcode >> 12 & 3;
    bool is_immediate = instruction->opcode >> 14 & 1;
    bool reads = how != CSR_WRITE || target, writes = how == CSR_WRITE || source;
    uint32_t before = 0;
    uint32_t operand = is_immediate ? source : riscv_register(core, source);
    if (reads && !csr_load(core, number, &before))
        return illegal(instruction);
    if (writes && !csr_store(core, number, changed(how, before, operand)))
        return illegal(instruction);
    riscv_set_register(core, target, before);
    return done(core, instruction);
}

/* ---- the others ------------------------------------------------------------------------------ */

static struct system wait_for_interrupt(struct riscv *core, const struct instruction *instruction)
{
    bool is_user = core->traps.mode == RISCV_USER;
    if (is_user && core->traps.mstatus & MSTATUS_TW)
        return illegal(instruction);
    core->base.pc += instruction->bytes;
    return (struct system){.result = SYSTEM_WAITS};
}

static struct system return_from_trap(struct riscv *core, const struct instruction *instruction)
{
    if (core->traps.mode != RISCV_MACHINE)
        return illegal(instruction);
    bool ends_interrupt = traps_is_first_interrupt(&core->traps);
    core->base.pc = traps_return(&core->traps);
    core->base.cycles += CYCLES_RETURN;
    if (ends_interrupt)
        core_end_interrupt(&core->base, core->base.cycles);
    if (core->on_leave)
        core->on_leave(core);
    core_look_again(&core->base);
    return (struct system){.result = SYSTEM_DONE};
}

static struct system privileged(struct riscv *core, const struct instruction *instruction)
{
    if (instruction->opcode & ONLY_NUMBER)
        return illegal(instruction);
    switch (instruction->opcode >> 20) {
    case ECALL:
        return exception(CAUSE_CALL + core->traps.mode, 0);
    case EBREAK:
        return exception(CAUSE_BREAKPOINT, 0);
    case WFI:
        return wait_for_interrupt(core, instruction);
    case MRET:
        return return_from_trap(core, instruction);
    default:
        return illegal(instruction);
    }
}

struct system system_execute(struct riscv *core, const struct instruction *instruction)
{
    if (instruction->bytes == 2)
        return exception(CAUSE_BREAKPOINT, 0);
    if ((instruction->opcode & 0x7F) != OPCODE_SYSTEM)
        return illegal(instruction);
    if ((instruction->opcode >> 12 & 3) == CSR_NONE)
        return instruction->opcode >> 14 & 1 ? illegal(instruction) : privileged(core, instruction);
    return access_csr(core, instruction);
}
