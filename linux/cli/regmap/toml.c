/* SPDX-License-Identifier: MIT */
/*
 * Where values belong.  A table is made by a header, by a key with dots, by braces, or by a header
 * for a table in it; which of these decides who may add to it later (toml.io, "Table").
 */
#include "cli/regmap/toml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/regmap/toml_reader.h"

enum { PARTS_MAX = 16 };

const char *toml_kind_name(enum toml_kind kind)
{
    static const char *const names[] = {
        [TOML_STRING] = "a string",       [TOML_INTEGER] = "a whole number",
        [TOML_BOOLEAN] = "true or false", [TOML_ARRAY] = "a list",
        [TOML_TABLE] = "a table",
    };
    return names[kind];
}

/* ---- characters ------------------------------------------------------------------------------ */

bool toml_fail(struct toml_reader *reader, const char *format, ...)
{
    va_list arguments;
    if (reader->has_failed)
        return false;
    reader->has_failed = true;
    reader->error->line = reader->line;
    va_start(arguments, format);
    vsnprintf(reader->error->text, sizeof reader->error->text, format, arguments);
    va_end(arguments);
    return false;
}

char toml_peek(const struct toml_reader *reader)
{
    return reader->at < reader->end ? *reader->at : '\0';
}

bool toml_take(struct toml_reader *reader, char wanted)
{
    if (reader->at == reader->end || *reader->at != wanted)
        return false;
    reader->at++;
    return true;
}

static bool take_line_end(struct toml_reader *reader)
{
    size_t left = (size_t)(reader->end - reader->at);
    size_t length = left > 1 && reader->at[0] == '\r' && reader->at[1] == '\n' ? 2 : 1;
    if (left == 0 || reader->at[length - 1] != '\n')
        return false;
    reader->at += length;
    reader->line++;
    return true;
}

static void skip_comment(struct toml_reader *reader)
{
    const char *end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
    const char *stop = end ? end : reader->end;
    for (; reader->at < stop; reader->at++) {
        unsigned char byte = (unsigned char)*reader->at;
        bool is_before_end = byte == '\r' && reader->at + 1 == end;
        if ((byte < 0x20 && byte != '\t' && !is_before_end) || byte == 0x7F)
            toml_fail(reader, "a comment has no control characters");
        if (is_before_end)
            return;
    }
}

void toml_skip(struct toml_reader *reader, bool lines)
{
    for (;;) {
        while (toml_peek(reader) == ' ' || toml_peek(reader) == '\t')
            reader->at++;
        if (lines && toml_peek(reader) == '#')
            skip_comment(reader);
        if (!lines || !take_line_end(reader))
            return;
    }
}

/* ---- tables ---------------------------------------------------------------------------------- */

static struct toml *child(const struct toml *table, const char *key)
{
    struct toml *at = table->first;
    while (at && strcmp(at->key, key) != 0)
        at = at->next;
    return at;
}

const struct toml *toml_get(const struct toml *table, const char *key)
{
    return child(table, key);
}

struct toml *toml_add(struct toml_reader *reader, struct toml *parent, enum toml_kind kind,
                      char *key)
{
    struct toml *made = calloc(1, sizeof *made);
    if (!made) {
        free(key);
        toml_fail(reader, "out of memory");
        return NULL;
    }
    *made = (struct toml){.kind = kind, .line = reader->line, .key = key};
    if (parent->last)
        parent->last->next = made;
    else
        parent->first = made;
    parent->last = made;
    return made;
}

void toml_free(struct toml *toml)
{
    while (toml) {
        struct toml *next = toml->next;
        toml_free(toml->first);
        free(toml->key);
        free(toml->string);
        free(toml);
        toml = next;
    }
}

static bool exists(struct toml_reader *reader, const struct toml *other)
{
    return toml_fail(reader, "\"%s\" is in line %d already", other->key, other->line);
}

/* ---- keys ------------------------------------------------------------------------------------ */

char *toml_key_part(struct toml_reader *reader)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const char *begin = reader->at;
    if (toml_peek(reader) == '"' || toml_peek(reader) == '\'')
        return toml_string(reader);
    while (toml_peek(reader) && strchr(letters, toml_peek(reader)))
        reader->at++;
    if (reader->at == begin) {
        toml_fail(reader, "a name is missing");
        return NULL;
    }
    return strndup(begin, (size_t)(reader->at - begin));
}

/* Is there a dot, and so another part? */
static bool takes_dot(struct toml_reader *reader)
{
    toml_skip(reader, false);
    if (!toml_take(reader, '.'))
        return false;
    toml_skip(reader, false);
    return true;
}

/* Into the table of that key, which a key with dots, or a header, goes through.  NULL: failed. */
static struct toml *enter(struct toml_reader *reader, struct toml *table, char *key,
                          enum toml_origin origin)
{
    struct toml *found = child(table, key);
    if (!found) {
        found = toml_add(reader, table, TOML_TABLE, key);
        if (found)
            found->origin = origin;
        return found;
    }
    free(key);
    bool is_list = found->kind == TOML_ARRAY && found->is_list_of_tables && origin == TOML_IMPLICIT;
    bool is_open = found->kind == TOML_TABLE && found->origin != TOML_INLINE &&
                   (origin == TOML_IMPLICIT || found->origin == TOML_DOTTED);
    if (is_list)
        return found->last;
    if (is_open)
        return found;
    exists(reader, found);
    return NULL;
}

static bool take_key(struct toml_reader *reader, struct toml **table, char **key,
                     enum toml_origin origin)
{
    int parts = 1;
    *key = toml_key_part(reader);
    while (*key && takes_dot(reader)) {
        *table = enter(reader, *table, *key, origin);
        bool is_good = *table && (++parts <= PARTS_MAX || toml_fail(reader, "too many dots"));
        *key = is_good ? toml_key_part(reader) : NULL;
    }
    return *key != NULL;
}

bool toml_key(struct toml_reader *reader, struct toml **table, char **key)
{
    return take_key(reader, table, key, TOML_DOTTED);
}

bool toml_pair(struct toml_reader *reader, struct toml *table)
{
    char *key;
    if (!toml_key(reader, &table, &key))
        return false;
    const struct toml *other = child(table, key);
    if (!toml_take(reader, '='))
        toml_fail(reader, "\"%s\" wants = and a value", key);
    else if (other)
        exists(reader, other);
    if (reader->has_failed) {
        free(key);
        return false;
    }
    toml_skip(reader, false);
    return toml_value(reader, table, key);
}

/* ---- headers --------------------------------------------------------------------------------- */

static struct toml *open_table(struct toml_reader *reader, struct toml *parent, char *key)
{
    struct toml *found = child(parent, key);
    if (!found) {
        found = toml_add(reader, parent, TOML_TABLE, key);
    } else {
        free(key);
        if (found->kind != TOML_TABLE || found->origin != TOML_IMPLICIT) {
            exists(reader, found);
            return NULL;
        }
        found->line = reader->line;
    }
    if (found)
        found->origin = TOML_HEADER;
    return found;
}

static struct toml *open_list_of_tables(struct toml_reader *reader, struct toml *parent, char *key)
{
    struct toml *list = child(parent, key);
    if (!list) {
        list = toml_add(reader, parent, TOML_ARRAY, key);
        if (list)
            list->is_list_of_tables = true;
    } else {
        free(key);
        if (!list->is_list_of_tables) {
            exists(reader, list);
            return NULL;
        }
    }
    struct toml *table = list ? toml_add(reader, list, TOML_TABLE, NULL) : NULL;
    if (table)
        table->origin = TOML_HEADER;
    return table;
}

/* The table that the header opens.  NULL: failed. */
static struct toml *take_header(struct toml_reader *reader, struct toml *root)
{
    char *key;
    reader->at++;
    bool is_list = toml_take(reader, '[');
    toml_skip(reader, false);
    if (!take_key(reader, &root, &key, TOML_IMPLICIT))
        return NULL;
    if (!toml_take(reader, ']') || (is_list && !toml_take(reader, ']'))) {
        free(key);
        toml_fail(reader, "the header wants %s at its end", is_list ? "]]" : "]");
        return NULL;
    }
    return is_list ? open_list_of_tables(reader, root, key) : open_table(reader, root, key);
}

static void take_lines(struct toml_reader *reader, struct toml *root)
{
    struct toml *table = root;
    toml_skip(reader, true);
    while (!reader->has_failed && reader->at < reader->end) {
        int line = reader->line;
        if (toml_peek(reader) == '[')
            table = take_header(reader, root);
        else
            toml_pair(reader, table);
        if (reader->has_failed)
            return;
        int last = reader->line;
        toml_skip(reader, true);
        if (reader->at < reader->end && reader->line == last)
            toml_fail(reader, "the end of the line is missing behind what begins in line %d", line);
    }
}

struct toml *toml_read(const char *text, size_t length, struct toml_error *error)
{
    struct toml *root = calloc(1, sizeof *root);
    struct toml_reader reader = {.at = text, .end = text + length, .line = 1, .error = error};
    if (!root) {
        toml_fail(&reader, "out of memory");
        return NULL;
    }
    *root = (struct toml){.kind = TOML_TABLE, .origin = TOML_HEADER, .line = 1};
    take_lines(&reader, root);
    if (!reader.has_failed)
        return root;
    toml_free(root);
    return NULL;
}
