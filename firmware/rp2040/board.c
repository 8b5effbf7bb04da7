/* SPDX-License-Identifier: MIT */
#include "firmware/board_functions.h"

#include "firmware/rp2040/registers.h"
#include "firmware/rp2040/start.h"

volatile int board_error;

int board_fail(int error)
{
    board_error = error;
    halt();
}

/* The high word may move between the two reads (RP2040 datasheet §4.6.2). */
int64_t board_now_us(void)
{
    uint32_t high, low, high_before;
    do {
        high_before = read_register(TIMERAWH);
        low = read_register(TIMERAWL);
        high = read_register(TIMERAWH);
    } while (high != high_before);
    return (int64_t)((uint64_t)high << 32 | low);
}
