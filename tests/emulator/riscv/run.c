/* SPDX-License-Identifier: MIT */
/*
 * Executes.  Only before_instruction() stops the engine; that instruction is then still to come, and
 * its address is what the engine was told, not what its own register says: Unicorn 2.0.1 brings that
 * up to date when it likes.
 */
#include "emulator/riscv/run.h"

#include <string.h>

#include <unicorn/unicorn.h>

#include "emulator/engine.h"
#include "emulator/riscv/system.h"

/* Why the engine stops before an instruction. */
enum stop { GO_ON, TAKE_INTERRUPT, EXECUTE_HERE, PAUSE };

/* ---- before each instruction ----------------------------------------------------------------- */

static struct instruction *instruction_at(struct riscv *core, uint32_t pc)
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
        *instruction = cycles_decode(opcode);
    return instruction;
}

static void stop(struct riscv *core, uint32_t pc, enum stop why)
{
    core->stop = (uint8_t)why;
    core->base.pc = pc;
    uc_emu_stop(core->engine);
}

/* The cost of the instruction before this one. */
static void charge(struct riscv *core, uint32_t pc)
{
    core->base.cycles += core->last.cycles;
    if (core->last.bytes && pc != core->last_pc + core->last.bytes)
        core->base.cycles += CYCLES_REFILL;
    core->last = (struct instruction){0};
}

static bool is_interrupt_due(struct riscv *core)
{
    return traps_are_interrupts_enabled(&core->traps) &&
           core->chip->interrupt(core->base.setup.chip);
}

/* Is there something to do before this instruction?  If so, the engine stops. */
static bool is_due(struct riscv *core, uint32_t pc)
{
    core_pass(&core->base, core->base.cycles);
    core->base.look_cycle = core_next_event_cycle(&core->base);
    enum stop why = GO_ON;
    if (is_interrupt_due(core))
        why = TAKE_INTERRUPT;
    else if (!core->base.goes_on(&core->base))
        why = PAUSE;
    if (why != GO_ON)
        stop(core, pc, why);
    return why != GO_ON;
}

static void before_instruction(uc_engine *engine, uint64_t address, uint32_t bytes, void *owner)
{
    (void)engine;
    (void)bytes;
    struct riscv *core = owner;
    uint32_t pc = (uint32_t)address;
    if (core->stop != GO_ON)
        return;
    charge(core, pc);
    if (core->base.cycles >= core->base.look_cycle && is_due(core, pc))
        return;
    core->base.instructions++;
    if (core->on_instruction)
        core->on_instruction(core, pc);
    core->last = *instruction_at(core, pc);
    core->last_pc = pc;
    if (core->last.what == INSTRUCTION_SYSTEM)
        stop(core, pc, EXECUTE_HERE);
}

static bool on_bad_access(uc_engine *engine, uc_mem_type type, uint64_t address, int bytes,
                          int64_t value, void *owner)
{
    (void)engine;
    (void)type;
    (void)bytes;
    (void)value;
    struct riscv *core = owner;
    core->bad_address = (uint32_t)address;
    return false;
}

/* Exceptions of the engine's own: it knows none but illegal instructions. */
static void on_engine_exception(uc_engine *engine, uint32_t number, void *owner)
{
    (void)number;
    (void)owner;
    uc_emu_stop(engine);
}

/* ---- traps ----------------------------------------------------------------------------------- */

/* False: there is no memory at the vector. */
static bool trap(struct riscv *core, uint32_t cause, uint32_t value)
{
    core->base.cycles += CYCLES_ENTRY;
    core->base.pc = traps_enter(&core->traps, cause, core->base.pc, value);
    core_look_again(&core->base);
    if (core->on_enter)
        core->on_enter(core, cause);
    return core_memory_at(&core->base, core->base.pc);
}

static bool take_interrupt(struct riscv *core)
{
    uint64_t begin_cycle = core->base.cycles;
    unsigned number = core->chip->interrupt(core->base.setup.chip);
    core->taken++;
    bool has_vector = trap(core, CAUSE_INTERRUPT | number, 0);
    if (traps_is_first_interrupt(&core->traps))
        core_begin_interrupt(&core->base, begin_cycle);
    return has_vector;
}

static bool raise_exception(struct riscv *core, uint32_t cause, uint32_t value)
{
    if (cause < CAUSE_CALL && cause != CAUSE_BREAKPOINT) {
        core->base.fault_count++;
        core->fault = (struct riscv_fault){cause, core->base.pc, value};
    }
    return trap(core, cause, value);
}

/* ---- what ends a run of the engine ----------------------------------------------------------- */

/* WFI: time passes until the core has something to do; what is masked ends it, too. */
static bool doze(struct riscv *core, enum riscv_end *end)
{
    struct core *base = &core->base;
    base->is_asleep = true;
    core_pass(base, base->cycles);
    while (!core->chip->interrupt(base->setup.chip)) {
        *end = RISCV_PAUSED;
        if (!base->goes_on(base))
            return false;
        uint64_t next = core_next_event_cycle(base);
        *end = RISCV_ASLEEP;
        if (next == UINT64_MAX)
            return false;
        base->cycles = next > base->cycles ? next : base->cycles + 1;
        core_pass(base, base->cycles);
    }
    base->is_asleep = false;
    core_look_again(base);
    return true;
}

/* A WFI that was interrupted by a pause begins again. */
static bool wait(struct riscv *core, uint32_t pc, enum riscv_end *end)
{
    bool is_over = doze(core, end);
    if (!is_over)
        core->base.pc = pc;
    return is_over;
}

static bool execute_here(struct riscv *core, enum riscv_end *end)
{
    uint32_t pc = core->base.pc;
    const struct instruction instruction = core->last;
    core->last = (struct instruction){0};
    struct system system = system_execute(core, &instruction);
    core->base.cycles += instruction.cycles;
    *end = RISCV_NO_VECTORS;
    switch (system.result) {
    case SYSTEM_EXCEPTION:
        return raise_exception(core, system.cause, system.value);
    case SYSTEM_WAITS:
        return wait(core, pc, end);
    default:
        return true;
    }
}

static bool serve_stop(struct riscv *core, enum riscv_end *end)
{
    *end = RISCV_NO_VECTORS;
    switch ((enum stop)core->stop) {
    case TAKE_INTERRUPT:
        return take_interrupt(core);
    case EXECUTE_HERE:
        return execute_here(core, end);
    default:
        *end = RISCV_PAUSED;
        return false;
    }
}

static bool serve_error(struct riscv *core, uc_err error, enum riscv_end *end)
{
    uint32_t opcode = core->last.opcode;
    *end = RISCV_NO_VECTORS;
    core->base.pc = core->last_pc;
    core->base.cycles += core->last.cycles;
    core->last = (struct instruction){0};
    switch (error) {
    case UC_ERR_READ_UNMAPPED:
        return raise_exception(core, CAUSE_LOAD, core->bad_address);
    case UC_ERR_WRITE_UNMAPPED:
    case UC_ERR_WRITE_PROT:
        return raise_exception(core, CAUSE_STORE, core->bad_address);
    case UC_ERR_FETCH_UNMAPPED:
    case UC_ERR_FETCH_PROT:
        core->base.pc = core->bad_address;
        return raise_exception(core, CAUSE_FETCH, core->bad_address);
    default:
        return raise_exception(core, CAUSE_ILLEGAL, opcode);
    }
}

enum riscv_end riscv_run(struct riscv *core)
{
    enum riscv_end end = RISCV_PAUSED;
    bool goes_on = true;
    while (goes_on) {
        core->stop = GO_ON;
        uc_err error = uc_emu_start(core->engine, core->base.pc, 0, 0, 0);
        goes_on = core->stop != GO_ON ? serve_stop(core, &end) : serve_error(core, error, &end);
    }
    return end;
}

bool riscv_attach(struct riscv *core)
{
    uc_hook hook;
    uc_engine *engine = core->engine;
    return engine_map(engine, &core->base) &&
           uc_hook_add(engine, &hook, UC_HOOK_CODE, (void *)before_instruction, core, 1, 0) ==
               UC_ERR_OK &&
           uc_hook_add(engine, &hook, UC_HOOK_INTR, (void *)on_engine_exception, core, 1, 0) ==
               UC_ERR_OK &&
           uc_hook_add(engine, &hook, UC_HOOK_MEM_INVALID, (void *)on_bad_access, core, 1, 0) ==
               UC_ERR_OK;
}
