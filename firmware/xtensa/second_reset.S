/* SPDX-License-Identifier: MIT */
/* The second core, from its boot ROM to second_core_begin(), with a stack of its own. */
#include "begin.S"

#define STACK_BYTES 8192

    .section .bss.second_stack, "aw", @nobits
    .balign 16
    .space  STACK_BYTES
    .global second_stack_top
second_stack_top:

    .section .text.second_reset, "ax"
    .literal_position
    .global second_reset
    .type second_reset, @function
    .align 4
second_reset:
    begin   second_stack_top, second_core_begin
    .size second_reset, . - second_reset
