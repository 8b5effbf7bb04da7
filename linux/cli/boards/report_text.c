/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/boards/report.h"

enum { CELL_MAX = 256 };
enum cell { NAMES, PIN, SERVES, USED_BY, NOTE, CELLS };

struct line {
    char cells[CELLS][CELL_MAX];
};

static const struct line heading = {.cells = {"NAMES", "PIN", "TARGET", "USED BY", "NOTE"}};

static void append(char cell[CELL_MAX], const char *separator, const char *text)
{
    size_t length = strlen(cell);
    snprintf(cell + length, CELL_MAX - length, "%s%s", length ? separator : "", text);
}

/* "any", or "SDA of SERCOM2/C, SCL of SERCOM4/D, EXTINT12". */
static void say_serves(char cell[CELL_MAX], const struct chip_pin *pin)
{
    if (chip_pin_serves(pin, "any")) {
        append(cell, "", "any");
        return;
    }
    char block[CHIP_BLOCK_MAX], line[8], text[32];
    const char *at = pin->serves;
    for (int taken; sscanf(at, " %15[^=]=%7[A-Z]%n", block, line, &taken) == 2; at += taken) {
        snprintf(text, sizeof text, "%s of %s", line, block);
        append(cell, ", ", text);
    }
    const char *extint = chip_pin_way(pin, "EXTINT");
    if (extint) {
        snprintf(text, sizeof text, "%.*s", (int)strcspn(extint, " "), extint);
        append(cell, ", ", text);
    }
}

static void say_buses(char cell[CELL_MAX], const struct board *board, const char *pin)
{
    for (size_t i = 0; i < board->bus_count; i++) {
        const struct board_bus *bus = &board->buses[i];
        for (size_t j = 0; j < bus->count; j++) {
            char text[64];
            snprintf(text, sizeof text, "%s() %s", bus->name, bus->lines[j].name);
            if (strcmp(bus->lines[j].pin, pin) == 0)
                append(cell, ", ", text);
        }
    }
}

static struct line line_of(const struct board *board, const struct board_pin *pin)
{
    struct line line = {.cells = {""}};
    append(line.cells[NAMES], "", pin->names);
    append(line.cells[PIN], "", pin->chip.name);
    say_serves(line.cells[SERVES], &pin->chip);
    say_buses(line.cells[USED_BY], board, pin->chip.name);
    append(line.cells[NOTE], "", pin->chip.note);
    for (int i = 0; i < NOTE; i++) {
        if (!line.cells[i][0])
            append(line.cells[i], "", "-");
    }
    return line;
}

static void widen(int widths[CELLS], const struct line *line)
{
    for (int i = 0; i < CELLS; i++) {
        int width = (int)strlen(line->cells[i]);
        widths[i] = widths[i] > width ? widths[i] : width;
    }
}

/* Only the note can be empty; then the cell before it ends the line. */
static void print_line(const int widths[CELLS], const struct line *line)
{
    int last = line->cells[NOTE][0] ? NOTE : NOTE - 1;
    for (int i = 0; i < last; i++)
        printf("%-*s  ", widths[i], line->cells[i]);
    puts(line->cells[last]);
}

static void print_pins(const struct board *board)
{
    int widths[CELLS] = {0};
    widen(widths, &heading);
    for (size_t i = 0; i < board->pin_count; i++) {
        struct line line = line_of(board, &board->pins[i]);
        widen(widths, &line);
    }
    print_line(widths, &heading);
    for (size_t i = 0; i < board->pin_count; i++) {
        struct line line = line_of(board, &board->pins[i]);
        print_line(widths, &line);
    }
}

/* "D13 (PA23)" */
static void print_end(const char *what, const struct board_pin *pin)
{
    char text[64];
    int length = (int)strcspn(pin->names, " ");
    snprintf(text, sizeof text, "%.*s (%s)", length ? length : 1, length ? pin->names : "-",
             pin->chip.name);
    printf("  %s = %-22s", what, text);
}

static void print_pairs(const struct board *board)
{
    if (board_takes_any_two(board)) {
        puts("\nAny two pins that say \"any\" can be SCL and SDA of a target.");
        return;
    }
    puts("\nOf the pins with a name, these pairs can be SCL and SDA of a target:");
    struct board_pair pair = {NULL, NULL, ""};
    bool has_others = false;
    while (board_next_pair(board, &pair)) {
        has_others |= !pair.block[0];
        if (!pair.block[0])
            continue;
        print_end("SCL", pair.scl);
        print_end("SDA", pair.sda);
        printf("  %s\n", pair.block);
    }
    if (has_others)
        puts(
            "So can any other two that say EXTINT, with different numbers: the processor serves them, "
            "more slowly.");
}

static void print_controllers(const struct board *board)
{
    if (board->bus_count == 0)
        return;
    fputs("On the board these make controllers; a target takes their pins:", stdout);
    for (size_t i = 0; i < board->bus_count; i++)
        printf("%s %s()", i ? "," : "", board->buses[i].name);
    putchar('\n');
}

static void print_heading(const struct board *board)
{
    const char *block = board->row.fields[BOARD_BLOCK];
    printf("%s: ", board->row.fields[BOARD_ID]);
    for (size_t i = 0; i < board->title_count; i++)
        printf("%s, ", board->titles[i]);
    puts(board->row.fields[BOARD_MCU]);
    if (board->row.fields[BOARD_SCL][0])
        printf("SCL is %s, SDA is %s%s%s%s\n\n", board->row.fields[BOARD_SCL],
               board->row.fields[BOARD_SDA], block[0] ? " (" : "", block, block[0] ? ")" : "");
    else
        puts("No pins are called SCL and SDA\n");
}

void report_text(const struct board *board)
{
    print_heading(board);
    print_pins(board);
    print_pairs(board);
    print_controllers(board);
}
