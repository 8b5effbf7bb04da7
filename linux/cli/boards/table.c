/* SPDX-License-Identifier: MIT */
#include "cli/boards/table.h"

#include <stdbool.h>
#include <stdio.h>

#include "cli/boards_csv.h"
#include "cli/chips_csv.h"
#include "cli/pins_csv.h"

/*
 * Takes one field.  Returns what follows the field and its comma, or the field and the end of the
 * line.
 */
static const char *take_field(const char *at, char field[TABLE_FIELD_MAX])
{
    size_t length = 0;
    bool quoted = *at == '"';
    at += quoted;
    while (*at && (quoted || (*at != ',' && *at != '\n'))) {
        if (quoted && *at == '"' && *++at != '"')
            quoted = false;
        else if (length + 1 < TABLE_FIELD_MAX)
            field[length++] = *at++;
        else
            at++;
    }
    field[length] = '\0';
    return at + (*at == ',');
}

const char *table_take_row(const char *at, struct table_row *row)
{
    for (int i = 0; i < TABLE_COLUMNS; i++)
        at = take_field(at, row->fields[i]);
    return at + (*at == '\n');
}

void table_copy(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%.*s", (int)size - 1, text);
}

static const char *below_heading(const char *table)
{
    struct table_row heading = {.fields = {""}};
    return table_take_row(table, &heading);
}

const char *table_boards(void)
{
    return below_heading(boards_csv);
}

const char *table_pins(void)
{
    return below_heading(pins_csv);
}

const char *table_chips(void)
{
    return below_heading(chips_csv);
}
