/* SPDX-License-Identifier: MIT */
/* From what starts the flash's content to main(), and what follows a fatal error. */
#include "firmware/cortexm/start.h"

#define VTOR 0xe000ed08u

extern uint32_t stack_top[], sram_begin[], sram_end[], bss_begin[], bss_end[];
extern const uint32_t sram_image[];

int main(void);
void reset(void);

/* At the begin of the flash: what a boot loader looks at.  The full table is in SRAM. */
__attribute__((section(".entry"), used)) static const struct {
    uint32_t *stack;
    vector reset;
} entry = {stack_top, reset};

#define X unexpected

/* Armv7-M Architecture Reference Manual §B1.5.3, Armv6-M §B1.5.3. */
__attribute__((section(".vectors.exceptions"), used)) static const struct {
    uint32_t *stack;
    vector exceptions[15];
} vectors = {stack_top, {reset, X, X, X, X, X, X, X, X, X, X, X, X, X, X}};

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

IN_FLASH void reset(void)
{
    chip_begin();
    clocks_start();
    copy(sram_begin, sram_end, sram_image);
    clear(bss_begin, bss_end);
    mmio_write32(VTOR, (uint32_t)(uintptr_t)&vectors);
    __asm volatile("cpsie i" ::: "memory");
    main();
    halt();
}

void unexpected(void)
{
    halt();
}

_Noreturn void halt(void)
{
    __asm volatile("cpsid i" ::: "memory");
    chip_release_pins();
    for (;;)
        __asm volatile("wfi");
}
