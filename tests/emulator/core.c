/* SPDX-License-Identifier: MIT */
#include "emulator/core.h"

#include <stdlib.h>
#include <string.h>

enum { NS_PER_S = 1000000000, PAGE = 4096 };

/* ---- time ------------------------------------------------------------------------------------ */

static struct wires *wires_of(const struct core *core)
{
    return core->setup.chip->wires;
}

uint64_t core_ns_at(const struct core *core, uint64_t cycle)
{
    uint64_t cycles = cycle - core->clock_cycle;
    uint64_t seconds = cycles / core->setup.hz;
    uint64_t rest = cycles % core->setup.hz;
    return core->clock_ns + seconds * NS_PER_S + rest * NS_PER_S / core->setup.hz;
}

/* The first cycle that is not before `ns`. */
static uint64_t cycle_at(const struct core *core, uint64_t ns)
{
    uint64_t past_ns = ns > core->clock_ns ? ns - core->clock_ns : 0;
    uint64_t seconds = past_ns / NS_PER_S;
    uint64_t rest = past_ns % NS_PER_S;
    uint64_t cycles = seconds * core->setup.hz + (rest * core->setup.hz + NS_PER_S - 1) / NS_PER_S;
    return core->clock_cycle + cycles;
}

uint64_t core_now_ns(const struct core *core)
{
    return core_ns_at(core, core->cycles);
}

uint64_t core_present_cycle(const struct core *core)
{
    return cycle_at(core, wires_of(core)->now_ns);
}

/* An instruction that the other core is in the middle of ends with the new clock. */
static void follow_clock(struct core *core, const struct core *peer)
{
    core->clock_ns = peer->clock_ns;
    core->clock_cycle = peer->clock_cycle;
    core->setup.hz = peer->setup.hz;
    core_look_again(core);
}

void core_set_clock(struct core *core, uint32_t hz)
{
    core->clock_ns = core_now_ns(core);
    core->clock_cycle = core->cycles;
    core->setup.hz = hz;
    core_look_again(core);
    if (core->peer)
        follow_clock(core->peer, core);
}

void core_look_again(struct core *core)
{
    core->look_cycle = 0;
}

/* What the other core did, or time, may concern this one. */
static void tell(struct core *peer)
{
    if (!peer)
        return;
    if (!peer->is_halted)
        peer->kind->latch(peer);
    core_look_again(peer);
}

/* One event at a time, so that no request is missed that comes and goes. */
void core_pass(struct core *core, uint64_t cycle)
{
    uint64_t until_ns = core_ns_at(core, cycle);
    while (i2ctarget_wires_step(wires_of(core), until_ns)) {
        core->kind->latch(core);
        tell(core->peer);
    }
    i2ctarget_wires_pass(wires_of(core), until_ns);
}

uint64_t core_next_event_cycle(const struct core *core)
{
    uint64_t next_ns = i2ctarget_wires_next_ns(wires_of(core));
    return next_ns == WIRES_NEVER ? UINT64_MAX : cycle_at(core, next_ns);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

void core_begin_interrupt(struct core *core, uint64_t cycle)
{
    core->interrupt_cycle = cycle;
}

void core_end_interrupt(struct core *core, uint64_t cycle)
{
    uint64_t cycles = cycle - core->interrupt_cycle;
    if (cycles > core->longest_interrupt)
        core->longest_interrupt = cycles;
}

/* ---- registers of the chip ------------------------------------------------------------------- */

void core_reach_chip(struct core *core)
{
    struct processor *chip = core->setup.chip;
    chip->accesses++;
    chip->core = core->index;
    core_pass(core, core->cycles + 1);
    if (core->reaches_chip)
        core->reaches_chip(core);
    chip->chip->catch_up(chip);
}

void core_leave_chip(struct core *core)
{
    core->setup.chip->chip->refresh(core->setup.chip);
    core_look_again(core);
    tell(core->peer);
}

static uint32_t extra_cycles(struct core *core, uint32_t address, bool is_write)
{
    struct processor *chip = core->setup.chip;
    chip->core = core->index;
    return chip->extra_cycles ? chip->extra_cycles(chip, address, is_write) : 0;
}

bool core_has_turn(struct core *core, uint32_t address, bool is_write)
{
    if (!core->peer || core->peer->is_halted || core->is_waiting)
        return true;
    core->cycles += extra_cycles(core, address, is_write) + 1;
    core->is_waiting = true;
    return false;
}

/* Who has waited for its turn has waited for the one cycle, too, of core_reach_chip(). */
static void begin_access(struct core *core, uint32_t address, bool is_write)
{
    if (core->is_waiting)
        core->cycles--;
    else
        core->cycles += extra_cycles(core, address, is_write);
    core->is_waiting = false;
    core_reach_chip(core);
}

uint32_t core_load(struct core *core, uint32_t address, unsigned bytes)
{
    begin_access(core, address, false);
    uint32_t value = core->setup.chip->chip->load(core->setup.chip, address, bytes);
    core_leave_chip(core);
    return value;
}

void core_store(struct core *core, uint32_t address, uint32_t value, unsigned bytes)
{
    begin_access(core, address, true);
    core->setup.chip->chip->store(core->setup.chip, address, value, bytes);
    core_leave_chip(core);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static bool is_last(const struct core *core, const struct core_memory *memory)
{
    return memory == core->setup.memories + CORE_MEMORIES_MAX || memory->size == 0;
}

struct core_memory *core_memory_at(struct core *core, uint32_t address)
{
    for (struct core_memory *memory = core->setup.memories; !is_last(core, memory); memory++) {
        if (address - memory->base < memory->size)
            return memory;
    }
    return NULL;
}

uint8_t *core_bytes(struct core *core, uint32_t address, uint32_t count)
{
    struct core_memory *memory = core_memory_at(core, address);
    if (!memory || count > memory->size - (address - memory->base))
        return NULL;
    return memory->bytes + (address - memory->base);
}

bool core_load_word(struct core *core, uint32_t address, uint32_t *value)
{
    const uint8_t *bytes = core_bytes(core, address, sizeof *value);
    if (bytes)
        memcpy(value, bytes, sizeof *value);
    return bytes;
}

bool core_store_word(struct core *core, uint32_t address, uint32_t value)
{
    uint8_t *bytes = core_bytes(core, address, sizeof value);
    if (bytes)
        memcpy(bytes, &value, sizeof value);
    return bytes;
}

/* Pages of zeros: an engine may map them where the program sees them. */
static bool fill(struct core *core, struct core_memory *memory)
{
    memory->decoded = NULL;
    memory->bytes = memory->alias_of ? core_bytes(core, memory->alias_of, memory->size)
                                     : aligned_alloc(PAGE, memory->size);
    if (memory->bytes)
        memset(memory->bytes, 0, memory->size);
    return memory->bytes;
}

/* ---- coming and going ------------------------------------------------------------------------ */

static bool always(struct core *core)
{
    (void)core;
    return true;
}

bool core_init(struct core *core, const struct core_kind *kind, const struct core_setup *setup)
{
    *core = (struct core){.kind = kind, .setup = *setup, .goes_on = always};
    core->clock_ns = wires_of(core)->now_ns;
    bool is_good = true;
    for (struct core_memory *memory = core->setup.memories; !is_last(core, memory); memory++)
        is_good &= fill(core, memory);
    for (unsigned i = 0; i < CORE_WINDOWS_MAX; i++)
        core->setup.windows[i].core = core;
    return is_good;
}

/* The board asks the first core's owner, of either. */
static bool ask_first(struct core *second)
{
    second->owner = second->peer->owner;
    return second->peer->goes_on(second);
}

void core_join(struct core *second, struct core *first)
{
    *second = (struct core){.kind = first->kind,
                            .setup = first->setup,
                            .goes_on = ask_first,
                            .is_halted = true,
                            .peer = first,
                            .index = first->index + 1,
                            .clock_ns = first->clock_ns,
                            .clock_cycle = first->clock_cycle};
    first->peer = second;
}

bool core_prepare_decoding(struct core *core, unsigned unit_bytes, unsigned decoded_bytes)
{
    bool is_good = true;
    for (struct core_memory *memory = core->setup.memories; !is_last(core, memory); memory++) {
        memory->decoded = calloc(memory->size / unit_bytes, decoded_bytes);
        is_good &= memory->decoded != NULL;
    }
    return is_good;
}

void core_free_memories(struct core *core)
{
    for (struct core_memory *memory = core->setup.memories; !is_last(core, memory); memory++) {
        if (!memory->alias_of)
            free(memory->bytes);
        free(memory->decoded);
    }
}

struct core *core_serving(struct core *core)
{
    return core->peer && !core->peer->is_halted ? core->peer : core;
}

unsigned core_faults(const struct core *core)
{
    return core->fault_count + (core->peer ? core->peer->fault_count : 0);
}

const char *core_run(struct core *core)
{
    return core->kind->run(core);
}

void core_free(struct core *core)
{
    core->kind->free(core);
}
