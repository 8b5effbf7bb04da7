/* SPDX-License-Identifier: MIT */
    .syntax unified
    .thumb
    .text

/* uint32_t work(uint32_t *words, uint32_t round) */
    .global work
    .thumb_func
work:
    push {r4-r11, lr}
    vpush {d8-d9}
    mov r8, r0
    mov r9, r1
    movw r4, #0x79B9
    movt r4, #0x9E37
    mul r4, r4, r1
    movs r5, #0
    movs r6, #14
    vmov s16, r1
    vcvt.f32.u32 s16, s16
    vmov.f32 s17, #1.5
    vmov.f32 s0, s17
1:
    ldmia r0, {r1-r3, r7}
    cmp r1, r4
    iteet hi
    addhi r1, r1, r4, ror #7
    eorls r1, r4, r1, lsl #3
    addls r3, r3, r2
    subhi r2, r2, r1
    ittt cs
    umullcs r2, r3, r1, r4
    bfics r3, r6, #8, #5
    clzcs r12, r3
    adds r5, r5, r12
    umlal r2, r7, r1, r4
    smlal r3, r7, r2, r5
    it ne
    rbitne r7, r7
    usat r12, #9, r3
    ssat r10, #7, r2
    uxtab r5, r5, r10
    udiv r11, r1, r6
    mls r11, r11, r6, r1
    tbb [pc, r6]
table:
    .byte (2f - table) / 2, (3f - table) / 2, (2f - table) / 2, (3f - table) / 2
    .byte (2f - table) / 2, (3f - table) / 2, (2f - table) / 2, (3f - table) / 2
    .byte (2f - table) / 2, (3f - table) / 2, (2f - table) / 2, (3f - table) / 2
    .byte (2f - table) / 2, (3f - table) / 2, (2f - table) / 2, (3f - table) / 2
2:
    vmla.f32 s0, s16, s17
    vmul.f32 s16, s16, s17
    vcmp.f32 s16, s0
    vmrs APSR_nzcv, fpscr
    itee gt
    vmovgt.f32 s16, s17
    vaddle.f32 s17, s17, s0
    vdivle.f32 s16, s17, s0
    b 4f
3:
    vabs.f32 s1, s16
    vsqrt.f32 s1, s1
    vadd.f32 s17, s1, s17
4:
    stmia r0, {r1-r3, r7}
    add r10, r8, #56
5:
    ldrex r1, [r10]
    add r1, r1, r5
    strex r2, r1, [r10]
    cmp r2, #0
    bne 5b
    ldrd r2, r3, [r8, #48]
    eor r2, r2, r1
    add r3, r3, r2, asr #2
    strd r2, r3, [r8, #48]
    adds r0, #4
    cbz r6, 6f
    subs r6, #1
    cmp r6, #2
    bgt 1b
6:
    vadd.f32 s0, s0, s16
    vmov r1, s0
    add r5, r5, r1
    vmov r1, s17
    eor r5, r5, r1
    ldr r0, =0x40000004
    ldr r1, [r0]
    add r0, r5, r1
    cpsid i
    mrs r2, primask
    cpsie i
    add r0, r2
    isb
    vpop {d8-d9}
    pop {r4-r11, pc}

/* void spoil_floats(uint32_t value) */
    .global spoil_floats
    .thumb_func
spoil_floats:
    tst r0, #3
    beq 1f /* sometimes not, so that the frame is left alone */
    vmov s0, r0
    vmov s1, r0
    vmov s15, r0
    lsl r0, r0, #28
    vmsr fpscr, r0
    ldr r1, =0x2000
    ldr r2, =shared
    ldrex r3, [r2]
    add r3, r3, r1
    strex r12, r3, [r2]
1:
    bx lr

    .global begin_floats
    .thumb_func
begin_floats:
    ldr r0, =0xE000ED88
    mov r1, #0xF << 20
    str r1, [r0]
    dsb
    isb
    bx lr

    .bss
shared:
    .space 4
