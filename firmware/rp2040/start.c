/* SPDX-License-Identifier: MIT */
/*
 * From the second boot stage to main(), and what follows a fatal error.
 *
 * Core 1 stays asleep in the boot ROM.
 */
#include "i2ctarget/rp2040.h"
#include "firmware/rp2040/clocks.h"
#include "firmware/rp2040/registers.h"
#include "firmware/rp2040/start.h"

extern uint32_t stack_top[], sram_begin[], sram_end[], bss_begin[], bss_end[];
extern const uint32_t sram_image[];

int main(void);
void reset(void);

/*
 * For interrupts that are not enabled, and for faults.  The core has saved the interrupted address
 * on the stack.
 */
static void unexpected(void)
{
    halt();
}

typedef void (*vector)(void);

/* The second stage uses this table.  The full table is in SRAM. */
__attribute__((section(".entry"), used)) static const struct {
    uint32_t *stack;
    vector reset;
} entry = {stack_top, reset};

enum { EXCEPTIONS = 16, INTERRUPTS = 32 };

#define X unexpected

static const struct {
    uint32_t *stack;
    vector exceptions[EXCEPTIONS - 1];
    vector interrupts[INTERRUPTS];
} vectors __attribute__((section(".vectors"), used)) = {
    .stack = stack_top,
    .exceptions = {reset, X, X, X, X, X, X, X, X, X, X, X, X, X, X},
    /* RP2040 datasheet §2.3.2: TIMER_IRQ_0.. */
    .interrupts = {i2ctarget_rp2040_alarm_irq, X, X, X, X, X, X,
                   /* PIO0_IRQ_0, PIO0_IRQ_1, PIO1_IRQ_0, PIO1_IRQ_1 */
                   i2ctarget_rp2040_pio0_irq, X, i2ctarget_rp2040_pio1_irq, X,
                   /* 11.. */
                   X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X},
};

#undef X

/* Written in a way that no compiler replaces by a call of memcpy(), which is not in SRAM yet. */
IN_FLASH static void copy(uint32_t *to, const uint32_t *end, const uint32_t *from)
{
    for (; to < end; to++, from++)
        *(volatile uint32_t *)to = *from;
}

IN_FLASH static void clear(uint32_t *to, const uint32_t *end)
{
    for (; to < end; to++)
        *(volatile uint32_t *)to = 0;
}

/*
 * A debugger, or a program that restarts itself, resets only the cores.  The PIO then still runs
 * and may hold SCL.  The pins are reset before the PIO: a pad with inverted output enable would be
 * pulled low by a PIO in reset.
 */
IN_FLASH static void let_go(void)
{
    mmio_write32(RESETS_RESET + ALIAS_SET, RESET_IO_BANK0);
    mmio_write32(RESETS_RESET + ALIAS_SET, RESET_PIO0 | RESET_PIO1 | RESET_TIMER);
}

IN_FLASH void reset(void)
{
    let_go();
    clocks_start();
    copy(sram_begin, sram_end, sram_image);
    clear(bss_begin, bss_end);
    mmio_write32(VTOR, (uint32_t)(uintptr_t)&vectors);
    main();
    halt();
}

_Noreturn void halt(void)
{
    __asm volatile("cpsid i" ::: "memory");
    mmio_write32(RESETS_RESET + ALIAS_SET, RESET_IO_BANK0);
    for (;;)
        __asm volatile("wfi");
}
