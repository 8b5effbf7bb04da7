/* SPDX-License-Identifier: MIT */
#include "emulator/xtensa/exceptions.h"

#include "emulator/xtensa/core.h"

/* ---- exceptions ------------------------------------------------------------------------------ */

static void enter(struct xtensa *core, uint32_t offset)
{
    core->special[PS] |= PS_EXCM;
    core->next_pc = core->special[VECBASE] + offset;
    core->base.cycles += core->configuration->refill;
    core_look_again(&core->base);
}

/* `pc` is where it goes on afterwards. */
static void enter_general(struct xtensa *core, uint32_t cause, uint32_t pc)
{
    const struct xtensa_vectors *vectors = &core->configuration->vectors;
    uint32_t ps = core->special[PS];
    core->special[EXCCAUSE] = cause;
    core->special[ps & PS_EXCM ? DEPC : EPC + 1] = pc;
    if (ps & PS_EXCM)
        enter(core, vectors->double_exception);
    else
        enter(core, ps & PS_UM ? vectors->user : vectors->kernel);
}

void exceptions_raise(struct xtensa *core, uint32_t cause)
{
    core->base.fault_count++;
    core->fault = (struct xtensa_fault){cause, core->base.pc, core->special[EXCVADDR]};
    enter_general(core, cause, core->base.pc);
}

void exceptions_raise_at(struct xtensa *core, uint32_t cause, uint32_t address)
{
    core->special[EXCVADDR] = address;
    exceptions_raise(core, cause);
}

/* ---- returns --------------------------------------------------------------------------------- */

/* The interrupt of this level is over, if there was one. */
static void end_interrupt(struct xtensa *core, unsigned level)
{
    uint32_t before = core->active;
    core->active &= ~(1u << level);
    if (before && !core->active)
        core_end_interrupt(&core->base, core->base.cycles + core->configuration->refill + 1);
}

static void go_back(struct xtensa *core, uint32_t pc, uint32_t ps)
{
    core->special[PS] = ps;
    core->next_pc = pc;
    core_look_again(&core->base);
}

void exceptions_return(struct xtensa *core)
{
    end_interrupt(core, 1);
    go_back(core, core->special[EPC + 1], core->special[PS] & ~(uint32_t)PS_EXCM);
}

void exceptions_return_double(struct xtensa *core)
{
    go_back(core, core->special[DEPC], core->special[PS]);
}

void exceptions_return_from(struct xtensa *core, unsigned level)
{
    end_interrupt(core, level);
    go_back(core, core->special[EPC + level], core->special[EPS + level]);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

uint32_t exceptions_requested(const struct xtensa *core)
{
    return core->pending | (core->requested & core->configuration->by_level);
}

void exceptions_latch(struct xtensa *core, uint32_t requested)
{
    core->pending |= requested & ~core->requested & core->configuration->by_edge;
    core->requested = requested;
}

/* PS.INTLEVEL, or what PS.EXCM makes of it. */
static unsigned masked_level(const struct xtensa *core)
{
    uint32_t ps = core->special[PS];
    unsigned level = ps & PS_INTLEVEL;
    unsigned of_exception = ps & PS_EXCM ? core->configuration->excm_level : 0;
    return level > of_exception ? level : of_exception;
}

unsigned exceptions_due(const struct xtensa *core)
{
    uint32_t enabled = exceptions_requested(core) & core->special[INTENABLE];
    for (unsigned level = XTENSA_LEVELS - 1; enabled && level > masked_level(core); level--) {
        if (enabled & core->configuration->levels[level])
            return level;
    }
    return 0;
}

void exceptions_take(struct xtensa *core, unsigned level)
{
    core->taken++;
    if (!core->active)
        core_begin_interrupt(&core->base, core->base.cycles);
    core->active |= 1u << level;
    if (level == 1) {
        enter_general(core, CAUSE_INTERRUPT, core->base.pc);
    } else {
        core->special[EPC + level] = core->base.pc;
        core->special[EPS + level] = core->special[PS];
        core->special[PS] = (core->special[PS] & ~(uint32_t)PS_INTLEVEL) | level;
        enter(core, core->configuration->vectors.levels[level]);
    }
    core->base.pc = core->next_pc;
}
