/* SPDX-License-Identifier: MIT */
/*
 * A program for both cores of an ESP32 or ESP32-S3, without anything of the firmware's.  The first
 * core starts the second one; then each counts, takes its timer's interrupts, answers the other
 * one's interrupts, and takes a lock around a counter that both count.
 *
 * Main loops have a2 to a7, the handler has a8 to a14; a15 is the core's own block of words.
 * ORDER: 0 the published order; others leave out a step, or change the order (test_two_cores.py).
 */
#ifdef ESP32S3
#define CONTROL 0x600C0000
#define ENTRY 0x600C0004
#define FROM_CPU_0 0x600C0030
#define FROM_CPU_1 0x600C0034
#define MAP_0 (0x600C2000 + 4 * 80) /* CPU_INTR_FROM_CPU_1, to core 0 */
#define MAP_1 (0x600C2800 + 4 * 79) /* CPU_INTR_FROM_CPU_0, to core 1 */
#define OF_ROM 0x3FCEFFF0
#else
#define RESETTING 0x3FF0002C
#define CLKGATE 0x3FF00030
#define RUNSTALL 0x3FF00034
#define ENTRY 0x3FF00038
#define FROM_CPU_0 0x3FF000DC
#define FROM_CPU_1 0x3FF000E0
#define MAP_0 (0x3FF00104 + 4 * 25)
#define MAP_1 (0x3FF00218 + 4 * 24)
#define OF_ROM 0x3FFE4340
#endif

#define TIMER 6
#define LINE 17
#define PERIOD 4000
#define PINGS 16 /* a constant of BGEI */

/* Words of a core's block. */
#define COUNT 0
#define TICKS 4
#define ANSWERS 8
#define OWN_REQUEST 12  /* addresses */
#define OTHER_REQUEST 16
#define PRID 20
#define STARTED 24
#define LEVELS 28 /* of the CPU GPIO: while it is 0, 1, 0 */

    .macro poke address, value
    movi a2, \address
    movi a3, \value
    s32i a3, a2, 0
    memw
    .endm

    /* Which the assembler for the LX106 has not. */
    .macro wsr_scompare1 register
    .byte \register << 4, 12, 0x13
    .endm
    .macro s32c1i value, at
    .byte \value << 4 | 2, 0xE0 | \at, 0
    .endm

    .macro ee_wr_mask_gpio_out value, mask
    .byte \value << 4 | 4, 0x40 | \mask, 0x72
    .endm
    .macro ee_get_gpio_in to
    .byte \to << 4 | 4, 0x08, 0x65
    .endm

    .section .text, "ax"
    .literal_position
    .balign 1024
vectors:
    .org vectors + 0x340
    j handler
    .org vectors + 0x3C0

/* ---- the start ------------------------------------------------------------------------------- */

    .global first
first:
    movi a15, block_of_first
    movi a2, FROM_CPU_1
    movi a3, FROM_CPU_0
    s32i a2, a15, OWN_REQUEST
    s32i a3, a15, OTHER_REQUEST
#ifdef ESP32S3
    poke 0x600C0008, 0x80 /* the clock of the CPU GPIO, and no reset */
    poke 0x600C000C, 0x40
    poke 0x60009014, 0x1B00 /* GPIO4: GPIO, input, pull-up */
    poke 0x60004084, 4      /* open drain */
    poke 0x60004564, 129    /* channel 0 of core 1 */
    poke 0x60004154 + 4 * 129, 0x84
    movi a3, 1
    ee_wr_mask_gpio_out 3, 3 /* its own, which is not connected */
#endif
    poke MAP_0, LINE
    poke MAP_1, LINE
#if ORDER == 4 /* the address first */
    poke ENTRY, entry_of_second
#endif
#ifdef ESP32S3
#if ORDER == 1 /* no clock */
    poke CONTROL, 0
#elif ORDER == 2 /* stalled in its reset */
    poke CONTROL, 7
    poke CONTROL, 3
    poke CONTROL, 2
#elif ORDER == 3 /* no end of the reset */
    poke CONTROL, 6
#else
    poke CONTROL, 6
    poke CONTROL, 2
#endif
#else
#if ORDER == 2
    poke RUNSTALL, 1
#endif
#if ORDER != 1
    poke CLKGATE, 1
#endif
    poke RESETTING, 1
#if ORDER != 3
    poke RESETTING, 0
#endif
    poke RUNSTALL, 0
#endif
    poke OF_ROM, 0x1234
#if ORDER == 5 /* to where there is no code */
    poke ENTRY, block_of_second
#elif ORDER != 4 && ORDER != 6 /* 6: no address */
    poke ENTRY, entry_of_second
#endif
    j both

/* Its registers as the ROM has left them: but for a2, which is needed. */
entry_of_second:
    movi a2, left
    s32i a1, a2, 0
    rsr a3, ps
    s32i a3, a2, 4
    rsr a3, intenable
    s32i a3, a2, 8
    rsr a3, vecbase
    s32i a3, a2, 12
    rsr a3, interrupt
    s32i a3, a2, 16
    movi a4, OF_ROM
    l32i a3, a4, 0
    s32i a3, a2, 20
    movi a15, block_of_second
    movi a2, FROM_CPU_0
    movi a3, FROM_CPU_1
    s32i a2, a15, OWN_REQUEST
    s32i a3, a15, OTHER_REQUEST
    movi a2, 0
    wsr a2, intenable
#ifdef ESP32S3
    movi a3, 1
    ee_get_gpio_in 4
    ee_wr_mask_gpio_out 3, 3
    nop
    nop
    ee_get_gpio_in 5
    ee_wr_mask_gpio_out 2, 3
    nop
    nop
    ee_get_gpio_in 6
    slli a4, a4, 16
    slli a5, a5, 8
    or a4, a4, a5
    or a4, a4, a6
    s32i a4, a15, LEVELS
#endif

both:
    movi a2, vectors
    wsr a2, vecbase
    movi a2, 0x20 /* PS.UM */
    wsr a2, ps
    rsync
    rsr a2, ccount
    s32i a2, a15, STARTED
    movi a3, PERIOD
    add a2, a2, a3
    wsr a2, ccompare0
    movi a2, 1 << TIMER | 1 << LINE
    wsr a2, intenable
    rsr a2, prid
    s32i a2, a15, PRID
    movi a3, 0xABAB
    bne a2, a3, loop
    movi a3, FROM_CPU_1 /* the second one serves */
    movi a2, 1
    s32i a2, a3, 0

/* ---- counting -------------------------------------------------------------------------------- */

loop:
    movi a2, lock
    movi a3, 0
    wsr_scompare1 3
take:
    movi a4, 1
    s32c1i 4, 2
    bnez a4, take
    movi a5, shared
    l32i a6, a5, 0
    addi a6, a6, 1
    s32i a6, a5, 0
    s32i a3, a2, 0
    l32i a6, a15, COUNT
    addi a6, a6, 1
    s32i a6, a15, COUNT
    j loop

/* ---- interrupts ------------------------------------------------------------------------------ */

handler:
    rsr a8, interrupt
    rsr a9, intenable
    and a8, a8, a9
    bbci a8, TIMER, not_timer
    rsr a9, ccompare0
    movi a10, PERIOD
    add a9, a9, a10
    wsr a9, ccompare0
    l32i a9, a15, TICKS
    addi a9, a9, 1
    s32i a9, a15, TICKS
not_timer:
    bbci a8, LINE, not_line
    movi a9, 0
    l32i a10, a15, OWN_REQUEST
    s32i a9, a10, 0
    memw
    l32i a11, a15, ANSWERS
    addi a11, a11, 1
    s32i a11, a15, ANSWERS
    bgei a11, PINGS, not_line
    movi a9, 1
    l32i a10, a15, OTHER_REQUEST
    s32i a9, a10, 0
    memw
not_line:
    rfe

    .data
    .global results
results:
block_of_first:
    .space 32
block_of_second:
    .space 32
left: /* a1, PS, INTENABLE, VECBASE, INTERRUPT, a word of the ROM's memory */
    .space 24
shared:
    .space 4
lock:
    .space 4
