/* SPDX-License-Identifier: MIT */
/*
 * execute CONFIGURATION IMAGE.bin FROM: executes an image beside QEMU, whose log of states
 * (-d cpu, one instruction in each block) comes through the standard input, and compares each state
 * from the address FROM on.  Writes what was compared in JSON, or the first difference.
 *
 * Code is at 0x50000000, data at 0x60000000, as in QEMU's machine `sim`.  SIMCALL ends it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/xtensa/core.h"
#include "emulator/xtensa/opcodes.h"

#define CODE UINT32_C(0x50000000)
#define DATA UINT32_C(0x60000000)
enum { CODE_BYTES = 4 << 20, DATA_BYTES = 1 << 20, SIMCALL = 0x005100, HZ = 100000000 };

static struct xtensa core;
static struct wires wires;
static uint32_t compared_from;
static uint64_t states, values;
static bool has_exited, has_begun, is_different;

/* ---- a chip without anything ----------------------------------------------------------------- */

static uint32_t load(struct processor *processor, uint32_t address, unsigned bytes)
{
    (void)processor;
    (void)bytes;
    return address;
}

static void store(struct processor *processor, uint32_t address, uint32_t value, unsigned bytes)
{
    (void)processor;
    (void)address;
    (void)value;
    (void)bytes;
}

static void nothing(struct processor *processor)
{
    (void)processor;
}

static uint32_t no_lines(const struct processor *processor, unsigned of)
{
    (void)processor;
    (void)of;
    return 0;
}

static const struct processor_chip no_registers = {
    .load = load, .store = store, .catch_up = nothing, .refresh = nothing};
static const struct xtensa_chip no_chip = {.lines = no_lines};

/* ---- which opcodes --------------------------------------------------------------------------- */

enum { OPCODES_MAX = 200 };
static struct {
    const struct opcode *opcode;
    uint64_t count;
} executed[OPCODES_MAX];
static unsigned executed_count;

static void count(const struct opcode *opcode)
{
    unsigned i = 0;
    while (i < executed_count && executed[i].opcode != opcode)
        i++;
    if (i == executed_count)
        executed[executed_count++].opcode = opcode;
    executed[i].count++;
}

static void report(void)
{
    printf("{\"states\": %" PRIu64 ", \"values\": %" PRIu64 ", \"instructions\": %" PRIu64
           ", \"opcodes\": {",
           states, values, core.base.instructions);
    for (unsigned i = 0; i < executed_count; i++)
        printf("%s\"%s\": %" PRIu64, i ? ", " : "", executed[i].opcode->name, executed[i].count);
    printf("}}\n");
}

/* ---- states of QEMU -------------------------------------------------------------------------- */

enum { LINE_MAX = 256, REGISTERS_MAX = 80 };

struct state {
    uint32_t pc;
    unsigned count;
    struct {
        int number; /* of the special register; from XTENSA_SPECIALS on: a0 … */
        uint32_t value;
    } registers[REGISTERS_MAX];
};
static struct state state;
static char line[LINE_MAX]; /* "PC=…" of the state that comes next */

/* Time is not compared; what it does, is. */
static int number_of(const char *name)
{
    unsigned index = 0;
    int end = 0;
    if (sscanf(name, "A%2u%n", &index, &end) == 1 && !name[end])
        return XTENSA_SPECIALS + (int)index;
    int number = special_number(name);
    return number == CCOUNT || number == INTCLEAR || number == ATOMCTL ? -1 : number;
}

static void read_registers(void)
{
    char name[16];
    int end = 0;
    uint32_t value = 0;
    for (const char *text = line; sscanf(text, " %15[^ =]=%" SCNx32 "%n", name, &value, &end) == 2;
         text += end) {
        int number = number_of(name);
        if (number < 0)
            continue;
        state.registers[state.count].number = number;
        state.registers[state.count++].value = value;
    }
}

static bool read_line(void)
{
    return fgets(line, sizeof line, stdin);
}

/* False: there is none any more. */
static bool read_state(void)
{
    state.count = 0;
    while (sscanf(line, "PC=%" SCNx32, &state.pc) != 1) {
        if (!read_line())
            return false;
    }
    while (read_line() && strncmp(line, "PC=", 3) != 0 && strncmp(line, "AR", 2) != 0)
        read_registers();
    return true;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static uint32_t ours(int number)
{
    return number >= XTENSA_SPECIALS ? core.a[number - XTENSA_SPECIALS]
                                     : special_read(&core, (unsigned)number);
}

static bool differ(const char *what, int number, uint32_t wanted, uint32_t found)
{
    is_different = true;
    fprintf(stderr,
            "at %08" PRIx32 ", state %" PRIu64 ": %s %d is %08" PRIx32 " in QEMU, %08" PRIx32
            " here\n",
            core.base.pc, states, what, number, wanted, found);
    return false;
}

static bool compare(void)
{
    states++;
    if (state.pc != core.base.pc)
        return differ("PC", 0, state.pc, core.base.pc);
    for (unsigned i = 0; i < state.count; i++) {
        int number = state.registers[i].number;
        values++;
        if (state.registers[i].value != ours(number))
            return differ(number < XTENSA_SPECIALS ? "special register" : "register A",
                          number % XTENSA_SPECIALS, state.registers[i].value, ours(number));
    }
    return true;
}

static bool find_beginning(void)
{
    do {
        if (!read_state())
            return differ("PC", 0, compared_from, 0);
    } while (state.pc != compared_from);
    return has_begun = true;
}

static bool on_instruction(struct xtensa *of, const struct instruction *instruction)
{
    if (!has_begun && of->base.pc != compared_from)
        return true;
    if (!has_begun && !find_beginning())
        return false;
    if (states > 0 && !read_state())
        return differ("the end", 0, 0, 0);
    has_exited = instruction->word == SIMCALL;
    count(instruction->opcode);
    return compare() && !has_exited;
}

/* ---- the program ----------------------------------------------------------------------------- */

static bool load_image(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t bytes = fread(core_bytes(&core.base, CODE, CODE_BYTES), 1, CODE_BYTES, file);
    fclose(file);
    return bytes > 0;
}

static const struct xtensa_configuration *configuration_of(const char *name)
{
    static const struct xtensa_configuration *const all[] = {&xtensa_lx106,
                                                             &xtensa_sample_controller};
    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(name, all[i]->name) == 0)
            return all[i];
    }
    return NULL;
}

int main(int count_of_words, char **words)
{
    struct processor processor;
    const struct xtensa_configuration *configuration =
        count_of_words == 4 ? configuration_of(words[1]) : NULL;
    if (!configuration) {
        fputs("usage: execute lx106|sample_controller IMAGE.bin FROM <LOG\n", stderr);
        return 2;
    }
    i2ctarget_wires_init(&wires);
    processor_init(&processor, &no_registers, &wires, 10);
    struct core_setup setup = {
        .hz = HZ,
        .chip = &processor,
        .memories = {{.base = CODE, .size = CODE_BYTES}, {.base = DATA, .size = DATA_BYTES}},
    };
    if (!xtensa_init(&core, configuration, &no_chip, &setup) || !load_image(words[2])) {
        fprintf(stderr, "execute: %s cannot be loaded\n", words[2]);
        return 2;
    }
    compared_from = (uint32_t)strtoul(words[3], NULL, 16);
    core.on_instruction = on_instruction;
    xtensa_reset(&core, CODE);
    enum xtensa_end end = xtensa_run(&core);
    if (!has_exited && !is_different)
        fprintf(stderr, "ended with %d at %08" PRIx32 ", cause %" PRIu32 "\n", (int)end,
                core.base.pc, core.fault.cause);
    report();
    core_free(&core.base);
    return !has_exited || is_different;
}
