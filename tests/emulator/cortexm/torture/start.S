/* SPDX-License-Identifier: MIT */
    .syntax unified
    .thumb

    .section .vectors, "a"
    .global vectors
vectors:
    .word stack_top
    .word reset
    .rept 46
    .word any_handler
    .endr

    .text
/* struct entry on the stack; handle(entry, number); back with what is there then. */
    .global any_handler
    .thumb_func
any_handler:
    push {r0-r3}
    mov r0, r12
    mov r1, lr
    push {r0, r1}
    mov r0, sp
    mrs r1, ipsr
    bl handle
    pop {r0, r1}
    mov r12, r0
    mov lr, r1
    pop {r0-r3}
    bx lr

/* uint32_t semihosting(uint32_t operation, const void *argument) */
    .global semihosting
    .thumb_func
semihosting:
    bkpt 0xab
    bx lr

/* Code that holds known values in r0 to r3 and r12 while it is interrupted: void supervisor(void) */
    .global supervisor
    .thumb_func
supervisor:
    push {r4, lr}
    ldr r0, =0x11111111
    ldr r1, =0x22222222
    ldr r2, =0x33333333
    ldr r3, =0x44444444
    mov r12, r0
    svc 7
    mov r4, r0
    mov r0, r4
    pop {r4, pc}
