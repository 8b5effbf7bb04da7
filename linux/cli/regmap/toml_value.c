/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/regmap/toml_reader.h"

enum { DEPTH_MAX = 16, NUMBER_MAX = 80 };

/* ---- strings --------------------------------------------------------------------------------- */

struct growing {
    char *bytes;
    size_t length, room;
};

static void put(struct growing *text, char byte)
{
    if (text->length == text->room) {
        size_t room = text->room * 2 + 16;
        char *bytes = realloc(text->bytes, room);
        if (!bytes)
            return;
        text->bytes = bytes;
        text->room = room;
    }
    text->bytes[text->length++] = byte;
}

/* UTF-8. */
static void put_character(struct growing *text, unsigned long code)
{
    if (code < 0x80) {
        put(text, (char)code);
        return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char heads[] = {0, 0xC0, 0xE0, 0xF0};
    put(text, (char)(heads[more] | code >> 6 * more));
    while (more-- > 0)
        put(text, (char)(0x80 | (code >> 6 * more & 0x3F)));
}

static bool take_code(struct toml_reader *reader, struct growing *text, size_t digits)
{
    char hex[9] = {0};
    if ((size_t)(reader->end - reader->at) < digits)
        return toml_fail(reader, "the string does not end");
    memcpy(hex, reader->at, digits);
    if (strspn(hex, "0123456789abcdefABCDEF") != digits)
        return toml_fail(reader, "\\u wants 4 hexadecimal digits, \\U wants 8");
    unsigned long code = strtoul(hex, NULL, 16);
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        return toml_fail(reader, "there is no character %s", hex);
    reader->at += digits;
    put_character(text, code);
    return true;
}

static bool take_escape(struct toml_reader *reader, struct growing *text)
{
    static const char names[] = "btnfr\"\\", meanings[] = "\b\t\n\f\r\"\\";
    char name = toml_peek(reader);
    const char *found = name ? strchr(names, name) : NULL;
    if (name)
        reader->at++;
    if (name == 'u' || name == 'U')
        return take_code(reader, text, name == 'u' ? 4 : 8);
    if (!found)
        return toml_fail(reader, "there is no escape \\%c in strings", name ? name : ' ');
    put(text, meanings[found - names]);
    return true;
}

static bool take_character(struct toml_reader *reader, struct growing *text, char quote)
{
    char byte = *reader->at;
    if (byte == '\n' || byte == '\r')
        return toml_fail(reader, "the string does not end in its line");
    if (((unsigned char)byte < 0x20 && byte != '\t') || byte == 0x7F)
        return toml_fail(reader, "a string has no control characters");
    reader->at++;
    if (byte == '\\' && quote == '"')
        return take_escape(reader, text);
    put(text, byte);
    return true;
}

char *toml_string(struct toml_reader *reader)
{
    struct growing text = {0};
    char quote = *reader->at++;
    bool is_good = true;
    if (reader->end - reader->at >= 2 && reader->at[0] == quote && reader->at[1] == quote)
        is_good = toml_fail(reader, "strings of several lines are not read here");
    while (is_good && reader->at < reader->end && *reader->at != quote)
        is_good = take_character(reader, &text, quote);
    if (is_good && !toml_take(reader, quote))
        is_good = toml_fail(reader, "the string does not end");
    put(&text, '\0');
    if (is_good && text.bytes)
        return text.bytes;
    free(text.bytes);
    return NULL;
}

/* ---- numbers and words ----------------------------------------------------------------------- */

static int base_of(const char *word)
{
    if (word[0] != '0')
        return 10;
    return word[1] == 'x' ? 16 : word[1] == 'o' ? 8 : word[1] == 'b' ? 2 : 10;
}

/* Underscores are between digits; without them. */
static bool take_digits(const char *digits, int base, char *plain)
{
    static const char all[] = "0123456789abcdef";
    char before = '_';
    for (; *digits; before = *digits++) {
        char lower = (char)(*digits >= 'A' && *digits <= 'F' ? *digits + 32 : *digits);
        const char *found = strchr(all, lower);
        if (*digits == '_' ? before == '_' : !found || found - all >= base)
            return false;
        if (*digits != '_')
            *plain++ = *digits;
    }
    *plain = '\0';
    return before != '_';
}

static bool take_integer(struct toml_reader *reader, struct toml *value, const char *word)
{
    char plain[NUMBER_MAX + 2], *end;
    bool has_sign = *word == '+' || *word == '-';
    int base = has_sign ? 10 : base_of(word);
    const char *digits = word + (has_sign ? 1 : base == 10 ? 0 : 2);
    plain[0] = *word == '-' ? '-' : '+';
    if (!take_digits(digits, base, plain + 1) || (base == 10 && digits[0] == '0' && digits[1]))
        return toml_fail(reader, "\"%s\" is no value: a \"string\", a whole number, true or false",
                         word);
    errno = 0;
    value->integer = strtoll(plain, &end, base);
    return errno == 0 || toml_fail(reader, "the number %s is too large", word);
}

static bool take_word(struct toml_reader *reader, struct toml *value)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-.:";
    char word[NUMBER_MAX + 1];
    size_t length = 0;
    while (reader->at < reader->end && length < NUMBER_MAX && *reader->at &&
           strchr(letters, *reader->at))
        word[length++] = *reader->at++;
    word[length] = '\0';
    if (length == 0)
        return toml_fail(reader, "a value is missing");
    value->kind = TOML_BOOLEAN;
    value->integer = strcmp(word, "true") == 0;
    if (value->integer || strcmp(word, "false") == 0)
        return true;
    value->kind = TOML_INTEGER;
    return take_integer(reader, value, word);
}

/* ---- arrays and tables ----------------------------------------------------------------------- */

static bool take_array(struct toml_reader *reader, struct toml *array)
{
    reader->at++;
    for (;;) {
        toml_skip(reader, true);
        if (toml_take(reader, ']'))
            return true;
        if (!toml_value(reader, array, NULL))
            return false;
        toml_skip(reader, true);
        if (!toml_take(reader, ',') && toml_peek(reader) != ']')
            return toml_fail(reader, "the list wants , or ] here");
    }
}

static bool take_inline_table(struct toml_reader *reader, struct toml *table)
{
    reader->at++;
    table->origin = TOML_DOTTED; /* until it ends */
    toml_skip(reader, false);
    bool is_good = true, has_ended = toml_take(reader, '}');
    while (is_good && !has_ended) {
        toml_skip(reader, false);
        is_good = toml_pair(reader, table);
        toml_skip(reader, false);
        has_ended = is_good && toml_take(reader, '}');
        if (is_good && !has_ended && !toml_take(reader, ','))
            is_good = toml_fail(reader, "the table wants , or } here");
    }
    table->origin = TOML_INLINE;
    return is_good;
}

static bool take_nested(struct toml_reader *reader, struct toml *value)
{
    if (reader->depth == DEPTH_MAX)
        return toml_fail(reader, "too many brackets in brackets");
    reader->depth++;
    bool is_good =
        value->kind == TOML_ARRAY ? take_array(reader, value) : take_inline_table(reader, value);
    reader->depth--;
    return is_good;
}

bool toml_value(struct toml_reader *reader, struct toml *parent, char *key)
{
    char first = toml_peek(reader);
    enum toml_kind kind = first == '[' ? TOML_ARRAY : first == '{' ? TOML_TABLE : TOML_STRING;
    struct toml *value = toml_add(reader, parent, kind, key);
    if (!value)
        return false;
    if (kind != TOML_STRING)
        return take_nested(reader, value);
    if (first != '"' && first != '\'')
        return take_word(reader, value);
    value->string = toml_string(reader);
    return value->string != NULL;
}
