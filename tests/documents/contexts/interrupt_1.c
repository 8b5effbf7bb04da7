/* SPDX-License-Identifier: MIT */
#include "i2ctarget/devices/lm75.h"
#include "i2ctarget/interrupt.h"

int main(void)
{
    struct i2ctarget_lm75 lm75;
    int error = 0;
    i2ctarget_lm75_init(&lm75);
    SNIPPET
    return error;
}
