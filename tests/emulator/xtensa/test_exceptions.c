/* SPDX-License-Identifier: MIT */
/*
 * Exceptions and interrupts: which one is due, where it goes on, what it leaves in the registers.
 */
#include "emulator/xtensa/stage.h"

/* Interrupts of the ESP chips, by level; 15 and 16 are timers', 22 and 30 edges, 29 is software's. */
enum { LEVEL1 = 1 << 2, LEVEL2 = 1 << 19, LEVEL3 = 1 << 23, LEVEL4 = 1 << 24, EDGE3 = 1 << 22 };
#define LEVEL5 (UINT32_C(1) << 31)
enum { SOFTWARE1 = 1 << 7, SOFTWARE3 = 1 << 29 };
enum { KERNEL = VECTORS + 0x300, USER = VECTORS + 0x340, DOUBLE = VECTORS + 0x3C0 };
enum { S = 3, T = 4 };

/* A BREAK at every vector: PC tells which one it was. */
static void set_stage(void)
{
    static const uint16_t offsets[] = {0x180, 0x1C0, 0x200, 0x240, 0x280,
                                       0x2C0, 0x300, 0x340, 0x3C0};
    stage_set(&xtensa_esp32);
    for (unsigned i = 0; i < sizeof offsets / sizeof offsets[0]; i++)
        PUT(CODE + VECTORS + offsets[i], BREAK);
}

static void expect_pc(uint32_t offset)
{
    assert_int_equal(core.base.pc, CODE + offset);
}

static void expect_exception(uint32_t vector, uint32_t cause, uint32_t offset)
{
    expect_pc(vector);
    assert_int_equal(core.special[EXCCAUSE], cause);
    assert_int_equal(core.special[vector == DOUBLE ? DEPC : EPC + 1], CODE + offset);
    assert_true(core.special[PS] & PS_EXCM);
}

/* ---- exceptions ------------------------------------------------------------------------------ */

enum { SYSCALL = 0x005000 };

static void where(void **state)
{
    (void)state;
    set_stage();
    RUN(NOP, SYSCALL);
    expect_exception(USER, CAUSE_SYSCALL, 3);
    assert_int_equal(core.base.fault_count, 1);
    assert_int_equal(core.fault.cause, CAUSE_SYSCALL);
    assert_int_equal(core.fault.pc, CODE + 3);
    core.special[PS] = 5;
    RUN(SYSCALL);
    expect_exception(KERNEL, CAUSE_SYSCALL, 0);
    assert_int_equal(core.special[PS], PS_EXCM | 5);
    core.special[EPC + 1] = 77;
    RUN(NOP, SYSCALL);
    expect_exception(DOUBLE, CAUSE_SYSCALL, 3);
    assert_int_equal(core.special[EPC + 1], 77);
}

/* A store or a load that makes an exception changes nothing. */
static void expect_refused(uint32_t word, uint32_t address, uint32_t cause)
{
    core.special[PS] = PS_UM;
    core.a[S] = address;
    core.a[T] = 1234;
    RUN(word);
    expect_exception(USER, cause, 0);
    assert_int_equal(core.special[EXCVADDR], address);
    assert_int_equal(core.a[T], 1234);
}

static void accesses(void **state)
{
    (void)state;
    enum { L8UI = 0, L16UI = 1, L32I = 2, S8I = 4, S16I = 5, S32I = 6, L16SI = 9 };
    set_stage();
    expect_refused(RRI8(2, L16UI, S, T, 0), DATA + 1, CAUSE_UNALIGNED);
    expect_refused(RRI8(2, L16SI, S, T, 0), DATA + 3, CAUSE_UNALIGNED);
    expect_refused(RRI8(2, L32I, S, T, 0), DATA + 2, CAUSE_UNALIGNED);
    expect_refused(RRI8(2, S16I, S, T, 0), DATA + 1, CAUSE_UNALIGNED);
    expect_refused(RRI8(2, S32I, S, T, 0), DATA + 2, CAUSE_UNALIGNED);
    expect_refused(RRI8(2, L32I, S, T, 0), 0x1000, CAUSE_ACCESS_NOWHERE);
    expect_refused(RRI8(2, S32I, S, T, 0), ROM, CAUSE_ACCESS_NOWHERE);
    expect_refused(RRI8(2, L8UI, S, T, 0), CODE + 8, CAUSE_LOAD_STORE);
    expect_refused(RRI8(2, L16UI, S, T, 0), CODE + 8, CAUSE_LOAD_STORE);
    expect_refused(RRI8(2, S8I, S, T, 0), CODE + 8, CAUSE_LOAD_STORE);
    core.special[PS] = PS_UM;
    core.a[S] = ROM;
    RUN(RRI8(2, L8UI, S, T, 0));
    expect_pc(3);
}

static void fetches(void **state)
{
    (void)state;
    set_stage();
    core.a[S] = DATA;
    RUN(0x0000A0 | S << 8); /* jx: a bus without instructions */
    expect_pc(USER);
    assert_int_equal(core.special[EXCCAUSE], CAUSE_FETCH_NOWHERE);
    assert_int_equal(core.special[EPC + 1], DATA);
    assert_int_equal(core.special[EXCVADDR], DATA);
}

static void illegal(void **state)
{
    (void)state;
    static const uint32_t words[] = {
        0x000000,         /* ill */
        0xF06D,           /* ill.n */
        0x000036,         /* entry */
        0x00000E,         /* a longer one */
        RFI(1),           /* that is RFE's */
        RFI(8),           /* there is no such level */
        RSR(1, T),        /* LEND */
        RSR(INTCLEAR, T), /* only to be written */
        WSR(PRID, T),     /* only to be read */
        0x610000 | PRID << 8 | T << 4,
        WSR(WINDOWBASE, T), /* to another window */
        0x610000 | WINDOWBASE << 8 | T << 4,
        RSR(EPC + 8, T),
        RSR(CCOMPARE + 3, T),
        RSR(MISC + 4, T),
    };
    set_stage();
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        core.special[PS] = PS_UM;
        core.a[T] = 1;
        RUN(words[i]);
        if (core.base.pc != CODE + USER || core.special[EXCCAUSE] != CAUSE_ILLEGAL)
            fail_msg("%06x is legal", words[i]);
        assert_int_equal(core.a[T], 1);
    }
}

static void vector_is_missing(void **state)
{
    (void)state;
    stage_set(&xtensa_esp32);
    core.special[VECBASE] = 0x20000000;
    PUT(CODE, SYSCALL);
    assert_int_equal(xtensa_run(&core), XTENSA_LOST);
    assert_int_equal(core.special[EXCCAUSE], CAUSE_FETCH_NOWHERE);
}

/* ---- returns --------------------------------------------------------------------------------- */

static void returns(void **state)
{
    (void)state;
    set_stage();
    PUT(CODE + 64, BREAK);
    core.special[EPC + 1] = core.special[DEPC] = core.special[EPC + 3] = CODE + 64;
    core.special[EPS + 3] = PS_UM | 2;
    core.special[PS] = PS_EXCM | 1;
    RUN(RFE);
    expect_pc(64);
    assert_int_equal(core.special[PS], 1);
    core.special[PS] = PS_EXCM | 1;
    core.special[EPC + 1] = CODE;
    RUN(RFDE);
    expect_pc(64);
    assert_int_equal(core.special[PS], PS_EXCM | 1);
    RUN(RFI(3));
    expect_pc(64);
    assert_int_equal(core.special[PS], PS_UM | 2);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

static void request(uint32_t lines, uint32_t enabled, uint32_t ps)
{
    stage_chip.lines = lines;
    core.special[INTENABLE] = enabled;
    core.special[PS] = ps;
    RUN(NOP, NOP);
}

static void first_level(void **state)
{
    (void)state;
    set_stage();
    request(LEVEL1, UINT32_MAX, PS_UM);
    expect_exception(USER, CAUSE_INTERRUPT, 0);
    assert_int_equal(core.base.fault_count, 0);
    assert_int_equal(core.taken, 1);
    request(LEVEL1, UINT32_MAX, 0);
    expect_exception(KERNEL, CAUSE_INTERRUPT, 0);
}

static void higher_levels(void **state)
{
    (void)state;
    static const struct {
        uint32_t line;
        unsigned level;
    } rows[] = {{LEVEL2, 2}, {LEVEL3, 3}, {LEVEL4, 4}, {LEVEL5, 5}};
    set_stage();
    for (unsigned i = 0; i < 4; i++) {
        unsigned level = rows[i].level;
        request(rows[i].line, UINT32_MAX, PS_UM | 1);
        expect_pc(VECTORS + 0x180 + (level - 2) * 0x40);
        assert_int_equal(core.special[EPC + level], CODE);
        assert_int_equal(core.special[EPS + level], PS_UM | 1);
        assert_int_equal(core.special[PS], PS_UM | PS_EXCM | level);
    }
}

static void priorities(void **state)
{
    (void)state;
    set_stage();
    request(LEVEL1 | LEVEL2 | LEVEL3, UINT32_MAX, 0);
    expect_pc(VECTORS + 0x1C0);
    request(LEVEL1 | LEVEL2 | LEVEL3, LEVEL1 | LEVEL2, 0);
    expect_pc(VECTORS + 0x180);
}

static void masks(void **state)
{
    (void)state;
    set_stage();
    request(LEVEL3, UINT32_MAX, 3);
    expect_pc(6);
    request(LEVEL3, UINT32_MAX, 2);
    expect_pc(VECTORS + 0x1C0);
    request(LEVEL3, UINT32_MAX, PS_EXCM);
    expect_pc(6);
    request(LEVEL4, UINT32_MAX, PS_EXCM);
    expect_pc(VECTORS + 0x200);
    request(LEVEL4, UINT32_MAX, PS_EXCM | 4);
    expect_pc(6);
    request(LEVEL3, ~(uint32_t)LEVEL3, 0);
    expect_pc(6);
}

/* What unmasks it is executed, and the interrupt comes behind it. */
static void unmasking(void **state)
{
    (void)state;
    set_stage();
    stage_chip.lines = LEVEL3;
    core.special[INTENABLE] = LEVEL3;
    core.special[PS] = 3;
    RUN(NOP, 0x006000 | 1 << 8 | T << 4, NOP); /* rsil a4, 1 */
    expect_pc(VECTORS + 0x1C0);
    assert_int_equal(core.special[EPC + 3], CODE + 6);
    assert_int_equal(core.special[EPS + 3], 1);
    assert_int_equal(core.a[T], 3);
    core.special[PS] = 0;
    core.special[INTENABLE] = 0;
    core.a[T] = LEVEL3;
    RUN(WSR(INTENABLE, T), NOP);
    assert_int_equal(core.special[EPC + 3], CODE + 3);
    core.special[PS] = PS_EXCM | 3;
    core.special[EPC + 1] = CODE + 6;
    core.special[EPC + 3] = CODE + 6;
    core.special[EPS + 3] = 0;
    RUN(RFI(3), NOP, NOP);
    expect_pc(VECTORS + 0x1C0);
}

/* A request that lasts follows the chip; an edge is kept until INTCLEAR; no other is cleared so. */
static void kinds(void **state)
{
    (void)state;
    set_stage();
    stage_plan(1, LEVEL3 | EDGE3);
    stage_plan(3, 0);
    core.a[T] = LEVEL3 | EDGE3;
    RUN(NOP, NOP, RSR(INTERRUPT, 8), NOP, NOP, RSR(INTERRUPT, 9), WSR(INTCLEAR, T),
        RSR(INTERRUPT, 10));
    assert_int_equal(core.a[8], LEVEL3 | EDGE3);
    assert_int_equal(core.a[9], EDGE3);
    assert_int_equal(core.a[10], 0);
    stage_chip.lines = LEVEL3 | EDGE3;
    RUN(NOP, WSR(INTCLEAR, T), RSR(INTERRUPT, 10));
    assert_int_equal(core.a[10], LEVEL3);
}

/* INTSET makes software's interrupts, and no others. */
static void software(void **state)
{
    (void)state;
    set_stage();
    core.a[T] = UINT32_MAX;
    core.a[S] = SOFTWARE1;
    RUN(WSR(INTSET, T), RSR(INTERRUPT, 8), WSR(INTCLEAR, S), RSR(INTERRUPT, 9));
    assert_int_equal(core.a[8], SOFTWARE1 | SOFTWARE3);
    assert_int_equal(core.a[9], SOFTWARE3);
}

/* From the entry of the outermost one to the return from it. */
static void nesting(void **state)
{
    (void)state;
    stage_set(&xtensa_esp32);
    PUT(CODE + USER, NOP, NOP, WSR(INTENABLE, 8), RFE);
    PUT(CODE + VECTORS + 0x200, WSR(INTENABLE, S), RFI(4));
    core.special[INTENABLE] = LEVEL1 | LEVEL4;
    core.a[S] = LEVEL1;
    stage_chip.lines = LEVEL1;
    stage_plan(5, LEVEL1 | LEVEL4);
    RUN(NOP);
    assert_int_equal(core.taken, 2);
    assert_int_equal(core.active, 0);
    assert_int_equal(core.base.longest_interrupt, (4 + 1 + 1 + 1 + 4) + (4 + 1 + 4));
}

/* ---- special registers ----------------------------------------------------------------------- */

static void special_registers(void **state)
{
    (void)state;
    set_stage();
    core.prid = 0xABAB;
    core.a[T] = UINT32_MAX;
    core.a[8] = 5;
    RUN(WSR(SAR, T), RSR(PRID, 9), WSR(EXCSAVE + 5, T), 0x610000 | (EXCSAVE + 5) << 8 | 8 << 4,
        WSR(WINDOWBASE, 7), WSR(WINDOWSTART, T));
    assert_int_equal(core.special[SAR], 63);
    assert_int_equal(core.a[9], 0xABAB);
    assert_int_equal(core.a[8], UINT32_MAX);
    assert_int_equal(core.special[EXCSAVE + 5], 5);
    assert_int_equal(core.special[WINDOWSTART], 0xFFFF);
    assert_int_equal(special_number("EPC5"), 181);
    assert_int_equal(special_number("PS"), 230);
    assert_int_equal(special_number("LEND"), -1);
}

static void reset(void **state)
{
    (void)state;
    set_stage();
    core.a[5] = 5;
    core.pending = 1;
    xtensa_reset(&core, CODE + 9);
    assert_int_equal(core.special[PS], PS_INTLEVEL | PS_EXCM);
    assert_int_equal(core.special[VECBASE], 0x40000000);
    assert_int_equal(core.a[5], 0);
    assert_int_equal(core.pending, 0);
    expect_pc(9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(where, stage_clear),
        cmocka_unit_test_teardown(accesses, stage_clear),
        cmocka_unit_test_teardown(fetches, stage_clear),
        cmocka_unit_test_teardown(illegal, stage_clear),
        cmocka_unit_test_teardown(vector_is_missing, stage_clear),
        cmocka_unit_test_teardown(returns, stage_clear),
        cmocka_unit_test_teardown(first_level, stage_clear),
        cmocka_unit_test_teardown(higher_levels, stage_clear),
        cmocka_unit_test_teardown(priorities, stage_clear),
        cmocka_unit_test_teardown(masks, stage_clear),
        cmocka_unit_test_teardown(unmasking, stage_clear),
        cmocka_unit_test_teardown(kinds, stage_clear),
        cmocka_unit_test_teardown(software, stage_clear),
        cmocka_unit_test_teardown(nesting, stage_clear),
        cmocka_unit_test_teardown(special_registers, stage_clear),
        cmocka_unit_test_teardown(reset, stage_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
