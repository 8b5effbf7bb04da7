/* SPDX-License-Identifier: MIT */
/* Each function of functions.def: a jump to the address in its place of i2ctarget_libc. */
    .text
    .set at, 0
.macro jump name
    .globl \name
    .type \name, @function
\name:
    movq i2ctarget_libc@GOTPCREL(%rip), %r11
    jmp *at(%r11)
    .set at, at + 8
.endm
#define FUNCTION(name) jump name
#include "functions.def"
    .section .note.GNU-stack,"",@progbits
