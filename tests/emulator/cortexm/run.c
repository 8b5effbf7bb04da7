/* SPDX-License-Identifier: MIT */
/*
 * What Unicorn 2.0.1 does otherwise than one expects, and what follows:
 *
 * - uc_emu_stop() in a callback of an access leaves the instruction unfinished, and it is executed
 *   again.  So only before_instruction() stops the engine; that instruction is then still to come.
 * - It does not stop inside of an IT block.  What is due waits for the end of the block.
 * - WFE and YIELD end the run as if they were undefined, WFI as if all were well.
 */
#include "emulator/cortexm/run.h"

#include <string.h>

#include <unicorn/unicorn.h>

#include "emulator/cortexm/frames.h"
#include "emulator/engine.h"

/* Why the engine stops before an instruction. */
enum stop { GO_ON, TAKE_EXCEPTION, NO_FLOAT, PAUSE, NEVER_WAKES, RESET, AGAIN };

/* A page that no chip has, where memory may be executed: instructions of ours. */
#define HELPER UINT32_C(0x9FFFF000)
enum { HELPER_BYTES = 4096 };

/* Exceptions of the engine's own. */
enum { ENGINE_SVC = 2, ENGINE_BREAKPOINT = 7, ENGINE_EXCEPTION_RETURN = 8, ENGINE_UNALIGNED = 22 };

/* ---- before each instruction ----------------------------------------------------------------- */

/* The engine has the masks; what is not implemented of BASEPRI reads 0. */
static void read_masks(struct cortexm *core)
{
    struct exceptions *exceptions = &core->exceptions;
    exceptions->primask = cortexm_register(core, UC_ARM_REG_PRIMASK);
    if (exceptions->is_v6)
        return;
    exceptions->faultmask = cortexm_register(core, UC_ARM_REG_FAULTMASK);
    uint32_t basepri = cortexm_register(core, UC_ARM_REG_BASEPRI);
    exceptions->basepri = (uint8_t)(basepri & exceptions->priority_mask);
    if (basepri != exceptions->basepri)
        cortexm_set_register(core, UC_ARM_REG_BASEPRI, exceptions->basepri);
}

static void stop(struct cortexm *core, enum stop why)
{
    core->stop = (uint8_t)why;
    core->last = (struct instruction){0};
    core->base.instructions--;
    uc_emu_stop(core->engine);
}

static struct instruction *instruction_at(struct cortexm *core, uint32_t pc)
{
    if (!core->memory || pc - core->memory->base >= core->memory->size)
        core->memory = core_memory_at(&core->base, pc);
    uint32_t offset = pc - core->memory->base;
    uint32_t opcode = 0;
    memcpy(&opcode, core->memory->bytes + offset, offset + 4 <= core->memory->size ? 4 : 2);
    struct instruction *decoded = core->memory->decoded;
    struct instruction *instruction = &decoded[offset / 2];
    uint32_t mask = instruction->bytes == 4 ? UINT32_MAX : 0xFFFF;
    if (!instruction->bytes || ((opcode ^ instruction->opcode) & mask))
        *instruction = cycles_decode(core->kind, opcode);
    return instruction;
}

void cortexm_begin_block(struct cortexm *core, uint32_t pc, unsigned count)
{
    core->block_begin = core->block_end = pc;
    for (; count > 0 && core_memory_at(&core->base, core->block_end); count--)
        core->block_end += instruction_at(core, core->block_end)->bytes;
}

/*
 * The cost of the instruction before this one, and of those of an IT block that were skipped: the
 * engine does not show them.
 */
static void charge(struct cortexm *core, uint32_t pc)
{
    uint32_t next = core->last_pc + core->last.bytes;
    core->base.cycles += core->last.cycles;
    if (!core->last.bytes || pc == next)
        return;
    if (pc < next || pc > core->block_end) {
        core->base.cycles += cycles_refill(core->kind);
        return;
    }
    for (; next < pc; core->base.cycles++)
        next += instruction_at(core, next)->bytes;
}

/* Is there something to do before this instruction?  If so, the engine stops. */
static bool is_due(struct cortexm *core, bool in_block)
{
    cortexm_catch_up(core);
    core->base.look_cycle = cortexm_next_event_cycle(core);
    enum stop why = GO_ON;
    if (core->reset_requested)
        why = RESET;
    else if (exceptions_next(&core->exceptions) != EXCEPTION_NONE)
        why = TAKE_EXCEPTION;
    else if (!core->base.goes_on(&core->base))
        why = PAUSE;
    if (why != GO_ON && in_block)
        core_look_again(&core->base);
    else if (why != GO_ON)
        stop(core, why);
    return core->stop != GO_ON;
}

static bool wakes(struct cortexm *core, bool is_wfe)
{
    struct exceptions *exceptions = &core->exceptions;
    bool has_event = is_wfe && exceptions->event;
    if (has_event)
        exceptions->event = false;
    return has_event || (is_wfe ? exceptions_next(exceptions) : exceptions_wake(exceptions));
}

/* Time passes until the core has something to do.  Why not, if it has nothing. */
static enum stop doze(struct cortexm *core, bool is_wfe)
{
    enum stop why = GO_ON;
    core->base.is_asleep = true;
    cortexm_catch_up(core);
    while (why == GO_ON && !wakes(core, is_wfe)) {
        uint64_t next = cortexm_next_event_cycle(core);
        if (!core->base.goes_on(&core->base)) {
            why = PAUSE;
        } else if (next == UINT64_MAX) {
            why = NEVER_WAKES;
        } else {
            core->base.cycles = next > core->base.cycles ? next : core->base.cycles + 1;
            cortexm_catch_up(core);
        }
    }
    core->base.is_asleep = why != GO_ON;
    core_look_again(&core->base);
    return why;
}

/* SCR.SLEEPONEXIT, before the first instruction of the thread.  False: the engine stops. */
static bool sleeps_first(struct cortexm *core)
{
    enum stop why = doze(core, false);
    core->sleeps_on_exit = why != GO_ON;
    if (why == GO_ON && exceptions_next(&core->exceptions) != EXCEPTION_NONE)
        why = TAKE_EXCEPTION;
    if (why != GO_ON)
        stop(core, why);
    return why == GO_ON;
}

/*
 * Without a context the engine makes one, its FPSCR being 0.  If FPDSCR says otherwise, it is made
 * here, and the engine begins this instruction anew.
 */
static void begin_context(struct cortexm *core)
{
    uint32_t control = cortexm_register(core, UC_ARM_REG_CONTROL);
    if (control & CONTROL_FPCA)
        return;
    cortexm_set_register(core, UC_ARM_REG_FPSCR, core->scs.fpdscr);
    control |= core->kind == CORTEXM_M33 ? CONTROL_FPCA | CONTROL_SFPA : CONTROL_FPCA;
    cortexm_set_register(core, UC_ARM_REG_CONTROL, control);
    stop(core, AGAIN);
}

static void prepare_float(struct cortexm *core, bool in_block)
{
    if (!scs_float_enabled(core) && !in_block)
        stop(core, NO_FLOAT);
    else if (core->scs.fpccr & FPCCR_LSPACT)
        frames_save_float(core);
    if (core->stop == GO_ON && core->scs.fpdscr && !in_block)
        begin_context(core);
}

static void prepare(struct cortexm *core, const struct instruction *instruction, bool in_block)
{
    enum stop why = GO_ON;
    switch ((enum instruction_class)instruction->what) {
    case INSTRUCTION_IT:
        cortexm_begin_block(core, core->last_pc + core->last.bytes, instruction->block);
        break;
    case INSTRUCTION_MASKS:
        core->masks_changed = true;
        break;
    case INSTRUCTION_FLOAT:
        prepare_float(core, in_block);
        break;
    case INSTRUCTION_WFI:
    case INSTRUCTION_WFE:
        why = doze(core, instruction->what == INSTRUCTION_WFE);
        if (why != GO_ON && !in_block)
            stop(core, why);
        break;
    case INSTRUCTION_EXCLUSIVE:
        core->is_exclusive = true;
        break;
    case INSTRUCTION_SEV:
        core->exceptions.event = true;
        break;
    default:
        break;
    }
}

static void before_instruction(uc_engine *engine, uint64_t address, uint32_t bytes, void *owner)
{
    (void)engine;
    (void)bytes;
    struct cortexm *core = owner;
    uint32_t pc = (uint32_t)address;
    if (core->stop != GO_ON || core->is_helping)
        return;
    charge(core, pc);
    core->last = (struct instruction){0};
    core->base.instructions++;
    bool in_block = pc >= core->block_begin && pc < core->block_end;
    if (!in_block)
        core->block_end = 0;
    if (core->masks_changed) {
        core->masks_changed = false;
        read_masks(core);
        core_look_again(&core->base);
    }
    if (core->base.cycles >= core->base.look_cycle && is_due(core, in_block))
        return;
    if (core->sleeps_on_exit && !sleeps_first(core))
        return;
    if (core->on_instruction)
        core->on_instruction(core, pc);
    const struct instruction *instruction = instruction_at(core, pc);
    core->last = *instruction;
    core->last_pc = pc;
    if (instruction->what != INSTRUCTION_PLAIN)
        prepare(core, instruction, in_block);
}

/* ---- accesses -------------------------------------------------------------------------------- */

static uint64_t load_private(uc_engine *engine, uint64_t offset, unsigned bytes, void *owner)
{
    (void)engine;
    struct cortexm *core = owner;
    scs_run_systick(core);
    return scs_load(core, (uint32_t)offset, bytes);
}

static void store_private(uc_engine *engine, uint64_t offset, unsigned bytes, uint64_t value,
                          void *owner)
{
    (void)engine;
    struct cortexm *core = owner;
    scs_run_systick(core);
    scs_store(core, (uint32_t)offset, (uint32_t)value, bytes);
    core_look_again(&core->base);
}

static bool on_bad_access(uc_engine *engine, uc_mem_type type, uint64_t address, int bytes,
                          int64_t value, void *owner)
{
    (void)engine;
    (void)type;
    (void)bytes;
    (void)value;
    struct cortexm *core = owner;
    core->bad_address = (uint32_t)address;
    return false;
}

/* ---- exclusive access ------------------------------------------------------------------------ */

/* The engine knows no other way than CLREX.  A breakpoint behind it ends the run. */
static const uint16_t end_exclusive[] = {0xF3BF, 0x8F2F, 0xBE00};

void cortexm_end_exclusive(struct cortexm *core)
{
    if (!core->is_exclusive)
        return;
    core->is_exclusive = false;
    core->is_helping = true;
    uc_emu_start(core->engine, HELPER | 1, 0, 0, 0);
    core->is_helping = false;
    core->interrupt = 0;
}

static bool map_helper(struct cortexm *core)
{
    return uc_mem_map(core->engine, HELPER, HELPER_BYTES, UC_PROT_READ | UC_PROT_EXEC) ==
               UC_ERR_OK &&
           uc_mem_write(core->engine, HELPER, end_exclusive, sizeof end_exclusive) == UC_ERR_OK;
}

/* ---- what ends a run of the engine ----------------------------------------------------------- */

static void on_engine_exception(uc_engine *engine, uint32_t number, void *owner)
{
    struct cortexm *core = owner;
    core->interrupt = number;
    uc_emu_stop(engine);
}

/* Synchronous exceptions: the cost of the instruction that made them counts. */
static bool fault(struct cortexm *core, unsigned exception, uint32_t status)
{
    return frames_fault(core, exception, status, core->base.pc);
}

static bool breakpoint(struct cortexm *core)
{
    const uint8_t *opcode = core_bytes(&core->base, core->base.pc, 2);
    if (!core->on_breakpoint || !core->on_breakpoint(core, opcode[0]))
        return false;
    core->base.pc += 2;
    return true;
}

/* True: go on. */
static bool serve_engine_exception(struct cortexm *core, enum cortexm_end *end)
{
    *end = CORTEXM_LOCKED_UP;
    switch (core->interrupt) {
    case ENGINE_SVC:
        return fault(core, EXCEPTION_SVCALL, 0);
    case ENGINE_EXCEPTION_RETURN:
        return frames_return(core, core->base.pc | 1);
    case ENGINE_UNALIGNED:
        return fault(core, EXCEPTION_USAGE_FAULT, CFSR_UNALIGNED);
    case ENGINE_BREAKPOINT:
        *end = CORTEXM_BREAKPOINT;
        return breakpoint(core);
    default:
        return fault(core, EXCEPTION_USAGE_FAULT, CFSR_UNDEFINSTR);
    }
}

static bool serve_stop(struct cortexm *core, enum cortexm_end *end)
{
    switch ((enum stop)core->stop) {
    case TAKE_EXCEPTION:
        *end = CORTEXM_LOCKED_UP;
        return frames_take(core, core->base.pc);
    case NO_FLOAT:
        *end = CORTEXM_LOCKED_UP;
        return fault(core, EXCEPTION_USAGE_FAULT, CFSR_NOCP);
    case AGAIN:
        return true;
    case RESET:
        core->reset_requested = false;
        *end = CORTEXM_RESET;
        return false;
    case NEVER_WAKES:
        *end = CORTEXM_ASLEEP;
        return false;
    default:
        *end = CORTEXM_PAUSED;
        return false;
    }
}

static bool serve_error(struct cortexm *core, uc_err error, enum cortexm_end *end)
{
    *end = CORTEXM_LOCKED_UP;
    switch (error) {
    case UC_ERR_OK: /* WFI */
        return true;
    case UC_ERR_READ_UNMAPPED:
    case UC_ERR_WRITE_UNMAPPED:
    case UC_ERR_READ_PROT:
    case UC_ERR_WRITE_PROT:
        return fault(core, EXCEPTION_BUS_FAULT, CFSR_PRECISERR | CFSR_BFARVALID);
    case UC_ERR_FETCH_UNMAPPED:
    case UC_ERR_FETCH_PROT:
        return fault(core, EXCEPTION_BUS_FAULT, CFSR_IBUSERR);
    case UC_ERR_EXCEPTION:
        return fault(core, EXCEPTION_USAGE_FAULT, CFSR_INVSTATE);
    default: /* UC_ERR_INSN_INVALID: WFE and YIELD, which are done, or a bad one, which is not */
        return core->base.pc != core->last_pc ||
               fault(core, EXCEPTION_USAGE_FAULT, CFSR_UNDEFINSTR);
    }
}

enum cortexm_end cortexm_run(struct cortexm *core)
{
    enum cortexm_end end = CORTEXM_PAUSED;
    bool goes_on = true;
    while (goes_on) {
        core->stop = GO_ON;
        core->interrupt = 0;
        uc_err error = uc_emu_start(core->engine, core->base.pc | 1, 0, 0, 0);
        core->base.pc = cortexm_register(core, UC_ARM_REG_PC);
        core->base.cycles += core->last.cycles;
        core->last = (struct instruction){0};
        if (core->stop != GO_ON)
            goes_on = serve_stop(core, &end);
        else if (core->interrupt)
            goes_on = serve_engine_exception(core, &end);
        else
            goes_on = serve_error(core, error, &end);
    }
    return end;
}

bool cortexm_attach(struct cortexm *core)
{
    uc_hook hook;
    uc_engine *engine = core->engine;
    return engine_map(engine, &core->base) && map_helper(core) &&
           uc_mmio_map(engine, SCS_PRIVATE_BUS, SCS_PRIVATE_BUS_BYTES, load_private, core,
                       store_private, core) == UC_ERR_OK &&
           uc_hook_add(engine, &hook, UC_HOOK_CODE, (void *)before_instruction, core, 1, 0) ==
               UC_ERR_OK &&
           uc_hook_add(engine, &hook, UC_HOOK_INTR, (void *)on_engine_exception, core, 1, 0) ==
               UC_ERR_OK &&
           uc_hook_add(engine, &hook, UC_HOOK_MEM_INVALID, (void *)on_bad_access, core, 1, 0) ==
               UC_ERR_OK;
}
