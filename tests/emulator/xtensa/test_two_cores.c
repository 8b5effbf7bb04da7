/* SPDX-License-Identifier: MIT */
/*
 * Two cores: what each of them does comes in the order of its time, as if it were alone; and how one
 * of them wakes, interrupts, starts and stops the other.
 */
#include <stdlib.h>
#include <string.h>

#include "emulator/xtensa/stage.h"

enum { R = 2, S = 3, T = 4, A15 = 15, PRICE = 16, LEVEL1 = 1 << 0, EDGE = 1 << 10 };
enum { LOAD = RRI8(2, 2, A15, R, 0), STORE = RRI8(2, 6, A15, R, 0), GPIO_IN = 0x650804 | R << 4 };
#define MOVI(t, value) RRI8(2, 10, ((value) >> 8 & 15), (t), (value))
#define L32I(t, s) RRI8(2, 2, (s), (t), 0)
#define S32I(t, s) RRI8(2, 6, (s), (t), 0)
#define BEQZ(s, distance) ((uint32_t)(((distance)-4) & 0xFFF) << 12 | (s) << 8 | 0x16)
#define J(distance) ((uint32_t)(((distance)-4) & 0x3FFFF) << 6 | 6)
#define USER_VECTOR (CODE + VECTORS + 0x340)

static uint32_t price(struct processor *processor, uint32_t address, bool is_write)
{
    (void)processor;
    (void)address;
    (void)is_write;
    return PRICE;
}

/* A run ends when all sleep. */
static bool somebody_is_awake(struct core *of)
{
    (void)of;
    bool is_second_awake = core.base.peer && !second.base.is_halted && !second.base.is_asleep;
    return !core.base.is_asleep || is_second_awake;
}

static void set_alone(void)
{
    stage_set(&xtensa_esp32s3);
    core.base.goes_on = somebody_is_awake;
    stage_chip.processor.extra_cycles = price;
    core.a[A15] = REGISTERS;
}

static void set_stage(void)
{
    set_alone();
    stage_add_second();
    second.a[A15] = REGISTERS;
}

/* ---- the order ------------------------------------------------------------------------------- */

enum { LENGTH = 20, CYCLES_MAX = 2000 };

static void write_program(uint32_t *words)
{
    static const uint32_t choice[] = {LOAD, STORE, GPIO_IN, NOP, RRR(8, 2, R, S, T), NOP_N};
    for (unsigned i = 0; i < LENGTH; i++)
        words[i] = choice[(unsigned)rand() % (sizeof choice / sizeof choice[0])];
    words[LENGTH] = WAITI(15);
}

/* When its accesses come. */
static unsigned run_by_itself(const uint32_t *words, struct stage_access *accesses)
{
    set_alone();
    stage_put(CODE, words, LENGTH + 1);
    assert_int_equal(xtensa_run(&core), XTENSA_PAUSED);
    memcpy(accesses, stage_chip.accesses, sizeof stage_chip.accesses);
    unsigned count = stage_chip.access_count;
    stage_clear(NULL);
    return count;
}

static void judge_accesses(unsigned of, const struct stage_access *wanted, unsigned count)
{
    unsigned found = 0;
    for (unsigned i = 0; i < stage_chip.access_count; i++) {
        if (stage_chip.accesses[i].core != of)
            continue;
        assert_true(found < count);
        assert_int_equal(stage_chip.accesses[i].ns, wanted[found].ns);
        assert_int_equal(stage_chip.accesses[i].address, wanted[found].address);
        found++;
    }
    assert_int_equal(found, count);
}

static void in_the_order_of_time(void **state)
{
    (void)state;
    uint32_t words[2][LENGTH + 1];
    struct stage_access alone[2][64];
    unsigned count[2];
    for (unsigned round = 0; round < 200; round++) {
        for (unsigned i = 0; i < 2; i++) {
            write_program(words[i]);
            count[i] = run_by_itself(words[i], alone[i]);
        }
        set_stage();
        stage_put(CODE, words[0], LENGTH + 1);
        stage_put(SECOND_CODE, words[1], LENGTH + 1);
        assert_int_equal(xtensa_run(&core), XTENSA_PAUSED);
        for (unsigned i = 1; i < stage_chip.access_count; i++)
            assert_true(stage_chip.accesses[i - 1].ns <= stage_chip.accesses[i].ns);
        for (unsigned i = 0; i < 2; i++)
            judge_accesses(i, alone[i], count[i]);
        assert_int_equal(core.base.instructions, LENGTH + 1);
        assert_int_equal(second.base.instructions, LENGTH + 1);
        if (round < 199)
            stage_clear(NULL);
    }
}

/* The second core sees a word as it was at the beginning of its load. */
static void memory_in_order(void **state)
{
    (void)state;
    for (uint32_t delay = 0; delay < 12; delay++) {
        uint32_t words[16] = {MOVI(R, 1)}, seen;
        for (uint32_t i = 0; i < delay; i++)
            words[1 + i] = NOP;
        words[1 + delay] = S32I(R, S); /* in cycle 1 + delay */
        words[2 + delay] = WAITI(15);
        set_stage();
        core.a[S] = second.a[S] = DATA;
        stage_put(CODE, words, 3 + delay);
        /* Loads, of two cycles each, in cycles 0, 2, 4, … */
        PUT(SECOND_CODE, L32I(4, S), L32I(5, S), L32I(6, S), L32I(7, S), L32I(8, S), L32I(9, S),
            L32I(10, S), WAITI(15));
        assert_int_equal(xtensa_run(&core), XTENSA_PAUSED);
        for (seen = 0; !second.a[4 + seen]; seen++)
            ;
        assert_int_equal(seen, (1 + delay + 1) / 2);
        if (delay < 11)
            stage_clear(NULL);
    }
}

/* ---- interrupts ------------------------------------------------------------------------------ */

static uint64_t taken_cycle[2];

static void on_enter(struct xtensa *of, unsigned level)
{
    (void)level;
    taken_cycle[of->base.index] = of->base.cycles;
}

static bool never_ends(struct core *of)
{
    return of->cycles < CYCLES_MAX;
}

static void interrupt_second(struct processor *processor, uint32_t address, uint32_t value,
                             unsigned bytes)
{
    (void)processor;
    (void)address;
    (void)bytes;
    stage_chip.second_lines = value;
}

static struct processor_chip other_registers;

/* A store into a register is a request for the second core. */
static void set_requests(void)
{
    set_stage();
    other_registers = *stage_chip.processor.chip;
    other_registers.store = interrupt_second;
    stage_chip.processor.chip = &other_registers;
    core.base.goes_on = never_ends;
    core.on_enter = second.on_enter = on_enter;
    second.special[INTENABLE] = UINT32_MAX;
    PUT(USER_VECTOR, BREAK);
}

/* From the request to the entry it is as with one core: a cycle, and two to refill. */
static void waking_the_other(void **state)
{
    (void)state;
    set_requests();
    PUT(CODE, MOVI(R, LEVEL1), NOP, NOP, STORE, J(0));
    PUT(SECOND_CODE, WAITI(0));
    assert_int_equal(xtensa_run(&core), XTENSA_BREAKPOINT);
    assert_int_equal(taken_cycle[1], 3 + PRICE + 1 + 2 + 1);
    assert_int_equal(second.special[EPC + 1], SECOND_CODE + 3);
    assert_int_equal(taken_cycle[0], 0);
}

/* An edge that is over before the second core looks. */
static void a_short_request(void **state)
{
    (void)state;
    set_requests();
    stage_chip.processor.extra_cycles = NULL;
    /* The stores come in cycles 4 and 5, the second core looks in 3 and 5, and is not the first. */
    PUT(CODE, MOVI(R, EDGE), MOVI(S, 0), NOP, STORE, S32I(S, A15), J(0));
    PUT(SECOND_CODE, RSR(PS, R), RRR(8, 2, R, S, T), RRR(8, 2, R, S, T), RRR(8, 2, R, S, T), J(0));
    assert_int_equal(xtensa_run(&core), XTENSA_BREAKPOINT);
    assert_int_equal(stage_chip.second_lines, 0);
    assert_int_equal(taken_cycle[0], 0);
}

/* A request during an access: the access is made first, when it is due. */
static void not_inside_of_an_instruction(void **state)
{
    (void)state;
    set_requests();
    second.special[INTENABLE] = 0;
    core.special[INTENABLE] = UINT32_MAX;
    PUT(CODE, LOAD, NOP, NOP);
    PUT(SECOND_CODE, J(0));
    stage_plan(5, LEVEL1);
    assert_int_equal(xtensa_run(&core), XTENSA_BREAKPOINT);
    assert_int_equal(stage_chip.access_count, 1);
    assert_int_equal(stage_chip.accesses[0].ns, (PRICE + 1) * CYCLE_NS);
    assert_int_equal(core.special[EPC + 1], CODE + 3);
}

/* Each core has its own count, and its own timers. */
static void timers(void **state)
{
    (void)state;
    set_requests();
    special_write(&core, CCOUNT, 1000);
    special_write(&second, CCOUNT, 5000);
    special_write(&second, CCOMPARE, 5100);
    core.special[INTENABLE] = second.special[INTENABLE] = 1 << 6;
    PUT(CODE, WAITI(0));
    PUT(SECOND_CODE, WAITI(0));
    PUT(USER_VECTOR, RSR(CCOUNT, R), BREAK);
    assert_int_equal(xtensa_run(&core), XTENSA_BREAKPOINT);
    assert_int_equal(second.base.pc, USER_VECTOR + 3);
    assert_int_equal(taken_cycle[1], 100 + 2 + 1);
    assert_int_equal(second.a[R], 5100 + 2 + 1);
    assert_true(core.base.is_asleep);
}

/* ---- starting and stopping ------------------------------------------------------------------- */

/* The first store starts it, the second one stops it. */
static void follow(void)
{
    bool runs = stage_chip.stored_at && stage_chip.stored;
    if (runs && second.base.is_halted)
        second.base.cycles = core_present_cycle(&second.base);
    second.base.is_halted = !runs;
}

static void starts_and_stops(void **state)
{
    (void)state;
    set_stage();
    second.base.is_halted = true;
    stage_chip.follow = follow;
    PUT(CODE, MOVI(R, 1), STORE, MOVI(R, 0), STORE, WAITI(15));
    PUT(SECOND_CODE, NOP_N, J(-2));
    assert_int_equal(xtensa_run(&core), XTENSA_PAUSED);
    assert_true(second.base.is_halted);
    /* From one access to the other: 1 + PRICE + 1 cycles; nop.n takes 1 of them, j 1 + 2. */
    assert_int_equal(second.base.instructions, 2 * (PRICE + 2) / 4 + 1);
    assert_int_equal(core.base.instructions, 5);
}

static void follow_until_stored(void)
{
    second.base.is_halted = stage_chip.stored_at != 0;
}

/* … while the first one is in the middle of an access. */
static void stopping_oneself(void **state)
{
    (void)state;
    set_stage();
    stage_chip.follow = follow_until_stored;
    PUT(CODE, NOP, LOAD, WAITI(15));
    PUT(SECOND_CODE, STORE, NOP, J(-3));
    assert_int_equal(xtensa_run(&core), XTENSA_PAUSED);
    assert_int_equal(second.base.instructions, 1);
    assert_int_equal(stage_chip.accesses[1].ns, (1 + PRICE + 1) * CYCLE_NS);
}

/* Who stands still keeps nobody waiting, and is not where the program is. */
static void alone(void **state)
{
    (void)state;
    set_stage();
    second.base.is_halted = true;
    assert_ptr_equal(core_serving(&core.base), &core.base);
    RUN(STORE, LOAD, NOP);
    assert_int_equal(second.base.instructions, 0);
    second.base.is_halted = false;
    assert_ptr_equal(core_serving(&core.base), &second.base);
}

static void the_end_of_either(void **state)
{
    (void)state;
    set_stage();
    core.base.goes_on = never_ends;
    PUT(CODE, J(0));
    PUT(SECOND_CODE, NOP, BREAK);
    assert_string_equal(core_run(&core.base), "a breakpoint");
    PUT(SECOND_CODE + 3, 0); /* ill, once, and BREAK as its handler */
    PUT(USER_VECTOR, BREAK);
    assert_int_equal(xtensa_run(&core), XTENSA_BREAKPOINT);
    assert_int_equal(core_faults(&core.base), 1);
    assert_int_equal(core.base.fault_count, 0);
}

/* ---- the clock ------------------------------------------------------------------------------- */

static bool set_clock_at_100(struct core *of)
{
    if (of->cycles >= 100 && of->setup.hz == 100000000)
        core_set_clock(of, 10000000);
    return of->cycles < CYCLES_MAX;
}

/* A clock is that of both; for the one that sleeps, time has passed at the speed that it had. */
static void change_clock(struct xtensa *worker, struct xtensa *sleeper)
{
    core.base.goes_on = set_clock_at_100;
    special_write(worker, CCOMPARE, 100); /* so that it looks */
    special_write(sleeper, CCOMPARE, 200);
    worker->special[INTENABLE] = 0;
    sleeper->special[INTENABLE] = 1 << 6;
    PUT(worker->base.pc, J(0));
    PUT(sleeper->base.pc, WAITI(0));
    assert_int_equal(xtensa_run(&core), XTENSA_BREAKPOINT);
    assert_int_equal(sleeper->base.setup.hz, 10000000);
    assert_int_equal(taken_cycle[sleeper->base.index], 200 + 2 + 1);
    /* A jump takes 3 cycles: the worker looks in cycle 102. */
    assert_int_equal(core_ns_at(&sleeper->base, 200), 102 * 10 + (200 - 102) * 100);
}

static void one_clock(void **state)
{
    (void)state;
    set_requests();
    change_clock(&core, &second);
    stage_clear(NULL);
    set_requests();
    change_clock(&second, &core);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(in_the_order_of_time, stage_clear),
        cmocka_unit_test_teardown(memory_in_order, stage_clear),
        cmocka_unit_test_teardown(waking_the_other, stage_clear),
        cmocka_unit_test_teardown(a_short_request, stage_clear),
        cmocka_unit_test_teardown(not_inside_of_an_instruction, stage_clear),
        cmocka_unit_test_teardown(timers, stage_clear),
        cmocka_unit_test_teardown(starts_and_stops, stage_clear),
        cmocka_unit_test_teardown(stopping_oneself, stage_clear),
        cmocka_unit_test_teardown(alone, stage_clear),
        cmocka_unit_test_teardown(the_end_of_either, stage_clear),
        cmocka_unit_test_teardown(one_clock, stage_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
