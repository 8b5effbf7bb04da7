/* SPDX-License-Identifier: MIT */
/*
 * Tests the checker itself.  Each rule reports what breaks it, at the limit and not a nanosecond
 * before, and blames the right participant.  A target that does well is not blamed.
 *
 * "Controller" and "target" are two scripted participants.  In most tests SCL falls at 10 µs.  The
 * limits are those of Standard-mode: t_SU;DAT 250 ns, t_VD;DAT 3450 ns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "line/checker.h"
#include "line/controller_line.h"
#include "line/wired_target.h"
#include "scripted.h"

enum { HOLD_MIN_NS = 300, END_NS = 1000000 };

struct bench {
    struct wires wires;
    struct checker checker;
    struct scripted controller, target, other;
};

static int setup(void **state)
{
    static struct bench bench;
    bench = (struct bench){0};
    i2ctarget_wires_init(&bench.wires);
    i2ctarget_checker_init(&bench.checker, &bench.wires, 100000, HOLD_MIN_NS);
    *state = &bench;
    return 0;
}

/* Expressions, not blocks: the lists must exist as long as the test. */
#define CONTROLLER(...) SCRIPTED_JOIN(&bench->controller, &bench->wires, __VA_ARGS__)
#define TARGET(may_stretch, ...)                                \
    (SCRIPTED_JOIN(&bench->target, &bench->wires, __VA_ARGS__), \
     i2ctarget_checker_watch(&bench->checker, &bench->target.participant, may_stretch))
#define OTHER(may_stretch, ...)                                \
    (SCRIPTED_JOIN(&bench->other, &bench->wires, __VA_ARGS__), \
     i2ctarget_checker_watch(&bench->checker, &bench->other.participant, may_stretch))

static void run(struct bench *bench)
{
    i2ctarget_wires_pass(&bench->wires, END_NS);
}

static void assert_no_violation(const struct checker *checker)
{
    if (checker->violation_count)
        print_error("%s at %llu ns, measured %llu ns\n",
                    i2ctarget_checker_rule_name(checker->violations[0].rule),
                    (unsigned long long)checker->violations[0].at_ns,
                    (unsigned long long)checker->violations[0].measured_ns);
    assert_int_equal(checker->violation_count, 0);
}

static void assert_violation(const struct bench *bench, enum checker_rule rule, uint64_t at_ns,
                             uint64_t measured_ns, const struct scripted *by)
{
    const struct checker_violation *violation = &bench->checker.violations[0];
    assert_int_equal(bench->checker.violation_count, 1);
    assert_string_equal(i2ctarget_checker_rule_name(violation->rule),
                        i2ctarget_checker_rule_name(rule));
    assert_int_equal(violation->at_ns, at_ns);
    assert_int_equal(violation->measured_ns, measured_ns);
    assert_ptr_equal(violation->by, &by->participant);
}

/* ---- SDA_MOVED_WHILE_SCL_HIGH ---------------------------------------------------------------- */

static void test_sda_pulled_while_scl_is_high(void **state)
{
    struct bench *bench = *state;
    TARGET(true, {{5000, false, true}});
    run(bench);
    assert_violation(bench, CHECKER_SDA_MOVED_WHILE_SCL_HIGH, 5000, 0, &bench->target);
}

static void test_sda_let_go_while_scl_is_high(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{11000, false, true}, {17000, false, false}});
    run(bench);
    assert_violation(bench, CHECKER_SDA_MOVED_WHILE_SCL_HIGH, 17000, 0, &bench->target);
}

/* The level does not change, because the controller holds the line; the target's pull does. */
static void test_sda_moved_behind_somebody_elses_back(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{4000, false, true}, {6000, false, false}});
    TARGET(true, {{5000, false, true}});
    run(bench);
    assert_violation(bench, CHECKER_SDA_MOVED_WHILE_SCL_HIGH, 5000, 0, &bench->target);
}

static void test_a_controller_may_move_sda_while_scl_is_high(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{5000, false, true}, {6000, false, false}});
    TARGET(true, {{END_NS + 1, false, true}});
    run(bench);
    assert_no_violation(&bench->checker);
}

/* ---- SCL_PULLED_WHILE_HIGH ------------------------------------------------------------------- */

static void test_scl_pulled_while_it_is_high(void **state)
{
    struct bench *bench = *state;
    TARGET(true, {{5000, true, false}});
    run(bench);
    assert_violation(bench, CHECKER_SCL_PULLED_WHILE_HIGH, 5000, 0, &bench->target);
}

static void test_scl_pulled_while_it_is_high_is_a_stretch_from_there(void **state)
{
    struct bench *bench = *state;
    TARGET(true, {{5000, true, false}, {6000, false, false}});
    run(bench);
    assert_violation(bench, CHECKER_SCL_PULLED_WHILE_HIGH, 5000, 0, &bench->target);
    assert_int_equal(bench->checker.longest_stretch_ns, 1000);
}

static void test_scl_pulled_once_it_is_low(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{10001, true, false}, {16000, false, false}});
    run(bench);
    assert_no_violation(&bench->checker);
}

/* ---- DATA_SETUP ------------------------------------------------------------------------------ */

static void test_setup_one_nanosecond_short(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{11000, true, false}, {20000, true, true}, {20249, false, true}});
    run(bench);
    assert_violation(bench, CHECKER_DATA_SETUP, 20249, 249, &bench->target);
}

static void test_setup_just_long_enough(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{11000, true, false}, {20000, true, true}, {20250, false, true}});
    run(bench);
    assert_no_violation(&bench->checker);
}

static void test_sda_and_scl_let_go_at_once(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{11000, true, true}, {20000, false, false}});
    run(bench);
    assert_violation(bench, CHECKER_DATA_SETUP, 20000, 0, &bench->target);
}

/* A participant that releases SCL last is not to blame for one that changed SDA late. */
static void test_setup_blames_who_moved_sda(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{11000, true, false}, {12000, true, true}, {20100, false, true}});
    OTHER(true, {{11000, true, false}, {20000, true, true}, {20050, false, true}});
    run(bench);
    assert_violation(bench, CHECKER_DATA_SETUP, 20100, 100, &bench->other);
}

static void test_setup_is_reported_once(void **state)
{
    struct bench *bench = *state;
    CONTROLLER(
        {{10000, true, false}, {15000, false, false}, {20110, true, false}, {20120, false, false}});
    TARGET(true, {{11000, true, false}, {20000, true, true}, {20100, false, true}});
    run(bench);
    assert_violation(bench, CHECKER_DATA_SETUP, 20100, 100, &bench->target);
}

/* ---- DATA_HOLD ------------------------------------------------------------------------------- */

static void test_hold_one_nanosecond_short(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{10299, false, true}});
    run(bench);
    assert_violation(bench, CHECKER_DATA_HOLD, 10299, 299, &bench->target);
}

static void test_hold_just_long_enough(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{10300, false, true}});
    run(bench);
    assert_no_violation(&bench->checker);
}

static void test_hold_is_none_when_sda_moves_as_scl_falls(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{10000, false, true}});
    run(bench);
    assert_violation(bench, CHECKER_DATA_HOLD, 10000, 0, &bench->target);
}

static void test_hold_of_zero_is_what_the_table_asks(void **state)
{
    struct bench *bench = *state;
    bench->checker.hold_min_ns = 0;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{10000, false, true}});
    run(bench);
    assert_no_violation(&bench->checker);
}

/* ---- DATA_VALID ------------------------------------------------------------------------------ */

static void test_valid_one_nanosecond_late(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{13451, false, true}});
    run(bench);
    assert_violation(bench, CHECKER_DATA_VALID, 13451, 3451, &bench->target);
}

static void test_valid_at_the_last_moment(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{13450, false, true}});
    run(bench);
    assert_no_violation(&bench->checker);
}

static void test_valid_counts_from_the_last_fall(void **state)
{
    struct bench *bench = *state;
    CONTROLLER(
        {{10000, true, false}, {15000, false, false}, {20000, true, false}, {25000, false, false}});
    TARGET(true, {{21000, false, true}});
    run(bench);
    assert_no_violation(&bench->checker);
}

static void test_late_is_right_for_who_holds_scl(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{10100, true, false}, {500000, true, true}, {501000, false, true}});
    run(bench);
    assert_no_violation(&bench->checker);
}

static void test_late_is_wrong_when_another_holds_scl(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{10100, true, false}, {30000, false, false}});
    OTHER(true, {{20000, false, true}});
    run(bench);
    assert_violation(bench, CHECKER_DATA_VALID, 20000, 10000, &bench->other);
}

/* Table 10 demands less of Standard-mode than of the faster modes. */
static void test_limits_follow_the_speed(void **state)
{
    struct bench *bench = *state;
    struct checker faster;
    i2ctarget_checker_init(&faster, &bench->wires, 400000, 0);
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{10901, false, true}});
    i2ctarget_checker_watch(&faster, &bench->target.participant, true);
    run(bench);
    assert_no_violation(&bench->checker);
    assert_int_equal(faster.violation_count, 1);
    assert_int_equal(faster.violations[0].rule, CHECKER_DATA_VALID);
    assert_int_equal(faster.violations[0].measured_ns, 901);
}

/* SMBus demands that both lines are released when SCL was low for 25 ms. */
static void test_a_time_out_is_no_violation(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{11000, true, true}, {25010000, false, false}});
    i2ctarget_wires_pass(&bench->wires, 30000000);
    assert_no_violation(&bench->checker);
}

static void test_a_time_out_before_its_time_is_one(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{11000, true, true}, {25009999, false, false}});
    i2ctarget_wires_pass(&bench->wires, 30000000);
    assert_violation(bench, CHECKER_DATA_SETUP, 25009999, 0, &bench->target);
}

static void test_a_pull_is_no_time_out_however_late(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}});
    TARGET(true, {{26010000, false, true}});
    i2ctarget_wires_pass(&bench->wires, 30000000);
    assert_violation(bench, CHECKER_DATA_VALID, 26010000, 26000000, &bench->target);
}

/* ---- STRETCH --------------------------------------------------------------------------------- */

static void test_stretch_by_one_that_must_not(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(false, {{11000, true, false}, {15001, false, false}});
    run(bench);
    assert_violation(bench, CHECKER_STRETCH, 15001, 1, &bench->target);
    assert_int_equal(bench->checker.longest_stretch_ns, 1);
}

static void test_stretch_by_one_that_may_is_measured(void **state)
{
    struct bench *bench = *state;
    CONTROLLER(
        {{10000, true, false}, {15000, false, false}, {30000, true, false}, {35000, false, false}});
    TARGET(
        true,
        {{11000, true, false}, {19000, false, false}, {31000, true, false}, {36000, false, false}});
    run(bench);
    assert_no_violation(&bench->checker);
    assert_int_equal(bench->checker.longest_stretch_ns, 4000);
}

static void test_scl_held_while_the_controller_holds_it_is_not_seen(void **state)
{
    struct bench *bench = *state;
    CONTROLLER(
        {{10000, true, false}, {15000, false, false}, {20000, true, false}, {25000, false, false}});
    TARGET(false, {{11000, true, false}, {15000, false, false}});
    run(bench);
    assert_no_violation(&bench->checker);
    assert_int_equal(bench->checker.longest_stretch_ns, 0);
}

/* A controller that ignores stretching pulls SCL again.  The target was in its way until then. */
static void test_stretch_ends_when_the_controller_goes_on(void **state)
{
    struct bench *bench = *state;
    CONTROLLER(
        {{10000, true, false}, {15000, false, false}, {19000, true, false}, {24000, false, false}});
    TARGET(false, {{11000, true, false}, {21000, false, false}});
    run(bench);
    assert_violation(bench, CHECKER_STRETCH, 19000, 4000, &bench->target);
    assert_int_equal(bench->checker.longest_stretch_ns, 4000);
}

static void test_stretch_blames_only_who_must_not(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{11000, true, false}, {40000, false, false}});
    OTHER(false, {{11000, true, false}, {17000, false, false}});
    run(bench);
    assert_violation(bench, CHECKER_STRETCH, 17000, 2000, &bench->other);
    assert_int_equal(bench->checker.longest_stretch_ns, 25000);
}

/* The controller releases SCL, and the target sees it and releases it in the same nanosecond. */
static void test_a_stretch_of_no_time_is_none(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}});
    TARGET(false, {{11000, true, false}});
    run(bench);
    i2ctarget_wires_pull(&bench->wires, &bench->controller.participant,
                         (struct line_pulls){false, false});
    i2ctarget_wires_settle(&bench->wires);
    assert_false(bench->wires.scl);
    i2ctarget_wires_pull(&bench->wires, &bench->target.participant,
                         (struct line_pulls){false, false});
    i2ctarget_wires_settle(&bench->wires);
    assert_true(bench->wires.scl);
    assert_no_violation(&bench->checker);
}

static void test_stretch_counts_from_the_targets_own_pull(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    TARGET(true, {{11000, true, false}, {40000, false, false}});
    OTHER(false, {{16000, true, false}, {17500, false, false}});
    run(bench);
    assert_violation(bench, CHECKER_STRETCH, 17500, 1500, &bench->other);
}

/* ---- watching begins in the middle ----------------------------------------------------------- */

static void watch_from(struct bench *bench, uint64_t at_ns, bool may_stretch)
{
    i2ctarget_wires_unobserve(&bench->wires, &bench->checker.observer);
    i2ctarget_wires_pass(&bench->wires, at_ns);
    i2ctarget_checker_init(&bench->checker, &bench->wires, 100000, HOLD_MIN_NS);
    i2ctarget_checker_watch(&bench->checker, &bench->target.participant, may_stretch);
}

static void test_watching_one_that_already_holds_both(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {15000, false, false}});
    SCRIPTED_JOIN(&bench->target, &bench->wires,
                  {{11000, true, true}, {17000, true, false}, {18000, false, false}});
    watch_from(bench, 12000, false);
    run(bench);
    assert_violation(bench, CHECKER_STRETCH, 18000, 3000, &bench->target);
}

static void test_watching_one_that_already_holds_sda(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{5000, false, true}});
    SCRIPTED_JOIN(&bench->target, &bench->wires, {{1000, false, true}});
    watch_from(bench, 2000, false);
    run(bench);
    assert_no_violation(&bench->checker);
}

/* It is not known when SCL fell, so hold and valid time can not be judged.  Set-up time can. */
static void test_watching_from_a_low_phase_on(void **state)
{
    struct bench *bench = *state;
    CONTROLLER({{10000, true, false}, {25000, false, false}});
    SCRIPTED_JOIN(&bench->target, &bench->wires, {{20000, false, true}, {24900, false, false}});
    watch_from(bench, 12000, true);
    run(bench);
    assert_violation(bench, CHECKER_DATA_SETUP, 25000, 100, &bench->target);
}

/* ---- the list -------------------------------------------------------------------------------- */

static void test_the_first_violations_are_kept_and_all_counted(void **state)
{
    struct bench *bench = *state;
    enum { MOVES = CHECKER_VIOLATIONS_MAX + 8 };
    struct scripted_pull pulls[MOVES];
    for (unsigned i = 0; i < MOVES; i++)
        pulls[i] = (struct scripted_pull){1000 * (i + 1), false, i % 2 == 0};
    scripted_join(&bench->target, &bench->wires, pulls, MOVES);
    i2ctarget_checker_watch(&bench->checker, &bench->target.participant, true);
    run(bench);
    assert_int_equal(bench->checker.violation_count, MOVES);
    for (unsigned i = 0; i < CHECKER_VIOLATIONS_MAX; i++)
        assert_int_equal(bench->checker.violations[i].at_ns, 1000 * (i + 1));
}

static void test_who_is_no_longer_watched_is_not_blamed(void **state)
{
    struct bench *bench = *state;
    TARGET(true, {{5000, false, true}, {6000, false, false}});
    OTHER(true, {{7000, false, true}});
    i2ctarget_checker_unwatch(&bench->checker, &bench->target.participant);
    run(bench);
    assert_violation(bench, CHECKER_SDA_MOVED_WHILE_SCL_HIGH, 7000, 0, &bench->other);
}

static void test_as_many_are_watched_as_it_says(void **state)
{
    static struct wires_participant targets[CHECKER_TARGETS_MAX];
    struct bench *bench = *state;
    for (size_t i = 0; i < CHECKER_TARGETS_MAX; i++)
        i2ctarget_checker_watch(&bench->checker, &targets[i], true);
    for (size_t i = 0; i < CHECKER_TARGETS_MAX; i++)
        assert_ptr_equal(bench->checker.targets[i].target, &targets[i]);
}

static void test_every_rule_has_a_name(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CHECKER_RULE_COUNT; i++) {
        assert_non_null(i2ctarget_checker_rule_name((enum checker_rule)i));
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(i2ctarget_checker_rule_name((enum checker_rule)i),
                                    i2ctarget_checker_rule_name((enum checker_rule)j));
    }
    assert_string_equal(i2ctarget_checker_rule_name(CHECKER_RULE_COUNT), "unknown rule");
}

/* ---- real targets ---------------------------------------------------------------------------- */

/* Gives 0x5a and 0xa5 in turn, at once or late. */
struct application {
    bool late;
    uint8_t byte;
    int owed;
};

static int answer_event(void *owner, const struct i2ctarget_event *event)
{
    struct application *application = owner;
    int answer = I2CTARGET_ACK;
    if (event->kind == I2CTARGET_REQUESTED) {
        application->byte = (uint8_t)~application->byte;
        answer = application->byte;
    }
    application->owed = answer;
    return application->late ? I2CTARGET_HOLD : answer;
}

/* Writes two bytes, Sr, reads three: data of both values in both directions. */
static void transfer(struct bench *bench, uint32_t scl_hz, const struct line_driver_timing *timing,
                     bool late)
{
    static const struct i2ctarget_address_set addresses = {{[2] = 1}};
    uint8_t sent[] = {0xa5, 0x00};
    uint8_t got[3];
    struct controller_message messages[] = {
        {.address = 0x40, .length = sizeof sent, .buffer = sent},
        {.address = 0x40, .flags = CONTROLLER_READ, .length = sizeof got, .buffer = got},
    };
    struct application application = {.late = late, .byte = 0xa5};
    struct wired_target target;
    struct controller_line controller;
    i2ctarget_wired_target_init(&target, &bench->wires, timing, &addresses, false, answer_event,
                                &application);
    i2ctarget_checker_watch(&bench->checker, &target.participant, late);
    i2ctarget_controller_line_init(&controller, &bench->wires, scl_hz);
    i2ctarget_controller_line_start(&controller, &bench->wires, messages, 2);
    while (i2ctarget_controller_line_busy(&controller)) {
        if (i2ctarget_wires_step(&bench->wires, WIRES_NEVER - 1))
            continue;
        assert_true(i2ctarget_line_driver_owes(&target.driver));
        bench->wires.now_ns += 20000;
        i2ctarget_wired_target_answer(&target, &bench->wires, application.owed);
    }
    assert_int_equal(controller.result, CONTROLLER_DONE);
    assert_int_equal(got[0], 0x5a);
    assert_int_equal(got[1], 0xa5);
    assert_int_equal(got[2], 0x5a);
    i2ctarget_checker_unwatch(&bench->checker, &target.participant);
    i2ctarget_wires_leave(&bench->wires, &controller.participant);
    i2ctarget_wired_target_leave(&target, &bench->wires);
}

static const struct {
    uint32_t scl_hz;
    struct line_driver_timing timing;
} modes[] = {
    {100000, {.filter_ns = 0, .hold_ns = 300, .setup_ns = 250}},
    {100000, {.filter_ns = 50, .hold_ns = 300, .setup_ns = 1250}},
    {400000, {.filter_ns = 50, .hold_ns = 300, .setup_ns = 100}},
    {1000000, {.filter_ns = 50, .hold_ns = 120, .setup_ns = 50}},
};

static void watch_anew(struct bench *bench, uint32_t scl_hz, uint32_t hold_min_ns)
{
    i2ctarget_wires_unobserve(&bench->wires, &bench->checker.observer);
    i2ctarget_checker_init(&bench->checker, &bench->wires, scl_hz, hold_min_ns);
}

static void test_a_device_breaks_no_rule(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        watch_anew(bench, modes[i].scl_hz, modes[i].timing.hold_ns);
        transfer(bench, modes[i].scl_hz, &modes[i].timing, false);
        assert_no_violation(&bench->checker);
        assert_int_equal(bench->checker.longest_stretch_ns, 0);
    }
}

static void test_a_late_application_breaks_no_rule(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        watch_anew(bench, modes[i].scl_hz, modes[i].timing.hold_ns);
        transfer(bench, modes[i].scl_hz, &modes[i].timing, true);
        assert_no_violation(&bench->checker);
        assert_in_range(bench->checker.longest_stretch_ns, 20000, 25000);
    }
}

static void assert_only(const struct checker *checker, enum checker_rule rule)
{
    assert_int_not_equal(checker->violation_count, 0);
    for (unsigned i = 0; i < checker->violation_count && i < CHECKER_VIOLATIONS_MAX; i++)
        assert_string_equal(i2ctarget_checker_rule_name(checker->violations[i].rule),
                            i2ctarget_checker_rule_name(rule));
}

static void test_a_target_without_hold_time_is_caught(void **state)
{
    struct bench *bench = *state;
    transfer(bench, 100000, &(struct line_driver_timing){.setup_ns = 250}, false);
    assert_only(&bench->checker, CHECKER_DATA_HOLD);
}

static void test_a_target_without_setup_time_is_caught(void **state)
{
    struct bench *bench = *state;
    transfer(bench, 100000, &(struct line_driver_timing){.hold_ns = 300}, true);
    assert_only(&bench->checker, CHECKER_DATA_SETUP);
}

static void test_a_target_too_slow_for_the_mode_is_caught(void **state)
{
    struct bench *bench = *state;
    transfer(bench, 100000, &(struct line_driver_timing){.hold_ns = 3500, .setup_ns = 250}, false);
    assert_only(&bench->checker, CHECKER_DATA_VALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_sda_pulled_while_scl_is_high, setup),
        cmocka_unit_test_setup(test_sda_let_go_while_scl_is_high, setup),
        cmocka_unit_test_setup(test_sda_moved_behind_somebody_elses_back, setup),
        cmocka_unit_test_setup(test_a_controller_may_move_sda_while_scl_is_high, setup),
        cmocka_unit_test_setup(test_scl_pulled_while_it_is_high, setup),
        cmocka_unit_test_setup(test_scl_pulled_while_it_is_high_is_a_stretch_from_there, setup),
        cmocka_unit_test_setup(test_scl_pulled_once_it_is_low, setup),
        cmocka_unit_test_setup(test_setup_one_nanosecond_short, setup),
        cmocka_unit_test_setup(test_setup_just_long_enough, setup),
        cmocka_unit_test_setup(test_sda_and_scl_let_go_at_once, setup),
        cmocka_unit_test_setup(test_setup_blames_who_moved_sda, setup),
        cmocka_unit_test_setup(test_setup_is_reported_once, setup),
        cmocka_unit_test_setup(test_hold_one_nanosecond_short, setup),
        cmocka_unit_test_setup(test_hold_just_long_enough, setup),
        cmocka_unit_test_setup(test_hold_is_none_when_sda_moves_as_scl_falls, setup),
        cmocka_unit_test_setup(test_hold_of_zero_is_what_the_table_asks, setup),
        cmocka_unit_test_setup(test_valid_one_nanosecond_late, setup),
        cmocka_unit_test_setup(test_valid_at_the_last_moment, setup),
        cmocka_unit_test_setup(test_valid_counts_from_the_last_fall, setup),
        cmocka_unit_test_setup(test_late_is_right_for_who_holds_scl, setup),
        cmocka_unit_test_setup(test_late_is_wrong_when_another_holds_scl, setup),
        cmocka_unit_test_setup(test_limits_follow_the_speed, setup),
        cmocka_unit_test_setup(test_a_time_out_is_no_violation, setup),
        cmocka_unit_test_setup(test_a_time_out_before_its_time_is_one, setup),
        cmocka_unit_test_setup(test_a_pull_is_no_time_out_however_late, setup),
        cmocka_unit_test_setup(test_stretch_by_one_that_must_not, setup),
        cmocka_unit_test_setup(test_stretch_by_one_that_may_is_measured, setup),
        cmocka_unit_test_setup(test_scl_held_while_the_controller_holds_it_is_not_seen, setup),
        cmocka_unit_test_setup(test_stretch_ends_when_the_controller_goes_on, setup),
        cmocka_unit_test_setup(test_stretch_blames_only_who_must_not, setup),
        cmocka_unit_test_setup(test_a_stretch_of_no_time_is_none, setup),
        cmocka_unit_test_setup(test_stretch_counts_from_the_targets_own_pull, setup),
        cmocka_unit_test_setup(test_watching_one_that_already_holds_both, setup),
        cmocka_unit_test_setup(test_watching_one_that_already_holds_sda, setup),
        cmocka_unit_test_setup(test_watching_from_a_low_phase_on, setup),
        cmocka_unit_test_setup(test_the_first_violations_are_kept_and_all_counted, setup),
        cmocka_unit_test_setup(test_who_is_no_longer_watched_is_not_blamed, setup),
        cmocka_unit_test_setup(test_as_many_are_watched_as_it_says, setup),
        cmocka_unit_test_setup(test_every_rule_has_a_name, setup),
        cmocka_unit_test_setup(test_a_device_breaks_no_rule, setup),
        cmocka_unit_test_setup(test_a_late_application_breaks_no_rule, setup),
        cmocka_unit_test_setup(test_a_target_without_hold_time_is_caught, setup),
        cmocka_unit_test_setup(test_a_target_without_setup_time_is_caught, setup),
        cmocka_unit_test_setup(test_a_target_too_slow_for_the_mode_is_caught, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
