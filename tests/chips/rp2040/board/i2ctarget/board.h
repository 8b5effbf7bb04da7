/* SPDX-License-Identifier: MIT */
/* The board of tests: the rig's chip.  test_hat_eeprom.c defines what is declared here. */
#ifndef CHIPS_RP2040_BOARD_BOARD_H
#define CHIPS_RP2040_BOARD_BOARD_H

#include "i2ctarget/i2ctarget.h"

#define BOARD_SCL board_scl()
#define BOARD_SDA board_sda()

const struct i2ctarget_pin *board_scl(void);
const struct i2ctarget_pin *board_sda(void);
int i2ctarget_board_fail(int error);

int example_main(void);

#endif
