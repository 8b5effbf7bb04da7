/* SPDX-License-Identifier: MIT */
#include "i2ctarget/rp2040.h"

int main(void)
{
    static const uint8_t addresses[] = {0x40, 0x41};
    struct i2ctarget target;
    int error = 0;
    SNIPPET
    return error;
}
