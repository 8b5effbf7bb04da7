/* SPDX-License-Identifier: MIT */
/*
 * Instruction by instruction.  Time is spent behind each; what comes by itself, comes in between.
 */
#include <string.h>

#include "emulator/xtensa/exceptions.h"
#include "emulator/xtensa/opcodes.h"

/* ---- between two instructions ---------------------------------------------------------------- */

static void catch_up(struct xtensa *core)
{
    core_pass(&core->base, core->base.cycles);
    core->base.kind->latch(&core->base);
    special_run_timers(core);
}

static uint64_t next_event_cycle(const struct xtensa *core)
{
    uint64_t timer = special_next_match(core);
    uint64_t wires = core_next_event_cycle(&core->base);
    return timer < wires ? timer : wires;
}

/* The pipeline is emptied, and begins at the vector. */
static void take(struct xtensa *core, unsigned level)
{
    core->base.is_asleep = false;
    exceptions_take(core, level);
    core->base.cycles++;
    if (core->on_enter)
        core->on_enter(core, level);
}

/* Time passes up to what comes next. */
static void doze(struct xtensa *core)
{
    uint64_t next = next_event_cycle(core);
    if (next == UINT64_MAX)
        core->end = XTENSA_ASLEEP;
    else
        core->base.cycles = next > core->base.cycles ? next : core->base.cycles + 1;
}

static void look(struct xtensa *core)
{
    do {
        catch_up(core);
        core->base.look_cycle = next_event_cycle(core);
        unsigned level = exceptions_due(core);
        if (level)
            take(core, level);
        else if (!core->base.goes_on(&core->base))
            core->end = XTENSA_PAUSED;
        else if (core->base.is_asleep)
            doze(core);
    } while (core->base.is_asleep && core->end == XTENSA_RUNNING);
}

/* ---- an instruction -------------------------------------------------------------------------- */

/* NULL: there is no memory.  Code that was changed is decoded anew. */
static const struct instruction *fetch(struct xtensa *core)
{
    uint32_t pc = core->base.pc;
    struct core_memory *memory = core->code;
    if (!memory || pc - memory->base >= memory->size)
        memory = core_memory_at(&core->base, pc);
    if (!memory || memory->no_code)
        return NULL;
    core->code = memory;
    uint32_t word = 0, offset = pc - memory->base, left = memory->size - offset;
    memcpy(&word, memory->bytes + offset, left < 4 ? left : 4);
    struct instruction *instruction = (struct instruction *)memory->decoded + offset;
    uint32_t mask = instruction->bytes == 2 ? 0xFFFF : 0xFFFFFF;
    if (!instruction->opcode || ((word ^ instruction->word) & mask))
        *instruction = opcodes_decode(core->configuration, word);
    return instruction;
}

static void execute(struct xtensa *core, const struct instruction *instruction)
{
    core->next_pc = core->base.pc + instruction->bytes;
    if (core->on_instruction && !core->on_instruction(core, instruction)) {
        core->end = XTENSA_PAUSED;
        return;
    }
    core->base.instructions++;
    instruction->opcode->execute(core, instruction);
    core->base.cycles += instruction->cycles;
    core->base.pc = core->next_pc;
}

/* The vector may be missing, too: then this would go on for ever. */
static void miss(struct xtensa *core)
{
    exceptions_raise_at(core, CAUSE_FETCH_NOWHERE, core->base.pc);
    core->base.pc = core->next_pc;
    if (!fetch(core))
        core->end = XTENSA_LOST;
}

enum xtensa_end xtensa_run(struct xtensa *core)
{
    core->end = XTENSA_RUNNING;
    core_look_again(&core->base);
    while (core->end == XTENSA_RUNNING) {
        if (core->base.cycles >= core->base.look_cycle) {
            look(core);
            if (core->end != XTENSA_RUNNING)
                break;
        }
        const struct instruction *instruction = fetch(core);
        if (instruction)
            execute(core, instruction);
        else
            miss(core);
    }
    return core->end;
}
