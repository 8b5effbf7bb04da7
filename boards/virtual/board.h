/* SPDX-License-Identifier: MIT */
/*
 * The virtual board: a Linux process.  Its SCL and SDA are those of virtual bus $I2CTARGET_BUS (1
 * when unset).
 *
 * Every board has a header of this name: the pins by name, and what to do on a fatal error.
 */
#ifndef BOARD_H
#define BOARD_H

#include "i2ctarget/bus.h"

#define BOARD_SCL I2CTARGET_BUS_SCL(board_bus())
#define BOARD_SDA I2CTARGET_BUS_SDA(board_bus())

/* The bus number.  If $I2CTARGET_BUS is not a bus number, ends the program with a message. */
unsigned board_bus(void);

/* Microseconds of a monotonic clock. */
int64_t board_now_us(void);

/*
 * For a fatal error: prints the reason in one line on standard error.  Returns the exit status for
 * main().
 */
int board_fail(int error);

#endif
