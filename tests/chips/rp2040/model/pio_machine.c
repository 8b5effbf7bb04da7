/* SPDX-License-Identifier: MIT */
/*
 * The clock of one state machine, and what it executes when (RP2040 datasheet §3.5; README.md has
 * the sources of what the datasheet leaves open).
 *
 * In a cycle of its clock a machine tries one instruction: the one written to INSTR, else the one
 * that OUT EXEC or MOV EXEC left, else the one at PC.  An instruction that stalls changes nothing
 * except its side-set, and is tried again in the next cycle.
 */
#include "chips/rp2040/model/pio_machine.h"

#define UNDIVIDED (UINT32_C(1) << 16) /* CLKDIV */

/* ---- the clock ------------------------------------------------------------------------------- */

/*
 * The divider counts down from its integer part and ticks at 1.  When the sum of the fractions
 * passes 1, the next period is one cycle longer (§3.5.5).
 */
static uint32_t whole_period(const struct pio_machine *machine)
{
    uint32_t whole = machine->clkdiv >> 16;
    return whole ? whole : 65536;
}

static void begin_period(struct pio_machine *machine)
{
    uint32_t fraction = machine->fraction + pio_field(machine->clkdiv, 8, 8);
    machine->period_left = whole_period(machine) + (fraction >> 8);
    machine->fraction = (uint8_t)fraction;
}

static bool tick(struct pio_machine *machine)
{
    if (machine->clkdiv == UNDIVIDED && machine->period_left == 1)
        return true;
    if (--machine->period_left > 0)
        return false;
    begin_period(machine);
    return true;
}

void pio_machine_restart_divider(struct pio_machine *machine)
{
    machine->fraction = 0;
    machine->period_left = whole_period(machine);
}

/* ---- side-set and delay ---------------------------------------------------------------------- */

static void side_set(const struct pio_machine *machine, uint16_t instruction,
                     struct pio_effects *effects)
{
    unsigned count = pio_field(machine->pinctrl, 29, 3);
    uint32_t bits = pio_field(instruction, 8, 5);
    if (count == 0 || count > 5)
        return;
    if (machine->execctrl & PIO_EXECCTRL_SIDE_EN && !(bits & 0x10))
        return;
    unsigned data_count = count - (machine->execctrl & PIO_EXECCTRL_SIDE_EN ? 1 : 0);
    uint32_t data = bits >> (5 - count) & pio_ones(data_count);
    unsigned base = pio_field(machine->pinctrl, 10, 5);
    pio_drive(effects, machine->execctrl & PIO_EXECCTRL_SIDE_PINDIR, pio_rotate_left(data, base),
              pio_rotate_left(pio_ones(data_count), base));
}

static unsigned delay_of(const struct pio_machine *machine, uint16_t instruction)
{
    unsigned count = pio_field(machine->pinctrl, 29, 3);
    return count >= 5 ? 0 : pio_field(instruction, 8, 5 - count);
}

static void stick(const struct pio_machine *machine, struct pio_effects *effects)
{
    if (!(machine->sticky_mask | machine->sticky_oe_mask))
        return;
    pio_drive(effects, false, machine->sticky_value, machine->sticky_mask);
    pio_drive(effects, true, machine->sticky_oe_value, machine->sticky_oe_mask);
}

/* ---- one cycle ------------------------------------------------------------------------------- */

/* OUT EXEC and MOV EXEC: the delay of the instruction itself is ignored (§3.4.5.2). */
static bool is_exec(uint16_t instruction)
{
    unsigned destination = pio_field(instruction, 5, 3);
    return (instruction >> 13 == PIO_OUT && destination == PIO_OUT_TO_EXEC) ||
           (instruction >> 13 == PIO_MOV && destination == PIO_MOV_TO_EXEC);
}

static enum pio_outcome try(struct pio_context *context, uint16_t instruction)
{
    context->instruction = instruction;
    enum pio_outcome outcome = pio_perform(context);
    side_set(context->machine, instruction, context->effects);
    return outcome;
}

static void settle_forced(struct pio_context *context, enum pio_outcome outcome)
{
    const struct pio_assumptions *assumptions = &context->pio->assumptions;
    struct pio_machine *machine = context->machine;
    machine->has_forced = outcome == PIO_STALLED || outcome == PIO_MOVED;
    machine->forced_stalled = machine->has_forced;
    if (outcome == PIO_JUMPED && assumptions->jump_ends_irq_wait)
        machine->irq_waiting = false;
    if (assumptions->forcing_ends_delay)
        machine->delay = 0;
}

/*
 * Written to INSTR: executed at once, whatever the divider does; no delay, and PC does not change
 * (§3.5.7).
 */
static enum pio_outcome step_forced(struct pio_context *context, bool ticks)
{
    struct pio_machine *machine = context->machine;
    bool waits_for_tick =
        machine->forced_stalled && context->pio->assumptions.forced_retry_at_divider;
    if (waits_for_tick && !ticks)
        return machine->stalled ? PIO_STALLED : PIO_MOVED;
    enum pio_outcome outcome = try(context, machine->forced);
    settle_forced(context, outcome);
    if (machine->enabled && ticks && machine->delay)
        machine->delay--;
    return outcome;
}

static void advance(struct pio_machine *machine)
{
    if (machine->pc == pio_field(machine->execctrl, 12, 5))
        machine->pc = (uint8_t)pio_field(machine->execctrl, 7, 5);
    else
        machine->pc = (machine->pc + 1) & 31;
}

static enum pio_outcome step_own(struct pio_context *context)
{
    struct pio_machine *machine = context->machine;
    bool from_exec = machine->has_exec;
    uint16_t instruction = from_exec ? machine->exec : context->pio->instructions[machine->pc];
    machine->has_exec = false;
    enum pio_outcome outcome = try(context, instruction);
    if (outcome == PIO_STALLED || outcome == PIO_MOVED) {
        machine->has_exec = from_exec;
        return outcome;
    }
    if (!from_exec && outcome != PIO_JUMPED)
        advance(machine);
    machine->delay = (uint8_t)(is_exec(instruction) ? 0 : delay_of(machine, instruction));
    return outcome;
}

static enum pio_outcome step_clocked(struct pio_context *context)
{
    struct pio_machine *machine = context->machine;
    bool is_out = false;
    enum pio_outcome outcome = PIO_DONE;
    stick(machine, context->effects);
    if (machine->delay) {
        machine->delay--;
    } else {
        outcome = step_own(context);
        is_out =
            context->instruction >> 13 == PIO_OUT && outcome != PIO_DONE && outcome != PIO_JUMPED;
    }
    if (!is_out && pio_would_refill(machine)) {
        pio_fill_osr(machine);
        outcome = PIO_MOVED;
    }
    return outcome;
}

void pio_machine_step(struct pio_model *pio, unsigned index, uint32_t seen,
                      struct pio_effects *effects)
{
    struct pio_machine *machine = &pio->machines[index];
    bool ticks = tick(machine);
    if (!machine->has_forced && !(machine->enabled && ticks))
        return;
    struct pio_context context = {
        .pio = pio, .machine = machine, .effects = effects, .index = index, .seen = seen};
    unsigned words = machine->tx.level + 16U * machine->rx.level;
    enum pio_outcome outcome =
        machine->has_forced ? step_forced(&context, ticks) : step_clocked(&context);
    machine->stalled = outcome == PIO_STALLED;
    if (words != machine->tx.level + 16U * machine->rx.level)
        effects->fifo_moved = true;
}

/* ---- cycles in which nothing happens --------------------------------------------------------- */

/* Would the pins stay the same if the machine wrote its repeated value again? */
static bool asserts_what_is(const struct pio_model *pio, const struct pio_machine *machine)
{
    struct pio_effects effects = {0};
    stick(machine, &effects);
    if (machine->has_forced)
        side_set(machine, machine->forced, &effects);
    else if (!machine->delay)
        side_set(machine, machine->has_exec ? machine->exec : pio->instructions[machine->pc],
                 &effects);
    return !((effects.out_value ^ pio->stage_out) & effects.out_mask) &&
           !((effects.oe_value ^ pio->stage_oe) & effects.oe_mask);
}

/* clk_sys cycles until the one before the tick that ends the delay. */
static uint32_t cycles_of_delay(const struct pio_machine *machine)
{
    struct pio_machine copy = *machine;
    uint32_t cycles = copy.period_left - 1;
    for (unsigned i = 0; i < machine->delay; i++) {
        begin_period(&copy);
        cycles += copy.period_left;
    }
    return cycles;
}

uint32_t pio_machine_idle_cycles(const struct pio_model *pio, unsigned index)
{
    const struct pio_machine *machine = &pio->machines[index];
    if (machine->enabled && !machine->stalled && !machine->delay && machine->period_left == 1)
        return 0;
    if (machine->stalled)
        return asserts_what_is(pio, machine) ? PIO_FOREVER : 0;
    if (machine->has_forced)
        return 0;
    if (!machine->enabled)
        return PIO_FOREVER;
    if (pio_would_refill(machine))
        return machine->period_left - 1;
    if (machine->delay && !asserts_what_is(pio, machine))
        return 0;
    return cycles_of_delay(machine);
}

void pio_machine_skip(struct pio_machine *machine, uint32_t cycles)
{
    uint32_t ticks = 0;
    if (machine->clkdiv == UNDIVIDED && machine->period_left == 1) {
        ticks = cycles;
    } else {
        while (cycles >= machine->period_left) {
            cycles -= machine->period_left;
            begin_period(machine);
            ticks++;
        }
        machine->period_left -= cycles;
    }
    if (!machine->enabled)
        return;
    machine->delay = (uint8_t)(ticks < machine->delay ? machine->delay - ticks : 0);
}

/* ---- reset ----------------------------------------------------------------------------------- */

void pio_machine_restart(struct pio_machine *machine)
{
    machine->isr = 0;
    machine->isr_count = 0;
    machine->osr_count = 32;
    machine->delay = 0;
    machine->irq_waiting = false;
    machine->has_forced = false;
    machine->forced_stalled = false;
    machine->has_exec = false;
    machine->sticky_value = 0;
    machine->sticky_mask = 0;
    machine->sticky_oe_value = 0;
    machine->sticky_oe_mask = 0;
}

void pio_machine_reset(struct pio_machine *machine)
{
    *machine = (struct pio_machine){
        .clkdiv = UNDIVIDED,
        .execctrl = 0x0001F000,
        .shiftctrl = 0x000C0000,
        .pinctrl = 0x14000000,
        .tx = {.depth = PIO_FIFO_WORDS},
        .rx = {.depth = PIO_FIFO_WORDS},
        .osr_count = 32,
        .period_left = 1,
    };
}
