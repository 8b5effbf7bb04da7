/* SPDX-License-Identifier: MIT */
/*
 * For the first core of an ESP32 or ESP32-S3, while an example runs on the second one: it counts, and
 * pulls and releases a pin that nobody else has.  The test defines ESP32S3 for that chip.
 */
#include <i2ctarget/board.h>

#ifdef ESP32S3
enum { FREE_MUX = 0x6000904C, FREE_PIN = 0x600040BC, FREE_OUT = 0x6000459C, FUNCTION = 1 };
enum { OUT_SET = 0x60004008, OUT_CLEAR = 0x6000400C, ENABLE_SET = 0x60004024 };
#else
enum { FREE_MUX = 0x3FF49070, FREE_PIN = 0x3FF440D0, FREE_OUT = 0x3FF44578, FUNCTION = 2 };
enum { OUT_SET = 0x3FF44008, OUT_CLEAR = 0x3FF4400C, ENABLE_SET = 0x3FF44024 };
#endif
enum { FREE = 1 << 18, PLAIN = 256, OPEN_DRAIN = 4 }; /* GPIO18 */

static void poke(uint32_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
    __asm__ volatile("memw" ::: "memory");
}

static void take_pin(void)
{
    poke(OUT_SET, FREE);
    poke(FREE_PIN, OPEN_DRAIN);
    poke(FREE_OUT, PLAIN);
    poke(FREE_MUX, 0x800u | FUNCTION << 12);
    poke(ENABLE_SET, FREE);
}

void i2ctarget_board_other_core(void)
{
    volatile uint32_t count = 0;
    take_pin();
    for (;;) {
        count++;
        if (count % 1024 == 0)
            poke(OUT_CLEAR, FREE);
        if (count % 1024 == 512)
            poke(OUT_SET, FREE);
    }
}
