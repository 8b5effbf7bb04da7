/* SPDX-License-Identifier: MIT */
    .section .reset, "ax"
    .global reset
reset:
    la      sp, stack_top
    la      t0, vectors + 1
    csrw    mtvec, t0
    la      t0, bss_begin
    la      t1, bss_end
1:
    sw      zero, 0(t0)
    addi    t0, t0, 4
    bltu    t0, t1, 1b
    j       begin

    .text
/* Two tables: number n of the second one is n + 100. */
    .macro table base
    .option push
    .option norvc
    .irp    number, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    j       entry_\base\()_\number
    .endr
    .option pop
    .irp    number, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
entry_\base\()_\number:
    addi    sp, sp, -128
    sw      a1, 4 * 11(sp)
    li      a1, \base + \number
    j       any_handler
    .endr
    .endm

    .balign 256
    .global vectors
vectors:
    table 0
    .balign 256
    .global other_vectors
other_vectors:
    table 100

/* The frame has x1 at 4, x2 at 8, …; handle(frame, number); then back with what is there. */
    .macro  each_register instruction
    .irp    number, 1,3,4,5,6,7,8,9,10,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    \instruction x\number, 4 * \number(sp)
    .endr
    .endm

any_handler:
    each_register sw
    addi    a0, sp, 128
    sw      a0, 4 * 2(sp)
    mv      a0, sp
    call    handle
    each_register lw
    lw      a1, 4 * 11(sp)
    addi    sp, sp, 128
    mret

/* Code that holds known values while it is interrupted: void supervisor(void) */
    .global supervisor
    .global supervisor_call
supervisor:
    addi    sp, sp, -16
    sw      ra, 0(sp)
    li      a0, 0x11111111
    li      a1, 0x22222222
    li      t0, 0x33333333
    li      t6, 0x44444444
supervisor_call:
    ecall
    lw      ra, 0(sp)
    addi    sp, sp, 16
    ret

/* To user mode, at this address, on the same stack: void in_user_mode(void (*function)(void)) */
    .global in_user_mode
in_user_mode:
    addi    sp, sp, -16
    sw      ra, 0(sp)
    sw      s0, 4(sp)
    la      s0, user_sp
    sw      sp, 0(s0)
    li      t0, 3 << 11
    csrc    mstatus, t0
    csrw    mepc, a0
    la      ra, user_end
    mret
user_end:
    li      a7, 93      /* the handler of this call goes on at user_return, in machine mode */
    ecall
    .global user_return
user_return:
    la      s0, user_sp
    lw      sp, 0(s0)
    lw      ra, 0(sp)
    lw      s0, 4(sp)
    addi    sp, sp, 16
    ret

    .bss
user_sp:
    .word 0
