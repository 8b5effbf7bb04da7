/* SPDX-License-Identifier: MIT */
    .syntax unified
    .thumb
    .text

/* uint32_t work(uint32_t *words, uint32_t round) */
    .global work
    .thumb_func
work:
    push {r4-r7, lr}
    mov r4, r8
    push {r4}
    mov r8, r0
    mov r7, r1
    ldr r4, =0x9E3779B9
    muls r4, r1
    movs r6, #16
    movs r5, #0
1:
    ldmia r0!, {r1-r3}
    subs r0, #12
    adds r1, r4
    adcs r2, r1
    sbcs r3, r2
    eors r1, r3
    rors r2, r6
    stmia r0!, {r1-r3}
    subs r0, #8
    adds r5, r1
    bics r5, r2
    lsls r3, r1, #3
    bcc 2f
    mvns r4, r4
    b 3f
2:
    rev r4, r4
    uxth r3, r4
    adds r5, r3
3:
    bl twist
    subs r6, #1
    cmp r6, #2
    bne 1b
    ldr r0, =0x40000004
    ldr r1, [r0]
    adds r5, r1
    sub sp, #8
    mov r0, sp
    strb r5, [r0]
    ldrb r1, [r0]
    adds r5, r1
    movs r2, #4
    strh r4, [r0, #4]
    ldrsh r1, [r0, r2]
    adds r5, r1
    add sp, #8
    mov r0, r5
    add r0, r7
    pop {r4}
    mov r8, r4
    pop {r4-r7, pc}

    .thumb_func
twist:
    push {r0-r3, lr}
    mov r0, r8
    ldr r1, [r0, #60]
    eors r1, r4
    str r1, [r0, #60]
    mrs r2, primask
    adds r5, r2
    dmb
    nop
    pop {r0-r3, pc}

    .global spoil_floats
    .thumb_func
spoil_floats:
    .global begin_floats
    .thumb_func
begin_floats:
    bx lr
