/* SPDX-License-Identifier: MIT */
/* What every board.h declares beside the pins; a chip's folder defines it. */
#ifndef BOARD_FUNCTIONS_H
#define BOARD_FUNCTIONS_H

#include <stdint.h>

/* Microseconds since the clocks were started. */
int64_t board_now_us(void);

/*
 * The program can not go on: lets the wires go and stays here, for a debugger or a reset.  Does not
 * return; the type is that of every board, so that main() reads the same.
 */
int board_fail(int error);

/* Why it could not: the error given to board_fail().  0 while it runs, and after a fault. */
extern volatile int board_error;

#endif
