/* SPDX-License-Identifier: MIT */
/*
 * The virtual board: a Linux process whose SCL and SDA are those of virtual bus $I2CTARGET_BUS (1
 * when unset).
 *
 * Every board has this header: the pins by name, and what to do when the program can not go on.
 */
#ifndef BOARD_H
#define BOARD_H

#include "i2ctarget/bus.h"

#define BOARD_SCL I2CTARGET_BUS_SCL(board_bus())
#define BOARD_SDA I2CTARGET_BUS_SDA(board_bus())

/* The bus number; ends the program with a message if $I2CTARGET_BUS is none. */
unsigned board_bus(void);

/* Microseconds of a monotonic clock. */
int64_t board_now_us(void);

/*
 * The program can not go on: says why, in one line on standard error.  Returns the exit status for
 * main().
 */
int board_fail(int error);

#endif
