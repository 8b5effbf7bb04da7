/* SPDX-License-Identifier: MIT */
/* The two halves of the reader of TOML: values (toml_value.c), and where they belong (toml.c). */
#ifndef CLI_REGMAP_TOML_READER_H
#define CLI_REGMAP_TOML_READER_H

#include "cli/regmap/toml.h"

struct toml_reader {
    const char *at, *end;
    int line;
    int depth; /* of arrays and inline tables */
    struct toml_error *error;
    bool has_failed;
};

/* Keeps the first message.  Returns false. */
bool toml_fail(struct toml_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The next character, 0 at the end; and the one behind it. */
char toml_peek(const struct toml_reader *reader);
bool toml_take(struct toml_reader *reader, char wanted);
/* Blanks and tabs; with `lines` also comments and ends of lines. */
void toml_skip(struct toml_reader *reader, bool lines);

/* A new value at the end of a list.  NULL: out of memory. */
struct toml *toml_add(struct toml_reader *reader, struct toml *parent, enum toml_kind kind,
                      char *key);

/* A key, perhaps with dots: everything up to the last part is found, or made, in *table. */
bool toml_key(struct toml_reader *reader, struct toml **table, char **key);
/* One part of a key, or a string.  NULL: it has failed. */
char *toml_key_part(struct toml_reader *reader);
char *toml_string(struct toml_reader *reader);

/* A value, which becomes the last of `parent`. */
bool toml_value(struct toml_reader *reader, struct toml *parent, char *key);
/* KEY = VALUE */
bool toml_pair(struct toml_reader *reader, struct toml *table);

#endif
