/* SPDX-License-Identifier: MIT */
/*
 * What the API document shows with i2c-tools and the example `registers`: look for it (i2cdetect),
 * read register 1, write it, read it again.  Then all registers, and all other addresses: how long
 * is a message for somebody else stretched?
 */
#ifndef BOARD_PROBE_H
#define BOARD_PROBE_H

#include "emulator/board/board.h"

/* Does all that, and prints a line of JSON.  False: the program never listened. */
bool probe(struct board *board, FILE *file);

#endif
