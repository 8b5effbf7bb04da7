/* SPDX-License-Identifier: MIT */
/*
 * The board that a program runs on: its pins by name, and what to do on a fatal error.
 *
 * Every board has a header of this name, so one file of C runs on all of them.  This is the virtual
 * board: a Linux process.  Its SCL and SDA are those of virtual bus $I2CTARGET_BUS (1 when unset).
 * `make firmware` puts the header of a real board in its place.
 *
 *     #include <i2ctarget/board.h>
 *
 *     int error = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, 2, false);
 *     if (error)
 *         return i2ctarget_board_fail(error);
 */
#ifndef I2CTARGET_BOARD_H
#define I2CTARGET_BOARD_H

#include "i2ctarget/bus.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BOARD_SCL I2CTARGET_BUS_SCL(i2ctarget_board_bus())
#define BOARD_SDA I2CTARGET_BUS_SDA(i2ctarget_board_bus())

/*
 * The number of the bus.  If $I2CTARGET_BUS is not a bus number: one that i2ctarget_init() refuses
 * with -EINVAL.
 */
I2CTARGET_API unsigned i2ctarget_board_bus(void);

/* Microseconds of a monotonic clock. */
I2CTARGET_API int64_t i2ctarget_board_now_us(void);

/*
 * For a fatal error, a negative code: prints the reason in one line on standard error.  Returns the
 * exit status for main(), 1.  Boards without an operating system do not return.
 */
I2CTARGET_API int i2ctarget_board_fail(int error);

#ifdef __cplusplus
}
#endif
#endif
