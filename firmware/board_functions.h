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

/*
 * For the program to define, if it likes: what the first core does while the program runs on the
 * second one (ESP32 and ESP32-S3, `make firmware … CORE=1`).  It begins when main() does, or a little
 * earlier, with interrupts masked and a stack of 8 KiB.  Without it, or when it returns, that core
 * sleeps.  It calls nothing of this library, and of the functions above i2ctarget_board_fail() alone,
 * which stops main(), too.  It shares memory with main() as two threads do.  Elsewhere it is not
 * called.
 */
void i2ctarget_board_other_core(void);

/* The error that was given to i2ctarget_board_fail().  0 while the program runs, and after a fault. */
extern volatile int i2ctarget_board_error;

#endif
