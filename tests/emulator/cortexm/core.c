/* SPDX-License-Identifier: MIT */
/*
 * The engine, its registers and modes.  run.c executes.
 */
#include "emulator/cortexm/core.h"

#include <stdlib.h>

#include <unicorn/unicorn.h>

#include "emulator/cortexm/run.h"

/* ---- time ------------------------------------------------------------------------------------ */

static void latch(struct core *base)
{
    struct cortexm *core = (struct cortexm *)base;
    uint32_t requests[NVIC_WORDS_MAX] = {0};
    base->setup.chip->chip->requests(base->setup.chip, requests);
    exceptions_latch(&core->exceptions, requests);
}

void cortexm_catch_up(struct cortexm *core)
{
    core_pass(&core->base, core->base.cycles);
    latch(&core->base);
    scs_run_systick(core);
}

void cortexm_spend(struct cortexm *core, unsigned cycles)
{
    core->base.cycles += cycles;
    cortexm_catch_up(core);
}

uint64_t cortexm_next_event_cycle(const struct cortexm *core)
{
    uint64_t systick = scs_next_systick(core);
    uint64_t wires = core_next_event_cycle(&core->base);
    return wires < systick ? wires : systick;
}

/* ---- registers ------------------------------------------------------------------------------- */

uint32_t cortexm_register(struct cortexm *core, int of_unicorn)
{
    uint32_t value = 0;
    uc_reg_read(core->engine, of_unicorn, &value);
    return value;
}

void cortexm_set_register(struct cortexm *core, int of_unicorn, uint32_t value)
{
    uc_reg_write(core->engine, of_unicorn, &value);
}

unsigned cortexm_exception(struct cortexm *core)
{
    return cortexm_register(core, UC_ARM_REG_IPSR);
}

/* ---- modes ----------------------------------------------------------------------------------- */

/*
 * What the engine translated depends on the mode, and it notices a change of IPSR only when its
 * flags are made anew: a write of APSR_NZCV does that.
 */
void cortexm_set_exception(struct cortexm *core, unsigned number)
{
    cortexm_set_register(core, UC_ARM_REG_IPSR, number);
    cortexm_set_register(core, UC_ARM_REG_APSR_NZCV, cortexm_register(core, UC_ARM_REG_APSR_NZCV));
}

/*
 * CONTROL, whatever the mode is.  The engine obeys the rules for programs: SPSEL changes in thread
 * mode alone, and nothing changes without privilege.
 */
void cortexm_set_control(struct cortexm *core, uint32_t control)
{
    enum { UNPRIVILEGED = 1 };
    unsigned number = cortexm_exception(core);
    uint32_t privileged = control & ~(uint32_t)UNPRIVILEGED;
    cortexm_set_exception(core, EXCEPTION_HARD_FAULT);
    cortexm_set_register(core, UC_ARM_REG_CONTROL, privileged);
    cortexm_set_exception(core, EXCEPTION_NONE);
    cortexm_set_register(core, UC_ARM_REG_CONTROL, privileged);
    cortexm_set_exception(core, EXCEPTION_HARD_FAULT);
    cortexm_set_register(core, UC_ARM_REG_CONTROL, control);
    cortexm_set_exception(core, number);
}

/* ---- coming and going ------------------------------------------------------------------------ */

static int model_of(enum cortexm_kind kind)
{
    switch (kind) {
    case CORTEXM_M4:
        return UC_CPU_ARM_CORTEX_M4;
    case CORTEXM_M33:
        return UC_CPU_ARM_CORTEX_M33;
    default:
        return UC_CPU_ARM_CORTEX_M0;
    }
}

static bool is_v6(const struct cortexm *core)
{
    return core->kind == CORTEXM_M0 || core->kind == CORTEXM_M0PLUS;
}

static bool open_engine(struct cortexm *core)
{
    return uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &core->engine) == UC_ERR_OK &&
           uc_ctl_set_cpu_model(core->engine, model_of(core->kind)) == UC_ERR_OK &&
           uc_ctl_exits_enable(core->engine) == UC_ERR_OK;
}

static void forget_exceptions(struct cortexm *core)
{
    const struct processor_chip *chip = core->base.setup.chip->chip;
    exceptions_init(&core->exceptions, chip->irq_count, chip->priority_bits, is_v6(core));
}

static void release(struct core *base)
{
    struct cortexm *core = (struct cortexm *)base;
    if (core->engine)
        uc_close(core->engine);
    core_free_memories(base);
}

static const char *run(struct core *base)
{
    static const char *const texts[] = {
        [CORTEXM_PAUSED] = NULL,
        [CORTEXM_ASLEEP] = "nothing will ever wake it",
        [CORTEXM_BREAKPOINT] = "a breakpoint",
        [CORTEXM_RESET] = "it resets the chip",
        [CORTEXM_LOCKED_UP] = "a fault where none can be served",
    };
    return texts[cortexm_run((struct cortexm *)base)];
}

static const struct core_kind functions = {.run = run, .latch = latch, .free = release};

bool cortexm_init(struct cortexm *core, enum cortexm_kind kind, const struct core_setup *setup)
{
    *core = (struct cortexm){.kind = kind};
    bool has_memory = core_init(&core->base, &functions, setup) &&
                      core_prepare_decoding(&core->base, 2, sizeof(struct instruction));
    core->costs = cycles_of_exceptions(kind);
    forget_exceptions(core);
    scs_init(&core->scs, is_v6(core));
    return has_memory && open_engine(core) && cortexm_attach(core);
}

/* ---- beginnings ------------------------------------------------------------------------------ */

/* Back to thread mode on the main stack, privileged. */
static void reset_modes(struct cortexm *core)
{
    enum { ANY_HANDLER = EXCEPTION_HARD_FAULT };
    cortexm_set_exception(core, ANY_HANDLER);
    cortexm_set_register(core, UC_ARM_REG_PRIMASK, 0);
    if (!is_v6(core)) {
        cortexm_set_register(core, UC_ARM_REG_FAULTMASK, 0);
        cortexm_set_register(core, UC_ARM_REG_BASEPRI, 0);
    }
    cortexm_set_control(core, 0);
    cortexm_set_exception(core, EXCEPTION_NONE);
}

void cortexm_jump(struct cortexm *core, uint32_t sp, uint32_t pc)
{
    cortexm_set_register(core, UC_ARM_REG_MSP, sp);
    cortexm_set_register(core, UC_ARM_REG_LR, UINT32_MAX);
    core->base.pc = pc & ~UINT32_C(1);
    core->block_end = 0;
    core->last = (struct instruction){0};
    core_look_again(&core->base);
}

void cortexm_reset(struct cortexm *core, uint32_t vectors)
{
    uint32_t sp = 0, pc = 0;
    forget_exceptions(core);
    scs_init(&core->scs, is_v6(core));
    core->scs.systick_cycle = core->base.cycles;
    core->scs.vtor = vectors;
    core->masks_changed = core->sleeps_on_exit = core->base.is_asleep = false;
    core->reset_requested = false;
    reset_modes(core);
    core_load_word(&core->base, vectors, &sp);
    core_load_word(&core->base, vectors + 4, &pc);
    cortexm_jump(core, sp, pc);
}
