/* SPDX-License-Identifier: MIT */
/*
 * What programs find in the ROM (RP2040 datasheet §2.8.3): vectors, the three pointers at 0x14, and
 * behind them the tables of functions and data, by the two characters of their names.
 */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .equ VERSION, 3 /* RP2040 B2, the last one made */

.macro name a, b, symbol
    .ascii "\a\b"
    .hword \symbol
.endm

.macro function a, b, symbol
    name \a, \b, \symbol + 1 /* bit 0: Thumb */
.endm

    .section .tables, "a"
    .word 0x20042000 /* initial stack pointer */
    .word absent + 1 /* reset: pico.js does what a reset does */
    .word absent + 1 /* NMI */
    .word absent + 1 /* HardFault */
    .byte 'M', 'u', 1, VERSION
    .hword functions, data, table_lookup + 1
    .balign 4

functions:
    function P, 3, popcount32
    function R, 3, reverse32
    function L, 3, clz32
    function T, 3, ctz32
    function M, S, memset
    function S, 4, memset
    function M, C, memcpy
    function C, 4, memcpy
    function I, F, connect_internal_flash
    function E, X, flash_exit_xip
    function R, E, flash_range_erase
    function R, P, flash_range_program
    function F, C, flash_flush_cache
    function C, X, flash_enter_cmd_xip
    function U, B, absent /* the boot loader's disk */
    .hword 0

data:
    name S, F, floats
    name S, D, doubles
    .hword 0

    /*
     * Arithmetic, by offsets (§2.8.3.2).  The byte two before a table is its length in words.  What no
     * C compiler asks for (fixed point, trigonometry, logarithms) is absent: a program that calls it
     * stops at a breakpoint.
     */
.macro missing count
    .rept \count
    .word absent + 1
    .endr
.endm

.macro arithmetic real, add, subtract, multiply, divide, from_int, from_uint, from_int64, from_uint64, convert
    .balign 4
    .byte 0, 0, 32, 0
\real\()s:
    .word \add + 1, \subtract + 1, \multiply + 1, \divide + 1
    missing 3 /* 0x10: comparisons by flags, square root */
    .word \real\()_to_int + 1, absent + 1, \real\()_to_uint + 1, absent + 1
    .word \from_int + 1, absent + 1, \from_uint + 1, absent + 1
    missing 6 /* 0x3c: cosine … logarithm */
    .word \real\()_compare + 1, absent + 1
    .word \from_int64 + 1, absent + 1, \from_uint64 + 1, absent + 1
    .word \real\()_to_int64 + 1, absent + 1, \real\()_to_uint64 + 1, absent + 1
    .word \convert + 1
.endm

    arithmetic float, __aeabi_fadd, __aeabi_fsub, __aeabi_fmul, __aeabi_fdiv, \
        __aeabi_i2f, __aeabi_ui2f, __aeabi_l2f, __aeabi_ul2f, __aeabi_f2d
    arithmetic double, __aeabi_dadd, __aeabi_dsub, __aeabi_dmul, __aeabi_ddiv, \
        __aeabi_i2d, __aeabi_ui2d, __aeabi_l2d, __aeabi_ul2d, __aeabi_d2f
