/* SPDX-License-Identifier: MIT */
/*
 *     sp before ──►  ...
 *                    (4 bytes, if it was no multiple of 8: bit 9 of xPSR)
 *                    FPSCR, S15 ... S0     with an FPU context only
 *                    xPSR
 *                    return address
 *                    LR, R12
 *     sp after ───►  R3 ... R0
 */
#include "emulator/cortexm/frames.h"

#include <unicorn/unicorn.h>

#include "emulator/cortexm/run.h"

enum {
    FRAME_WORDS = 8,
    FLOAT_WORDS = 18, /* the last one is reserved */
    FLOATS = 16,
    FRAME_BYTES = 4 * FRAME_WORDS,
    FLOAT_FRAME_BYTES = 4 * (FRAME_WORDS + FLOAT_WORDS)
};

/* EXC_RETURN (§B1.5.8). */
enum { RETURN_TO_THREAD = 8, RETURN_TO_PROCESS_STACK = 4, RETURN_WITHOUT_FLOAT = 16 };
#define RETURN_TO_HANDLER_FRAME UINT32_C(0xFFFFFFF1)

#define XPSR_T (UINT32_C(1) << 24)
#define XPSR_ALIGNED (UINT32_C(1) << 9)
#define XPSR_SFPA (UINT32_C(1) << 20) /* of a frame alone; ARMv8-M */
#define XPSR_EXCEPTION UINT32_C(0x1FF)
#define XPSR_SFPA (UINT32_C(1) << 20) /* of the frame alone, ARMv8-M */

/* In the order of the frame. */
static const int frame_registers[] = {UC_ARM_REG_R0, UC_ARM_REG_R1,  UC_ARM_REG_R2,
                                      UC_ARM_REG_R3, UC_ARM_REG_R12, UC_ARM_REG_LR};
enum { FRAME_PC = 6, FRAME_XPSR = 7 };

/* ---- the FPU's part -------------------------------------------------------------------------- */

static bool store_floats(struct cortexm *core, uint32_t address)
{
    bool is_good = true;
    for (unsigned i = 0; i < FLOATS; i++)
        is_good &= core_store_word(&core->base, address + 4 * i,
                                   cortexm_register(core, UC_ARM_REG_S0 + (int)i));
    return core_store_word(&core->base, address + 4 * FLOATS,
                           cortexm_register(core, UC_ARM_REG_FPSCR)) &&
           is_good;
}

static bool load_floats(struct cortexm *core, uint32_t address)
{
    uint32_t value = 0;
    bool is_good = true;
    for (unsigned i = 0; i < FLOATS; i++) {
        is_good &= core_load_word(&core->base, address + 4 * i, &value);
        cortexm_set_register(core, UC_ARM_REG_S0 + (int)i, value);
    }
    is_good &= core_load_word(&core->base, address + 4 * FLOATS, &value);
    cortexm_set_register(core, UC_ARM_REG_FPSCR, value);
    return is_good;
}

void frames_save_float(struct cortexm *core)
{
    store_floats(core, core->scs.fpcar);
    core->scs.fpccr &= ~FPCCR_LSPACT;
    cortexm_set_register(core, UC_ARM_REG_FPSCR, core->scs.fpdscr);
    core->base.cycles += core->costs.float_frame;
}

/* The frame has room for them; they go there now, or when the handler uses the FPU. */
static bool push_float(struct cortexm *core, uint32_t address)
{
    core->scs.fpcar = address;
    if (core->scs.fpccr & FPCCR_LSPEN) {
        core->scs.fpccr |= FPCCR_LSPACT;
        return true;
    }
    cortexm_spend(core, core->costs.float_frame);
    bool is_good = store_floats(core, address);
    cortexm_set_register(core, UC_ARM_REG_FPSCR, core->scs.fpdscr);
    return is_good;
}

static bool pop_float(struct cortexm *core, uint32_t address)
{
    if (core->scs.fpccr & FPCCR_LSPACT) {
        core->scs.fpccr &= ~FPCCR_LSPACT; /* nobody has touched them */
        return true;
    }
    cortexm_spend(core, core->costs.float_frame);
    return load_floats(core, address);
}

/* ---- the frame ------------------------------------------------------------------------------- */

static bool push_core(struct cortexm *core, uint32_t sp, uint32_t pc, uint32_t xpsr)
{
    bool is_good = true;
    for (unsigned i = 0; i < FRAME_PC; i++)
        is_good &=
            core_store_word(&core->base, sp + 4 * i, cortexm_register(core, frame_registers[i]));
    return core_store_word(&core->base, sp + 4 * FRAME_PC, pc) &&
           core_store_word(&core->base, sp + 4 * FRAME_XPSR, xpsr) && is_good;
}

/* What the handler finds in LR. */
static uint32_t exc_return_of(uint32_t xpsr, uint32_t control)
{
    uint32_t value = RETURN_TO_HANDLER_FRAME;
    if (!(xpsr & XPSR_EXCEPTION))
        value |= RETURN_TO_THREAD | (control & CONTROL_SPSEL ? RETURN_TO_PROCESS_STACK : 0);
    return control & CONTROL_FPCA ? value & ~(uint32_t)RETURN_WITHOUT_FLOAT : value;
}

/* Into *exc_return; false: the stack is no memory. */
static bool push(struct cortexm *core, uint32_t pc, uint32_t *exc_return)
{
    uint32_t sp = cortexm_register(core, UC_ARM_REG_SP);
    uint32_t xpsr = cortexm_register(core, UC_ARM_REG_XPSR) | XPSR_T;
    uint32_t control = cortexm_register(core, UC_ARM_REG_CONTROL);
    bool has_float = control & CONTROL_FPCA;
    uint32_t frame = sp - (has_float ? FLOAT_FRAME_BYTES : FRAME_BYTES);
    if ((frame & 4) && (has_float || core->scs.ccr & CCR_STKALIGN)) {
        frame -= 4;
        xpsr |= XPSR_ALIGNED;
    }
    if (control & CONTROL_SFPA)
        xpsr |= XPSR_SFPA;
    *exc_return = exc_return_of(xpsr, control);
    bool is_good = push_core(core, frame, pc, xpsr);
    cortexm_set_register(core, UC_ARM_REG_SP, frame);
    if (has_float)
        is_good &= push_float(core, frame + FRAME_BYTES);
    return is_good;
}

/* Of CONTROL: what a handler begins without. */
enum { OF_THREADS = CONTROL_SPSEL | CONTROL_FPCA | CONTROL_SFPA };

/* Handlers begin without an FPU context, and thread mode without one has the main stack. */
static void begin_handler(struct cortexm *core, unsigned number)
{
    uint32_t control = cortexm_register(core, UC_ARM_REG_CONTROL);
    if (control & OF_THREADS)
        cortexm_set_control(core, control & ~(uint32_t)OF_THREADS);
    cortexm_set_register(core, UC_ARM_REG_EPSR, XPSR_T);
    cortexm_set_exception(core, number);
}

/* ---- entry ----------------------------------------------------------------------------------- */

/* Whatever comes first now is entered, also if it came while the frame was made. */
static bool enter(struct cortexm *core, uint32_t exc_return)
{
    unsigned number = exceptions_next(&core->exceptions);
    uint32_t vector = 0;
    core->taken++;
    core->block_end = 0;
    cortexm_set_register(core, UC_ARM_REG_LR, exc_return);
    begin_handler(core, number);
    cortexm_end_exclusive(core);
    exceptions_enter(&core->exceptions, number);
    if (!core_load_word(&core->base, core->scs.vtor + 4 * number, &vector)) {
        core->scs.hfsr |= HFSR_VECTTBL;
        return false;
    }
    core->base.pc = vector & ~UINT32_C(1);
    if (exceptions_active_count(&core->exceptions) == 1)
        core_begin_interrupt(&core->base, core->base.cycles - core->costs.entry);
    if (core->on_enter)
        core->on_enter(core, number);
    return (vector & 1) || frames_fault(core, EXCEPTION_USAGE_FAULT, CFSR_INVSTATE, core->base.pc);
}

/* A fault takes the place of what was to be entered, which stays pending. */
static bool instead(struct cortexm *core, unsigned exception, uint32_t status, uint32_t exc_return)
{
    unsigned number = exceptions_escalate(&core->exceptions, exception);
    core->scs.cfsr |= status;
    core->base.fault_count++;
    core->fault = (struct cortexm_fault){number, core->base.pc, 0, status};
    if (number == EXCEPTION_HARD_FAULT)
        core->scs.hfsr |= HFSR_FORCED;
    if (number == EXCEPTION_NONE)
        return false;
    exceptions_pend(&core->exceptions, number);
    return enter(core, exc_return);
}

bool frames_take(struct cortexm *core, uint32_t pc)
{
    uint32_t exc_return = 0;
    unsigned first = exceptions_next(&core->exceptions);
    core->base.pc = pc;
    bool is_good = push(core, pc, &exc_return);
    cortexm_spend(core, core->costs.entry);
    core->late += exceptions_next(&core->exceptions) != first;
    return is_good ? enter(core, exc_return)
                   : instead(core, EXCEPTION_BUS_FAULT, CFSR_STKERR, exc_return);
}

bool frames_fault(struct cortexm *core, unsigned exception, uint32_t status, uint32_t pc)
{
    unsigned number = exceptions_escalate(&core->exceptions, exception);
    if (exception != EXCEPTION_SVCALL) {
        core->base.fault_count++;
        core->fault = (struct cortexm_fault){number, pc, core->bad_address, status};
    }
    core->scs.cfsr |= status;
    if (status & CFSR_BFARVALID)
        core->scs.bfar = core->bad_address;
    if (number == EXCEPTION_NONE)
        return false;
    if (number != exception)
        core->scs.hfsr |= HFSR_FORCED;
    exceptions_pend(&core->exceptions, number);
    return frames_take(core, pc);
}

/* ---- return ---------------------------------------------------------------------------------- */

static bool is_exc_return(const struct cortexm *core, uint32_t value)
{
    bool has_float = core->costs.float_frame;
    uint32_t base = value | (has_float ? RETURN_WITHOUT_FLOAT : 0);
    return base == 0xFFFFFFF1 || base == 0xFFFFFFF9 || base == 0xFFFFFFFD;
}

/* §B1.5.8, "Integrity checks on exception returns": those before the frame is looked at. */
static bool may_return(const struct cortexm *core, uint32_t exc_return, unsigned number)
{
    bool is_last = exceptions_active_count(&core->exceptions) == 1;
    bool may_be_thread = is_last || core->scs.ccr & CCR_NONBASETHRDENA;
    return is_exc_return(core, exc_return) && exceptions_is_active(&core->exceptions, number) &&
           (may_be_thread || !(exc_return & RETURN_TO_THREAD));
}

/* The engine follows where FAULTMASK has ended. */
static void leave(struct cortexm *core, unsigned number)
{
    bool was_masked = core->exceptions.faultmask;
    exceptions_leave(&core->exceptions, number);
    if (was_masked && !core->exceptions.faultmask)
        cortexm_set_register(core, UC_ARM_REG_FAULTMASK, 0);
    if (exceptions_active_count(&core->exceptions) == 0)
        core_end_interrupt(&core->base, core->base.cycles + core->costs.exit);
    if (core->on_leave)
        core->on_leave(core, number);
    cortexm_catch_up(core);
}

/* IT bits say how many instructions of a block are still to come. */
static unsigned block_of(uint32_t xpsr)
{
    unsigned bits = (xpsr >> 10 & 3) << 2 | (xpsr >> 25 & 3);
    return bits ? 4 - (unsigned)__builtin_ctz(bits) : 0;
}

/* CONTROL as EXC_RETURN and the frame say. */
static void restore_control(struct cortexm *core, uint32_t exc_return, uint32_t xpsr)
{
    uint32_t control = cortexm_register(core, UC_ARM_REG_CONTROL);
    uint32_t wanted = control & ~(uint32_t)OF_THREADS;
    wanted |= xpsr & XPSR_SFPA ? CONTROL_SFPA : 0;
    wanted |= exc_return & RETURN_TO_PROCESS_STACK ? CONTROL_SPSEL : 0;
    wanted |= exc_return & RETURN_WITHOUT_FLOAT ? 0 : CONTROL_FPCA;
    if (control != wanted)
        cortexm_set_control(core, wanted);
}

static bool load_frame(struct cortexm *core, uint32_t frame, uint32_t *words)
{
    bool is_good = true;
    for (unsigned i = 0; i < FRAME_WORDS; i++)
        is_good &= core_load_word(&core->base, frame + 4 * i, &words[i]);
    return is_good;
}

/* False: the stack is no memory. */
static bool pop(struct cortexm *core, uint32_t exc_return)
{
    int stack = exc_return & RETURN_TO_PROCESS_STACK ? UC_ARM_REG_PSP : UC_ARM_REG_MSP;
    bool has_float = !(exc_return & RETURN_WITHOUT_FLOAT);
    uint32_t frame = cortexm_register(core, stack);
    uint32_t words[FRAME_WORDS] = {0};
    bool is_good = load_frame(core, frame, words);
    if (has_float)
        is_good &= pop_float(core, frame + FRAME_BYTES);
    for (unsigned i = 0; i < FRAME_PC; i++)
        cortexm_set_register(core, frame_registers[i], words[i]);
    uint32_t padding = words[FRAME_XPSR] & XPSR_ALIGNED ? 4 : 0;
    uint32_t bytes = has_float ? FLOAT_FRAME_BYTES : FRAME_BYTES;
    cortexm_set_register(core, stack, frame + bytes + padding);
    restore_control(core, exc_return, words[FRAME_XPSR]);
    core->base.pc = words[FRAME_PC] & ~UINT32_C(1);
    cortexm_begin_block(core, core->base.pc, block_of(words[FRAME_XPSR]));
    cortexm_set_register(core, UC_ARM_REG_XPSR_NZCVQG, words[FRAME_XPSR]);
    cortexm_set_exception(core, words[FRAME_XPSR] & XPSR_EXCEPTION);
    return is_good;
}

/* The mode that EXC_RETURN names and the one that the frame names are not the same. */
static bool is_other_mode(struct cortexm *core, uint32_t exc_return)
{
    bool is_thread = exc_return & RETURN_TO_THREAD;
    return is_thread != (cortexm_exception(core) == EXCEPTION_NONE);
}

/* The frame goes back, and the handler of the fault finds the wrong value in LR. */
static bool return_to_fault(struct cortexm *core, unsigned exception, uint32_t status,
                            uint32_t exc_return)
{
    uint32_t unused = 0;
    push(core, core->base.pc, &unused);
    return instead(core, exception, status, exc_return);
}

bool frames_return(struct cortexm *core, uint32_t exc_return)
{
    unsigned number = cortexm_exception(core);
    bool is_allowed = may_return(core, exc_return, number);
    leave(core, number);
    if (!is_allowed)
        return instead(core, EXCEPTION_USAGE_FAULT, CFSR_INVPC, exc_return);
    if (exceptions_next(&core->exceptions) != EXCEPTION_NONE) {
        core->tail_chained++;
        cortexm_spend(core, core->costs.tail_chain);
        return enter(core, exc_return);
    }
    cortexm_spend(core, core->costs.exit);
    cortexm_end_exclusive(core);
    if (!pop(core, exc_return))
        return instead(core, EXCEPTION_BUS_FAULT, CFSR_UNSTKERR, exc_return);
    if (is_other_mode(core, exc_return))
        return return_to_fault(core, EXCEPTION_USAGE_FAULT, CFSR_INVPC, exc_return);
    core->sleeps_on_exit = (core->scs.scr & SCR_SLEEPONEXIT) && exc_return & RETURN_TO_THREAD;
    core_look_again(&core->base);
    return true;
}
