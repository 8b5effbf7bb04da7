/* SPDX-License-Identifier: MIT */
#include "i2ctarget/devices/lm75.h"

int main(void)
{
    struct i2ctarget target = {0};
    struct i2ctarget_lm75 lm75;
    int32_t millicelsius = 25000;
    i2ctarget_lm75_init(&lm75);
    SNIPPET
    return 0;
}
