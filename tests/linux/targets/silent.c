/* SPDX-License-Identifier: MIT */
/*
 * A target that never asks for what it is called: 0x22 holds the clock until somebody loses
 * patience.
 */
#include <unistd.h>

#include "board.h"

int main(void)
{
    static const uint8_t addresses[] = {0x22};
    struct i2ctarget target;
    int result = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, sizeof addresses, false);
    if (result < 0)
        return board_fail(result);
    for (;;)
        pause();
}
