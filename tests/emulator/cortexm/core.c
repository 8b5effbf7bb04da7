/* SPDX-License-Identifier: MIT */
/*
 * The engine, its memory, and the clock.  run.c executes.
 */
#include "emulator/cortexm/core.h"

#include <stdlib.h>
#include <string.h>

#include <unicorn/unicorn.h>

#include "emulator/cortexm/run.h"

enum { NS_PER_S = 1000000000 };

/* ---- time ------------------------------------------------------------------------------------ */

static struct wires *wires_of(const struct cortexm *core)
{
    return core->setup.chip->wires;
}

uint64_t cortexm_ns_at(const struct cortexm *core, uint64_t cycle)
{
    uint64_t cycles = cycle - core->clock_cycle;
    uint64_t seconds = cycles / core->setup.hz;
    uint64_t rest = cycles % core->setup.hz;
    return core->clock_ns + seconds * NS_PER_S + rest * NS_PER_S / core->setup.hz;
}

/* The first cycle that is not before `ns`. */
static uint64_t cycle_at(const struct cortexm *core, uint64_t ns)
{
    uint64_t past_ns = ns > core->clock_ns ? ns - core->clock_ns : 0;
    uint64_t seconds = past_ns / NS_PER_S;
    uint64_t rest = past_ns % NS_PER_S;
    uint64_t cycles = seconds * core->setup.hz + (rest * core->setup.hz + NS_PER_S - 1) / NS_PER_S;
    return core->clock_cycle + cycles;
}

uint64_t cortexm_now_ns(const struct cortexm *core)
{
    return cortexm_ns_at(core, core->cycles);
}

void cortexm_set_clock(struct cortexm *core, uint32_t hz)
{
    core->clock_ns = cortexm_ns_at(core, core->cycles);
    core->clock_cycle = core->cycles;
    core->setup.hz = hz;
    cortexm_look_again(core);
}

void cortexm_look_again(struct cortexm *core)
{
    core->look_cycle = 0;
}

static void latch(struct cortexm *core)
{
    uint32_t requests[NVIC_WORDS_MAX] = {0};
    core->setup.chip->chip->requests(core->setup.chip, requests);
    exceptions_latch(&core->exceptions, requests);
}

/* One event at a time, so that no request is missed that comes and goes. */
void cortexm_pass(struct cortexm *core, uint64_t cycle)
{
    uint64_t until_ns = cortexm_ns_at(core, cycle);
    while (i2ctarget_wires_step(wires_of(core), until_ns))
        latch(core);
    i2ctarget_wires_pass(wires_of(core), until_ns);
}

void cortexm_catch_up(struct cortexm *core)
{
    cortexm_pass(core, core->cycles);
    latch(core);
    scs_run_systick(core);
}

void cortexm_spend(struct cortexm *core, unsigned cycles)
{
    core->cycles += cycles;
    cortexm_catch_up(core);
}

uint64_t cortexm_next_event_cycle(const struct cortexm *core)
{
    uint64_t systick = scs_next_systick(core);
    uint64_t next_ns = i2ctarget_wires_next_ns(wires_of(core));
    if (next_ns == WIRES_NEVER)
        return systick;
    uint64_t wires = cycle_at(core, next_ns);
    return wires < systick ? wires : systick;
}

/* ---- memory and registers -------------------------------------------------------------------- */

struct cortexm_memory *cortexm_memory_at(struct cortexm *core, uint32_t address)
{
    for (struct cortexm_memory *memory = core->setup.memories;
         memory < core->setup.memories + CORTEXM_MEMORIES_MAX && memory->size; memory++) {
        if (address - memory->base < memory->size)
            return memory;
    }
    return NULL;
}

uint8_t *cortexm_bytes(struct cortexm *core, uint32_t address, uint32_t count)
{
    struct cortexm_memory *memory = cortexm_memory_at(core, address);
    if (!memory || count > memory->size - (address - memory->base))
        return NULL;
    return memory->bytes + (address - memory->base);
}

bool cortexm_load_word(struct cortexm *core, uint32_t address, uint32_t *value)
{
    const uint8_t *bytes = cortexm_bytes(core, address, sizeof *value);
    if (bytes)
        memcpy(value, bytes, sizeof *value);
    return bytes;
}

bool cortexm_store_word(struct cortexm *core, uint32_t address, uint32_t value)
{
    uint8_t *bytes = cortexm_bytes(core, address, sizeof value);
    if (bytes)
        memcpy(bytes, &value, sizeof value);
    return bytes;
}

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

/* So many bytes of zeros at page boundaries, as uc_mem_map_ptr() demands. */
static bool map_memory(struct cortexm *core, struct cortexm_memory *memory)
{
    memory->bytes = aligned_alloc(4096, memory->size);
    memory->decoded = calloc(memory->size / 2, sizeof *memory->decoded);
    if (!memory->bytes || !memory->decoded)
        return false;
    memset(memory->bytes, 0, memory->size);
    return uc_mem_map_ptr(core->engine, memory->base, memory->size,
                          memory->is_rom ? UC_PROT_READ | UC_PROT_EXEC : UC_PROT_ALL,
                          memory->bytes) == UC_ERR_OK;
}

static bool map_memories(struct cortexm *core)
{
    for (struct cortexm_memory *memory = core->setup.memories;
         memory < core->setup.memories + CORTEXM_MEMORIES_MAX && memory->size; memory++) {
        memory->bytes = NULL;
        memory->decoded = NULL;
        if (!map_memory(core, memory))
            return false;
    }
    return true;
}

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
    return core->setup.kind == CORTEXM_M0 || core->setup.kind == CORTEXM_M0PLUS;
}

static bool open_engine(struct cortexm *core)
{
    return uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &core->engine) == UC_ERR_OK &&
           uc_ctl_set_cpu_model(core->engine, model_of(core->setup.kind)) == UC_ERR_OK &&
           uc_ctl_exits_enable(core->engine) == UC_ERR_OK;
}

static void forget_exceptions(struct cortexm *core)
{
    const struct processor_chip *chip = core->setup.chip->chip;
    exceptions_init(&core->exceptions, chip->irq_count, chip->priority_bits, is_v6(core));
}

static bool always(struct cortexm *core)
{
    (void)core;
    return true;
}

bool cortexm_init(struct cortexm *core, const struct cortexm_setup *setup)
{
    *core = (struct cortexm){.setup = *setup, .goes_on = always};
    core->clock_ns = wires_of(core)->now_ns;
    core->costs = cycles_of_exceptions(setup->kind);
    forget_exceptions(core);
    scs_init(&core->scs, is_v6(core));
    return open_engine(core) && map_memories(core) && cortexm_attach(core);
}

void cortexm_free(struct cortexm *core)
{
    if (core->engine)
        uc_close(core->engine);
    for (unsigned i = 0; i < CORTEXM_MEMORIES_MAX && core->setup.memories[i].size; i++) {
        free(core->setup.memories[i].bytes);
        free(core->setup.memories[i].decoded);
    }
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
    core->pc = pc & ~UINT32_C(1);
    core->block_end = 0;
    core->last = (struct instruction){0};
    cortexm_look_again(core);
}

void cortexm_reset(struct cortexm *core, uint32_t vectors)
{
    uint32_t sp = 0, pc = 0;
    forget_exceptions(core);
    scs_init(&core->scs, is_v6(core));
    core->scs.systick_cycle = core->cycles;
    core->scs.vtor = vectors;
    core->masks_changed = core->sleeps_on_exit = core->is_asleep = false;
    core->reset_requested = false;
    reset_modes(core);
    cortexm_load_word(core, vectors, &sp);
    cortexm_load_word(core, vectors + 4, &pc);
    cortexm_jump(core, sp, pc);
}
