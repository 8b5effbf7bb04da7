/* SPDX-License-Identifier: MIT */
/*
 * Answers with the number of times out of three that 1 ms of i2ctarget_board_now_us() was as many
 * cycles of the processor as CYCLES_PER_US says, which the test puts in front of this file: before a
 * target was open, while one was, and after.
 */
#include "answer.h"

enum { US = 1000, TOLERANCE = CYCLES_PER_US * US / 50 };

static int64_t seen_us;

static uint32_t cycles_now(void)
{
    uint32_t cycles;
#ifdef __XTENSA__
    __asm volatile("rsr.ccount %0" : "=a"(cycles));
#else
    __asm volatile("csrr %0, 0x7E2" : "=r"(cycles));
#endif
    return cycles;
}

static int is_right(void)
{
    int64_t began_us = i2ctarget_board_now_us();
    uint32_t began = cycles_now();
    int goes_on = began_us >= seen_us;
    do
        seen_us = i2ctarget_board_now_us();
    while (seen_us < began_us + US);
    uint32_t cycles = cycles_now() - began, wanted = CYCLES_PER_US * US;
    return goes_on && cycles > wanted - TOLERANCE && cycles < wanted + TOLERANCE;
}

int main(void)
{
    static const uint8_t addresses[] = {0x41};
    struct i2ctarget target = {0};
    int right = is_right();
    if (i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, 1, true))
        return answer(0xEE);
    right += is_right();
    i2ctarget_deinit(&target);
    right += is_right();
    return answer((uint8_t)right);
}
