/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget regmap`: checks a map of registers, and makes C of it, for firmware.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output_file.h"
#include "cli/regmap/map.h"

static const char word[] = "regmap";

static const char usage[] =
    "usage: i2ctarget regmap [OPTION]... FILE\n"
    "\n"
    "Checks a map of registers: a file for `i2ctarget device registers --map FILE`, or the name of a\n"
    "map that is installed.  With -o it makes C of it, for firmware and programs.\n"
    "\n"
    "  --output FILE         write FILE, which ends in .c, and the header beside it\n"
    "  --list                the maps that are installed\n"
    "  --help                this text\n";

enum { OUTPUT = 'o', LIST = 'l', HELP = 'h' };

static const struct option options[] = {
    {"output", required_argument, NULL, OUTPUT},
    {"list", no_argument, NULL, LIST},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

enum { PATH_SIZE = 4096 };

/* ---- --list ---------------------------------------------------------------------------------- */

static bool has_failed;

static void list_one(const char *name, const char *path)
{
    struct map map;
    if (map_read(&map, path, word))
        printf("%-10s 0x%02x  %s\n", name, map.address, map.summary ? map.summary : "");
    else
        has_failed = true;
    map_free(&map);
}

static int list(void)
{
    return map_each_installed(word, list_one) && !has_failed ? CLI_OK : CLI_FAILED;
}

/* ---- --output -------------------------------------------------------------------------------- */

static bool write_one(const struct map *map, const char *path,
                      void (*write)(const struct map *map, FILE *file))
{
    struct output_file file;
    if (!output_file_open(&file, word, path))
        return false;
    write(map, file.stream);
    return output_file_close(&file);
}

/* The files are named after what they are to be, not after the map. */
static int write_all(struct map *map, const char *path)
{
    char header[PATH_SIZE];
    size_t length = strlen(path);
    if (length < 3 || length >= sizeof header || strcmp(path + length - 2, ".c") != 0)
        return cli_misuse(word, "--output %s: a name that ends in .c", path);
    if (strlen(basename(path)) > MAP_NAME_MAX + 2)
        return cli_misuse(word, "--output %s: a name of up to %d characters", path,
                          MAP_NAME_MAX + 2);
    snprintf(header, sizeof header, "%.*s.h", (int)length - 2, path);
    map_name(map, path);
    return write_one(map, path, map_write_c) && write_one(map, header, map_write_header)
               ? CLI_OK
               : CLI_FAILED;
}

/* ---- the map --------------------------------------------------------------------------------- */

static int run(const char *path, const char *output)
{
    struct map map;
    int status = CLI_FAILED;
    if (map_read(&map, path, word)) {
        status = CLI_OK;
        if (output)
            status = write_all(&map, output);
        else
            printf("%s: %u registers, %u sequences, %u reactions\n", map.name,
                   map.table.register_count, map.table.sequence_count, map.table.reaction_count);
    }
    map_free(&map);
    return status;
}

int cmd_regmap(int argc, char **argv)
{
    const char *output = NULL;
    int option;
    while ((option = getopt_long(argc, argv, ":o:h", options, NULL)) != -1) {
        switch (option) {
        case OUTPUT:
            output = optarg;
            break;
        case LIST:
            return list();
        case HELP:
            fputs(usage, stdout);
            return CLI_OK;
        default:
            return cli_bad_option(word, option, argv);
        }
    }
    if (optind == argc)
        return cli_misuse(word, "the file is missing");
    if (optind + 1 < argc)
        return cli_misuse(word, "\"%s\" is too much", argv[optind + 1]);
    return run(argv[optind], output);
}
