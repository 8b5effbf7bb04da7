/* SPDX-License-Identifier: MIT */
/*
 * From the boot ROM to chip_start(), the vectors, and the way to the handlers of interrupts.
 *
 * The core's vectors are 32 jumps: number 0 is for exceptions, the others for its interrupts (RISC-V
 * Privileged Architecture §3.1.7, mtvec in vectored mode; ESP32-C3 TRM §1.4).
 *
 * gp is not used: the linker makes addresses relative to it only if there is a __global_pointer$.
 */
#define MSTATUS_MIE 8
#define MTVEC_VECTORED 1

    .section .text.reset, "ax"
    .global reset
    .type reset, @function
reset:
    csrci   mstatus, MSTATUS_MIE
    la      t0, vectors + MTVEC_VECTORED
    csrw    mtvec, t0
    la      sp, stack_top
    li      ra, 0
    j       chip_start
    .size reset, . - reset

    .section .vectors, "ax"
    .global vectors
    .balign 256
vectors:
    .option push
    .option norvc
    j       unexpected
    .rept 31
    j       serve_interrupt
    .endr
    .option pop

/* What a function may change: 16 registers.  Interrupts stay masked, so nothing is nested. */
    .macro each_saved instruction
    \instruction ra, 0(sp)
    \instruction t0, 4(sp)
    \instruction t1, 8(sp)
    \instruction t2, 12(sp)
    \instruction t3, 16(sp)
    \instruction t4, 20(sp)
    \instruction t5, 24(sp)
    \instruction t6, 28(sp)
    \instruction a0, 32(sp)
    \instruction a1, 36(sp)
    \instruction a2, 40(sp)
    \instruction a3, 44(sp)
    \instruction a4, 48(sp)
    \instruction a5, 52(sp)
    \instruction a6, 56(sp)
    \instruction a7, 60(sp)
    .endm

    .section .text.serve, "ax"
    .type serve_interrupt, @function
serve_interrupt:
    addi    sp, sp, -64
    each_saved sw
    csrr    t0, mcause
    slli    t0, t0, 2 /* the uppermost bit, which says that it is an interrupt, is gone */
    la      t1, interrupt_vectors
    add     t0, t0, t1
    lw      t0, 0(t0)
    jalr    t0
    each_saved lw
    addi    sp, sp, 64
    mret
    .size serve_interrupt, . - serve_interrupt
