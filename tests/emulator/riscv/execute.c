/* SPDX-License-Identifier: MIT */
/*
 * execute IMAGE.bin [SEED SPREAD_NS]: runs an image where QEMU's machine `virt` has it, and writes
 * what it says to that machine's console.  With a seed four interrupts come at random moments, 50 ns
 * and up to SPREAD_NS apart.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "emulator/riscv/core.h"

enum { RAM_BYTES = 128 << 10, PAGE = 4096, HZ = 100000000 };
#define RAM UINT32_C(0x80000000)

/* ---- a chip as that machine, and with more interrupts ---------------------------------------- */

/* What the machine has (QEMU, hw/riscv/virt.c). */
#define FINISHER UINT32_C(0x00100000)
#define SOFTWARE UINT32_C(0x02000000)
#define COMPARE UINT32_C(0x02004000)
#define TIME UINT32_C(0x0200BFF8)
#define CONSOLE UINT32_C(0x10000000)
enum {
    CLINT_BYTES = 0x10000,
    TICK_NS = 100,
    MIE = 0x304,
    MIP = 0x344,
    OF_SOFTWARE = 3,
    OF_TIMER = 7
};

/*
 *     0x40000000  writing ones ends the requests of these bits: CPU interrupts 16 to 19
 *     0x40000004  how often it was read
 *     0x40000008  what is not taken: requests of lower bits than this number
 */
#define REGISTERS UINT32_C(0x40000000)
#define COUNTER (REGISTERS + 4)
#define THRESHOLD (REGISTERS + 8)
enum { REQUESTS = 4, FIRST_REQUEST = 16 };

static struct chip {
    struct processor processor; /* first member */
    struct wires_participant alarm, timer;
    bool has_exited;
    uint32_t enabled, software; /* mie; msip */
    uint32_t compare[2];        /* mtimecmp */
    uint32_t requested, reads, threshold;
    uint64_t raised;
    uint32_t random, spread_ns; /* 0: no interrupts at random */
} chip;

static uint64_t ticks(void)
{
    return chip.processor.wires->now_ns / TICK_NS;
}

static uint64_t compare_ticks(void)
{
    return (uint64_t)chip.compare[1] << 32 | chip.compare[0];
}

static uint32_t pending(void)
{
    return (chip.software & 1) << OF_SOFTWARE | (uint32_t)(ticks() >= compare_ticks()) << OF_TIMER;
}

/* Its coming alone ends a wait. */
static void on_timer(struct wires_participant *timer, struct wires *wires)
{
    (void)timer;
    (void)wires;
}

static void plan_timer(void)
{
    uint64_t at = compare_ticks();
    bool is_ahead = at > ticks() && at < WIRES_NEVER / TICK_NS;
    chip.timer.wake_ns = is_ahead ? at * TICK_NS : WIRES_NEVER;
}

/* xorshift32 (Marsaglia). */
static uint32_t draw(void)
{
    chip.random ^= chip.random << 13;
    chip.random ^= chip.random >> 17;
    chip.random ^= chip.random << 5;
    return chip.random;
}

static void plan(uint64_t now_ns)
{
    chip.alarm.wake_ns = now_ns + 50 + draw() % chip.spread_ns;
}

static void on_alarm(struct wires_participant *alarm, struct wires *wires)
{
    (void)alarm;
    uint32_t bit = 1u << draw() % REQUESTS;
    chip.raised += !(chip.requested & bit);
    chip.requested |= bit;
    plan(wires->now_ns);
}

/* ---- its registers --------------------------------------------------------------------------- */

static uint32_t load(struct processor *processor, uint32_t address, unsigned bytes)
{
    (void)processor;
    (void)bytes;
    switch (address) {
    case SOFTWARE:
        return chip.software;
    case TIME:
        return (uint32_t)ticks();
    case COUNTER:
        return chip.reads++;
    case THRESHOLD:
        return chip.threshold;
    default:
        return 0;
    }
}

static void store(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    (void)processor;
    (void)bytes;
    switch (address) {
    case FINISHER:
        chip.has_exited = true;
        break;
    case CONSOLE:
        putchar((int)value);
        break;
    case SOFTWARE:
        chip.software = value;
        break;
    case COMPARE:
    case COMPARE + 4:
        chip.compare[(address - COMPARE) / 4] = value;
        plan_timer();
        break;
    case REGISTERS:
        chip.requested &= ~value;
        break;
    case THRESHOLD:
        chip.threshold = value;
        break;
    default:
        break;
    }
}

static void nothing(struct processor *processor)
{
    (void)processor;
}

static const struct processor_chip registers = {
    .load = load, .store = store, .catch_up = nothing, .refresh = nothing};

/* ---- what it adds to the core ---------------------------------------------------------------- */

/* Software before timer (Privileged Architecture §3.1.9); and of the others the highest. */
static unsigned interrupt(struct processor *processor)
{
    (void)processor;
    uint32_t standard = pending() & chip.enabled;
    uint32_t others = chip.requested >> chip.threshold << chip.threshold;
    if (standard >> OF_SOFTWARE & 1)
        return OF_SOFTWARE;
    if (standard >> OF_TIMER & 1)
        return OF_TIMER;
    return others ? FIRST_REQUEST + 31 - (unsigned)__builtin_clz(others) : 0;
}

static bool load_csr(struct processor *processor, unsigned number, uint32_t *value)
{
    (void)processor;
    *value = number == MIE ? chip.enabled : pending();
    return number == MIE || number == MIP;
}

static bool store_csr(struct processor *processor, unsigned number, uint32_t value)
{
    (void)processor;
    if (number == MIE)
        chip.enabled = value;
    return number == MIE || number == MIP;
}

static const struct riscv_chip additions = {
    .interrupt = interrupt, .load_csr = load_csr, .store_csr = store_csr};

static void chip_init(struct wires *wires, uint32_t seed, uint32_t spread_ns)
{
    enum { CYCLE_NS = 1000000000 / HZ };
    chip =
        (struct chip){.random = seed, .spread_ns = spread_ns, .compare = {UINT32_MAX, UINT32_MAX}};
    processor_init(&chip.processor, &registers, wires, CYCLE_NS);
    chip.alarm = (struct wires_participant){.step = on_alarm, .wake_ns = WIRES_NEVER};
    chip.timer = (struct wires_participant){.step = on_timer, .wake_ns = WIRES_NEVER};
    i2ctarget_wires_join(wires, &chip.alarm);
    i2ctarget_wires_join(wires, &chip.timer);
    if (spread_ns)
        plan(0);
}

/* ---- what was interrupted -------------------------------------------------------------------- */

/* Counted by the lower byte of the opcode. */
static uint32_t interrupted[256];

static void on_enter(struct riscv *core, uint32_t cause)
{
    const uint8_t *opcode = core_bytes(&core->base, core->traps.mepc, 1);
    if (cause & CAUSE_INTERRUPT && opcode)
        interrupted[*opcode]++;
}

static void report(const struct riscv *core)
{
    unsigned kinds = 0;
    for (unsigned i = 0; i < 256; i++)
        kinds += interrupted[i] > 0;
    fprintf(stderr,
            "{\"instructions\": %llu, \"cycles\": %llu, \"raised\": %llu, \"taken\": %llu, "
            "\"kinds\": %u}\n",
            (unsigned long long)core->base.instructions, (unsigned long long)core->base.cycles,
            (unsigned long long)chip.raised, (unsigned long long)core->taken, kinds);
}

/* ---- the program ----------------------------------------------------------------------------- */

static bool goes_on(struct core *core)
{
    (void)core;
    return !chip.has_exited;
}

static bool load_image(struct core *core, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t count = fread(core_bytes(core, RAM, RAM_BYTES), 1, RAM_BYTES, file);
    fclose(file);
    return count > 0;
}

static uint32_t number(const char *text)
{
    return (uint32_t)strtoul(text, NULL, 10);
}

int main(int count, char **words)
{
    if (count != 2 && count != 4) {
        fputs("usage: execute IMAGE.bin [SEED SPREAD_NS]\n", stderr);
        return 2;
    }
    struct wires wires;
    i2ctarget_wires_init(&wires);
    chip_init(&wires, count == 4 ? number(words[2]) : 0, count == 4 ? number(words[3]) : 0);
    struct core_setup setup = {
        .hz = HZ,
        .chip = &chip.processor,
        .memories = {{.base = RAM, .size = RAM_BYTES}},
        .windows = {{.base = FINISHER, .size = PAGE},
                    {.base = SOFTWARE, .size = CLINT_BYTES},
                    {.base = CONSOLE, .size = PAGE},
                    {.base = REGISTERS, .size = PAGE}},
    };
    struct riscv core;
    if (!riscv_init(&core, &additions, &setup) || !load_image(&core.base, words[1])) {
        fprintf(stderr, "execute: %s cannot be loaded\n", words[1]);
        return 2;
    }
    core.base.goes_on = goes_on;
    core.on_enter = on_enter;
    riscv_reset(&core, RAM);
    enum riscv_end end = riscv_run(&core);
    if (!chip.has_exited)
        printf("ended with %d at %08x: fault %u at %08x, value %08x\n", (int)end, core.base.pc,
               core.fault.cause, core.fault.pc, core.fault.value);
    report(&core);
    core_free(&core.base);
    return !chip.has_exited;
}
