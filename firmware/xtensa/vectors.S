/* SPDX-License-Identifier: MIT */
/*
 * The vectors of LX6 and LX7 as the ESP32, S2 and S3 have them (core-isa.h of each: XCHAL_…_VECOFS),
 * and the way to the handlers of interrupts.
 *
 * Levels 1 to 3 have handlers in C.  While one runs, PS.EXCM is set.  It masks these three levels, and
 * an exception meanwhile has the vector of double exceptions.  So nothing is nested, and EPC, EPS and
 * EXCSAVE of the level keep their values.
 */
#define EXCCAUSE_LEVEL_1 4

/* a0, a2 to a11: what a function of the CALL0 ABI may change.  And SAR, which it may change, too. */
#define FRAME 48
#define FRAME_SAR 44

.macro vector offset, name
    .org    \offset
    .global vector_\name
vector_\name:
.endm

.macro interrupt_vector offset, level
    vector  \offset, level\level
    wsr     a0, excsave\level
    j       serve_level\level
.endm

.macro each_saved instruction
    \instruction a3, a1, 8
    \instruction a4, a1, 12
    \instruction a5, a1, 16
    \instruction a6, a1, 20
    \instruction a7, a1, 24
    \instruction a8, a1, 28
    \instruction a9, a1, 32
    \instruction a10, a1, 36
    \instruction a11, a1, 40
.endm

/* a0 is in EXCSAVE already. */
.macro serve level, return:vararg
serve_level\level:
    addi    a1, a1, -FRAME
    s32i    a2, a1, 4
    each_saved s32i
    rsr     a2, sar
    s32i    a2, a1, FRAME_SAR
    rsr     a2, excsave\level
    s32i    a2, a1, 0
    call0   serve_interrupts
    l32i    a2, a1, FRAME_SAR
    wsr     a2, sar
    l32i    a0, a1, 0
    each_saved l32i
    l32i    a2, a1, 4
    addi    a1, a1, FRAME
    \return
.endm

    .section .vectors, "ax"
    .global vectors
    .align 1024
vectors:
    interrupt_vector 0x180, 2
    interrupt_vector 0x1c0, 3
    vector  0x200, level4
    j       unexpected
    vector  0x240, level5
    j       unexpected
    vector  0x280, debug
    j       unexpected
    vector  0x2c0, nmi
    j       unexpected
    vector  0x300, kernel
    j       unexpected
    vector  0x340, user
    wsr     a0, excsave1
    rsr     a0, exccause
    bnei    a0, EXCCAUSE_LEVEL_1, 1f
    j       serve_level1
1:  j       unexpected
    vector  0x3c0, double
    j       unexpected
    .org    0x400

    .section .text.serve, "ax"
    .literal_position
    .align 4
    serve 1, rfe
    serve 2, rfi 2
    serve 3, rfi 3
