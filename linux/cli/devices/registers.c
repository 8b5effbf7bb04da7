/* SPDX-License-Identifier: MIT */
/* `i2ctarget device registers`: a device that a map describes (cli/regmap, docs/REGISTERS.md). */
#include "i2ctarget/devices/regmap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/devices/model.h"
#include "cli/devices/numbers.h"
#include "cli/devices/output_line.h"
#include "cli/nearest.h"
#include "cli/regmap/map.h"
#include "link/link.h"

enum { MAP = MODEL_OPTION, ADDRESS_DEFAULT = 0x40, NUMBER_BITS = 32, LINE_MS = 5 };

static const struct option options[] = {
    {"map", required_argument, NULL, MAP},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "  --map FILE            what it is: a map in TOML, the text of i2cdump, or plain bytes; or the\n"
    "                        name of a map that is installed: i2ctarget regmap --list\n";

static const char output[] = "  NAME = 0x80           a controller has written the register\n"
                             "  NAME = 0x80           the answer to \"get\"\n";

static struct map map;
static struct i2ctarget_regmap regmap;
static const char *path;

/* ---- registers by name ----------------------------------------------------------------------- */

static const struct i2ctarget_regmap_register *row_at(uint32_t index)
{
    return &map.registers[index];
}

static void say(uint32_t index, uint32_t value)
{
    printf("%s = 0x%0*x\n", row_at(index)->name, 2 * row_at(index)->bytes, value);
}

static void say_written(struct i2ctarget_regmap *self, uint32_t index, uint32_t written)
{
    (void)self;
    say(index, written);
}

/* False: there is no such register; a message has been printed. */
static bool find(const char *name, uint32_t *index)
{
    *index = i2ctarget_regmap_find(&map.table, name);
    if (*index != I2CTARGET_REGMAP_NO_REGISTER)
        return true;
    struct nearest nearest = {.word = name};
    for (uint32_t i = 0; i < map.table.register_count; i++)
        nearest_try(&nearest, row_at(i)->name);
    if (nearest.best)
        cli_error(model_word, "there is no register \"%s\"; did you mean \"%s\"?", name,
                  nearest.best);
    else
        cli_error(model_word, "there is no register \"%s\"", name);
    return false;
}

/* ---- options and commands -------------------------------------------------------------------- */

static bool take_option(int option, const char *argument)
{
    (void)option;
    path = argument;
    return true;
}

/* -1 is 0xff in a register of 8 bits. */
static bool take_value(const char *text, uint32_t index, uint32_t *value)
{
    unsigned bits = 8u * row_at(index)->bytes;
    unsigned long all = bits < NUMBER_BITS ? (1ul << bits) - 1 : UINT32_MAX, number;
    bool is_negative = *text == '-';
    if (!numbers_whole(text + is_negative, 0, is_negative ? all / 2 + 1 : all, &number)) {
        cli_error(model_word, "%s is %s; it has %u bits: -%lu to %#lx", row_at(index)->name, text,
                  bits, all / 2 + 1, all);
        return false;
    }
    *value = (uint32_t)(is_negative ? all + 1 - number : number);
    return true;
}

/* set NAME = VALUE, or set NAME VALUE */
static bool set_register(char **words)
{
    uint32_t index, value;
    char **number = words[0] && words[1] && strcmp(words[1], "=") == 0 ? words + 2 : words + 1;
    if (!words[0] || !words[1] || !*number || number[1]) {
        cli_error(model_word, "set NAME = VALUE");
        return false;
    }
    if (!find(words[0], &index) || !take_value(*number, index, &value))
        return false;
    i2ctarget_regmap_set(&regmap, index, value);
    return true;
}

static bool get_register(char **words)
{
    uint32_t index;
    if (words[0] && words[1]) {
        cli_error(model_word, "get [NAME]");
        return false;
    }
    if (!words[0]) {
        for (index = 0; index < map.table.register_count; index++)
            say(index, i2ctarget_regmap_get(&regmap, index));
        return true;
    }
    if (!find(words[0], &index))
        return false;
    say(index, i2ctarget_regmap_get(&regmap, index));
    return true;
}

static const struct model_command commands[] = {
    {"set", "set NAME = VALUE", set_register},
    {"get", "get [NAME]", get_register},
    {NULL, NULL, NULL},
};

static void *room(uint32_t count, size_t size)
{
    return calloc(count + 1, size);
}

static int begin(uint8_t address)
{
    (void)address;
    if (output_line_is_wanted() && !map.table.line.is_there) {
        cli_error(model_word, "%s: it has no [interrupt], so there is no line", path);
        return -1;
    }
    const struct i2ctarget_regmap_config config = {
        .table = &map.table,
        .values = room(map.table.value_count, sizeof *config.values),
        .sequences = room(map.table.sequence_count, sizeof *config.sequences),
        .reactions = room(map.table.reaction_count, sizeof *config.reactions),
        .now_us = i2ctarget_link_now_us,
    };
    if (i2ctarget_regmap_init(&regmap, &config, say_written) == 0)
        return 1;
    cli_error(model_word, "%s: it can not be a device", path);
    return -1;
}

/* The map tells where the part is. */
static int prepare(void)
{
    if (!path) {
        cli_misuse(model_word, "--map is missing");
        return 0;
    }
    if (!map_read(&map, path, model_word))
        return -1;
    return map.address ? map.address : ADDRESS_DEFAULT;
}

static bool line(void)
{
    return i2ctarget_regmap_line_pin(&regmap);
}

/* A sequence, or the end of a delay, may change the line while nothing else happens. */
static int wait_ms(void)
{
    bool has_time = map.table.sequence_count || map.table.reaction_count;
    return output_line_is_wanted() && has_time ? LINE_MS : -1;
}

const struct model model_registers = {
    .name = "registers",
    .summary = "any part made of registers, as a file describes it",
    .help = help,
    .output = output,
    .address = ADDRESS_DEFAULT,
    .device = &regmap.device,
    .options = options,
    .take_option = take_option,
    .prepare = prepare,
    .begin = begin,
    .commands = commands,
    .line = line,
    .line_name = "(the map's [interrupt])",
    .wait_ms = wait_ms,
};
