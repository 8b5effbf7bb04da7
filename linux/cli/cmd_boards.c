/* SPDX-License-Identifier: MIT */
/* `i2ctarget boards`: the list of boards, or the pins of one. */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/boards/report.h"
#include "cli/cli.h"
#include "cli/nearest.h"

static const char word[] = "boards";

static const char help[] =
    "usage: i2ctarget boards [--json] [FILTER]...\n"
    "       i2ctarget boards [--json] BOARD\n"
    "\n"
    "List the boards that have an I2C target, with their chip and the pins called SCL and SDA.\n"
    "With the id or the name of a board: its pins, all their names, which pairs can serve a\n"
    "target, and which pins I2C(), UART() and SPI() use.\n"
    "A Python program gets the pins of a board if I2CTARGET_BOARD is set to its id.\n"
    "\n"
    "  FILTER   only boards with this text in id, name, chip, pin or I2C block, in upper or\n"
    "           lower case; with several filters, all must be found\n"
    "  BOARD    the whole id or name of one board\n"
    "  --json   one JSON array of boards, or one object, instead of a table\n"
    "  --help   this text\n"
    "\n"
    "\"-\": the board has no pins of these names.  Any suitable pins of its chip can be used.\n"
    "Exit status: 0; 1 if no board was found; 2 for wrong usage.\n";

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

static bool matches(const struct table_row *row, char **filters)
{
    static const int searched[] = {BOARD_NAME, BOARD_ID,  BOARD_MCU,
                                   BOARD_SCL,  BOARD_SDA, BOARD_BLOCK};
    for (; *filters; filters++) {
        bool is_found = false;
        for (size_t i = 0; i < sizeof searched / sizeof *searched; i++)
            is_found = is_found || contains(row->fields[searched[i]], *filters);
        if (!is_found)
            return false;
    }
    return true;
}

static const char *or_dash(const char *field)
{
    return *field ? field : "-";
}

static void print_row(const struct table_row *row)
{
    printf("%-41s %-11s %-6s %-6s %-9s %s\n", row->fields[BOARD_ID], row->fields[BOARD_MCU],
           or_dash(row->fields[BOARD_SCL]), or_dash(row->fields[BOARD_SDA]),
           or_dash(row->fields[BOARD_BLOCK]), row->fields[BOARD_NAME]);
}

static void list_row(const struct table_row *row, unsigned count, bool as_json)
{
    static const struct table_row heading = {
        .fields = {"NAME", "BOARD_ID", "", "CHIP", "SCL", "SDA", "I2C", ""}};
    if (as_json) {
        fputs(count ? ",\n" : "[", stdout);
        report_row_json(row);
        return;
    }
    if (count == 0)
        print_row(&heading);
    print_row(row);
}

/* How many boards were listed. */
static unsigned list_boards(char **filters, bool as_json)
{
    struct table_row row;
    unsigned count = 0;
    const char *at = table_boards();
    while (*at) {
        at = table_take_row(at, &row);
        if (matches(&row, filters))
            list_row(&row, count++, as_json);
    }
    if (count > 0 && as_json)
        puts("]");
    return count;
}

/* ---- no board was found ---------------------------------------------------------------------- */

enum { NEAR = 3, FAR = 1000 };

struct near_boards {
    char ids[NEAR][NEAREST_WORD_MAX];
    int steps[NEAR];
};

/* Keeps the nearest ones, in order. */
static void offer(struct near_boards *near, const char *id, int steps)
{
    int place = NEAR;
    while (place > 0 && steps < near->steps[place - 1])
        place--;
    if (place == NEAR)
        return;
    for (int i = NEAR - 1; i > place; i--) {
        near->steps[i] = near->steps[i - 1];
        memcpy(near->ids[i], near->ids[i - 1], sizeof near->ids[i]);
    }
    near->steps[place] = steps;
    table_copy(near->ids[place], sizeof near->ids[place], id);
}

static struct near_boards nearest_to(const char *name)
{
    struct near_boards near = {.steps = {FAR, FAR, FAR}};
    char last[NEAREST_WORD_MAX] = "";
    struct table_row row;
    const char *at = table_boards();
    int limit = (int)strlen(name) / 2;
    while (*at) {
        at = table_take_row(at, &row);
        int steps = nearest_distance(name, row.fields[BOARD_ID]);
        if (steps <= limit && strcmp(last, row.fields[BOARD_ID]) != 0)
            offer(&near, row.fields[BOARD_ID], steps);
        table_copy(last, sizeof last, row.fields[BOARD_ID]);
    }
    return near;
}

static int complain(char **filters)
{
    struct near_boards near = nearest_to(filters[0]);
    char hint[NEAR * (NEAREST_WORD_MAX + 4) + 32] = "";
    for (int i = 0; i < NEAR && near.steps[i] < FAR && !filters[1]; i++) {
        size_t length = strlen(hint);
        snprintf(hint + length, sizeof hint - length, "%s%s", i ? " or " : "; did you mean ",
                 near.ids[i]);
    }
    cli_error(word, "no board has \"%s\" in its id, name, chip or pins%s%s", filters[0], hint,
              hint[0] ? "?" : "");
    return CLI_FAILED;
}

static int run(char **names, bool as_json)
{
    struct board board;
    if (names[0] && !names[1] && board_load(&board, names[0])) {
        if (as_json)
            report_json(&board);
        else
            report_text(&board);
        return CLI_OK;
    }
    return list_boards(names, as_json) > 0 ? CLI_OK : complain(names);
}

int cmd_boards(int argc, char **argv)
{
    static const struct option long_options[] = {
        {"help", no_argument, NULL, 'h'}, {"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
    bool as_json = false;
    int option;
    while ((option = getopt_long(argc, argv, ":h", long_options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return CLI_OK;
        }
        if (option != 'j')
            return cli_bad_option(word, option, argv);
        as_json = true;
    }
    return run(argv + optind, as_json);
}
