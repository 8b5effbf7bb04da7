/* SPDX-License-Identifier: MIT */
/*
 * Answers with the number of times out of three that 1 ms of i2ctarget_board_now_us() was 120,000
 * cycles of the processor: before a target was open, while one was, and after.
 */
#include "answer.h"

#define DEMCR (*(volatile uint32_t *)0xE000EDFCu)
#define DWT_CTRL (*(volatile uint32_t *)0xE0001000u)
#define DWT_CYCCNT (*(volatile uint32_t *)0xE0001004u)

enum { US = 1000, CYCLES_PER_US = 120, TOLERANCE = CYCLES_PER_US * US / 50 };

static int64_t seen_us;

static int is_right(void)
{
    int64_t began_us = i2ctarget_board_now_us();
    uint32_t began = DWT_CYCCNT;
    int goes_on = began_us >= seen_us;
    do
        seen_us = i2ctarget_board_now_us();
    while (seen_us < began_us + US);
    uint32_t cycles = DWT_CYCCNT - began, wanted = CYCLES_PER_US * US;
    return goes_on && cycles > wanted - TOLERANCE && cycles < wanted + TOLERANCE;
}

int main(void)
{
    static const uint8_t addresses[] = {0x41};
    struct i2ctarget target = {0};
    int right = 0;
    DEMCR |= 1u << 24;
    DWT_CTRL |= 1;
    right += is_right();
    if (i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, 1, true))
        return answer(0xEE);
    right += is_right();
    i2ctarget_deinit(&target);
    right += is_right();
    return answer((uint8_t)right);
}
