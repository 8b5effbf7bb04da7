/* SPDX-License-Identifier: MIT */
#include "i2ctarget/board.h"

int main(void)
{
    static const uint8_t answer[2];
    uint8_t buffer[16];
    int count = 0;
    SNIPPET
    return error ? error : count;
}
