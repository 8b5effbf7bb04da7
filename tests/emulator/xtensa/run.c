/* SPDX-License-Identifier: MIT */
/*
 * Instruction by instruction.  Time is spent behind each; what comes by itself, comes in between.
 *
 * Of two cores the one that is behind goes on, until it no longer is.  So whatever one of them does
 * at a time, the other one finds, and nothing that comes later.  An access to a register comes in
 * the middle of its instruction: the core waits up to that time (core_has_turn()), the other one
 * catches up, and then the instruction is executed.
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
    catch_up(core);
    core->base.look_cycle = next_event_cycle(core);
    unsigned level = exceptions_due(core);
    if (level)
        take(core, level);
    else if (!core->base.goes_on(&core->base))
        core->end = XTENSA_PAUSED;
}

/* Alone: nobody else can wake it. */
static void look_until_awake(struct xtensa *core)
{
    look(core);
    while (core->base.is_asleep && core->end == XTENSA_RUNNING) {
        doze(core);
        if (core->end == XTENSA_RUNNING)
            look(core);
    }
}

/* ---- an instruction -------------------------------------------------------------------------- */

/* NULL: there is none of code. */
static struct core_memory *code_at(struct xtensa *core, uint32_t pc)
{
    struct core_memory *memory = core->code;
    if (memory && pc - memory->base < memory->size)
        return memory;
    memory = core_memory_at(&core->base, pc);
    if (!memory || memory->no_code)
        return NULL;
    return core->code = memory;
}

/* Up to four bytes, behind which there may be no more memory. */
static uint32_t word_at(const struct core_memory *memory, uint32_t offset)
{
    uint32_t word = 0, left = memory->size - offset;
    if (left >= sizeof word)
        memcpy(&word, memory->bytes + offset, sizeof word);
    else
        memcpy(&word, memory->bytes + offset, left);
    return word;
}

/* NULL: there is no memory.  Code that was changed is decoded anew. */
static inline const struct instruction *fetch(struct xtensa *core)
{
    struct core_memory *memory = code_at(core, core->base.pc);
    if (!memory)
        return NULL;
    uint32_t offset = core->base.pc - memory->base, word = word_at(memory, offset);
    struct instruction *instruction = (struct instruction *)memory->decoded + offset;
    uint32_t mask = instruction->bytes == 2 ? 0xFFFF : 0xFFFFFF;
    if (!instruction->opcode || ((word ^ instruction->word) & mask))
        *instruction = opcodes_decode(core->configuration, word);
    return instruction;
}

static inline void execute(struct xtensa *core, const struct instruction *instruction)
{
    core->next_pc = core->base.pc + instruction->bytes;
    if (core->on_instruction && !core->on_instruction(core, instruction)) {
        core->end = XTENSA_PAUSED;
        return;
    }
    instruction->opcode->execute(core, instruction);
    if (core->base.is_waiting)
        return;
    core->base.instructions++;
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

static inline void go_on(struct xtensa *core)
{
    const struct instruction *instruction = fetch(core);
    if (instruction)
        execute(core, instruction);
    else
        miss(core);
}

static void begin(struct xtensa *core)
{
    core->end = XTENSA_RUNNING;
    core_look_again(&core->base);
}

/* Up to what has to be looked at, and over it. */
static void run_alone(struct xtensa *core)
{
    while (core->end == XTENSA_RUNNING && core->base.cycles < core->base.look_cycle)
        go_on(core);
    if (core->end == XTENSA_RUNNING)
        look_until_awake(core);
}

/* ---- two cores ------------------------------------------------------------------------------- */

/* The cycle in which it goes on: the next instruction's, or that of what may wake it.  */
static uint64_t next_cycle(const struct xtensa *core)
{
    const struct core *base = &core->base;
    if (base->is_halted)
        return UINT64_MAX;
    if (!base->is_asleep)
        return base->cycles;
    uint64_t present = core_present_cycle(base);
    if (base->look_cycle == 0)
        return present > base->cycles ? present : base->cycles;
    return base->look_cycle > base->cycles ? base->look_cycle : base->cycles + 1;
}

/* Not in the middle of an instruction. */
static bool has_to_look(const struct xtensa *core)
{
    return core->base.cycles >= core->base.look_cycle && !core->base.is_waiting;
}

/* Up to what may concern the other one, or until it is behind. */
static void run_until(struct xtensa *core, uint64_t cycle)
{
    if (core->base.is_asleep)
        core->base.cycles = next_cycle(core);
    if (has_to_look(core)) {
        look(core);
        return;
    }
    do {
        go_on(core);
    } while (core->end == XTENSA_RUNNING && core->base.cycles <= cycle &&
             core->base.cycles < core->base.look_cycle);
}

static void run_one(struct xtensa *first, struct xtensa *second)
{
    if (second->base.is_halted && !first->base.is_waiting) {
        run_alone(first);
        return;
    }
    uint64_t first_cycle = next_cycle(first), second_cycle = next_cycle(second);
    if (first_cycle == UINT64_MAX && second_cycle == UINT64_MAX)
        first->end = XTENSA_ASLEEP;
    else if (first_cycle <= second_cycle)
        run_until(first, second_cycle);
    else
        run_until(second, first_cycle);
}

/* Registers that start and stop the second one are written in accesses, and these look again. */
static enum xtensa_end run_both(struct xtensa *first, struct xtensa *second)
{
    begin(second);
    while (first->end == XTENSA_RUNNING && second->end == XTENSA_RUNNING) {
        if (second->base.look_cycle == 0)
            first->chip->follow(second);
        run_one(first, second);
    }
    return first->end != XTENSA_RUNNING ? first->end : second->end;
}

enum xtensa_end xtensa_run(struct xtensa *core)
{
    begin(core);
    if (core->base.peer)
        return run_both(core, (struct xtensa *)core->base.peer);
    while (core->end == XTENSA_RUNNING)
        run_alone(core);
    return core->end;
}
