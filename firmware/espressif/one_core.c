/* SPDX-License-Identifier: MIT */
/* The program on the first core.  A second one is left in its reset. */
#include "chip.h"
#include "core.h"
#include "firmware/espressif/start.h"

int main(void);

_Noreturn void chip_run(void)
{
    chip_route_interrupts(MATRIX);
    chip_take_interrupts();
    core_unmask_interrupts();
    main();
    halt();
}

_Noreturn void halt(void)
{
    core_mask_interrupts();
    chip_release_pins();
    chip_sleep();
}
