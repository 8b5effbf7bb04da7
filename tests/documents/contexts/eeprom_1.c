/* SPDX-License-Identifier: MIT */
#include "i2ctarget/board.h"
#include "i2ctarget/devices/eeprom.h"

int main(void)
{
    struct i2ctarget target = {0};
    int error;
    SNIPPET
    return error;
}
