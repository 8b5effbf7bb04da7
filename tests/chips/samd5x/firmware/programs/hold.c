/* SPDX-License-Identifier: MIT */
/*
 * Answers 0 to reads.  While it holds SCL before the ACK bit of a byte 0xAA, it does ACTION, which
 * the test puts in front of this file.
 */
#include <i2ctarget/board.h>

/* As a boot loader starts us: the entry is the second word of the image. */
static inline void restart(void)
{
    (*(void (*const volatile *)(void))0x4004u)();
}

/*
 * SysTick runs, and TC1 requests an interrupt until its flag is cleared: when interrupts are on
 * again, both come.
 */
static inline void disturb(void)
{
    enum { TC1 = 0x40003C00, CTRLA = 0, INTENSET = 0x09, CC0 = 0x1C, ENABLE = 2, MC0 = 1 << 4 };
    __asm volatile("cpsid i" ::: "memory");
    *(volatile uint32_t *)0xE000E014u = 10000;     /* SYST_RVR */
    *(volatile uint32_t *)0xE000E010u = 3;         /* SYST_CSR */
    *(volatile uint32_t *)0x40000814u |= 1u << 15; /* MCLK_APBAMASK */
    *(volatile uint32_t *)0x40001CA4u = 0x41;      /* GCLK_PCHCTRL 9: generator 1 */
    *(volatile uint16_t *)(TC1 + CC0) = 100;
    *(volatile uint8_t *)(TC1 + INTENSET) = MC0;
    *(volatile uint32_t *)(TC1 + CTRLA) = ENABLE;
    *(volatile uint32_t *)(0xE000E100u + 4 * (108 / 32)) = 1u << 108 % 32; /* NVIC_ISER */
    while (!(*(volatile uint32_t *)(0xE000E200u + 4 * (108 / 32)) >> 108 % 32 & 1))
        ;
}

static inline void fault(void)
{
    __builtin_trap();
}

static int serve(struct i2ctarget_request *request)
{
    uint8_t byte = 0;
    int count;
    if (request->is_read)
        return i2ctarget_write(request, &byte, 1);
    while ((count = i2ctarget_read(request, &byte, 1, false)) == 1) {
        if (byte == 0xAA)
            ACTION;
    }
    return count;
}

int main(void)
{
    static const uint8_t addresses[] = {0x40};
    struct i2ctarget target = {0};
    struct i2ctarget_request request;
    int error = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, 1, false);
    while (error >= 0 && i2ctarget_next_request(&target, &request, 0) == 1) {
        error = serve(&request);
        i2ctarget_close(&request);
    }
    return i2ctarget_board_fail(error);
}
