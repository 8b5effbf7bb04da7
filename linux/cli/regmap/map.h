/* SPDX-License-Identifier: MIT */
/*
 * Register maps: files of people (docs/REGISTERS.md) that become a table of devices/regmap.h.
 *
 *   TOML        everything that the table can say (map_toml.c, map_registers.c, map_changes.c)
 *   i2cdump     the text that i2cdump prints: each byte is a register (map_dump.c)
 *   binary      the bytes themselves
 *
 * Each mistake in a file is a line on stderr with its place, "FILE:LINE: …".
 */
#ifndef CLI_REGMAP_MAP_H
#define CLI_REGMAP_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "i2ctarget/devices/regmap_values.h"

enum { MAP_NAME_MAX = 63, MAP_ADDRESS_NONE = 0 };

struct map {
    char name[MAP_NAME_MAX + 1]; /* of the file, without its folder and what is behind the dot */
    char *summary;               /* may be NULL */
    uint8_t address;             /* on the bus; MAP_ADDRESS_NONE: the file does not say */
    /* The table, and its arrays; the latter, and the names of registers, are on the heap. */
    struct i2ctarget_regmap_table table;
    struct i2ctarget_regmap_register *registers;
    struct i2ctarget_regmap_sequence *sequences;
    struct i2ctarget_regmap_reaction *reactions;
    struct i2ctarget_regmap_range *ranges;
};

/*
 * `path`: a file, or the name of a map that is installed with the command ("tmp102").  False: a
 * message has been printed, which begins with `word`.  In both cases map_free() frees it.
 */
bool map_read(struct map *map, const char *path, const char *word);
void map_free(struct map *map);

/* Name it after a file. */
void map_name(struct map *map, const char *path);

/* Calls `take` for each installed map, by name.  False: a message has been printed. */
bool map_each_installed(const char *word, void (*take)(const char *name, const char *path));

/*
 * Writes C: a table, the memory for it, and NAME_init(), and the header NAME.h that it includes.
 * Registers become constants;
 * a C compiler tells if two names differ only in characters that C does not have.
 */
void map_write_c(const struct map *map, FILE *file);
void map_write_header(const struct map *map, FILE *file);

#endif
