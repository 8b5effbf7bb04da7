/* SPDX-License-Identifier: MIT */
/*
 * The engine and its registers.  run.c executes.
 */
#include "emulator/riscv/core.h"

#include <stdlib.h>

#include <unicorn/unicorn.h>

#include "emulator/riscv/run.h"

/* ---- registers ------------------------------------------------------------------------------- */

uint32_t riscv_register(struct riscv *core, unsigned number)
{
    uint32_t value = 0;
    uc_reg_read(core->engine, UC_RISCV_REG_X0 + (int)number, &value);
    return value;
}

void riscv_set_register(struct riscv *core, unsigned number, uint32_t value)
{
    if (number > 0)
        uc_reg_write(core->engine, UC_RISCV_REG_X0 + (int)number, &value);
}

/* ---- coming and going ------------------------------------------------------------------------ */

/* Levels are looked at when it matters; a chip latches what comes and goes. */
static void latch(struct core *base)
{
    (void)base;
}

static void release(struct core *base)
{
    struct riscv *core = (struct riscv *)base;
    if (core->engine)
        uc_close(core->engine);
    core_free_memories(base);
}

static const char *run(struct core *base)
{
    static const char *const texts[] = {
        [RISCV_PAUSED] = NULL,
        [RISCV_ASLEEP] = "nothing will ever wake it",
        [RISCV_NO_VECTORS] = "an exception, and its vector is not in memory,",
    };
    return texts[riscv_run((struct riscv *)base)];
}

static const struct core_kind functions = {.run = run, .latch = latch, .free = release};

/* RV32IMAC; of these, what has no CSR and no mode. */
static bool open_engine(struct riscv *core)
{
    return uc_open(UC_ARCH_RISCV, UC_MODE_RISCV32, &core->engine) == UC_ERR_OK &&
           uc_ctl_set_cpu_model(core->engine, UC_CPU_RISCV32_SIFIVE_E31) == UC_ERR_OK &&
           uc_ctl_exits_enable(core->engine) == UC_ERR_OK;
}

bool riscv_init(struct riscv *core, const struct riscv_chip *chip, const struct core_setup *setup)
{
    *core = (struct riscv){.chip = chip};
    bool has_memory = core_init(&core->base, &functions, setup) &&
                      core_prepare_decoding(&core->base, 2, sizeof(struct instruction));
    traps_reset(&core->traps);
    return has_memory && open_engine(core) && riscv_attach(core);
}

void riscv_reset(struct riscv *core, uint32_t pc)
{
    traps_reset(&core->traps);
    core->csrs = (struct csrs){.count_since = core->base.cycles};
    core->last = (struct instruction){0};
    core->base.is_asleep = false;
    core->base.pc = pc;
    core_look_again(&core->base);
}
