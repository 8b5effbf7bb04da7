/* SPDX-License-Identifier: MIT */
/* The table [registers] of a map in TOML: a row for each, or for each byte of a block. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/nearest.h"
#include "cli/regmap/map_reader.h"

enum { REGISTERS_MAX = 65536, BLOCK_NAME_MAX = 80 };

static const struct map_key keys[] = {
    {"address", TOML_INTEGER},
    {"width", TOML_INTEGER},
    {"endian", TOML_STRING},
    {"reset", TOML_INTEGER},
    {"access", TOML_STRING},
    {"writable", TOML_INTEGER},
    {"write_1_clears", TOML_INTEGER},
    {"write_0_clears", TOML_INTEGER},
    {"self_clearing", TOML_INTEGER},
    {"read_clears", TOML_INTEGER},
    {"page", TOML_INTEGER},
    {"same_as", TOML_STRING},
    {"bytes", TOML_ARRAY},
    {"sequence", TOML_TABLE},
    {NULL, TOML_TABLE},
};

uint32_t map_mask(const struct i2ctarget_regmap_register *row)
{
    return (uint32_t)((1ull << 8 * row->bytes) - 1);
}

/* ---- rows ------------------------------------------------------------------------------------ */

struct i2ctarget_regmap_register *map_add_register(struct map_reader *reader, const char *name)
{
    struct map *map = reader->map;
    if (map->table.register_count == REGISTERS_MAX)
        return NULL;
    if (map->table.register_count == reader->rows_room) {
        uint32_t room = reader->rows_room * 2 + 32;
        void *rows = realloc(map->registers, room * sizeof *map->registers);
        if (!rows)
            return NULL;
        map->registers = rows;
        reader->rows_room = room;
    }
    struct i2ctarget_regmap_register *row = &map->registers[map->table.register_count];
    *row = (struct i2ctarget_regmap_register){.name = strdup(name), .bytes = 1};
    if (!row->name)
        return NULL;
    map->table.register_count++;
    return row;
}

struct i2ctarget_regmap_register *map_register(struct map_reader *reader, const struct toml *name)
{
    struct map *map = reader->map;
    for (uint32_t i = 0; i < map->table.register_count; i++) {
        if (strcmp(map->registers[i].name, name->string) == 0)
            return &map->registers[i];
    }
    struct nearest nearest = {.word = name->string};
    for (uint32_t i = 0; i < map->table.register_count; i++)
        nearest_try(&nearest, map->registers[i].name);
    if (nearest.best)
        map_complain(reader, name->line, "there is no register \"%s\"; did you mean \"%s\"?",
                     name->string, nearest.best);
    else
        map_complain(reader, name->line, "there is no register \"%s\"", name->string);
    return NULL;
}

/* ---- what can be written --------------------------------------------------------------------- */

enum { READ_WRITE, READ_ONLY, WRITE_ONLY };

static unsigned access_of(struct map_reader *reader, const struct toml *table)
{
    static const char *const words[] = {"rw", "ro", "wo", NULL};
    return map_choice(reader, table, "access", words);
}

static void take_masks(struct map_reader *reader, const struct toml *table,
                       struct i2ctarget_regmap_register *row)
{
    int64_t all = map_mask(row);
    unsigned access = access_of(reader, table);
    row->one_clears = (uint32_t)map_number(reader, table, "write_1_clears", 0, 0, all);
    row->zero_clears = (uint32_t)map_number(reader, table, "write_0_clears", 0, 0, all);
    row->self_clearing = (uint32_t)map_number(reader, table, "self_clearing", 0, 0, all);
    row->read_clears = (uint32_t)map_number(reader, table, "read_clears", 0, 0, all);
    uint32_t special = row->one_clears | row->zero_clears | row->self_clearing;
    int64_t rest = access == READ_ONLY ? 0 : all & ~special;
    row->writable = (uint32_t)map_number(reader, table, "writable", rest, 0, all);
    row->is_hidden = access == WRITE_ONLY;
    if (access == READ_ONLY && (row->writable | special))
        map_complain(reader, table->line, "\"%s\" is \"ro\", and says what can be written",
                     table->key);
    if (row->writable & special || row->one_clears & row->zero_clears ||
        row->self_clearing & (row->one_clears | row->zero_clears))
        map_complain(reader, table->line,
                     "\"%s\": a bit is in two of \"writable\", \"write_1_clears\", "
                     "\"write_0_clears\" and \"self_clearing\"",
                     table->key);
}

/* ---- one register ---------------------------------------------------------------------------- */

static uint8_t bytes_of(struct map_reader *reader, const struct toml *table)
{
    int64_t width = map_number(reader, table, "width", 8, INT64_MIN, INT64_MAX);
    if (width >= 8 && width <= 32 && width % 8 == 0)
        return (uint8_t)(width / 8);
    map_complain(reader, toml_get(table, "width")->line,
                 "\"width\" is %lld; it must be 8, 16, 24 or 32", (long long)width);
    return 1;
}

static void take_place(struct map_reader *reader, const struct toml *table,
                       struct i2ctarget_regmap_register *row)
{
    static const char *const words[] = {"big", "little", NULL};
    const struct toml *page = map_get(table, "page", TOML_INTEGER);
    if (!toml_get(table, "address"))
        map_complain(reader, table->line, "\"%s\" has no \"address\"", table->key);
    row->address =
        (uint16_t)map_number(reader, table, "address", 0, 0, reader->map->table.pointer_mask);
    row->bytes = bytes_of(reader, table);
    row->is_little = map_get(table, "endian", TOML_STRING)
                         ? map_choice(reader, table, "endian", words) != 0
                         : reader->is_little;
    if (page)
        row->page = (uint16_t)(map_checked(reader, page, "page", 0, 0xFFFE) + 1);
    if (page && !reader->map->table.has_pages)
        map_complain(reader, page->line,
                     "\"page\" wants a table [pages], which tells how one is chosen");
}

static void complain_of_too_many(struct map_reader *reader, int line)
{
    map_complain(reader, line, "there are too many registers: %d at most", REGISTERS_MAX);
}

/* The pointer reaches each byte that has an address. */
static void check_place(struct map_reader *reader, const struct toml *table,
                        const struct i2ctarget_regmap_register *row)
{
    const struct i2ctarget_regmap_table *map = &reader->map->table;
    if (row->address & ~map->pointer_mask)
        map_complain(reader, table->line,
                     "\"%s\": its address 0x%02x has bits that \"pointer_mask\" has not",
                     table->key, row->address);
    else if (map->bytes_have_addresses && row->address + row->bytes - 1 > map->pointer_mask)
        map_complain(reader, table->line,
                     "the last byte of \"%s\" has no address: the pointer ends at 0x%02x",
                     table->key, map->pointer_mask);
}

static void take_register(struct map_reader *reader, const struct toml *table)
{
    struct i2ctarget_regmap_register *row = map_add_register(reader, table->key);
    if (!row) {
        complain_of_too_many(reader, table->line);
        return;
    }
    take_place(reader, table, row);
    check_place(reader, table, row);
    take_masks(reader, table, row);
    int64_t all = map_mask(row);
    row->reset = (uint32_t)(map_number(reader, table, "reset", 0, -(all / 2) - 1, all) & all);
    if (!toml_get(table, "same_as"))
        row->value = reader->map->table.value_count++;
}

/* A register of 8 bits for each byte. */
static void take_block(struct map_reader *reader, const struct toml *table,
                       const struct toml *bytes)
{
    struct i2ctarget_regmap_register model = {.bytes = 1};
    char name[BLOCK_NAME_MAX];
    uint32_t place = 0;
    take_place(reader, table, &model);
    take_masks(reader, table, &model);
    if (toml_get(table, "width") || toml_get(table, "reset") || toml_get(table, "same_as") ||
        toml_get(table, "sequence"))
        map_complain(reader, table->line,
                     "\"%s\" has \"bytes\", so each of its registers has 8 bits, and "
                     "no \"width\", \"reset\", \"same_as\" or \"sequence\"",
                     table->key);
    for (const struct toml *byte = bytes->first; byte; byte = byte->next, place++) {
        snprintf(name, sizeof name, "%s[%u]", table->key, place);
        struct i2ctarget_regmap_register *row = map_add_register(reader, name);
        if (!row) {
            complain_of_too_many(reader, byte->line);
            return;
        }
        if (model.address + place > reader->map->table.pointer_mask) {
            map_complain(reader, byte->line, "there is no address for %s", name);
            return;
        }
        const char *own = row->name;
        *row = model;
        row->name = own;
        row->address = (uint16_t)(model.address + place);
        row->reset = (uint32_t)map_checked(reader, byte, "bytes", 0, 0xFF);
        row->value = reader->map->table.value_count++;
    }
}

/* Names are words of a command, and [ ] belong to blocks. */
static bool is_name(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)name[i]) && !strchr("_-.", name[i]))
            return false;
    }
    return length > 0 && length <= NEAREST_WORD_MAX;
}

static void take_one(struct map_reader *reader, const struct toml *table)
{
    if (table->kind != TOML_TABLE) {
        map_complain(reader, table->line,
                     "register \"%s\" is %s; it wants a table: { address = … }", table->key,
                     toml_kind_name(table->kind));
        return;
    }
    if (!is_name(table->key))
        map_complain(reader, table->line,
                     "\"%s\" is no name: letters, digits, _ - and . make one, up to %d", table->key,
                     NEAREST_WORD_MAX);
    map_check_keys(reader, table, keys);
    const struct toml *bytes = map_get(table, "bytes", TOML_ARRAY);
    if (bytes)
        take_block(reader, table, bytes);
    else
        take_register(reader, table);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void share_value(struct map_reader *reader, const struct toml *table,
                        const struct toml *other_name)
{
    struct i2ctarget_regmap_register *other = map_register(reader, other_name), *row = NULL;
    for (uint32_t i = 0; i < reader->map->table.register_count; i++) {
        if (strcmp(reader->map->registers[i].name, table->key) == 0)
            row = &reader->map->registers[i];
    }
    if (!other || !row)
        return;
    if (other->bytes != row->bytes || toml_get(table, "reset") || toml_get(table, "sequence"))
        map_complain(
            reader, table->line,
            "\"%s\" has the value of \"%s\": its width is the same, and it has no \"reset\" or "
            "\"sequence\" of its own",
            table->key, other_name->string);
    row->value = other->value;
    row->reset = other->reset;
}

void map_take_registers(struct map_reader *reader, const struct toml *registers)
{
    for (const struct toml *table = registers->first; table; table = table->next)
        take_one(reader, table);
    for (const struct toml *table = registers->first; table; table = table->next) {
        const struct toml *other =
            table->kind == TOML_TABLE ? map_get(table, "same_as", TOML_STRING) : NULL;
        const struct toml *of_other = other ? map_get(registers, other->string, TOML_TABLE) : NULL;
        if (of_other && toml_get(of_other, "same_as"))
            map_complain(reader, other->line, "\"%s\" has a value of another itself",
                         other->string);
        else if (other)
            share_value(reader, table, other);
    }
    if (reader->map->table.register_count == 0 && !reader->mistakes)
        map_complain(reader, registers->line, "there is no register in it");
}

static int by_place(const void *a, const void *b)
{
    const struct i2ctarget_regmap_register *left = a, *right = b;
    if (left->page != right->page)
        return left->page < right->page ? -1 : 1;
    return (left->address > right->address) - (left->address < right->address);
}

static int line_of(const struct toml *registers, const char *name)
{
    size_t length = strcspn(name, "[");
    for (const struct toml *table = registers->first; table; table = table->next) {
        if (strlen(table->key) == length && strncmp(table->key, name, length) == 0)
            return table->line;
    }
    return registers->line;
}

static bool overlap(const struct i2ctarget_regmap_table *table,
                    const struct i2ctarget_regmap_register *a,
                    const struct i2ctarget_regmap_register *b)
{
    bool are_bytes = table->bytes_have_addresses;
    bool is_one_page = a->page == b->page || !a->page || !b->page;
    return is_one_page && a->address < b->address + (are_bytes ? b->bytes : 1) &&
           b->address < a->address + (are_bytes ? a->bytes : 1);
}

void map_sort_registers(struct map_reader *reader, const struct toml *registers)
{
    struct map *map = reader->map;
    struct i2ctarget_regmap_register *rows = map->registers;
    uint32_t count = map->table.register_count;
    if (reader->mistakes)
        return; /* addresses among them, perhaps; or there are no rows */
    qsort(rows, count, sizeof *rows, by_place);
    for (uint32_t i = 0; i < count; i++) {
        /* What is on every page comes first, and may collide with any page. */
        uint32_t end = rows[i].page || !map->table.has_pages ? i + 2 : count;
        for (uint32_t j = i + 1; j < end && j < count; j++) {
            if (overlap(&map->table, &rows[i], &rows[j]))
                map_complain(reader, line_of(registers, rows[j].name),
                             "\"%s\" and \"%s\" both have the address 0x%02x", rows[j].name,
                             rows[i].name,
                             rows[j].address > rows[i].address ? rows[j].address : rows[i].address);
        }
    }
}
