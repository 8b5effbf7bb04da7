/* SPDX-License-Identifier: MIT */
#include "i2ctarget/testbus.h"

int main(void)
{
    static const uint8_t addresses[] = {0x40};
    uint8_t bytes[] = {0x01, 0xaa};
    struct i2ctarget target;
    struct i2ctarget_request request;
    int error, count;
    SNIPPET
    return error ? error : count;
}
