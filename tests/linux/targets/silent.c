/* SPDX-License-Identifier: MIT */
/*
 * A target whose application never asks for requests: 0x22 holds SCL until the controller's
 * time-out.
 */
#include <unistd.h>

#include "i2ctarget/board.h"

int main(void)
{
    static const uint8_t addresses[] = {0x22};
    struct i2ctarget target;
    int result = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, sizeof addresses, false);
    if (result < 0)
        return i2ctarget_board_fail(result);
    for (;;)
        pause();
}
