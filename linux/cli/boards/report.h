/* SPDX-License-Identifier: MIT */
/* One board on standard output. */
#ifndef CLI_BOARDS_REPORT_H
#define CLI_BOARDS_REPORT_H

#include "cli/boards/board.h"

/* For people: a table of its pins, and which pairs serve. */
void report_text(const struct board *board);
/* One JSON object, as the manual page describes it. */
void report_json(const struct board *board);
/* One line of the table of boards as a JSON object, without a new line. */
void report_row_json(const struct table_row *row);

#endif
