/* SPDX-License-Identifier: MIT */
/*
 * execute KIND IMAGE.bin [SEED SPREAD_NS]: runs an image where QEMU's machine for this core has it,
 * and writes what it says by semihosting.  KIND: m0, m0plus, m4, m33.  With a seed four interrupts
 * come at random moments, 50 ns and up to SPREAD_NS apart.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicorn/unicorn.h>

#include "emulator/cortexm/core.h"

enum { CODE_BYTES = 4 << 20, DATA_BYTES = 4 << 20, IRQS = 32, CYCLE_NS = 10 };

/* Where QEMU's machines have code and data. */
struct place {
    uint32_t code, data;
};
static const struct place usual = {0, 0x20000000}, of_an505 = {0x10000000, 0x38000000};
enum { SEMIHOSTING = 0xAB, SYS_WRITE0 = 0x04, SYS_EXIT = 0x18 };

static bool has_exited;

/* ---- a chip that interrupts ------------------------------------------------------------------ */

/*
 *     0x40000000  writing ones ends the requests of these bits
 *     0x40000004  how often it was read
 */
enum { REGISTERS = 0x40000000, COUNTER = REGISTERS + 4, REQUESTS = 4 };

struct chip {
    struct processor processor; /* first member */
    struct wires_participant alarm;
    uint32_t requested, reads;
    uint64_t raised;
    uint32_t random, spread_ns; /* 0: no interrupts */
};

/* xorshift32 (Marsaglia). */
static uint32_t draw(struct chip *chip)
{
    chip->random ^= chip->random << 13;
    chip->random ^= chip->random >> 17;
    chip->random ^= chip->random << 5;
    return chip->random;
}

static void plan(struct chip *chip, uint64_t now_ns)
{
    chip->alarm.wake_ns = now_ns + 50 + draw(chip) % chip->spread_ns;
}

static void on_alarm(struct wires_participant *alarm, struct wires *wires)
{
    struct chip *chip = (struct chip *)((char *)alarm - offsetof(struct chip, alarm));
    uint32_t bit = 1u << draw(chip) % REQUESTS;
    if (wires->now_ns < alarm->wake_ns && alarm->wake_ns != WIRES_NEVER)
        return;
    chip->raised += !(chip->requested & bit);
    chip->requested |= bit;
    plan(chip, wires->now_ns);
}

static uint32_t load(struct processor *processor, uint32_t address, unsigned bytes)
{
    (void)bytes;
    struct chip *chip = (struct chip *)processor;
    return address == COUNTER ? chip->reads++ : chip->requested;
}

static void store(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    (void)bytes;
    struct chip *chip = (struct chip *)processor;
    if (address == REGISTERS)
        chip->requested &= ~value;
}

static void nothing(struct processor *processor)
{
    (void)processor;
}

static void requests(const struct processor *processor, uint32_t *words)
{
    words[0] = ((const struct chip *)processor)->requested;
}

/* QEMU's machines: ARMv6-M has 2 bits of priority, ARMv7-M 8. */
#define CHIP(bits)                                                                \
    {                                                                             \
        .irq_count = IRQS, .priority_bits = (bits), .load = load, .store = store, \
        .catch_up = nothing, .refresh = nothing, .requests = requests             \
    }
static const struct processor_chip v6_chip = CHIP(2), v7_chip = CHIP(8);

static void chip_init(struct chip *chip, struct wires *wires, int kind, uint32_t seed,
                      uint32_t spread_ns)
{
    *chip = (struct chip){.random = seed, .spread_ns = spread_ns};
    bool is_v6 = kind == CORTEXM_M0 || kind == CORTEXM_M0PLUS;
    processor_init(&chip->processor, is_v6 ? &v6_chip : &v7_chip, wires, CYCLE_NS);
    chip->alarm = (struct wires_participant){.step = on_alarm, .wake_ns = WIRES_NEVER};
    i2ctarget_wires_join(wires, &chip->alarm);
    if (spread_ns)
        plan(chip, 0);
}

/* ---- what was interrupted -------------------------------------------------------------------- */

/* Counted by the upper byte of the opcode. */
static uint32_t interrupted[256];

static void on_enter(struct cortexm *core, unsigned exception)
{
    uint32_t pc = 0;
    bool is_process = cortexm_register(core, UC_ARM_REG_LR) & 4;
    uint32_t sp = cortexm_register(core, is_process ? UC_ARM_REG_PSP : UC_ARM_REG_MSP);
    core_load_word(&core->base, sp + 24, &pc);
    const uint8_t *opcode = core_bytes(&core->base, pc, 2);
    if (exception >= EXCEPTION_IRQ0 && opcode)
        interrupted[opcode[1]]++;
}

static void report(const struct cortexm *core, const struct chip *chip)
{
    unsigned kinds = 0;
    for (unsigned i = 0; i < 256; i++)
        kinds += interrupted[i] > 0;
    fprintf(stderr,
            "{\"instructions\": %llu, \"cycles\": %llu, \"raised\": %llu, \"taken\": %llu, "
            "\"tail_chained\": %llu, \"late\": %llu, \"kinds\": %u}\n",
            (unsigned long long)core->base.instructions, (unsigned long long)core->base.cycles,
            (unsigned long long)chip->raised, (unsigned long long)core->taken,
            (unsigned long long)core->tail_chained, (unsigned long long)core->late, kinds);
}

/* ---- semihosting ----------------------------------------------------------------------------- */

static bool on_breakpoint(struct cortexm *core, uint8_t number)
{
    uint32_t operation = cortexm_register(core, UC_ARM_REG_R0);
    uint32_t argument = cortexm_register(core, UC_ARM_REG_R1);
    if (number == SEMIHOSTING && operation == SYS_WRITE0) {
        const uint8_t *text = core_bytes(&core->base, argument, 1);
        fputs(text ? (const char *)text : "(no text)", stdout);
        return true;
    }
    has_exited = number == SEMIHOSTING && operation == SYS_EXIT;
    return false;
}

static int kind_of(const char *name)
{
    static const char *const names[] = {[CORTEXM_M0] = "m0",
                                        [CORTEXM_M0PLUS] = "m0plus",
                                        [CORTEXM_M4] = "m4",
                                        [CORTEXM_M33] = "m33"};
    for (int kind = 0; kind < (int)(sizeof names / sizeof names[0]); kind++) {
        if (strcmp(name, names[kind]) == 0)
            return kind;
    }
    return -1;
}

static bool load_image(struct cortexm *core, uint32_t code, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t count = fread(core_bytes(&core->base, code, CODE_BYTES), 1, CODE_BYTES, file);
    fclose(file);
    return count > 0;
}

static uint32_t number(const char *text)
{
    return text ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

int main(int count, char **words)
{
    int kind = count == 3 || count == 5 ? kind_of(words[1]) : -1;
    if (kind < 0) {
        fputs("usage: execute m0|m0plus|m4|m33 IMAGE.bin [SEED SPREAD_NS]\n", stderr);
        return 2;
    }
    struct wires wires;
    struct chip chip;
    i2ctarget_wires_init(&wires);
    chip_init(&chip, &wires, kind, number(words[3]), count == 5 ? number(words[4]) : 0);
    struct place place = kind == CORTEXM_M33 ? of_an505 : usual;
    struct core_setup setup = {
        .hz = 1000000000 / CYCLE_NS,
        .chip = &chip.processor,
        .memories = {{.base = place.code, .size = CODE_BYTES, .is_rom = true},
                     {.base = place.data, .size = DATA_BYTES}},
        .windows = {{.base = REGISTERS, .size = 4096}},
    };
    struct cortexm core;
    if (!cortexm_init(&core, (enum cortexm_kind)kind, &setup) ||
        !load_image(&core, place.code, words[2])) {
        fprintf(stderr, "execute: %s cannot be loaded\n", words[2]);
        return 2;
    }
    core.on_breakpoint = on_breakpoint;
    core.on_enter = on_enter;
    cortexm_reset(&core, place.code);
    enum cortexm_end end = cortexm_run(&core);
    if (!has_exited)
        printf("ended with %d at %08x: fault %u at %08x, status %08x\n", (int)end, core.base.pc,
               core.fault.exception, core.fault.pc, core.fault.status);
    report(&core, &chip);
    core_free(&core.base);
    return !has_exited;
}
