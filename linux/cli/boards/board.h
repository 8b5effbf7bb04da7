/* SPDX-License-Identifier: MIT */
/* One board: its pins with all their names, and its bus objects. */
#ifndef CLI_BOARDS_BOARD_H
#define CLI_BOARDS_BOARD_H

#include "cli/boards/chip.h"
#include "cli/boards/table.h"

enum { BOARD_PINS_MAX = 160, BOARD_BUSES_MAX = 8, BOARD_LINES_MAX = 3, BOARD_TITLES_MAX = 4 };

/* A line of a bus object: "SCL" is the pin "GPIO5". */
struct board_line {
    char name[8];
    char pin[CHIP_PIN_NAME_MAX];
};

/* What makes a controller on the board: I2C(), STEMMA_I2C(), UART(), SPI(). */
struct board_bus {
    char name[32];
    struct board_line lines[BOARD_LINES_MAX];
    size_t count; /* 0: no pins are known */
};

struct board_pin {
    struct chip_pin chip; /* `serves` is empty for a pin that is none of the chip */
    char names[224];      /* with a space between them; the first one is the most used */
};

struct board {
    struct table_row row;
    char titles[BOARD_TITLES_MAX][80]; /* boards of several names share one id */
    size_t title_count;
    struct board_pin pins[BOARD_PINS_MAX];
    size_t pin_count;
    struct board_bus buses[BOARD_BUSES_MAX];
    size_t bus_count;
};

/* A pair of pins that serve as SCL and SDA. */
struct board_pair {
    const struct board_pin *scl, *sda;
    char block[CHIP_BLOCK_MAX];
};

/* By its id or its name, in upper or lower case.  False: there is no such board. */
bool board_load(struct board *board, const char *name);

/* May any two of its pins that serve be taken? */
bool board_takes_any_two(const struct board *board);

/*
 * The next pair that serves, with the block that has it, if one does; begin with {NULL}.  False: there
 * are no more.  Where any two serve these are the pairs of the chip's own I2C blocks.
 */
bool board_next_pair(const struct board *board, struct board_pair *pair);

#endif
