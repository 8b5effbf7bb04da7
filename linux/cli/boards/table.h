/* SPDX-License-Identifier: MIT */
/*
 * The tables boards, pins and chips of boards/, which are compiled in as text.
 *
 * A table has the form of RFC 4180: fields are separated by commas.  A field that contains a comma
 * or a quote is in quotes, and each quote in it is doubled.
 */
#ifndef CLI_BOARDS_TABLE_H
#define CLI_BOARDS_TABLE_H

#include <stddef.h>

enum { TABLE_COLUMNS = 8, TABLE_FIELD_MAX = 512 };

struct table_row {
    char fields[TABLE_COLUMNS][TABLE_FIELD_MAX];
};

/* The columns, in the order of the files. */
enum {
    BOARD_NAME,
    BOARD_ID,
    BOARD_PORT,
    BOARD_MCU,
    BOARD_SCL,
    BOARD_SDA,
    BOARD_BLOCK,
    BOARD_NOTES
};
enum { PIN_BOARD_ID, PIN_NAME, PIN_PIN };
enum { CHIP_MCU, CHIP_PIN, CHIP_SERVES, CHIP_NOTE };

/* The first lines below the headings.  A table ends with an empty string. */
const char *table_boards(void);
const char *table_pins(void);
const char *table_chips(void);

/* Takes one line.  Returns what follows it. */
const char *table_take_row(const char *at, struct table_row *row);

/* Copies a text; what does not fit is cut off. */
void table_copy(char *to, size_t size, const char *text);

#endif
