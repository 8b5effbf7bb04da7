/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget boards`: the table of boards/boards.csv, which is compiled in as text.
 *
 * The file has the form of RFC 4180: fields are separated by commas.  A field that contains a comma
 * or a quote is in quotes, and each quote in it is doubled.
 */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/boards_csv.h"
#include "cli/cli.h"

static const char word[] = "boards";

static const char help[] =
    "usage: i2ctarget boards [FILTER]...\n"
    "\n"
    "List the boards that have an I2C target, with their chip and the pins called SCL and SDA.\n"
    "A Python program gets the pins of a board if I2CTARGET_BOARD is set to its id.\n"
    "\n"
    "  FILTER   only boards with this text in id, name, chip, pin or I2C block, in upper or\n"
    "           lower case; with several filters, all must be found\n"
    "  --help   this text\n"
    "\n"
    "\"-\": the board has no pins of these names.  Any suitable pins of its chip can be used.\n"
    "Exit status: 0; 1 if no board was found; 2 for wrong usage.\n";

enum { FIELD_MAX = 512 };

/* The order of the file. */
enum column { NAME, BOARD_ID, PORT, MCU, SCL, SDA, INSTANCE, NOTES, COLUMNS };

struct board {
    char fields[COLUMNS][FIELD_MAX];
};

/*
 * Takes one field.  Returns what follows the field and its comma, or the field and the end of the
 * line.
 */
static const char *take_field(const char *at, char field[FIELD_MAX])
{
    size_t length = 0;
    bool quoted = *at == '"';
    at += quoted;
    while (*at && (quoted || (*at != ',' && *at != '\n'))) {
        if (quoted && *at == '"' && *++at != '"')
            quoted = false;
        else if (length + 1 < FIELD_MAX)
            field[length++] = *at++;
        else
            at++;
    }
    field[length] = '\0';
    return at + (*at == ',');
}

/* Takes one line.  Returns what follows it. */
static const char *take_board(const char *at, struct board *board)
{
    for (int i = 0; i < COLUMNS; i++)
        at = take_field(at, board->fields[i]);
    return at + (*at == '\n');
}

static bool contains(const char *text, const char *part)
{
    size_t length = strlen(part);
    for (; strlen(text) >= length; text++) {
        size_t same = 0;
        while (same < length &&
               tolower((unsigned char)text[same]) == tolower((unsigned char)part[same]))
            same++;
        if (same == length)
            return true;
    }
    return false;
}

static bool matches(const struct board *board, char **filters)
{
    static const enum column searched[] = {NAME, BOARD_ID, MCU, SCL, SDA, INSTANCE};
    for (; *filters; filters++) {
        bool is_found = false;
        for (size_t i = 0; i < sizeof searched / sizeof *searched; i++)
            is_found = is_found || contains(board->fields[searched[i]], *filters);
        if (!is_found)
            return false;
    }
    return true;
}

static const char *or_dash(const char *field)
{
    return *field ? field : "-";
}

static void print_row(const struct board *board)
{
    const char *instance = board->fields[INSTANCE];
    printf("%-41s %-11s %-6s %-6s %-9s %s\n", board->fields[BOARD_ID], board->fields[MCU],
           or_dash(board->fields[SCL]), or_dash(board->fields[SDA]), or_dash(instance),
           board->fields[NAME]);
}

static int print_boards(char **filters)
{
    static const struct board heading = {
        .fields = {"NAME", "BOARD_ID", "", "CHIP", "SCL", "SDA", "I2C", ""}};
    struct board board = {.fields = {""}};
    unsigned count = 0;
    const char *at = take_board(boards_csv, &board); /* skips the heading */
    while (*at) {
        at = take_board(at, &board);
        if (!matches(&board, filters))
            continue;
        if (count++ == 0)
            print_row(&heading);
        print_row(&board);
    }
    if (count > 0)
        return CLI_OK;
    cli_error(word, "no board has \"%s\" in its id, name, chip or pins", filters[0]);
    return CLI_FAILED;
}

int cmd_boards(int argc, char **argv)
{
    static const struct option long_options[] = {{"help", no_argument, NULL, 'h'},
                                                 {NULL, 0, NULL, 0}};
    int option = getopt_long(argc, argv, ":", long_options, NULL);
    if (option == 'h') {
        fputs(help, stdout);
        return CLI_OK;
    }
    if (option != -1)
        return cli_bad_option(word, option, argv);
    return print_boards(argv + optind);
}
