/* SPDX-License-Identifier: MIT */
/*
 * Time: what instructions cost, in which cycle an interrupt comes, when timers match, waiting; and
 * accesses to the chip.
 */
#include "emulator/xtensa/opcodes.h"
#include "emulator/xtensa/stage.h"

enum { R = 2, S = 3, T = 4, LEVEL3 = 1 << 23, TIMER0 = 1 << 6, TIMER1 = 1 << 15, TIMER2 = 1 << 16 };
enum { LEVEL3_VECTOR = CODE + VECTORS + 0x1C0 };

static uint64_t taken_cycle;

static void on_enter(struct xtensa *of, unsigned level)
{
    (void)level;
    taken_cycle = of->base.cycles;
}

/* Handlers of levels 1 and 3 end all requests by a store, and return. */
static void set_stage(const struct xtensa_configuration *configuration)
{
    stage_set(configuration);
    core.on_enter = on_enter;
    core.special[INTENABLE] = UINT32_MAX;
    core.a[15] = REGISTERS;
    PUT(LEVEL3_VECTOR, RRI8(2, 6, 15, 15, 0), RFI(3));
    PUT(CODE + VECTORS + 0x340, RRI8(2, 6, 15, 15, 0), RFE);
}

/* ---- costs ----------------------------------------------------------------------------------- */

static void costs(void **state)
{
    (void)state;
    static const struct {
        uint32_t word;
        unsigned seven, five; /* stages of the pipeline */
    } rows[] = {
        {NOP, 1, 1},
        {RRR(8, 0, R, S, T), 1, 1},   /* add */
        {RRR(8, 2, R, S, T), 2, 2},   /* mull */
        {RRR(12, 1, R, S, T), 2, 2},  /* mul16u */
        {RRI8(2, 2, S, T, 0), 3, 2},  /* l32i */
        {RRI8(2, 6, S, T, 0), 1, 1},  /* s32i */
        {0x000001, 3, 2},             /* l32r */
        {RRI8(2, 14, S, T, 0), 3, 2}, /* s32c1i */
        {0x002000, 4, 3},             /* isync */
        {0x0020C0, 1, 1},             /* memw */
        {RFE, 4, 3},
        {RSR(PS, T), 1, 1},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(opcodes_decode(&xtensa_esp32, rows[i].word).cycles, rows[i].seven);
        assert_int_equal(opcodes_decode(&xtensa_esp32s2, rows[i].word).cycles, rows[i].seven);
        assert_int_equal(opcodes_decode(&xtensa_esp32s3, rows[i].word).cycles, rows[i].five);
    }
    stage_set(&xtensa_esp32);
}

static void refills(void **state)
{
    (void)state;
    stage_set(&xtensa_esp32s3);
    RUN(RRI8(7, 9, S, S, 0), 2 << 6 | 6, 0x000000); /* bne a3, a3: not taken; j over the rest */
    assert_int_equal(core.base.cycles, 1 + 3 + 1);
    assert_int_equal(core.base.instructions, 3);
    core_free(&core.base);
    stage_set(&xtensa_esp32);
    RUN(RRI8(7, 9, S, S, 0), 2 << 6 | 6, 0x000000);
    assert_int_equal(core.base.cycles, 1 + 4 + 1);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

static void latency(void **state)
{
    (void)state;
    static const struct xtensa_configuration *const chips[] = {&xtensa_esp32, &xtensa_esp32s3};
    for (unsigned i = 0; i < 2; i++) {
        unsigned refill = chips[i]->refill;
        set_stage(chips[i]);
        stage_plan(3, LEVEL3);
        RUN(NOP, NOP, NOP, NOP, NOP);
        assert_int_equal(taken_cycle, 3 + 1 + refill);
        assert_int_equal(core.base.cycles, 5 + (1 + refill) + 1 + (1 + refill) + 1);
        assert_int_equal(core.taken, 1);
        core_free(&core.base);
    }
    set_stage(&xtensa_esp32);
}

/* A request that comes while a long instruction is executed, is taken behind it. */
static void behind_an_instruction(void **state)
{
    (void)state;
    set_stage(&xtensa_esp32s3);
    stage_plan(2, LEVEL3);
    core.a[S] = DATA;
    RUN(NOP, RRI8(2, 2, S, T, 0), NOP);
    assert_int_equal(taken_cycle, 3 + 3);
    assert_int_equal(core.special[EPC + 3], CODE + 6);
}

/* ---- timers ---------------------------------------------------------------------------------- */

static void counting(void **state)
{
    (void)state;
    set_stage(&xtensa_esp32s3);
    core.a[T] = 1000;
    RUN(NOP, RSR(CCOUNT, 8), WSR(CCOUNT, T), NOP, RSR(CCOUNT, 9));
    assert_int_equal(core.a[8], 1);
    assert_int_equal(core.a[9], 1000 + 2);
}

static void expect_match(unsigned index, uint32_t bit, uint32_t count)
{
    set_stage(&xtensa_esp32s3);
    core.special[INTENABLE] = 0;
    core.a[T] = count;
    core.a[S] = count + 5;
    RUN(WSR(CCOUNT, T), WSR(CCOMPARE + index, S), NOP, NOP, NOP, RSR(INTERRUPT, 8),
        RSR(INTERRUPT, 9), WSR(CCOMPARE + index, S), RSR(INTERRUPT, 10), RSR(CCOMPARE + index, 11));
    assert_int_equal(core.a[8] & bit, bit); /* others have matched at 0 */
    assert_int_equal(core.a[9] & bit, bit);
    assert_int_equal(core.a[10] & bit, 0);
    assert_int_equal(core.a[11], count + 5);
    core_free(&core.base);
}

static void matching(void **state)
{
    (void)state;
    expect_match(0, TIMER0, 0);
    expect_match(1, TIMER1, 77);
    expect_match(2, TIMER2, 0xFFFFFFFD); /* CCOUNT wraps */
    set_stage(&xtensa_esp32s3);
    core.special[INTENABLE] = 0;
    core.a[S] = 6;
    RUN(WSR(CCOMPARE, S), NOP, NOP, NOP, NOP, RSR(INTERRUPT, 8), RSR(INTERRUPT, 9));
    assert_int_equal(core.a[8], 0); /* in cycle 5 */
    assert_int_equal(core.a[9], TIMER0);
}

/* A timer that is at the count already matches a turn later; one that is written anew, when it says. */
static void a_turn_later(void **state)
{
    (void)state;
    set_stage(&xtensa_esp32s3);
    core.a[T] = 500;
    core.special[INTENABLE] = 0;
    RUN(WSR(CCOMPARE, T), WSR(CCOUNT, T), NOP, NOP, RSR(INTERRUPT, 8));
    assert_int_equal(core.a[8], 0);
    assert_int_equal(core.match_cycle[0], 1 + (UINT64_C(1) << 32));
}

static void timer_interrupt(void **state)
{
    (void)state;
    set_stage(&xtensa_esp32s3);
    PUT(LEVEL3_VECTOR, WSR(CCOMPARE + 1, 15), RFI(3));
    core.a[S] = 10;
    RUN(WSR(CCOMPARE + 1, S), NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP);
    assert_int_equal(taken_cycle, 10 + 3);
    assert_int_equal(core.taken, 1);
    assert_int_equal(core.special[EPC + 3], CODE + 30);
}

/* ---- waiting --------------------------------------------------------------------------------- */

static void waiting(void **state)
{
    (void)state;
    set_stage(&xtensa_esp32s3);
    stage_plan(1000, LEVEL3);
    RUN(WAITI(0), NOP);
    assert_int_equal(taken_cycle, 1000 + 3);
    assert_int_equal(core.special[EPC + 3], CODE + 3);
    assert_int_equal(core.special[PS] & PS_INTLEVEL, 0);
    assert_false(core.base.is_asleep);
    core.a[S] = (uint32_t)core.base.cycles + 500;
    uint64_t wake = core.base.cycles + 500;
    PUT(CODE + VECTORS + 0x340, WSR(CCOMPARE, 15), RFE);
    RUN(WSR(CCOMPARE, S), WAITI(0));
    assert_int_equal(taken_cycle, wake + 3);
}

/* A level that masks it does not wake. */
static void masked_waiting(void **state)
{
    (void)state;
    set_stage(&xtensa_esp32s3);
    stage_plan(1000, LEVEL3);
    core.match_cycle[0] = core.match_cycle[1] = core.match_cycle[2] = UINT64_MAX;
    PUT(CODE, WAITI(3), BREAK);
    assert_int_equal(xtensa_run(&core), XTENSA_ASLEEP);
    assert_int_equal(core.base.pc, CODE + 3);
    assert_true(core.base.is_asleep);
    assert_int_equal(core.base.cycles, 1000);
}

static bool never(struct core *of)
{
    (void)of;
    return false;
}

static void pausing(void **state)
{
    (void)state;
    set_stage(&xtensa_esp32s3);
    PUT(CODE, WAITI(0), BREAK);
    bool (*always)(struct core * of) = core.base.goes_on;
    core.base.goes_on = never;
    assert_int_equal(xtensa_run(&core), XTENSA_PAUSED);
    assert_int_equal(core.base.instructions, 0);
    core.base.goes_on = always;
    stage_plan(50, LEVEL3);
    stage_run();
    assert_int_equal(taken_cycle, 50 + 3);
}

/* ---- the chip -------------------------------------------------------------------------------- */

static uint32_t extra_cycles(struct processor *processor, uint32_t address, bool is_write)
{
    (void)processor;
    (void)address;
    return is_write ? 7 : 11;
}

static void registers(void **state)
{
    (void)state;
    set_stage(&xtensa_esp32s3);
    stage_chip.processor.extra_cycles = extra_cycles;
    core.a[S] = REGISTERS + 0x10;
    core.a[T] = 0x12345678;
    RUN(NOP, RRI8(2, 6, S, T, 1));
    assert_int_equal(stage_chip.stored, 0x12345678);
    assert_int_equal(stage_chip.stored_at, REGISTERS + 0x14);
    assert_int_equal(stage_chip.accessed_ns, (1 + 7 + 1) * CYCLE_NS);
    assert_int_equal(core.base.cycles, 1 + 8 + 1);
    RUN(RRI8(2, 5, S, T, 0));
    assert_int_equal(stage_chip.stored, 0x5678);
    assert_int_equal(stage_chip.bytes, 2);
    uint64_t before = core.base.cycles;
    RUN(RRI8(2, 2, S, T, 0));
    assert_int_equal(core.a[T], 0x89ABCDEF);
    assert_int_equal(core.base.cycles - before, 11 + 2 + 1);
    assert_int_equal(stage_chip.processor.accesses, 3);
    core.special[PS] = PS_UM;
    core.a[S] = REGISTERS + 0x1000;
    PUT(CODE + VECTORS + 0x340, BREAK);
    RUN(RRI8(2, 2, S, T, 0));
    assert_int_equal(core.special[EXCCAUSE], CAUSE_ACCESS_NOWHERE);
}

/* A store ends the request before the next instruction. */
static void level_request(void **state)
{
    (void)state;
    set_stage(&xtensa_esp32s3);
    stage_plan(1, LEVEL3);
    RUN(NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP);
    assert_int_equal(core.taken, 1);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void changed_code(void **state)
{
    (void)state;
    set_stage(&xtensa_esp32s3);
    core.a[R] = 0;
    RUN(RRI8(2, 12, R, R, 1));
    RUN(RRI8(2, 12, R, R, 2));
    RUN(0x000B | R << 12 | R << 8 | 3 << 4);
    RUN(0x000B | R << 12 | R << 8 | 4 << 4);
    assert_int_equal(core.a[R], 10);
}

static void alias(void **state)
{
    (void)state;
    set_stage(&xtensa_esp32s3);
    core.a[S] = DATA;
    core.a[T] = BREAK << 8 | 0x00; /* a byte before it: code begins anywhere */
    RUN(RRI8(2, 6, S, T, 0));
    core.base.pc = ALIAS + 1;
    stage_run();
    assert_int_equal(core.base.pc, ALIAS + 1);
}

static bool refuses_nop(struct xtensa *of, const struct instruction *instruction)
{
    (void)of;
    return instruction->word != NOP;
}

static void looking_on(void **state)
{
    (void)state;
    set_stage(&xtensa_esp32s3);
    core.on_instruction = refuses_nop;
    PUT(CODE, RRI8(2, 12, R, R, 1), NOP);
    assert_int_equal(xtensa_run(&core), XTENSA_PAUSED);
    assert_int_equal(core.base.pc, CODE + 3);
    assert_int_equal(core.base.instructions, 1);
}

static void in_words(void **state)
{
    (void)state;
    set_stage(&xtensa_esp32s3);
    PUT(CODE, 0xF02D); /* break.n */
    assert_string_equal(core_run(&core.base), "a breakpoint");
    assert_int_equal(core.base.pc, CODE);
    core.base.goes_on = never;
    assert_null(core_run(&core.base));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(costs, stage_clear),
        cmocka_unit_test_teardown(refills, stage_clear),
        cmocka_unit_test_teardown(latency, stage_clear),
        cmocka_unit_test_teardown(behind_an_instruction, stage_clear),
        cmocka_unit_test_teardown(counting, stage_clear),
        cmocka_unit_test_teardown(matching, stage_clear),
        cmocka_unit_test_teardown(a_turn_later, stage_clear),
        cmocka_unit_test_teardown(timer_interrupt, stage_clear),
        cmocka_unit_test_teardown(waiting, stage_clear),
        cmocka_unit_test_teardown(masked_waiting, stage_clear),
        cmocka_unit_test_teardown(pausing, stage_clear),
        cmocka_unit_test_teardown(registers, stage_clear),
        cmocka_unit_test_teardown(level_request, stage_clear),
        cmocka_unit_test_teardown(changed_code, stage_clear),
        cmocka_unit_test_teardown(alias, stage_clear),
        cmocka_unit_test_teardown(looking_on, stage_clear),
        cmocka_unit_test_teardown(in_words, stage_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
