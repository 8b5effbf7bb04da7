/* SPDX-License-Identifier: MIT */
/* The HAT's EEPROM on a SERCOM that listens to every address: others' messages stop at it, too. */
#include "i2ctarget/samd5x.h"

#define main hat_main
#include "../../../../examples/hat_eeprom.c"
#undef main

int main(void)
{
    const struct i2ctarget_samd5x_config config = {.hear_all = true};
    int error = i2ctarget_samd5x_configure(&config);
    return error ? i2ctarget_board_fail(error) : hat_main();
}
