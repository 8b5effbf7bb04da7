/* SPDX-License-Identifier: MIT */
/* A map in TOML as a whole: what is said of all registers, and the order of the parts. */
#include <stdlib.h>
#include <string.h>

#include "cli/regmap/map_reader.h"

enum { ADDRESS_MIN = 0x08, ADDRESS_MAX = 0x77, FILL = 0xFF };

static const struct map_key keys[] = {
    {"summary", TOML_STRING},        {"address", TOML_INTEGER},
    {"addresses", TOML_STRING},      {"pointer", TOML_INTEGER},
    {"pointer_mask", TOML_INTEGER},  {"increment", TOML_BOOLEAN},
    {"increment_bit", TOML_INTEGER}, {"wrap", TOML_ARRAY},
    {"unmapped", TOML_INTEGER},      {"refuse_unmapped", TOML_BOOLEAN},
    {"endian", TOML_STRING},         {"pages", TOML_TABLE},
    {"registers", TOML_TABLE},       {"reactions", TOML_ARRAY},
    {"interrupt", TOML_TABLE},       {NULL, TOML_TABLE},
};

static void take_pointer(struct map_reader *reader, const struct toml *root)
{
    struct i2ctarget_regmap_table *table = &reader->map->table;
    int64_t bits = map_number(reader, root, "pointer", 8, INT64_MIN, INT64_MAX);
    if (bits != 0 && bits != 8 && bits != 16)
        map_complain(reader, toml_get(root, "pointer")->line,
                     "\"pointer\" is %lld; it must be 0, 8 or 16", (long long)bits);
    table->pointer_bytes = bits == 16 ? 2 : bits == 0 ? 0 : 1;
    int64_t all = bits == 16 ? 0xFFFF : 0xFF;
    table->advancing_bits = (uint16_t)map_number(reader, root, "increment_bit", 0, 1, all);
    table->pointer_mask =
        (uint16_t)map_number(reader, root, "pointer_mask", all & ~table->advancing_bits, 1, all);
    if (table->pointer_mask & table->advancing_bits)
        map_complain(
            reader, toml_get(root, "increment_bit")->line,
            "\"increment_bit\" is in \"pointer_mask\", so it would be a part of the address");
}

static void take_steps(struct map_reader *reader, const struct toml *root)
{
    static const char *const words[] = {"bytes", "registers", NULL};
    static const char *const endians[] = {"big", "little", NULL};
    struct i2ctarget_regmap_table *table = &reader->map->table;
    table->bytes_have_addresses = map_choice(reader, root, "addresses", words) == 0;
    table->advances = map_boolean(root, "increment", table->bytes_have_addresses);
    table->fill = (uint8_t)map_number(reader, root, "unmapped", FILL, 0, 0xFF);
    table->refuses = map_boolean(root, "refuse_unmapped", false);
    reader->is_little = map_choice(reader, root, "endian", endians) != 0;
    if (table->advancing_bits && !table->advances)
        map_complain(reader, toml_get(root, "increment_bit")->line,
                     "\"increment_bit\" wants \"increment = true\"");
}

static void take_range(struct map_reader *reader, const struct toml *pair)
{
    struct i2ctarget_regmap_table *table = &reader->map->table;
    if (pair->kind != TOML_ARRAY || map_length(pair) != 2) {
        map_complain(reader, pair->line, "\"wrap\" wants a list of pairs: [[FIRST, LAST]]");
        return;
    }
    struct i2ctarget_regmap_range *range = &reader->map->ranges[table->range_count++];
    range->first = (uint16_t)map_checked(reader, pair->first, "wrap", 0, table->pointer_mask);
    range->last = (uint16_t)map_checked(reader, pair->last, "wrap", 0, table->pointer_mask);
    if (range->first > range->last)
        map_complain(reader, pair->line, "\"wrap\" wants [FIRST, LAST], and FIRST is behind LAST");
}

static void take_wrap(struct map_reader *reader, const struct toml *root)
{
    const struct toml *wrap = map_get(root, "wrap", TOML_ARRAY);
    reader->map->ranges = calloc(wrap ? map_length(wrap) + 1 : 1, sizeof *reader->map->ranges);
    if (!reader->map->ranges)
        return;
    for (const struct toml *pair = wrap ? wrap->first : NULL; pair; pair = pair->next)
        take_range(reader, pair);
}

/* Without a pointer there is nothing behind the last register but the first. */
static void close_circle(struct map *map)
{
    if (map->table.pointer_bytes || map->table.range_count || !map->ranges || !map->registers)
        return;
    const struct i2ctarget_regmap_register *last = &map->registers[map->table.register_count - 1];
    uint8_t more = map->table.bytes_have_addresses ? (uint8_t)(last->bytes - 1) : 0;
    map->ranges[map->table.range_count++].last = (uint16_t)(last->address + more);
}

static void take_pages(struct map_reader *reader, const struct toml *pages)
{
    static const struct map_key page_keys[] = {
        {"register", TOML_STRING}, {"mask", TOML_INTEGER}, {NULL, TOML_TABLE}};
    struct i2ctarget_regmap_table *table = &reader->map->table;
    const struct toml *name = map_get(pages, "register", TOML_STRING);
    map_check_keys(reader, pages, page_keys);
    if (!name)
        map_complain(reader, pages->line,
                     "[pages] wants \"register\", the one that chooses the page");
    const struct i2ctarget_regmap_register *row = name ? map_register(reader, name) : NULL;
    if (!row)
        return;
    table->page_value = row->value;
    table->page_mask = (uint32_t)map_number(reader, pages, "mask", map_mask(row), 1, map_mask(row));
    while (!(table->page_mask >> table->page_shift & 1))
        table->page_shift++;
}

/* Rows have their places by now. */
static void take_interrupt(struct map_reader *reader, const struct toml *interrupt)
{
    static const struct map_key interrupt_keys[] = {{"register", TOML_STRING},
                                                    {"mask", TOML_INTEGER},
                                                    {"enabled_by", TOML_STRING},
                                                    {"active", TOML_STRING},
                                                    {NULL, TOML_TABLE}};
    static const char *const levels[] = {"low", "high", NULL};
    struct i2ctarget_regmap_line *line = &reader->map->table.line;
    const struct toml *name = map_get(interrupt, "register", TOML_STRING);
    const struct toml *enable = map_get(interrupt, "enabled_by", TOML_STRING);
    map_check_keys(reader, interrupt, interrupt_keys);
    if (!name)
        map_complain(reader, interrupt->line,
                     "[interrupt] wants \"register\", the one with its bits");
    const struct i2ctarget_regmap_register *row = name ? map_register(reader, name) : NULL;
    const struct i2ctarget_regmap_register *enabling = enable ? map_register(reader, enable) : NULL;
    if (!row || (enable && !enabling))
        return;
    line->is_there = true;
    line->status = (uint32_t)(row - reader->map->registers);
    line->mask = (uint32_t)map_number(reader, interrupt, "mask", map_mask(row), 1, map_mask(row));
    line->has_enable = enable;
    line->enable = enable ? (uint32_t)(enabling - reader->map->registers) : 0;
    line->is_active_high = map_choice(reader, interrupt, "active", levels) == 1;
}

static void take_general(struct map_reader *reader, const struct toml *root)
{
    struct map *map = reader->map;
    const struct toml *summary = map_get(root, "summary", TOML_STRING);
    map->summary = summary ? strdup(summary->string) : NULL;
    map->address =
        (uint8_t)map_number(reader, root, "address", MAP_ADDRESS_NONE, ADDRESS_MIN, ADDRESS_MAX);
    map->table.has_pages = map_get(root, "pages", TOML_TABLE);
    take_pointer(reader, root);
    take_steps(reader, root);
    take_wrap(reader, root);
}

static void take_all(struct map_reader *reader, const struct toml *root)
{
    const struct toml *registers = map_get(root, "registers", TOML_TABLE);
    const struct toml *pages = map_get(root, "pages", TOML_TABLE);
    const struct toml *reactions = map_get(root, "reactions", TOML_ARRAY);
    const struct toml *interrupt = map_get(root, "interrupt", TOML_TABLE);
    map_check_keys(reader, root, keys);
    take_general(reader, root);
    if (!registers) {
        map_complain(reader, 0, "it has no table [registers]");
        return;
    }
    map_take_registers(reader, registers);
    if (pages)
        take_pages(reader, pages);
    map_take_sequences(reader, registers);
    if (reactions)
        map_take_reactions(reader, reactions);
    map_sort_registers(reader, registers);
    if (interrupt)
        take_interrupt(reader, interrupt);
    close_circle(reader->map);
}

bool map_read_toml(struct map_reader *reader, const char *text, size_t length)
{
    struct toml_error error;
    struct toml *root = toml_read(text, length, &error);
    if (!root) {
        map_complain(reader, error.line, "%s", error.text);
        return false;
    }
    take_all(reader, root);
    toml_free(root);
    return reader->mistakes == 0;
}
