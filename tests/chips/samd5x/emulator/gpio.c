/* SPDX-License-Identifier: MIT */
/* The HAT's EEPROM on two pins that no SERCOM has: SCL is PA19, SDA is PA18. */
#include "i2ctarget/board.h"
#include "i2ctarget/samd5x.h"

#undef BOARD_SCL
#undef BOARD_SDA
#define BOARD_SCL I2CTARGET_SAMD5X_PA(19)
#define BOARD_SDA I2CTARGET_SAMD5X_PA(18)

#include "../../../../examples/hat_eeprom.c"
