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
    const volatile uint32_t *timer = (const volatile uint32_t *)TIMER;
    __asm("" : "+r"(timer)); /* one pointer, not two constants: no register to save */
    uint32_t high, low;
    do {
        high = timer[TIMERAWH];
        low = timer[TIMERAWL];
    } while (high != timer[TIMERAWH]);
    return (int64_t)((uint64_t)high << 32 | low);
}
