/* SPDX-License-Identifier: MIT */
/* The program on the first core.  A second one is left in its reset. */
#include "chip.h"
#include "core.h"
#include "firmware/espressif/start.h"

_Noreturn void chip_run(void)
{
    chip_route_interrupts(MATRIX);
    chip_run_main();
}

_Noreturn void halt(void)
{
    core_mask_interrupts();
    chip_release_pins();
    chip_sleep();
}
