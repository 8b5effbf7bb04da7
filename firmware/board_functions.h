/* SPDX-License-Identifier: MIT */
/*
 * What every i2ctarget/board.h declares in addition to the pins.  The folder of a chip defines these
 * functions.
 */
#ifndef BOARD_FUNCTIONS_H
#define BOARD_FUNCTIONS_H

#include <stdint.h>

/* Microseconds since the first call, or since an earlier moment.  It never goes back. */
int64_t i2ctarget_board_now_us(void);

/*
 * For a fatal error: releases the wires and stays here, for a debugger or a reset.  It does not
 * return; it has the type of other boards' functions, so that main() is the same everywhere.
 */
int i2ctarget_board_fail(int error);

/* The error that was given to i2ctarget_board_fail().  0 while the program runs, and after a fault. */
extern volatile int i2ctarget_board_error;

#endif
