/* SPDX-License-Identifier: MIT */
/*
 * The table as C, for firmware.  It is what map_read() has made, member by member, so a device made
 * of it answers as one made of the file does.
 *
 * All names begin with that of the map: several maps can be in one program.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "cli/regmap/map.h"

/* ---- words ----------------------------------------------------------------------------------- */

/* A map's name as a part of names in C. */
static void make_prefix(const char *name, char prefix[MAP_NAME_MAX + 2])
{
    size_t length = 0;
    if (!isalpha((unsigned char)*name))
        prefix[length++] = 'm';
    for (; *name && length <= MAP_NAME_MAX; name++)
        prefix[length++] = isalnum((unsigned char)*name) ? *name : '_';
    prefix[length] = '\0';
}

/* A string in C.  Octal escapes end by themselves. */
static void write_string(const char *text, FILE *file)
{
    fputc('"', file);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fprintf(file, "\\%c", *text);
        else if (isprint((unsigned char)*text) && *text != '?')
            fputc(*text, file);
        else
            fprintf(file, "\\%03o", (unsigned char)*text);
    }
    fputc('"', file);
}

/* Members that are 0 are left out. */
static void write_number(const char *member, uint64_t number, FILE *file)
{
    if (number)
        fprintf(file, ", .%s = 0x%" PRIx64, member, number);
}

static void write_flag(const char *member, bool flag, FILE *file)
{
    if (flag)
        fprintf(file, ", .%s = true", member);
}

/* The same of a row: its member gives both the name and the value. */
#define WRITE_NUMBER(row, member, file) write_number(#member, (row)->member, file)
#define WRITE_FLAG(row, member, file) write_flag(#member, (row)->member, file)

/* ---- arrays ---------------------------------------------------------------------------------- */

static void write_register(const struct i2ctarget_regmap_register *row, FILE *file)
{
    fputs("    {.name = ", file);
    write_string(row->name, file);
    WRITE_NUMBER(row, value, file);
    WRITE_NUMBER(row, address, file);
    WRITE_NUMBER(row, page, file);
    WRITE_NUMBER(row, bytes, file);
    WRITE_FLAG(row, is_little, file);
    WRITE_FLAG(row, is_hidden, file);
    WRITE_NUMBER(row, reset, file);
    WRITE_NUMBER(row, writable, file);
    WRITE_NUMBER(row, one_clears, file);
    WRITE_NUMBER(row, zero_clears, file);
    WRITE_NUMBER(row, self_clearing, file);
    WRITE_NUMBER(row, read_clears, file);
    fputs("},\n", file);
}

static void write_registers(const struct map *map, FILE *file)
{
    fputs("static const struct i2ctarget_regmap_register registers[] = {\n", file);
    for (uint32_t i = 0; i < map->table.register_count; i++)
        write_register(&map->registers[i], file);
    fputs("};\n", file);
}

static void write_lists(const struct map *map, FILE *file)
{
    for (uint32_t i = 0; i < map->table.sequence_count; i++) {
        if (!map->sequences[i].values)
            continue;
        fprintf(file, "static const uint32_t list_%u[] = {\n", i);
        for (uint32_t j = 0; j < map->sequences[i].count; j++)
            fprintf(file, "    0x%x,\n", map->sequences[i].values[j]);
        fputs("};\n", file);
    }
}

static void write_sequences(const struct map *map, FILE *file)
{
    static const char *const kinds[] = {"COUNTER", "RAMP", "LIST", "NOISE"};
    if (!map->table.sequence_count)
        return;
    write_lists(map, file);
    fputs("static const struct i2ctarget_regmap_sequence sequences[] = {\n", file);
    for (uint32_t i = 0; i < map->table.sequence_count; i++) {
        const struct i2ctarget_regmap_sequence *row = &map->sequences[i];
        fprintf(file, "    {.kind = I2CTARGET_REGMAP_%s", kinds[row->kind]);
        WRITE_NUMBER(row, value, file);
        WRITE_NUMBER(row, period_us, file);
        WRITE_NUMBER(row, count, file);
        WRITE_NUMBER(row, start, file);
        WRITE_NUMBER(row, step, file);
        WRITE_NUMBER(row, seed, file);
        if (row->values)
            fprintf(file, ", .values = list_%u", i);
        fputs("},\n", file);
    }
    fputs("};\n", file);
}

static void write_reactions(const struct map *map, FILE *file)
{
    static const char *const actions[] = {"SET", "COPY", "RESET"};
    if (!map->table.reaction_count)
        return;
    fputs("static const struct i2ctarget_regmap_reaction reactions[] = {\n", file);
    for (uint32_t i = 0; i < map->table.reaction_count; i++) {
        const struct i2ctarget_regmap_reaction *row = &map->reactions[i];
        fprintf(file, "    {.action = I2CTARGET_REGMAP_%s", actions[row->action]);
        WRITE_NUMBER(row, value, file);
        WRITE_FLAG(row, is_on_read, file);
        WRITE_NUMBER(row, mask, file);
        WRITE_NUMBER(row, equal, file);
        WRITE_NUMBER(row, delay_us, file);
        WRITE_NUMBER(row, changed, file);
        WRITE_NUMBER(row, action_mask, file);
        WRITE_NUMBER(row, bits, file);
        fputs("},\n", file);
    }
    fputs("};\n", file);
}

static void write_ranges(const struct map *map, FILE *file)
{
    if (!map->table.range_count)
        return;
    fputs("static const struct i2ctarget_regmap_range ranges[] = {\n", file);
    for (uint32_t i = 0; i < map->table.range_count; i++)
        fprintf(file, "    {0x%x, 0x%x},\n", map->ranges[i].first, map->ranges[i].last);
    fputs("};\n", file);
}

/* ---- the table, and the memory for it -------------------------------------------------------- */

static void write_array(const char *name, const char *count_name, uint32_t count, FILE *file)
{
    if (count)
        fprintf(file, ", .%s = %s, .%s = %u", name, name, count_name, count);
}

static void write_table(const struct i2ctarget_regmap_table *table, FILE *file)
{
    fprintf(file, "static const struct i2ctarget_regmap_table table = {\n    .value_count = %u",
            table->value_count);
    write_array("registers", "register_count", table->register_count, file);
    write_array("sequences", "sequence_count", table->sequence_count, file);
    write_array("reactions", "reaction_count", table->reaction_count, file);
    write_array("ranges", "range_count", table->range_count, file);
    WRITE_NUMBER(table, pointer_bytes, file);
    WRITE_NUMBER(table, pointer_mask, file);
    WRITE_NUMBER(table, advancing_bits, file);
    WRITE_FLAG(table, bytes_have_addresses, file);
    WRITE_FLAG(table, advances, file);
    WRITE_FLAG(table, refuses, file);
    WRITE_NUMBER(table, fill, file);
    WRITE_FLAG(table, has_pages, file);
    WRITE_NUMBER(table, page_value, file);
    WRITE_NUMBER(table, page_mask, file);
    WRITE_NUMBER(table, page_shift, file);
    WRITE_FLAG(table, line.is_there, file);
    WRITE_FLAG(table, line.is_active_high, file);
    WRITE_FLAG(table, line.has_enable, file);
    WRITE_NUMBER(table, line.status, file);
    WRITE_NUMBER(table, line.enable, file);
    WRITE_NUMBER(table, line.mask, file);
    fputs("};\n", file);
}

static void write_memory(const struct i2ctarget_regmap_table *table, FILE *file)
{
    fprintf(file, "static struct i2ctarget_regmap_value values[%u];\n", table->value_count);
    if (table->sequence_count)
        fprintf(file, "static struct i2ctarget_regmap_sequence_state sequence_states[%u];\n",
                table->sequence_count);
    if (table->reaction_count)
        fprintf(file, "static struct i2ctarget_regmap_reaction_state reaction_states[%u];\n",
                table->reaction_count);
}

static void write_prototype(const char *prefix, FILE *file)
{
    fprintf(file,
            "int %s_init(struct i2ctarget_regmap *regmap, int64_t (*now_us)(void),\n"
            "    i2ctarget_regmap_written *written)",
            prefix);
}

static void write_init(const struct map *map, const char *prefix, FILE *file)
{
    fputc('\n', file);
    write_prototype(prefix, file);
    fputs("\n{\n    const struct i2ctarget_regmap_config config = {\n"
          "        .table = &table, .values = values, .now_us = now_us",
          file);
    if (map->table.sequence_count)
        fputs(", .sequences = sequence_states", file);
    if (map->table.reaction_count)
        fputs(", .reactions = reaction_states", file);
    fputs("};\n    return i2ctarget_regmap_init(regmap, &config, written);\n}\n", file);
}

static void write_origin(const char *prefix, FILE *file)
{
    fprintf(file, "/* Made by i2ctarget regmap.  Change the map, and make it again: %s. */\n",
            prefix);
}

void map_write_c(const struct map *map, FILE *file)
{
    char prefix[MAP_NAME_MAX + 2];
    make_prefix(map->name, prefix);
    write_origin(prefix, file);
    fprintf(file, "#include \"%s.h\"\n\n", map->name);
    write_registers(map, file);
    write_sequences(map, file);
    write_reactions(map, file);
    write_ranges(map, file);
    write_table(&map->table, file);
    write_memory(&map->table, file);
    write_init(map, prefix, file);
}

/* ---- the header ------------------------------------------------------------------------------ */

/* "cal[3]" is CAL_3. */
static void write_constant(const char *text, FILE *file)
{
    for (; *text; text++) {
        if (isalnum((unsigned char)*text))
            fputc(toupper((unsigned char)*text), file);
        else if (*text != ']')
            fputc('_', file);
    }
}

static void write_constants(const struct map *map, const char *prefix, FILE *file)
{
    fputs("/* Rows of its registers, for i2ctarget_regmap_set() and _get(). */\nenum {\n", file);
    for (uint32_t i = 0; i < map->table.register_count; i++) {
        fputs("    ", file);
        write_constant(prefix, file);
        fputc('_', file);
        write_constant(map->registers[i].name, file);
        fprintf(file, " = %u,\n", i);
    }
    fputs("};\n\n", file);
}

void map_write_header(const struct map *map, FILE *file)
{
    char prefix[MAP_NAME_MAX + 2];
    make_prefix(map->name, prefix);
    write_origin(prefix, file);
    fputs("#pragma once\n#include \"i2ctarget/devices/regmap.h\"\n\n", file);
    if (map->address)
        fprintf(file, "#define %s_bus_address 0x%02x\n\n", prefix, map->address);
    write_constants(map, prefix, file);
    fputs(
        "/* As i2ctarget_regmap_init(), with the memory of this map: one device in a program. */\n",
        file);
    write_prototype(prefix, file);
    fputs(";\n", file);
}
