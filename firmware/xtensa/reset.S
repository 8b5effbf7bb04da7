/* SPDX-License-Identifier: MIT */
/* From the boot ROM to chip_start(). */
#include "begin.S"

    .section .text.reset, "ax"
    .literal_position
    .global reset
    .type reset, @function
    .align 4
reset:
    begin   stack_top, chip_start
    .size reset, . - reset
