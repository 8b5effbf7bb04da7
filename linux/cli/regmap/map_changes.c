/* SPDX-License-Identifier: MIT */
/* What changes by itself: sequences of values, and reactions to what a controller does. */
#include <stdlib.h>
#include <string.h>

#include "cli/regmap/map_reader.h"

/* A number of the value's width, also a negative one. */
static uint32_t number(struct map_reader *reader, const struct toml *value, const char *key,
                       uint32_t mask)
{
    return (uint32_t)map_checked(reader, value, key, -(int64_t)(mask / 2) - 1, mask) & mask;
}

/* ---- sequences ------------------------------------------------------------------------------- */

static const struct map_key sequence_keys[] = {
    {"counter", TOML_INTEGER}, {"list", TOML_ARRAY},   {"ramp", TOML_ARRAY},
    {"noise", TOML_ARRAY},     {"step", TOML_INTEGER}, {"count", TOML_INTEGER},
    {"seed", TOML_INTEGER},    {"every", TOML_STRING}, {NULL, TOML_TABLE},
};

static bool take_list(struct map_reader *reader, const struct toml *list, uint32_t mask,
                      struct i2ctarget_regmap_sequence *row)
{
    uint32_t *values = calloc(map_length(list) + 1, sizeof *values);
    if (!values)
        return false;
    row->kind = I2CTARGET_REGMAP_LIST;
    row->values = values;
    for (const struct toml *value = list->first; value; value = value->next)
        values[row->count++] = number(reader, value, "list", mask);
    if (row->count == 0)
        map_complain(reader, list->line, "\"list\" is empty");
    return true;
}

/* The two numbers of a ramp or of noise, as they are. */
static bool take_bounds(struct map_reader *reader, const struct toml *list, uint32_t mask,
                        int64_t *from, int64_t *to)
{
    if (map_length(list) != 2) {
        map_complain(reader, list->line, "\"%s\" wants two numbers: [FROM, TO]", list->key);
        return false;
    }
    int64_t min = -(int64_t)(mask / 2) - 1;
    *from = map_checked(reader, list->first, list->key, min, mask);
    *to = map_checked(reader, list->last, list->key, min, mask);
    if (*from <= *to + mask && *to <= *from + mask)
        return true;
    map_complain(reader, list->line, "\"%s\" goes through more values than the register has",
                 list->key);
    return false;
}

static void take_ramp(struct map_reader *reader, const struct toml *list, int64_t step,
                      uint32_t mask, struct i2ctarget_regmap_sequence *row)
{
    int64_t from, to;
    if (!take_bounds(reader, list, mask, &from, &to))
        return;
    int64_t way = to > from ? to - from : from - to;
    if (way / step >= UINT32_MAX)
        map_complain(reader, list->line,
                     "\"ramp\" has more than %u values; a larger \"step\" makes fewer",
                     (unsigned)UINT32_MAX);
    row->kind = I2CTARGET_REGMAP_RAMP;
    row->start = (uint32_t)from;
    row->step = (uint32_t)(to > from ? step : -step);
    row->count = (uint32_t)(way / step + 1);
}

static void take_noise(struct map_reader *reader, const struct toml *list, uint32_t mask,
                       struct i2ctarget_regmap_sequence *row)
{
    int64_t from, to;
    if (!take_bounds(reader, list, mask, &from, &to))
        return;
    if (to < from)
        map_complain(reader, list->line,
                     "\"noise\" wants [FROM, TO], and FROM is not the smaller one");
    row->kind = I2CTARGET_REGMAP_NOISE;
    row->start = (uint32_t)from;
    row->step = (uint32_t)(to - from);
}

static void check_kind(struct map_reader *reader, const struct toml *table)
{
    static const struct {
        const char *key, *of;
    } belongings[] = {{"count", "counter"}, {"seed", "noise"}};
    static const char *const kinds[] = {"counter", "list", "ramp", "noise"};
    unsigned count = 0;
    for (unsigned i = 0; i < 4; i++)
        count += toml_get(table, kinds[i]) != NULL;
    if (count != 1)
        map_complain(reader, table->line,
                     "a sequence has one of \"counter\", \"list\", \"ramp\" and "
                     "\"noise\"");
    for (unsigned i = 0; i < 2; i++) {
        if (toml_get(table, belongings[i].key) && !toml_get(table, belongings[i].of))
            map_complain(reader, toml_get(table, belongings[i].key)->line,
                         "\"%s\" belongs to \"%s\"", belongings[i].key, belongings[i].of);
    }
    if (toml_get(table, "step") && !toml_get(table, "counter") && !toml_get(table, "ramp"))
        map_complain(reader, toml_get(table, "step")->line,
                     "\"step\" belongs to \"counter\" and \"ramp\"");
}

static void take_sequence(struct map_reader *reader, const struct toml *table,
                          const struct i2ctarget_regmap_register *of)
{
    struct map *map = reader->map;
    uint32_t mask = map_mask(of);
    struct i2ctarget_regmap_sequence row = {.value = of->value};
    const struct toml *counter = map_get(table, "counter", TOML_INTEGER);
    const struct toml *list = map_get(table, "list", TOML_ARRAY);
    const struct toml *ramp = map_get(table, "ramp", TOML_ARRAY);
    const struct toml *noise = map_get(table, "noise", TOML_ARRAY);
    map_check_keys(reader, table, sequence_keys);
    check_kind(reader, table);
    int64_t step = map_number(reader, table, "step", 1, ramp ? 1 : -(int64_t)mask, mask);
    row.period_us = map_duration_us(reader, table, "every");
    row.count = (uint32_t)map_number(reader, table, "count", 0, 1, UINT32_MAX);
    row.seed = (uint32_t)map_number(reader, table, "seed", 1, 0, UINT32_MAX);
    row.step = (uint32_t)step;
    if (counter)
        row.start = number(reader, counter, "counter", mask);
    if (list && !take_list(reader, list, mask, &row))
        map_complain(reader, list->line, "out of memory");
    if (ramp)
        take_ramp(reader, ramp, step, mask, &row);
    if (noise)
        take_noise(reader, noise, mask, &row);
    map->sequences[map->table.sequence_count++] = row;
}

void map_take_sequences(struct map_reader *reader, const struct toml *registers)
{
    struct map *map = reader->map;
    map->sequences = calloc(map_length(registers) + 1, sizeof *map->sequences);
    for (const struct toml *table = registers->first; table && map->sequences;
         table = table->next) {
        const struct toml *sequence =
            table->kind == TOML_TABLE ? map_get(table, "sequence", TOML_TABLE) : NULL;
        const struct toml name = {.string = table->key, .line = table->line};
        const struct i2ctarget_regmap_register *of =
            sequence && !toml_get(table, "bytes") ? map_register(reader, &name) : NULL;
        if (of)
            take_sequence(reader, sequence, of);
    }
}

/* ---- reactions ------------------------------------------------------------------------------- */

static const struct map_key reaction_keys[] = {
    {"on_write", TOML_STRING}, {"on_read", TOML_STRING}, {"if", TOML_INTEGER},
    {"if_mask", TOML_INTEGER}, {"set", TOML_STRING},     {"to", TOML_INTEGER},
    {"copy_to", TOML_STRING},  {"mask", TOML_INTEGER},   {"reset", TOML_BOOLEAN},
    {"after", TOML_STRING},    {NULL, TOML_TABLE},
};

/* The register that the one of two keys names that is there. */
static const struct i2ctarget_regmap_register *named(struct map_reader *reader,
                                                     const struct toml *table, const char *one,
                                                     const char *other)
{
    const struct toml *first = map_get(table, one, TOML_STRING);
    const struct toml *second = map_get(table, other, TOML_STRING);
    if (!first == !second) {
        map_complain(reader, table->line, "a reaction has either \"%s\" or \"%s\"", one, other);
        return NULL;
    }
    return map_register(reader, first ? first : second);
}

static void take_condition(struct map_reader *reader, const struct toml *table,
                           const struct i2ctarget_regmap_register *of,
                           struct i2ctarget_regmap_reaction *row)
{
    const struct toml *equal = map_get(table, "if", TOML_INTEGER);
    const struct toml *mask = map_get(table, "if_mask", TOML_INTEGER);
    uint32_t all = map_mask(of);
    row->value = of->value;
    if (equal)
        row->mask = mask ? (uint32_t)map_checked(reader, mask, "if_mask", 1, all) : all;
    if (equal)
        row->equal = number(reader, equal, "if", all);
    if (mask && !equal)
        map_complain(reader, mask->line, "\"if_mask\" wants \"if\"");
    if (row->equal & ~row->mask)
        map_complain(reader, equal->line,
                     "\"if\" has bits that \"if_mask\" has not, so it never is so");
}

static void take_change(struct map_reader *reader, const struct toml *table,
                        struct i2ctarget_regmap_reaction *row)
{
    const struct i2ctarget_regmap_register *changed = named(reader, table, "set", "copy_to");
    if (!changed)
        return;
    bool is_copy = map_get(table, "copy_to", TOML_STRING);
    const struct toml *to = map_get(table, "to", TOML_INTEGER);
    row->action = is_copy ? I2CTARGET_REGMAP_COPY : I2CTARGET_REGMAP_SET;
    row->changed = changed->value;
    row->action_mask =
        (uint32_t)map_number(reader, table, "mask", map_mask(changed), 1, map_mask(changed));
    row->bits = to ? number(reader, to, "to", map_mask(changed)) : 0;
    if (!is_copy && !to)
        map_complain(reader, table->line, "\"set\" wants \"to\", the value");
    if (is_copy && to)
        map_complain(reader, to->line,
                     "\"to\" belongs to \"set\"; \"copy_to\" copies what was written");
}

static void take_reset(struct map_reader *reader, const struct toml *table,
                       struct i2ctarget_regmap_reaction *row)
{
    row->action = I2CTARGET_REGMAP_RESET;
    row->changed = row->value;
    if (toml_get(table, "set") || toml_get(table, "copy_to") || toml_get(table, "to") ||
        toml_get(table, "mask"))
        map_complain(reader, table->line,
                     "\"reset\" resets all registers, so it has no \"set\", "
                     "\"copy_to\", \"to\" or \"mask\"");
}

static bool can_be_written(const struct i2ctarget_regmap_register *row)
{
    return row->writable | row->one_clears | row->zero_clears | row->self_clearing;
}

static void take_reaction(struct map_reader *reader, const struct toml *table)
{
    struct map *map = reader->map;
    struct i2ctarget_regmap_reaction row = {.is_on_read = toml_get(table, "on_read")};
    map_check_keys(reader, table, reaction_keys);
    const struct i2ctarget_regmap_register *cause = named(reader, table, "on_write", "on_read");
    if (cause && !row.is_on_read && !can_be_written(cause))
        map_complain(reader, table->line,
                     "\"%s\" can not be written, so nothing follows from a write", cause->name);
    if (cause)
        take_condition(reader, table, cause, &row);
    if (map_boolean(table, "reset", false))
        take_reset(reader, table, &row);
    else
        take_change(reader, table, &row);
    row.delay_us = map_duration_us(reader, table, "after");
    map->reactions[map->table.reaction_count++] = row;
}

void map_take_reactions(struct map_reader *reader, const struct toml *reactions)
{
    struct map *map = reader->map;
    map->reactions = calloc(map_length(reactions) + 1, sizeof *map->reactions);
    for (const struct toml *table = reactions->first; table && map->reactions;
         table = table->next) {
        if (table->kind == TOML_TABLE)
            take_reaction(reader, table);
        else
            map_complain(reader, table->line, "a reaction is a table: [[reactions]]");
    }
}
