/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/nearest.h"
#include "cli/regmap/map_reader.h"

void map_complain(struct map_reader *reader, int line, const char *format, ...)
{
    char text[256];
    va_list arguments;
    reader->mistakes++;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (line)
        cli_error(reader->word, "%s:%d: %s", reader->path, line, text);
    else
        cli_error(reader->word, "%s: %s", reader->path, text);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void complain_of_key(struct map_reader *reader, const struct toml *value,
                            const struct map_key *keys)
{
    struct nearest nearest = {.word = value->key};
    for (const struct map_key *key = keys; key->name; key++)
        nearest_try(&nearest, key->name);
    if (nearest.best)
        map_complain(reader, value->line, "there is no \"%s\" here; did you mean \"%s\"?",
                     value->key, nearest.best);
    else
        map_complain(reader, value->line, "there is no \"%s\" here", value->key);
}

void map_check_keys(struct map_reader *reader, const struct toml *table, const struct map_key *keys)
{
    for (const struct toml *value = table->first; value; value = value->next) {
        const struct map_key *key = keys;
        while (key->name && strcmp(key->name, value->key) != 0)
            key++;
        if (!key->name)
            complain_of_key(reader, value, keys);
        else if (key->kind != value->kind)
            map_complain(reader, value->line, "\"%s\" is %s; it wants %s", value->key,
                         toml_kind_name(value->kind), toml_kind_name(key->kind));
    }
}

const struct toml *map_get(const struct toml *table, const char *key, enum toml_kind kind)
{
    const struct toml *value = toml_get(table, key);
    return value && value->kind == kind ? value : NULL;
}

/* ---- values ---------------------------------------------------------------------------------- */

int64_t map_checked(struct map_reader *reader, const struct toml *value, const char *key,
                    int64_t min, int64_t max)
{
    if (value->kind != TOML_INTEGER) {
        map_complain(reader, value->line, "\"%s\" wants whole numbers, not %s", key,
                     toml_kind_name(value->kind));
        return min;
    }
    if (value->integer >= min && value->integer <= max)
        return value->integer;
    if (min < 0)
        map_complain(reader, value->line, "\"%s\" is %lld; it must be %lld to %#llx", key,
                     (long long)value->integer, (long long)min, (long long)max);
    else
        map_complain(
            reader, value->line, "\"%s\" is %s%#llx; it must be %#llx to %#llx", key,
            value->integer < 0 ? "-" : "",
            (long long)(value->integer < 0 ? -(uint64_t)value->integer : (uint64_t)value->integer),
            (long long)min, (long long)max);
    return min;
}

int64_t map_number(struct map_reader *reader, const struct toml *table, const char *key,
                   int64_t absent, int64_t min, int64_t max)
{
    const struct toml *value = map_get(table, key, TOML_INTEGER);
    return value ? map_checked(reader, value, key, min, max) : absent;
}

bool map_boolean(const struct toml *table, const char *key, bool absent)
{
    const struct toml *value = map_get(table, key, TOML_BOOLEAN);
    return value ? value->integer : absent;
}

unsigned map_choice(struct map_reader *reader, const struct toml *table, const char *key,
                    const char *const *words)
{
    const struct toml *value = map_get(table, key, TOML_STRING);
    char known[128] = "";
    if (!value)
        return 0;
    for (unsigned i = 0; words[i]; i++) {
        if (strcmp(words[i], value->string) == 0)
            return i;
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s\"%s\"",
                 i == 0         ? ""
                 : words[i + 1] ? ", "
                                : " or ",
                 words[i]);
    }
    map_complain(reader, value->line, "\"%s\" is \"%s\"; it must be %s", key, value->string, known);
    return 0;
}

uint32_t map_duration_us(struct map_reader *reader, const struct toml *table, const char *key)
{
    static const struct {
        const char *name;
        uint64_t us;
    } units[] = {{" us", 1}, {" ms", 1000}, {" s", 1000000}};
    const struct toml *value = map_get(table, key, TOML_STRING);
    char *end = NULL;
    if (!value)
        return 0;
    uint64_t count = strtoull(value->string, &end, 10);
    bool is_number = value->string[0] >= '0' && value->string[0] <= '9' && count <= UINT32_MAX;
    for (unsigned i = 0; is_number && i < sizeof units / sizeof *units; i++) {
        if (strcmp(end, units[i].name) == 0 && count && count * units[i].us <= UINT32_MAX)
            return (uint32_t)(count * units[i].us);
    }
    map_complain(
        reader, value->line,
        "\"%s\" is \"%s\"; it wants a time, for example \"10 ms\", \"250 us\" or \"2 s\", up "
        "to \"4294 s\"",
        key, value->string);
    return 0;
}

uint32_t map_length(const struct toml *list)
{
    uint32_t count = 0;
    for (const struct toml *value = list->first; value; value = value->next)
        count++;
    return count;
}
