/* SPDX-License-Identifier: MIT */
/* The rules of traps one by one; QEMU judges the same (test_torture.py). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "emulator/riscv/traps.h"

enum { VECTORS = 0x1200, PC = 0x2346, NUMBER = 5 };

static struct traps traps;

static int set_up(void **state)
{
    (void)state;
    traps_reset(&traps);
    traps.mtvec = traps_legal_mtvec(VECTORS);
    traps.mstatus = MSTATUS_MIE;
    return 0;
}

static uint32_t mpp(void)
{
    return (traps.mstatus & MSTATUS_MPP) >> 11;
}

/* ---- entry ----------------------------------------------------------------------------------- */

static void vectors(void **state)
{
    (void)state;
    assert_int_equal(traps_enter(&traps, CAUSE_INTERRUPT | NUMBER, PC, 0), VECTORS + 4 * NUMBER);
    assert_int_equal(traps_enter(&traps, CAUSE_ILLEGAL, PC, 0), VECTORS);
}

static void what_a_handler_finds(void **state)
{
    (void)state;
    traps_enter(&traps, CAUSE_LOAD, PC, 0x1234);
    assert_int_equal(traps.mepc, PC);
    assert_int_equal(traps.mcause, CAUSE_LOAD);
    assert_int_equal(traps.mtval, 0x1234);
    assert_int_equal(traps.mstatus & (MSTATUS_MIE | MSTATUS_MPIE), MSTATUS_MPIE);
    assert_int_equal(mpp(), RISCV_MACHINE);
    assert_false(traps_are_interrupts_enabled(&traps));
}

static void from_user_mode(void **state)
{
    (void)state;
    traps.mode = RISCV_USER;
    traps.mstatus = 0;
    assert_true(traps_are_interrupts_enabled(&traps)); /* MIE or not */
    traps_enter(&traps, CAUSE_CALL, PC, 0);
    assert_int_equal(traps.mode, RISCV_MACHINE);
    assert_int_equal(mpp(), RISCV_USER);
    assert_int_equal(traps.mstatus & MSTATUS_MPIE, 0);
}

/* ---- return ---------------------------------------------------------------------------------- */

static void back(void **state)
{
    (void)state;
    traps_enter(&traps, CAUSE_CALL, PC, 0);
    traps.mepc += 4;
    assert_int_equal(traps_return(&traps), PC + 4);
    assert_int_equal(traps.mode, RISCV_MACHINE);
    assert_int_equal(traps.mstatus, MSTATUS_MIE | MSTATUS_MPIE); /* and MPP is user mode */
}

static void back_to_user_mode(void **state)
{
    (void)state;
    traps.mode = RISCV_USER;
    traps_enter(&traps, CAUSE_CALL, PC, 0);
    traps_return(&traps);
    assert_int_equal(traps.mode, RISCV_USER);
}

static void masked_before(void **state)
{
    (void)state;
    traps.mstatus = 0;
    traps_enter(&traps, CAUSE_ILLEGAL, PC, 0);
    traps_return(&traps);
    assert_false(traps_are_interrupts_enabled(&traps));
}

/* ---- what is kept ---------------------------------------------------------------------------- */

static void legal_values(void **state)
{
    (void)state;
    assert_int_equal(traps_legal_mtvec(0x123456FE), 0x12345601);
    assert_int_equal(traps_legal_mstatus(&traps, UINT32_MAX),
                     MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP | MSTATUS_TW);
    traps.mstatus = MSTATUS_MPP;
    assert_int_equal(traps_legal_mstatus(&traps, UINT32_C(1) << 11),
                     MSTATUS_MPP); /* no such mode */
    traps.mstatus = 0;
    assert_int_equal(traps_legal_mstatus(&traps, UINT32_C(2) << 11), 0);
}

/* ---- which trap is the first interrupt ------------------------------------------------------- */

static void first_interrupt(void **state)
{
    (void)state;
    assert_false(traps_is_first_interrupt(&traps));
    traps_enter(&traps, CAUSE_INTERRUPT | NUMBER, PC, 0);
    assert_true(traps_is_first_interrupt(&traps));
    traps_enter(&traps, CAUSE_CALL, PC, 0);
    assert_false(traps_is_first_interrupt(&traps));
    traps_return(&traps);
    assert_true(traps_is_first_interrupt(&traps));
    traps_return(&traps);
    traps_return(&traps); /* one too many: a program that starts user mode */
    traps_enter(&traps, CAUSE_CALL, PC, 0);
    assert_false(traps_is_first_interrupt(&traps));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(vectors),      TEST(what_a_handler_finds), TEST(from_user_mode),
        TEST(back),         TEST(back_to_user_mode),    TEST(masked_before),
        TEST(legal_values), TEST(first_interrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
