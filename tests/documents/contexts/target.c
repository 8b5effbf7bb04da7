/* SPDX-License-Identifier: MIT */
#include "i2ctarget/board.h"

int main(void)
{
    static const uint8_t addresses[] = {0x40, 0x41};
    struct i2ctarget target = {0};
    int error = 0;
    (void)addresses;
    (void)target;
    SNIPPET
    return error;
}
