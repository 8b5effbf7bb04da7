/* SPDX-License-Identifier: MIT */
#include "emulator/xtensa/stage.h"

#include <string.h>

struct xtensa core, second;
struct stage_chip stage_chip;
static struct wires wires;

/* ---- the chip -------------------------------------------------------------------------------- */

static void next_alarm(void)
{
    stage_chip.alarm.wake_ns = stage_chip.done < stage_chip.planned
                                   ? stage_chip.plans[stage_chip.done].cycle * CYCLE_NS
                                   : WIRES_NEVER;
}

static void on_alarm(struct wires_participant *alarm, struct wires *of)
{
    (void)alarm;
    while (stage_chip.done < stage_chip.planned &&
           stage_chip.plans[stage_chip.done].cycle * CYCLE_NS <= of->now_ns)
        stage_chip.lines = stage_chip.plans[stage_chip.done++].lines;
    next_alarm();
}

void stage_plan(uint64_t cycle, uint32_t lines)
{
    stage_chip.plans[stage_chip.planned].cycle = cycle;
    stage_chip.plans[stage_chip.planned++].lines = lines;
    next_alarm();
}

static void keep(struct processor *processor, unsigned of, uint32_t address)
{
    enum { MOST = sizeof stage_chip.accesses / sizeof stage_chip.accesses[0] };
    if (stage_chip.access_count < MOST)
        stage_chip.accesses[stage_chip.access_count++] =
            (struct stage_access){processor->wires->now_ns, of, address};
}

static void note(struct processor *processor, uint32_t address, unsigned bytes)
{
    keep(processor, processor->core, address);
    stage_chip.accessed_ns = processor->wires->now_ns;
    stage_chip.loaded_at = address;
    stage_chip.bytes = bytes;
}

static uint32_t load(struct processor *processor, uint32_t address, unsigned bytes)
{
    note(processor, address, bytes);
    return 0x89ABCDEF;
}

/* Whatever is written ends all requests. */
static void store(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    note(processor, address, bytes);
    stage_chip.stored = value;
    stage_chip.stored_at = address;
    stage_chip.lines = 0;
}

static void nothing(struct processor *processor)
{
    (void)processor;
}

static const struct processor_chip registers = {
    .load = load, .store = store, .catch_up = nothing, .refresh = nothing};

static uint32_t lines(const struct processor *processor, unsigned of)
{
    (void)processor;
    return of ? stage_chip.second_lines : stage_chip.lines;
}

static uint32_t gpio_in(struct processor *processor, unsigned of)
{
    keep(processor, of, 0);
    stage_chip.accessed_ns = processor->wires->now_ns;
    return stage_chip.inputs;
}

static void gpio_out(struct processor *processor, unsigned of, uint32_t mask, uint32_t value)
{
    keep(processor, of, 0);
    stage_chip.accessed_ns = processor->wires->now_ns;
    stage_chip.outputs = (stage_chip.outputs & ~mask) | value;
}

static void follow(struct xtensa *of)
{
    (void)of;
    if (stage_chip.follow)
        stage_chip.follow();
}

static const struct xtensa_chip xtensa_chip = {
    .lines = lines, .gpio_in = gpio_in, .gpio_out = gpio_out, .follow = follow};

/* ---- the stage ------------------------------------------------------------------------------- */

void stage_set(const struct xtensa_configuration *configuration)
{
    stage_chip = (struct stage_chip){.alarm = {.step = on_alarm, .wake_ns = WIRES_NEVER}};
    i2ctarget_wires_init(&wires);
    processor_init(&stage_chip.processor, &registers, &wires, CYCLE_NS);
    i2ctarget_wires_join(&wires, &stage_chip.alarm);
    struct core_setup setup = {
        .hz = 1000000000 / CYCLE_NS,
        .chip = &stage_chip.processor,
        .memories = {{.base = CODE, .size = SIZE, .words_only = true},
                     {.base = DATA, .size = SIZE, .no_code = true},
                     {.base = ALIAS, .size = SIZE, .alias_of = DATA},
                     {.base = ROM, .size = SIZE, .is_rom = true}},
        .windows = {{.base = REGISTERS, .size = 0x1000}},
    };
    assert_true(xtensa_init(&core, configuration, &xtensa_chip, &setup));
    xtensa_reset(&core, CODE);
    core.special[VECBASE] = CODE + VECTORS;
    core.special[PS] = PS_UM;
}

void stage_add_second(void)
{
    xtensa_join(&second, &core);
    xtensa_reset(&second, SECOND_CODE);
    second.special[VECBASE] = CODE + VECTORS;
    second.special[PS] = PS_UM;
    second.base.cycles = core.base.cycles;
    second.base.is_halted = false;
}

int stage_clear(void **state)
{
    (void)state;
    core_free(&core.base);
    return 0;
}

void stage_put(uint32_t address, const uint32_t *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        unsigned bytes = (words[i] & 15) >= 8 && (words[i] & 15) <= 13 ? 2 : 3;
        memcpy(core_bytes(&core.base, address, bytes), &words[i], bytes);
        address += bytes;
    }
}

void stage_run(void)
{
    assert_int_equal(xtensa_run(&core), XTENSA_BREAKPOINT);
}
