/* SPDX-License-Identifier: MIT */
/*
 * The example `registers` on the second core of an ESP32 or ESP32-S3, while the first one counts,
 * and pulls and releases a pin that nobody else has.  The start is this test's own: the firmware's
 * may be different.  The test defines ESP32S3 for that chip, EXAMPLE as the example's path.
 */
#define main serve_registers
#include EXAMPLE
#undef main

#ifdef ESP32S3
enum { CONTROL = 0x600C0000, ENTRY = 0x600C0004 };
enum { GPIO_MAP = 0x600C2840, TIMER_MAP = 0x600C28E4 }; /* of core 1: GPIO, SYSTIMER_TARGET0 */
enum { FREE_MUX = 0x6000904C, FREE_PIN = 0x600040BC, FREE_OUT = 0x6000459C, FUNCTION = 1 };
enum { OUT_SET = 0x60004008, OUT_CLEAR = 0x6000400C, ENABLE_SET = 0x60004024 };
#else
enum { RESETTING = 0x3FF0002C, CLKGATE = 0x3FF00030, ENTRY = 0x3FF00038 };
enum { GPIO_MAP = 0x3FF00270, TIMER_MAP = 0x3FF00250 }; /* of core 1: GPIO, TG0_T0_LEVEL */
enum { FREE_MUX = 0x3FF49070, FREE_PIN = 0x3FF440D0, FREE_OUT = 0x3FF44578, FUNCTION = 2 };
enum { OUT_SET = 0x3FF44008, OUT_CLEAR = 0x3FF4400C, ENABLE_SET = 0x3FF44024 };
#endif
/* GPIO18; the lines that the firmware takes on the first core. */
enum { FREE = 1 << 18, PLAIN = 256, OPEN_DRAIN = 4, GPIO_LINE = 23, TIMER_LINE = 27 };

static void poke(uint32_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
    __asm__ volatile("memw" ::: "memory");
}

/* ---- the second core ------------------------------------------------------------------------- */

struct start {
    uint32_t stack_top, vecbase;
};
struct start start;
static uint32_t stack[2048];
static volatile int is_ready;

__asm__(".section .text.enter_second, \"ax\"\n"
        ".literal_position\n"
        ".balign 4\n"
        ".global enter_second\n"
        "enter_second:\n"
        "    movi a2, 0x2F\n" /* UM; all interrupts are masked */
        "    wsr a2, ps\n"
        "    rsync\n"
        "    movi a2, 0\n"
        "    wsr a2, intenable\n"
        "    movi a3, start\n"
        "    l32i a1, a3, 0\n"
        "    l32i a2, a3, 4\n"
        "    wsr a2, vecbase\n"
        "    rsync\n"
        "    movi a0, 0\n"
        "    movi a4, run_second\n"
        "    jx a4\n"
        ".text\n");
void enter_second(void);
void run_second(void);

void run_second(void)
{
    uint32_t lines = UINT32_C(1) << GPIO_LINE | UINT32_C(1) << TIMER_LINE;
    poke(GPIO_MAP, GPIO_LINE);
    poke(TIMER_MAP, TIMER_LINE);
    is_ready = 1;
    __asm__ volatile("wsr %0, intenable\n wsr %1, ps\n rsync" ::"r"(lines), "r"(0x20) : "memory");
    serve_registers();
}

/* ---- the first core -------------------------------------------------------------------------- */

static void start_second(void)
{
    start.stack_top = (uint32_t)(stack + sizeof stack / sizeof stack[0]);
    __asm__ volatile("rsr %0, vecbase" : "=r"(start.vecbase));
#ifdef ESP32S3
    poke(CONTROL, 6);
    poke(CONTROL, 2);
#else
    poke(CLKGATE, 1);
    poke(RESETTING, 1);
    poke(RESETTING, 0);
#endif
    poke(ENTRY, (uint32_t)enter_second);
    while (!is_ready)
        ;
}

int main(void)
{
    volatile uint32_t count = 0;
    __asm__ volatile("wsr %0, intenable\n rsync" ::"r"(0) : "memory");
    poke(OUT_SET, FREE);
    poke(FREE_PIN, OPEN_DRAIN);
    poke(FREE_OUT, PLAIN);
    poke(FREE_MUX, 0x800u | FUNCTION << 12);
    poke(ENABLE_SET, FREE);
    start_second();
    for (;;) {
        count++;
        if (count % 1024 == 0)
            poke(OUT_CLEAR, FREE);
        if (count % 1024 == 512)
            poke(OUT_SET, FREE);
    }
}
