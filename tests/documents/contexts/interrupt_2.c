/* SPDX-License-Identifier: MIT */
#include "i2ctarget/devices/lm75.h"
#include "i2ctarget/interrupt.h"

int main(void)
{
    struct i2ctarget_lm75 lm75;
    i2ctarget_lm75_init(&lm75);
    struct i2ctarget_interrupt line;
    int error = i2ctarget_interrupt_open(&line, "fd:1", true);
    SNIPPET
    return error;
}
