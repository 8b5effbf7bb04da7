/* SPDX-License-Identifier: MIT */
/*
 * How a core begins behind the boot ROM, for reset.S and second_reset.S.
 *
 * The ROM's code has register windows, ours has none (CALL0 ABI).  So the windows are switched off
 * for good: PS.WOE is 0, WINDOWBASE 0, WINDOWSTART 1.  A write of WINDOWBASE renames the registers,
 * so nothing is kept in them over it.
 *
 * The assembler is that of a core without windows and coprocessors.  It does not know their registers,
 * so an instruction that writes them is given by its bytes (Xtensa ISA Reference Manual, WSR).
 */
#define PS_UM 0x20       /* user vector mode: level 1 has the vector of user exceptions */
#define PS_INTLEVEL_15 15 /* no interrupts */
#define WINDOWBASE 72
#define WINDOWSTART 73
#define CPENABLE 224

/* wsr.REGISTER a2 */
.macro wsr_a2 register
    .byte 0x20, \register, 0x13
.endm

/* Whatever the ROM has left, interrupts are masked first of all.  Then `next` is called. */
.macro begin stack_top, next
    movi    a2, PS_UM | PS_INTLEVEL_15
    wsr     a2, ps
    rsync
    movi    a2, 0
    wsr_a2  WINDOWBASE
    rsync
    movi    a2, 1
    wsr_a2  WINDOWSTART
    rsync
    movi    a2, 0
    wsr     a2, intenable
    /* All coprocessors: instructions that reach pins may belong to one. */
    movi    a2, 0xff
    wsr_a2  CPENABLE
    movi    a2, vectors
    wsr     a2, vecbase
    rsync
    movi    a1, \stack_top
    movi    a0, 0
    j       \next
.endm
