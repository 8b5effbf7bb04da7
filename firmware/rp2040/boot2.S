/* SPDX-License-Identifier: MIT */
/*
 * The second stage of booting: makes the flash readable at 0x10000000, and starts what is there.
 *
 * The boot ROM copies the flash's first 256 bytes to the end of SRAM, compares their checksum
 * (boot2.py puts it there), and jumps to the first of them, with nothing else set up for us
 * (RP2040 datasheet §2.8.1).  From here on a read in the XIP window becomes the serial flash
 * command 0x03 with 24 address bits and one bit a clock: every flash chip since the first ones
 * knows it, so one image runs on every board.  It is slow, and need not be fast: the firmware copies
 * itself to SRAM.
 *
 * Runs anywhere: nothing in here depends on its own address.
 */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    /* XIP_SSI, RP2040 datasheet §4.10.13. */
    .equ SSI, 0x18000000
    .equ CTRLR0, 0x00
    .equ CTRLR1, 0x04
    .equ SSIENR, 0x08
    .equ BAUDR, 0x14
    .equ SPI_CTRLR0, 0xf4

    /* SCK = clk_sys / 4: 31 MHz at 125 MHz.  Chips take 33 MHz and more for this command. */
    .equ SCK_DIVIDER, 4
    /* DFS_32 = 31: frames of 32 bits; TMOD = 3: send command and address, then receive. */
    .equ FRAME, 31 << 16 | 3 << 8
    /* XIP_CMD = 0x03; INST_L = 2: 8 bits of command; ADDR_L = 6: 24 bits (6 × 4) of address. */
    .equ READ_COMMAND, 0x03 << 24 | 2 << 8 | 6 << 2

    .equ IMAGE, 0x10000100 /* behind these 256 bytes: initial stack pointer, entry */
    .equ VTOR, 0xe000ed08

    .section .boot2, "ax"
    .global boot2
    .thumb_func
boot2:
    ldr r3, =SSI
    movs r0, #0
    str r0, [r3, #SSIENR] /* the rest can be written while it is off */
    str r0, [r3, #CTRLR1] /* one frame a read */
    movs r0, #SCK_DIVIDER
    str r0, [r3, #BAUDR]
    ldr r0, =FRAME
    str r0, [r3, #CTRLR0]
    ldr r0, =READ_COMMAND
    movs r1, #SPI_CTRLR0
    str r0, [r3, r1]
    movs r0, #1
    str r0, [r3, #SSIENR]

    ldr r0, =IMAGE
    ldr r1, =VTOR
    str r0, [r1]
    ldr r1, [r0]
    msr msp, r1
    ldr r1, [r0, #4]
    bx r1
    .ltorg
