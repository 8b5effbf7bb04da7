/* SPDX-License-Identifier: MIT */
#include "firmware/espressif/start.h"

#include "core.h"

extern uint32_t bss_begin[], bss_end[];
int main(void);

static void clear(uint32_t *to, const uint32_t *end)
{
    for (; to < end; to++)
        *to = 0;
}

/*
 * The ROM leaves the chip almost as a reset does.  A debugger that starts the image may leave pins that
 * are driven, and interrupts that are routed.
 */
_Noreturn void chip_start(void)
{
    chip_release_pins();
    chip_stop_watchdogs();
    clocks_start();
    clear(bss_begin, bss_end);
    chip_run();
}

_Noreturn void chip_run_main(void)
{
    chip_take_interrupts();
    core_unmask_interrupts();
    main();
    halt();
}

_Noreturn void unexpected(void)
{
    halt();
}

_Noreturn void chip_sleep(void)
{
    core_mask_interrupts();
    for (;;)
        core_sleep();
}

/* A turn takes a cycle or more. */
void chip_wait_us(uint32_t us)
{
    for (uint32_t cycles = us * CRYSTAL_MHZ; cycles; cycles--)
        __asm volatile("" ::: "memory");
}
