/* SPDX-License-Identifier: MIT */
#include "cli/boards/board.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_called(const struct table_row *row, const char *name)
{
    return strcasecmp(row->fields[BOARD_ID], name) == 0 ||
           strcasecmp(row->fields[BOARD_NAME], name) == 0;
}

static bool find_row(struct board *board, const char *name)
{
    const char *at = table_boards();
    while (*at) {
        at = table_take_row(at, &board->row);
        if (is_called(&board->row, name))
            return true;
    }
    return false;
}

static void load_titles(struct board *board)
{
    struct table_row row;
    const char *at = table_boards();
    while (*at && board->title_count < BOARD_TITLES_MAX) {
        at = table_take_row(at, &row);
        if (strcmp(row.fields[BOARD_ID], board->row.fields[BOARD_ID]) == 0)
            table_copy(board->titles[board->title_count++], sizeof board->titles[0],
                       row.fields[BOARD_NAME]);
    }
}

/* ---- pins ------------------------------------------------------------------------------------ */

/* The pin of the chip with this name; it is added if it is not there.  NULL: no room. */
static struct board_pin *pin_at(struct board *board, const struct chip *chip, const char *name)
{
    for (size_t i = 0; i < board->pin_count; i++) {
        if (strcmp(board->pins[i].chip.name, name) == 0)
            return &board->pins[i];
    }
    if (board->pin_count == BOARD_PINS_MAX)
        return NULL;
    struct board_pin *pin = &board->pins[board->pin_count++];
    const struct chip_pin *known = chip_find(chip, name);
    if (known)
        pin->chip = *known;
    else
        table_copy(pin->chip.name, sizeof pin->chip.name, name);
    return pin;
}

static void add_name(struct board_pin *pin, const char *name)
{
    size_t length = strlen(pin->names);
    snprintf(pin->names + length, sizeof pin->names - length, "%s%s", length ? " " : "", name);
}

/* Takes "I2C(SCL=GPIO5 SDA=GPIO4)". */
static void add_bus(struct board *board, const struct chip *chip, const char *name,
                    const char *text)
{
    if (board->bus_count == BOARD_BUSES_MAX)
        return;
    struct board_bus *bus = &board->buses[board->bus_count++];
    table_copy(bus->name, sizeof bus->name, name);
    text += strcspn(text, "(");
    while (bus->count < BOARD_LINES_MAX &&
           sscanf(text + 1, "%7[A-Z]=%15[A-Z0-9]", bus->lines[bus->count].name,
                  bus->lines[bus->count].pin) == 2) {
        pin_at(board, chip, bus->lines[bus->count++].pin);
        text += 1 + strcspn(text + 1, " )");
    }
}

static void add_pin(struct board *board, const struct chip *chip, const char *name,
                    const char *text)
{
    struct board_pin *pin = text[0] ? pin_at(board, chip, text) : NULL;
    if (pin)
        add_name(pin, name);
}

/* SCL and SDA are boards.csv's to say; pins.csv may have them, too. */
static bool is_of_boards(const struct table_row *row)
{
    return strcmp(row->fields[PIN_NAME], "SCL") == 0 || strcmp(row->fields[PIN_NAME], "SDA") == 0;
}

static void load_pins(struct board *board)
{
    struct table_row row;
    struct chip chip;
    const char *at = table_pins();
    chip_load(&chip, board->row.fields[BOARD_MCU]);
    add_pin(board, &chip, "SCL", board->row.fields[BOARD_SCL]);
    add_pin(board, &chip, "SDA", board->row.fields[BOARD_SDA]);
    while (*at) {
        at = table_take_row(at, &row);
        const char *name = row.fields[PIN_NAME], *pin = row.fields[PIN_PIN];
        if (strcmp(row.fields[PIN_BOARD_ID], board->row.fields[BOARD_ID]) != 0 ||
            is_of_boards(&row))
            continue;
        if (strchr(pin, '('))
            add_bus(board, &chip, name, pin);
        else
            add_pin(board, &chip, name, pin);
    }
}

bool board_load(struct board *board, const char *name)
{
    *board = (struct board){.title_count = 0};
    if (!find_row(board, name))
        return false;
    load_titles(board);
    load_pins(board);
    return true;
}

/* ---- pairs ----------------------------------------------------------------------------------- */

bool board_takes_any_two(const struct board *board)
{
    for (size_t i = 0; i < board->pin_count; i++) {
        if (chip_pin_serves(&board->pins[i].chip, "any"))
            return true;
    }
    return false;
}

bool board_next_pair(const struct board *board, struct board_pair *pair)
{
    size_t begun = pair->scl ? (size_t)(pair->scl - board->pins) * board->pin_count +
                                   (size_t)(pair->sda - board->pins) + 1
                             : 0;
    for (size_t i = begun; i < board->pin_count * board->pin_count; i++) {
        pair->scl = &board->pins[i / board->pin_count];
        pair->sda = &board->pins[i % board->pin_count];
        if (chip_pair(&pair->scl->chip, &pair->sda->chip, pair->block))
            return true;
    }
    return false;
}
