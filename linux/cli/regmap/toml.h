/* SPDX-License-Identifier: MIT */
/*
 * TOML 1.0 (toml.io) as register maps need it: everything but numbers with a point, dates and times,
 * and strings of several lines, which are refused by name.  What it accepts means what it means to
 * every other reader (tests/linux/regmap compares it with Python's).
 *
 * Every value knows its line, so that whoever does not like it can say where it is.
 */
#ifndef CLI_REGMAP_TOML_H
#define CLI_REGMAP_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum toml_kind { TOML_STRING, TOML_INTEGER, TOML_BOOLEAN, TOML_ARRAY, TOML_TABLE };

/* How a table came to be; private to the reader. */
enum toml_origin { TOML_IMPLICIT, TOML_HEADER, TOML_DOTTED, TOML_INLINE };

struct toml {
    enum toml_kind kind;
    enum toml_origin origin;
    int line;               /* from 1 */
    char *key;              /* in a table; NULL in an array */
    char *string;           /* TOML_STRING */
    int64_t integer;        /* TOML_INTEGER; TOML_BOOLEAN: 0 or 1 */
    struct toml *first;     /* TOML_ARRAY, TOML_TABLE: what is in it, as a list */
    struct toml *next;      /* in the list */
    struct toml *last;      /* of the list */
    bool is_list_of_tables; /* TOML_ARRAY: it was made by [[…]] */
};

/* The first thing that is wrong. */
struct toml_error {
    int line;
    char text[160];
};

/*
 * Returns the outermost table, which toml_free() frees; NULL: *error says what is wrong.  The text
 * need not end with a NUL.
 */
struct toml *toml_read(const char *text, size_t length, struct toml_error *error);
void toml_free(struct toml *toml);

/* NULL: there is no such key. */
const struct toml *toml_get(const struct toml *table, const char *key);

/* "a string", "a whole number", … for messages. */
const char *toml_kind_name(enum toml_kind kind);

#endif
