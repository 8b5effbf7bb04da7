/* SPDX-License-Identifier: MIT */
/* What the readers of maps share: complaints, and values of a TOML table that are what they must be. */
#ifndef CLI_REGMAP_MAP_READER_H
#define CLI_REGMAP_MAP_READER_H

#include "cli/regmap/map.h"
#include "cli/regmap/toml.h"

struct map_reader {
    struct map *map;
    const char *path;
    const char *word; /* of the command, for messages */
    unsigned mistakes;
    /* While TOML is read. */
    bool is_little;     /* registers, if they do not say */
    uint32_t rows_room; /* of map->registers */
};

/* The kinds of files.  False: there were mistakes. */
bool map_read_toml(struct map_reader *reader, const char *text, size_t length);
bool map_read_dump(struct map_reader *reader, const char *text, size_t length);
bool map_read_bytes(struct map_reader *reader, const char *bytes, size_t length);
/* What was read, as the arrays of the table. */
void map_take_arrays(struct map *map);
/* Does the text look like i2cdump's? */
bool map_is_dump(const char *text, size_t length);

/* The parts of TOML. */
void map_take_registers(struct map_reader *reader, const struct toml *registers);
void map_take_sequences(struct map_reader *reader, const struct toml *registers);
void map_take_reactions(struct map_reader *reader, const struct toml *reactions);
/* By address; each address is that of one register only. */
void map_sort_registers(struct map_reader *reader, const struct toml *registers);

/* A new row with this name, which is copied.  NULL: there are too many. */
struct i2ctarget_regmap_register *map_add_register(struct map_reader *reader, const char *name);
/* Before they are sorted: the row that `name` at that place of the file names; NULL, with a message. */
struct i2ctarget_regmap_register *map_register(struct map_reader *reader, const struct toml *name);
uint32_t map_mask(const struct i2ctarget_regmap_register *row);

/* Prints "FILE:LINE: …".  Line 0: the file as a whole. */
void map_complain(struct map_reader *reader, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The keys that a table may have, and what they are. */
struct map_key {
    const char *name;
    enum toml_kind kind;
};
/* Complains of keys that are not in the list (which ends with a NULL), and of other kinds. */
void map_check_keys(struct map_reader *reader, const struct toml *table,
                    const struct map_key *keys);

/* NULL: it is not there, or is of another kind (which map_check_keys() has said). */
const struct toml *map_get(const struct toml *table, const char *key, enum toml_kind kind);
/* A number in min..max; otherwise `absent`, with a message if it is there and out of range. */
int64_t map_number(struct map_reader *reader, const struct toml *table, const char *key,
                   int64_t absent, int64_t min, int64_t max);
/* The same, of this value itself. */
int64_t map_checked(struct map_reader *reader, const struct toml *value, const char *key,
                    int64_t min, int64_t max);
bool map_boolean(const struct toml *table, const char *key, bool absent);
/* One of the words in a list that ends with a NULL; otherwise 0, with a message if it is another. */
unsigned map_choice(struct map_reader *reader, const struct toml *table, const char *key,
                    const char *const *words);
/* "10 ms" in microseconds; 0: it is not there, or is none. */
uint32_t map_duration_us(struct map_reader *reader, const struct toml *table, const char *key);

/* How many values a list has. */
uint32_t map_length(const struct toml *list);

#endif
