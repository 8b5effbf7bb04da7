/* SPDX-License-Identifier: MIT */
/*
 * What each instruction does, by examples that were worked out with the ISA Reference Manual.
 * QEMU judges them with random operands (test_judged.py); these are quick.
 */
#include <string.h>

#include "emulator/xtensa/opcodes.h"
#include "emulator/xtensa/stage.h"

enum { R = 2, S = 3, T = 4 }; /* a2, a3, a4 */

static const char *name_of(uint32_t word)
{
    static struct instruction decoded;
    decoded = opcodes_decode(core.configuration, word);
    return decoded.opcode->name;
}

static void set_up(uint32_t s, uint32_t t)
{
    core.a[R] = 0x11111111;
    core.a[S] = s;
    core.a[T] = t;
}

/* ---- registers alone ------------------------------------------------------------------------- */

static const struct {
    const char *name;
    uint32_t word, s, t;
    int where; /* the result is */
    uint32_t wanted;
} computed[] = {
    {"add", RRR(8, 0, R, S, T), 0xFFFFFFFF, 3, R, 2},
    {"addx2", RRR(9, 0, R, S, T), 5, 1, R, 11},
    {"addx4", RRR(10, 0, R, S, T), 5, 1, R, 21},
    {"addx8", RRR(11, 0, R, S, T), 5, 1, R, 41},
    {"sub", RRR(12, 0, R, S, T), 5, 7, R, 0xFFFFFFFE},
    {"subx2", RRR(13, 0, R, S, T), 5, 1, R, 9},
    {"subx4", RRR(14, 0, R, S, T), 5, 1, R, 19},
    {"subx8", RRR(15, 0, R, S, T), 5, 1, R, 39},
    {"add.n", 0x000A | R << 12 | S << 8 | T << 4, 5, 7, R, 12},
    {"addi", RRI8(2, 12, S, T, -128), 5, 0, T, 0xFFFFFF85},
    {"addi.n", 0x000B | R << 12 | S << 8 | 15 << 4, 5, 0, R, 20},
    {"addi.n", 0x000B | R << 12 | S << 8 | 0 << 4, 5, 0, R, 4},
    {"addmi", RRI8(2, 13, S, T, -2), 0x1234, 0, T, 0x1034},
    {"neg", RRR(6, 0, R, 0, T), 0, 5, R, 0xFFFFFFFB},
    {"abs", RRR(6, 0, R, 1, T), 0, 0xFFFFFFFB, R, 5},
    {"abs", RRR(6, 0, R, 1, T), 0, 5, R, 5},
    {"and", RRR(1, 0, R, S, T), 12, 10, R, 8},
    {"or", RRR(2, 0, R, S, T), 12, 10, R, 14},
    {"xor", RRR(3, 0, R, S, T), 12, 10, R, 6},
    {"movi", RRI8(2, 10, 15, T, 0x9C), 0, 0, T, 0xFFFFFF9C},
    {"movi", RRI8(2, 10, 7, T, 0xFF), 0, 0, T, 0x7FF},
    {"movi.n", 0x000C | 15 << 12 | S << 8 | 5 << 4, 0, 0, S, 95},
    {"movi.n", 0x000C | 0 << 12 | S << 8 | 6 << 4, 0, 0, S, 0xFFFFFFE0},
    {"mov.n", 0x000D | S << 8 | T << 4, 77, 0, T, 77},
    {"moveqz", RRR(8, 3, R, S, T), 9, 0, R, 9},
    {"moveqz", RRR(8, 3, R, S, T), 9, 1, R, 0x11111111},
    {"movnez", RRR(9, 3, R, S, T), 9, 1, R, 9},
    {"movnez", RRR(9, 3, R, S, T), 9, 0, R, 0x11111111},
    {"movltz", RRR(10, 3, R, S, T), 9, 0x80000000, R, 9},
    {"movltz", RRR(10, 3, R, S, T), 9, 0, R, 0x11111111},
    {"movgez", RRR(11, 3, R, S, T), 9, 0, R, 9},
    {"movgez", RRR(11, 3, R, S, T), 9, 0x80000000, R, 0x11111111},
    {"slli", RRR(1, 1, R, S, 32 - 4 - 16), 0x12345678, 0, R, 0x23456780},
    {"slli", RRR(0, 1, R, S, 1), 3, 0, R, 0x80000000},
    {"srai", RRR(3, 1, R, 15, T), 0, 0x80000000, R, 0xFFFFFFFF},
    {"srai", RRR(2, 1, R, 4, T), 0, 0x70000000, R, 0x07000000},
    {"srli", RRR(4, 1, R, 4, T), 0, 0x80000000, R, 0x08000000},
    {"extui", RRR(7, 4, R, 8, T), 0, 0x1234F678, R, 0xF6},
    {"extui", RRR(15, 5, R, 0, T), 0, 0xF2345678, R, 0xF234},
    {"nsa", RRR(4, 0, 14, S, T), 0xFFFFFFF0, 0, T, 27},
    {"nsa", RRR(4, 0, 14, S, T), 0, 0, T, 31},
    {"nsau", RRR(4, 0, 15, S, T), 0x00010000, 0, T, 15},
    {"nsau", RRR(4, 0, 15, S, T), 0, 0, T, 32},
    {"mull", RRR(8, 2, R, S, T), 0x10003, 0x10005, R, 0x8000F},
    {"mul16u", RRR(12, 1, R, S, T), 0xFFFFF, 0x1FFFF, R, 0xFFFE0001},
    {"mul16s", RRR(13, 1, R, S, T), 0x1FFFF, 5, R, 0xFFFFFFFB},
};

static void arithmetic(void **state)
{
    (void)state;
    stage_set(&xtensa_esp32);
    for (unsigned i = 0; i < sizeof computed / sizeof computed[0]; i++) {
        assert_string_equal(name_of(computed[i].word), computed[i].name);
        set_up(computed[i].s, computed[i].t);
        RUN(computed[i].word);
        if (core.a[computed[i].where] != computed[i].wanted)
            fail_msg("%s, row %u: %08x", computed[i].name, i, core.a[computed[i].where]);
    }
}

/* Each sets SAR; then the four shift 0x81234567:89ABCDEF, or the part of it that they take. */
static void shifts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t word, s, sar;
        uint32_t src, srl, sll, sra;
    } rows[] = {
        {"ssr", RRR(4, 0, 0, S, 0), 36, 4, 0x789ABCDE, 0x089ABCDE, 0x70000000, 0xF89ABCDE},
        {"ssl", RRR(4, 0, 1, S, 0), 4, 28, 0x12345678, 0x00000008, 0x12345670, 0xFFFFFFF8},
        {"ssl", RRR(4, 0, 1, S, 0), 0, 32, 0x81234567, 0, 0x81234567, 0xFFFFFFFF},
        {"ssa8l", RRR(4, 0, 2, S, 0), 7, 24, 0x23456789, 0x89, 0x23456700, 0xFFFFFF89},
        {"ssa8b", RRR(4, 0, 3, S, 0), 5, 24, 0x23456789, 0x89, 0x23456700, 0xFFFFFF89},
        {"ssai", RRR(4, 0, 4, 4, 1), 0, 20, 0x3456789A, 0x89A, 0x34567000, 0xFFFFF89A},
    };
    stage_set(&xtensa_esp32);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(name_of(rows[i].word), rows[i].name);
        core.a[S] = rows[i].s;
        core.a[8] = 0x81234567;
        core.a[9] = 0x89ABCDEF;
        RUN(rows[i].word, RRR(8, 1, 10, 8, 9), RRR(9, 1, 11, 0, 9), RRR(10, 1, 12, 8, 0),
            RRR(11, 1, 13, 0, 9));
        assert_int_equal(core.special[SAR], rows[i].sar);
        assert_int_equal(core.a[10], rows[i].src);
        assert_int_equal(core.a[11], rows[i].srl);
        assert_int_equal(core.a[12], rows[i].sll);
        assert_int_equal(core.a[13], rows[i].sra);
    }
}

/* ---- branches -------------------------------------------------------------------------------- */

/* The offset is 16 for all. */
#define BRANCH(r) RRI8(7, r, S, T, 16)
#define BRANCH_Z(n) (16 << 12 | S << 8 | (n) << 4 | 6)
#define BRANCH_I(n, r) RRI8(6, r, S, n, 16)
static const struct {
    const char *name;
    uint32_t word;
    struct {
        uint32_t s, t;
    } taken, passed;
} branches[] = {
    {"beqz", BRANCH_Z(1), {0, 0}, {1, 0}},
    {"bnez", BRANCH_Z(5), {1, 0}, {0, 0}},
    {"bltz", BRANCH_Z(9), {0x80000000, 0}, {0, 0}},
    {"bgez", BRANCH_Z(13), {0, 0}, {0x80000000, 0}},
    {"beqz.n", 0x008C | S << 8 | 1 << 4, {0, 0}, {1, 0}},
    {"bnez.n", 0x00CC | S << 8 | 1 << 4, {1, 0}, {0, 0}},
    {"beqi", BRANCH_I(2, 0), {0xFFFFFFFF, 0}, {1, 0}},
    {"bnei", BRANCH_I(6, 9), {11, 0}, {10, 0}},
    {"blti", BRANCH_I(10, 15), {0xFFFFFFFF, 0}, {256, 0}},
    {"bgei", BRANCH_I(14, 10), {12, 0}, {0xFFFFFFFF, 0}},
    {"bltui", BRANCH_I(11, 0), {32767, 0}, {32768, 0}},
    {"bgeui", BRANCH_I(15, 1), {65536, 0}, {65535, 0}},
    {"bnone", BRANCH(0), {12, 3}, {12, 6}},
    {"beq", BRANCH(1), {7, 7}, {7, 8}},
    {"blt", BRANCH(2), {0xFFFFFFFF, 0}, {0, 0}},
    {"bltu", BRANCH(3), {0, 0xFFFFFFFF}, {0xFFFFFFFF, 0}},
    {"ball", BRANCH(4), {15, 6}, {13, 6}},
    {"bbc", BRANCH(5), {0xFFFFFFFD, 33}, {2, 33}},
    {"bbci", RRI8(7, 7, S, 4, 16), {0xFFEFFFFF, 0}, {0x00100000, 0}},
    {"bany", BRANCH(8), {12, 6}, {12, 3}},
    {"bne", BRANCH(9), {7, 8}, {7, 7}},
    {"bge", BRANCH(10), {0, 0}, {0xFFFFFFFF, 0}},
    {"bgeu", BRANCH(11), {0xFFFFFFFF, 0}, {0, 0xFFFFFFFF}},
    {"bnall", BRANCH(12), {13, 6}, {15, 6}},
    {"bbs", BRANCH(13), {2, 33}, {0xFFFFFFFD, 33}},
    {"bbsi", RRI8(7, 14, S, 4, 16), {0x10, 0}, {0xFFFFFFEF, 0}},
};

static void expect_branch(unsigned row, uint32_t s, uint32_t t, bool is_taken)
{
    uint32_t word = branches[row].word;
    unsigned bytes = (word & 15) >= 8 ? 2 : 3;
    set_up(s, t);
    PUT(CODE, word);
    PUT(CODE + bytes, BREAK);
    PUT(CODE + 20, BREAK);
    core.base.pc = CODE;
    stage_run();
    if (core.base.pc != CODE + (is_taken ? 20 : bytes))
        fail_msg("%s: %s", branches[row].name, is_taken ? "not taken" : "taken");
}

static void branching(void **state)
{
    (void)state;
    stage_set(&xtensa_esp32);
    for (unsigned i = 0; i < sizeof branches / sizeof branches[0]; i++) {
        assert_string_equal(name_of(branches[i].word), branches[i].name);
        expect_branch(i, branches[i].taken.s, branches[i].taken.t, true);
        expect_branch(i, branches[i].passed.s, branches[i].passed.t, false);
    }
}

static void backward(void **state)
{
    (void)state;
    stage_set(&xtensa_esp32);
    core.a[S] = 3; /* addi a3, a3, -1; addi a2, a2, 1; bnez a3, to the first */
    core.a[R] = 0;
    RUN(RRI8(2, 12, S, S, -1), RRI8(2, 12, R, R, 1),
        (uint32_t)(-10 & 0xFFF) << 12 | S << 8 | 5 << 4 | 6);
    assert_int_equal(core.a[R], 3);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static uint32_t jump_word(uint32_t offset)
{
    return offset << 6 | 6;
}

static void calls(void **state)
{
    (void)state;
    static const uint32_t returns[] = {0x000080, 0x00F00D, 0x0000A0}; /* ret, ret.n, jx a0 */
    static const char *const names[] = {"ret", "ret.n", "jx"};
    stage_set(&xtensa_esp32);
    for (unsigned i = 0; i < 3; i++) {
        assert_string_equal(name_of(returns[i]), names[i]);
        PUT(CODE + 32, RRI8(2, 12, R, R, 1), returns[i]);
        core.a[R] = 0;
        core.a[S] = CODE + 32;
        RUN(NOP_N, (32 - 4) / 4 << 6 | 5, 0x0000C0 | S << 8); /* call0, callx0 a3 */
        assert_int_equal(core.a[R], 2);
        assert_int_equal(core.a[0], CODE + 8);
        assert_int_equal(core.base.pc, CODE + 8);
    }
    core.a[0] = CODE + 32;
    PUT(CODE + 32, BREAK);
    RUN(0x0000C0); /* callx0 a0 */
    assert_int_equal(core.base.pc, CODE + 32);
    assert_int_equal(core.a[0], CODE + 3);
    PUT(CODE + 64, jump_word((uint32_t)-36), BREAK);
    core.base.pc = CODE + 64;
    stage_run();
    assert_int_equal(core.base.pc, CODE + 32);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void loads(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t word, wanted;
    } rows[] = {
        {"l8ui", RRI8(2, 0, S, T, 7), 0xFE},
        {"l16ui", RRI8(2, 1, S, T, 3), 0xFEDC},
        {"l16si", RRI8(2, 9, S, T, 3), 0xFFFFFEDC},
        {"l32i", RRI8(2, 2, S, T, 1), 0xFEDCBA98},
        {"l32i.n", 0x0008 | 1 << 12 | S << 8 | T << 4, 0xFEDCBA98},
    };
    stage_set(&xtensa_esp32);
    core_store_word(&core.base, DATA + 16, 0x76543210);
    core_store_word(&core.base, DATA + 20, 0xFEDCBA98);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(name_of(rows[i].word), rows[i].name);
        set_up(DATA + 16, 0);
        RUN(rows[i].word);
        assert_int_equal(core.a[T], rows[i].wanted);
    }
}

static void stores(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t word, wanted;
    } rows[] = {
        {"s8i", RRI8(2, 4, S, T, 5), 0xAAAA78AA},
        {"s16i", RRI8(2, 5, S, T, 3), 0x5678AAAA},
        {"s32i", RRI8(2, 6, S, T, 1), 0x12345678},
        {"s32i.n", 0x0009 | 1 << 12 | S << 8 | T << 4, 0x12345678},
    };
    stage_set(&xtensa_esp32);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t value = 0;
        assert_string_equal(name_of(rows[i].word), rows[i].name);
        core_store_word(&core.base, DATA + 20, 0xAAAAAAAA);
        set_up(DATA + 16, 0x12345678);
        RUN(rows[i].word);
        assert_true(core_load_word(&core.base, DATA + 20, &value));
        assert_int_equal(value, rows[i].wanted);
    }
}

/* In front of it, counted from the word that begins at it or behind it. */
static void literals(void **state)
{
    (void)state;
    stage_set(&xtensa_esp32);
    core_store_word(&core.base, CODE + 0x20, 0xCAFE0001);
    PUT(CODE + 0x25, 0xFFFE01 | T << 4, BREAK); /* l32r: two words before CODE + 0x28 */
    core.base.pc = CODE + 0x25;
    stage_run();
    assert_int_equal(core.a[T], 0xCAFE0001);
}

static void compare_and_store(void **state)
{
    (void)state;
    uint32_t value = 0, word = RRI8(2, 14, S, T, 1);
    stage_set(&xtensa_esp32);
    assert_string_equal(name_of(word), "s32c1i");
    core_store_word(&core.base, DATA + 4, 5);
    core.special[SCOMPARE1] = 6;
    set_up(DATA, 77);
    RUN(word);
    core_load_word(&core.base, DATA + 4, &value);
    assert_int_equal(core.a[T], 5);
    assert_int_equal(value, 5);
    core.special[SCOMPARE1] = 5;
    set_up(DATA, 77);
    RUN(word);
    core_load_word(&core.base, DATA + 4, &value);
    assert_int_equal(core.a[T], 5);
    assert_int_equal(value, 77);
    stage_clear(NULL);
    stage_set(&xtensa_lx106);
    assert_string_equal(name_of(word), "(illegal)");
}

/* ---- the GPIO of the CPU --------------------------------------------------------------------- */

/*
 * Words from LLVM's tests of its assembler (esp32s2ops, esp32s3), user register 12 of the S3 from
 * binutils.
 */
static const struct {
    const struct xtensa_configuration *configuration;
    const char *in, *write, *set, *clear, *read_back, *write_all;
    uint32_t in_a2, write_a3_a2, set_18, clear_52, read_a3, write_a3;
} gpio[] = {
    {&xtensa_esp32s2, "get_gpio_in", "wr_mask_gpio_out", "set_bit_gpio_out", "clr_bit_gpio_out",
     "rur.gpio_out", "wur.gpio_out", 0x063020, 0x062320, 0x061120, 0x060340, 0xE33000, 0xF30030},
    {&xtensa_esp32s3, "ee.get_gpio_in", "ee.wr_mask_gpio_out", "ee.set_bit_gpio_out",
     "ee.clr_bit_gpio_out", "rur.gpio_out", "wur.gpio_out", 0x650824, 0x724234, 0x754124, 0x764344,
     0xE330C0, 0xF30C30},
};

static void cpu_gpio(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        stage_set(gpio[i].configuration);
        assert_string_equal(name_of(gpio[i].in_a2), gpio[i].in);
        assert_string_equal(name_of(gpio[i].write_a3_a2), gpio[i].write);
        assert_string_equal(name_of(gpio[i].set_18), gpio[i].set);
        assert_string_equal(name_of(gpio[i].clear_52), gpio[i].clear);
        assert_string_equal(name_of(gpio[i].read_a3), gpio[i].read_back);
        assert_string_equal(name_of(gpio[i].write_a3), gpio[i].write_all);
        stage_chip.inputs = 0x1A5;
        core.gpio_out = stage_chip.outputs = 0xF0;
        core.a[3] = 0x3C; /* the value */
        RUN(gpio[i].in_a2, gpio[i].write_a3_a2, gpio[i].read_a3);
        assert_int_equal(core.a[2], 0xA5); /* the mask */
        assert_int_equal(stage_chip.outputs, (0xF0 & ~0xA5) | (0x3C & 0xA5));
        assert_int_equal(core.a[3], stage_chip.outputs);
        RUN(gpio[i].set_18);
        assert_int_equal(stage_chip.outputs, 0x74 | 0x12);
        RUN(gpio[i].clear_52);
        assert_int_equal(stage_chip.outputs, 0x76 & ~0x34);
        core.a[3] = 0xF0F;
        RUN(NOP, gpio[i].write_a3);
        assert_int_equal(stage_chip.outputs, 0x0F);
        assert_int_equal(stage_chip.accessed_ns, (core.base.cycles - 2) * CYCLE_NS);
        stage_clear(NULL);
    }
    stage_set(&xtensa_esp32);
    assert_string_equal(name_of(gpio[0].in_a2), "(illegal)");
    assert_string_equal(name_of(gpio[1].in_a2), "(illegal)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(arithmetic, stage_clear),
        cmocka_unit_test_teardown(shifts, stage_clear),
        cmocka_unit_test_teardown(branching, stage_clear),
        cmocka_unit_test_teardown(backward, stage_clear),
        cmocka_unit_test_teardown(calls, stage_clear),
        cmocka_unit_test_teardown(loads, stage_clear),
        cmocka_unit_test_teardown(stores, stage_clear),
        cmocka_unit_test_teardown(literals, stage_clear),
        cmocka_unit_test_teardown(compare_and_store, stage_clear),
        cmocka_unit_test_teardown(cpu_gpio, stage_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
