/* SPDX-License-Identifier: MIT */
/* Which file a map is in, and what kind of file that is. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/companion.h"
#include "cli/nearest.h"
#include "cli/regmap/map_reader.h"

enum { FILE_MAX = 1 << 20 };

static const char suffix[] = ".toml", folder[] = "maps";

/* ---- installed maps -------------------------------------------------------------------------- */

static bool is_installed_name(const char *path)
{
    return *path && !strpbrk(path, "/.");
}

static int is_map(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name), end = sizeof suffix - 1;
    return length > end && strcmp(entry->d_name + length - end, suffix) == 0;
}

/* The names of the installed maps, sorted; to be freed.  Negative: a message has been printed. */
static int installed(const char *word, char directory[PATH_MAX], struct dirent ***entries)
{
    if (!companion_find(word, folder, MAPS_FROM_BIN, directory))
        return -1;
    int count = scandir(directory, entries, is_map, alphasort);
    if (count < 0)
        cli_error(word, "%s: %s", directory, strerror(errno));
    for (int i = 0; i < count; i++)
        (*entries)[i]->d_name[strlen((*entries)[i]->d_name) - sizeof suffix + 1] = '\0';
    return count;
}

static void free_entries(struct dirent **entries, int count)
{
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
}

bool map_each_installed(const char *word, void (*take)(const char *name, const char *path))
{
    char directory[PATH_MAX], path[2 * PATH_MAX];
    struct dirent **entries;
    int count = installed(word, directory, &entries);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s%s", directory, entries[i]->d_name, suffix);
        take(entries[i]->d_name, path);
    }
    if (count >= 0)
        free_entries(entries, count);
    return count >= 0;
}

static void complain_of_name(const char *word, const char *name)
{
    char directory[PATH_MAX];
    struct dirent **entries;
    struct nearest nearest = {.word = name};
    int count = installed(word, directory, &entries);
    for (int i = 0; i < count; i++)
        nearest_try(&nearest, entries[i]->d_name);
    if (nearest.best)
        cli_error(word, "there is no map \"%s\"; did you mean \"%s\"?  (A file: ./%s)", name,
                  nearest.best, name);
    else if (count >= 0)
        cli_error(word, "there is no map \"%s\" in %s  (A file: ./%s)", name, directory, name);
    if (count >= 0)
        free_entries(entries, count);
}

/* False: a message has been printed. */
static bool find_installed(const char *word, const char *name, char path[PATH_MAX])
{
    char directory[PATH_MAX];
    if (!companion_find(word, folder, MAPS_FROM_BIN, directory))
        return false;
    int length = snprintf(path, PATH_MAX, "%s/%s%s", directory, name, suffix);
    if (length < PATH_MAX && access(path, R_OK) == 0)
        return true;
    complain_of_name(word, name);
    return false;
}

/* ---- the file -------------------------------------------------------------------------------- */

/* All of it; to be freed.  NULL: a message has been printed. */
static char *load(struct map_reader *reader, size_t *length)
{
    FILE *file = fopen(reader->path, "re");
    char *text = file ? malloc(FILE_MAX + 1) : NULL;
    *length = text ? fread(text, 1, FILE_MAX + 1, file) : 0;
    if (!text || ferror(file)) {
        map_complain(reader, 0, "%s", strerror(errno));
        free(text);
        text = NULL;
    } else if (*length > FILE_MAX) {
        map_complain(reader, 0, "is longer than %d bytes", FILE_MAX);
        free(text);
        text = NULL;
    }
    if (file)
        fclose(file);
    return text;
}

void map_name(struct map *map, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t length = dot && dot != name ? (size_t)(dot - name) : strlen(name);
    snprintf(map->name, sizeof map->name, "%.*s", (int)length, name);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

static bool read_file(struct map_reader *reader)
{
    size_t length;
    char *text = load(reader, &length);
    bool is_good;
    if (!text)
        return false;
    if (ends_with(reader->path, suffix))
        is_good = map_read_toml(reader, text, length);
    else if (map_is_dump(text, length))
        is_good = map_read_dump(reader, text, length);
    else
        is_good = map_read_bytes(reader, text, length);
    free(text);
    return is_good;
}

bool map_read(struct map *map, const char *path, const char *word)
{
    char found[PATH_MAX];
    struct map_reader reader = {.map = map, .path = path, .word = word};
    *map = (struct map){.name = ""};
    if (is_installed_name(path)) {
        if (!find_installed(word, path, found))
            return false;
        reader.path = found;
    }
    map_name(map, reader.path);
    bool is_good = read_file(&reader);
    map_take_arrays(map);
    return is_good;
}

void map_take_arrays(struct map *map)
{
    map->table.registers = map->registers;
    map->table.sequences = map->sequences;
    map->table.reactions = map->reactions;
    map->table.ranges = map->ranges;
}

void map_free(struct map *map)
{
    for (uint32_t i = 0; i < map->table.register_count; i++)
        free((char *)(uintptr_t)map->registers[i].name);
    for (uint32_t i = 0; i < map->table.sequence_count; i++)
        free((uint32_t *)(uintptr_t)map->sequences[i].values);
    free(map->registers);
    free(map->sequences);
    free(map->reactions);
    free(map->ranges);
    free(map->summary);
}
