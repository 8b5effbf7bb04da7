/* SPDX-License-Identifier: MIT */
/*
 * The controller's engine on a bus where a line that it released is not high, because a target or
 * another controller holds it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "line/controller_line.h"
#include "scripted.h"
#include "support/edge_log.h"
#include "support/puppet.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct {
    struct wires wires;
    struct controller_line controller;
    struct puppet puppet;
} bench;

static void open_bench_at(uint32_t scl_hz)
{
    const struct line_driver_timing timing = {.filter_ns = 50, .hold_ns = 300, .setup_ns = 250};
    i2ctarget_wires_init(&bench.wires);
    i2ctarget_controller_line_init(&bench.controller, &bench.wires, scl_hz);
    puppet_join(&bench.puppet, &bench.wires, timing, false);
}

static void open_bench(void)
{
    open_bench_at(100000);
}

static enum controller_result finish(void)
{
    while (i2ctarget_controller_line_busy(&bench.controller)) {
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
        assert_true(bench.wires.now_ns < 10000000);
    }
    return bench.controller.result;
}

static enum controller_result run(struct controller_message *messages, size_t count)
{
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, messages, count);
    return finish();
}

static unsigned times_addressed(uint8_t address)
{
    unsigned times = 0;
    for (unsigned i = 0; i < bench.puppet.count; i++)
        times += bench.puppet.events[i].kind == I2CTARGET_ADDRESSED &&
                 bench.puppet.events[i].address == address;
    return times;
}

/* ---- Sr -------------------------------------------------------------------------------------- */

/* A target that has begun a byte holds SDA for each zero, so a clock is needed for each of them. */
static void an_sr_is_made_once_sda_is_free(void **state)
{
    static const struct {
        uint8_t bytes[2];
        unsigned clocks;
    } gives[] = {{{0x41 << 1, 0x00}, 0}, {{0x40, 0x00}, 1}, {{0x1F, 0xFF}, 3},
                 {{0x01, 0x00}, 7},      {{0x00, 0x00}, 8}, {{0xFF, 0x00}, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT(gives); i++) {
        struct controller_message messages[] = {{.address = 0x40, .flags = CONTROLLER_READ},
                                                {.address = 0x41}};
        open_bench();
        bench.puppet.gives = gives[i].bytes;
        bench.puppet.give_count = 2;
        assert_int_equal(run(messages, 2), CONTROLLER_DONE);
        assert_true(messages[1].addressed);
        assert_int_equal(times_addressed(0x41), 1);
        assert_int_equal(bench.controller.recovery_clocks, gives[i].clocks);
    }
}

static void an_sr_that_can_not_be_made_is_arbitration_lost(void **state)
{
    struct controller_message messages[] = {{.address = 0x40}, {.address = 0x41}};
    (void)state;
    open_bench();
    /* From the ACK of the address on. */
    struct scripted stuck;
    SCRIPTED_JOIN(&stuck, &bench.wires, {{91000, false, true}, {2000000, false, false}});
    assert_int_equal(run(messages, 2), CONTROLLER_ARBITRATION_LOST);
    assert_int_equal(bench.controller.index, 1);
    assert_false(messages[1].started);
    assert_int_equal(bench.controller.recovery_clocks, 9);
    assert_true(bench.wires.scl && bench.wires.now_ns < 300000);
}

/* SDA is held before the Sr, until then.  The rise of the first clock that frees it; 0: there was none. */
static uint64_t hold_sda_before_sr(uint64_t until_ns, enum controller_result result)
{
    struct controller_message messages[] = {{.address = 0x40}, {.address = 0x41}};
    struct scripted_pull pulls[] = {{91000, false, true}, {until_ns, false, false}};
    struct scripted stuck;
    uint64_t rise_ns = 0;
    open_bench();
    scripted_join(&stuck, &bench.wires, pulls, COUNT(pulls));
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, messages, COUNT(messages));
    while (i2ctarget_controller_line_busy(&bench.controller)) {
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
        if (rise_ns == 0 && bench.controller.recovery_clocks == 1)
            rise_ns = bench.wires.now_ns;
    }
    assert_int_equal(bench.controller.result, result);
    return rise_ns;
}

/* While SCL is high that is another controller's STOP; right behind its rise it is SDA's late rise. */
static void an_sda_that_rises_in_a_clock_that_frees_it(void **state)
{
    uint64_t rise_ns = hold_sda_before_sr(2000000, CONTROLLER_ARBITRATION_LOST);
    (void)state;
    assert_true(rise_ns > 0);
    hold_sda_before_sr(rise_ns + 50, CONTROLLER_DONE);
    assert_int_equal(bench.controller.recovery_clocks, 1);
    hold_sda_before_sr(rise_ns + 51, CONTROLLER_ARBITRATION_LOST);
    hold_sda_before_sr(rise_ns + 2000, CONTROLLER_ARBITRATION_LOST);
    assert_int_equal(bench.controller.recovery_clocks, 1);
}

/* Counts the clocks that are marked, for traces, as clocks that free SDA. */
struct marks {
    struct wires_observer observer; /* first member */
    bool scl;
    unsigned count;
};

static void on_edge(struct wires_observer *observer, const struct wires *wires)
{
    struct marks *marks = (struct marks *)observer;
    marks->count += marks->scl && !wires->scl && wires->is_freeing;
    marks->scl = wires->scl;
}

/* Also the clocks that free SDA keep the times of the mode. */
static void check_clocks(const struct edge_log *log)
{
    uint64_t moved_ns = 0;
    for (unsigned i = 1; i < log->count; i++) {
        bool scl = log->edges[i].scl;
        if (scl == log->edges[i - 1].scl)
            continue;
        const struct bus_timing *timing = bench.controller.timing;
        if (moved_ns)
            assert_true(log->edges[i].at_ns - moved_ns >= (scl ? timing->low_ns : timing->high_ns));
        moved_ns = log->edges[i].at_ns;
    }
}

/* Before an Sr, and before the STOP. */
static void the_clocks_that_free_sda_are_marked(void **state)
{
    uint8_t zeroes[] = {0, 0};
    (void)state;
    for (size_t count = 1; count <= 2; count++) {
        struct controller_message messages[] = {{.address = 0x40, .flags = CONTROLLER_READ},
                                                {.address = 0x41}};
        struct marks marks = {.observer = {.edge = on_edge}, .scl = true};
        struct edge_log log;
        open_bench();
        edge_log_open(&log, &bench.wires);
        bench.puppet.gives = zeroes;
        bench.puppet.give_count = 2;
        i2ctarget_wires_observe(&bench.wires, &marks.observer);
        assert_int_equal(run(messages, count), CONTROLLER_DONE);
        assert_in_range(marks.count, 1, 9);
        assert_int_equal(marks.count, bench.controller.recovery_clocks);
        assert_false(bench.wires.is_freeing);
        assert_int_equal(run(&messages[1], 1), CONTROLLER_DONE);
        assert_int_equal(marks.count, bench.controller.recovery_clocks);
        check_clocks(&log);
        edge_log_close(&log, &bench.wires);
    }
}

/* ---- START ----------------------------------------------------------------------------------- */

static void a_start_waits_for_the_clock(void **state)
{
    struct controller_message message = {.address = 0x40};
    (void)state;
    open_bench();
    struct scripted held;
    SCRIPTED_JOIN(&held, &bench.wires, {{1000, true, false}, {700000, false, false}});
    i2ctarget_wires_pass(&bench.wires, 2000);
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, &message, 1);
    i2ctarget_wires_pass(&bench.wires, 600000);
    assert_false(message.started);
    assert_true(i2ctarget_controller_line_is_stretched(&bench.controller, &bench.wires));
    assert_int_equal(finish(), CONTROLLER_DONE);
    assert_true(message.start_ns >= 700000 + bench.controller.timing->free_ns);
    assert_int_equal(times_addressed(0x40), 1);
}

/* A target that was left in the middle of a byte of zeroes. */
static void a_start_frees_sda_first(void **state)
{
    struct controller_message message = {.address = 0x41};
    uint8_t zeroes[] = {0, 0};
    (void)state;
    open_bench();
    bench.puppet.gives = zeroes;
    bench.puppet.give_count = 2;
    /* START, 0x40 R, ACK; then the controller disappears. */
    static struct scripted_pull pulls[2 + 9 * 3 + 1];
    size_t count = 0;
    pulls[count++] = (struct scripted_pull){10000, false, true};
    for (unsigned bit = 0; bit < 9; bit++) {
        bool low = bit < 7 ? !(0x40 >> (6 - bit) & 1) : false;
        pulls[count++] = (struct scripted_pull){20000 + bit * 10000, true, bit > 0 && low};
        pulls[count++] = (struct scripted_pull){22000 + bit * 10000, true, low};
        pulls[count++] = (struct scripted_pull){25000 + bit * 10000, false, low};
    }
    pulls[count++] = (struct scripted_pull){110000, true, false};
    pulls[count++] = (struct scripted_pull){115000, false, false};
    struct scripted left;
    scripted_join(&left, &bench.wires, pulls, count);
    i2ctarget_wires_pass(&bench.wires, 400000);
    assert_int_equal(times_addressed(0x40), 1);
    assert_true(bench.wires.scl && !bench.wires.sda);
    assert_int_equal(run(&message, 1), CONTROLLER_DONE);
    assert_int_equal(times_addressed(0x41), 1);
    assert_int_equal(bench.controller.recovery_clocks, 8);
}

static void a_start_that_can_not_be_made_is_arbitration_lost(void **state)
{
    struct controller_message message = {.address = 0x40};
    (void)state;
    open_bench();
    struct scripted stuck;
    SCRIPTED_JOIN(&stuck, &bench.wires, {{1000, false, true}, {2000000, false, false}});
    i2ctarget_wires_pass(&bench.wires, 2000);
    assert_int_equal(run(&message, 1), CONTROLLER_ARBITRATION_LOST);
    assert_false(message.started);
    assert_true(bench.wires.scl && bench.wires.now_ns < 500000);
    assert_int_equal(bench.controller.recovery_clocks, 9);
    i2ctarget_wires_pass(&bench.wires, 3000000);
    assert_int_equal(run(&message, 1), CONTROLLER_DONE);
}

/* ---- STOP, NACK ------------------------------------------------------------------------------ */

static void a_stop_that_can_not_be_made_is_arbitration_lost(void **state)
{
    struct controller_message message = {.address = 0x40};
    (void)state;
    open_bench();
    struct scripted stuck;
    SCRIPTED_JOIN(&stuck, &bench.wires, {{91000, false, true}, {2000000, false, false}});
    assert_int_equal(run(&message, 1), CONTROLLER_ARBITRATION_LOST);
    assert_true(message.addressed);
    assert_int_equal(bench.controller.recovery_clocks, 9);
}

static void a_nack_that_becomes_an_ack_is_arbitration_lost(void **state)
{
    uint8_t got;
    struct controller_message message = {
        .address = 0x40, .flags = CONTROLLER_READ, .length = 1, .buffer = &got};
    (void)state;
    open_bench();
    struct scripted other;
    SCRIPTED_JOIN(&other, &bench.wires, {{176000, false, true}, {186000, false, false}});
    assert_int_equal(run(&message, 1), CONTROLLER_ARBITRATION_LOST);
    assert_int_equal(message.moved, 1);
    assert_int_equal(got, 0xFF);
}

static void the_ack_of_a_target_told_to_receive_is_none(void **state)
{
    uint8_t got;
    struct controller_message message = {.address = 0x40,
                                         .flags = CONTROLLER_READ | CONTROLLER_REVERSE_DIRECTION,
                                         .length = 1,
                                         .buffer = &got};
    (void)state;
    open_bench();
    assert_int_equal(run(&message, 1), CONTROLLER_DONE);
    assert_int_equal(message.moved, 1);
}

/* ---- somebody else's START and STOP ---------------------------------------------------------- */

/* SCL is high from 95,350 ns on for 4,650 ns, in the second bit of FF. */
static enum controller_result disturb(uint64_t from_ns, uint64_t to_ns)
{
    struct controller_message message = {.address = 0x40, .length = 1, .buffer = (uint8_t[]){0xFF}};
    struct scripted_pull pulls[] = {{from_ns, false, true}, {to_ns, false, false}};
    open_bench();
    struct scripted other;
    scripted_join(&other, &bench.wires, pulls, 2);
    return run(&message, 1);
}

/* One clock is several moments, and never a part of a run of clocks. */
static void go_to_next_moment(void)
{
    assert_true(i2ctarget_wires_step(&bench.wires, i2ctarget_wires_next_ns(&bench.wires)));
}

static uint64_t rise_of_a_one(void)
{
    struct controller_message message = {.address = 0x40, .length = 1, .buffer = (uint8_t[]){0xFF}};
    open_bench();
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, &message, 1);
    while (bench.controller.bits < 10)
        go_to_next_moment();
    while (!bench.wires.scl)
        go_to_next_moment();
    uint64_t rise_ns = bench.wires.now_ns;
    finish();
    return rise_ns;
}

static void a_start_or_stop_within_a_bit_is_arbitration_lost(void **state)
{
    uint64_t rise_ns = rise_of_a_one();
    (void)state;
    assert_int_equal(disturb(rise_ns - 1000, rise_ns + 1000), CONTROLLER_ARBITRATION_LOST);
    assert_int_equal(disturb(rise_ns + 1000, rise_ns + 6000), CONTROLLER_ARBITRATION_LOST);
}

static void a_spike_at_the_rise_is_none(void **state)
{
    uint64_t rise_ns = rise_of_a_one();
    (void)state;
    assert_int_equal(disturb(rise_ns - 10, rise_ns + 40), CONTROLLER_DONE);
    assert_int_equal(disturb(rise_ns + 10, rise_ns + 40), CONTROLLER_DONE);
    assert_int_equal(disturb(rise_ns + 1000, rise_ns + 1049), CONTROLLER_DONE);
}

/*
 * A controller that has lost leaves the wires to the other one at once, and tries again after that
 * one's STOP.
 */
static void a_loser_lets_go_and_waits_for_the_stop(void **state)
{
    uint64_t rise_ns = rise_of_a_one();
    struct controller_message message = {.address = 0x40, .length = 1, .buffer = (uint8_t[]){0xFF}};
    (void)state;
    open_bench();
    struct scripted other;
    SCRIPTED_JOIN(&other, &bench.wires,
                  {{rise_ns - 1000, false, true},
                   {rise_ns + 6000, true, true},
                   {rise_ns + 12000, false, true},
                   {rise_ns + 18000, true, true},
                   {rise_ns + 24000, false, true},
                   {rise_ns + 30000, false, false}});
    assert_int_equal(run(&message, 1), CONTROLLER_ARBITRATION_LOST);
    assert_int_equal(bench.wires.now_ns, rise_ns + 6000);
    assert_false(bench.controller.participant.pulls.scl_low ||
                 bench.controller.participant.pulls.sda_low);
    assert_int_equal(run(&message, 1), CONTROLLER_DONE);
    assert_int_equal(message.start_ns, rise_ns + 30000 + bench.controller.timing->free_ns);
}

/* The winner has nothing more to say.  Then nor has the loser: a free bus is left alone. */
static void a_loser_leaves_a_bus_alone_that_is_free(void **state)
{
    uint64_t rise_ns = rise_of_a_one();
    struct controller_message message = {.address = 0x40, .length = 1, .buffer = (uint8_t[]){0xFF}};
    struct edge_log log;
    (void)state;
    open_bench();
    edge_log_open(&log, &bench.wires);
    struct scripted other;
    SCRIPTED_JOIN(&other, &bench.wires,
                  {{rise_ns - 1000, false, true}, {rise_ns + 10000, false, false}});
    assert_int_equal(run(&message, 1), CONTROLLER_ARBITRATION_LOST);
    i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + 100000);
    assert_int_equal(log.edges[log.count - 1].at_ns, rise_ns + 10000);
    edge_log_close(&log, &bench.wires);
}

/*
 * A controller may disappear in the middle of a transfer: a bus counts as free after 50 us without
 * a clock, on a slow one after two periods.
 */
static void a_bus_without_clocks_is_free(void **state)
{
    static const struct {
        uint32_t scl_hz, idle_ns;
    } buses[] = {{400000, 50000}, {100000, 50000}, {41000, 50000},  {40000, 50000},
                 {39000, 51282},  {20000, 100000}, {10000, 200000}, {5000, 400000}};
    (void)state;
    for (size_t i = 0; i < COUNT(buses); i++) {
        struct controller_message message = {.address = 0x40};
        open_bench_at(buses[i].scl_hz);
        struct scripted other;
        SCRIPTED_JOIN(&other, &bench.wires,
                      {{10000, false, true},
                       {20000, true, true},
                       {25000, true, false},
                       {30000, false, false}});
        i2ctarget_wires_pass(&bench.wires, 31000);
        assert_int_equal(run(&message, 1), CONTROLLER_DONE);
        assert_int_equal(message.start_ns, 30000 + buses[i].idle_ns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_sr_is_made_once_sda_is_free),
        cmocka_unit_test(an_sr_that_can_not_be_made_is_arbitration_lost),
        cmocka_unit_test(an_sda_that_rises_in_a_clock_that_frees_it),
        cmocka_unit_test(the_clocks_that_free_sda_are_marked),
        cmocka_unit_test(a_start_waits_for_the_clock),
        cmocka_unit_test(a_start_frees_sda_first),
        cmocka_unit_test(a_start_that_can_not_be_made_is_arbitration_lost),
        cmocka_unit_test(a_stop_that_can_not_be_made_is_arbitration_lost),
        cmocka_unit_test(a_nack_that_becomes_an_ack_is_arbitration_lost),
        cmocka_unit_test(the_ack_of_a_target_told_to_receive_is_none),
        cmocka_unit_test(a_start_or_stop_within_a_bit_is_arbitration_lost),
        cmocka_unit_test(a_spike_at_the_rise_is_none),
        cmocka_unit_test(a_loser_lets_go_and_waits_for_the_stop),
        cmocka_unit_test(a_loser_leaves_a_bus_alone_that_is_free),
        cmocka_unit_test(a_bus_without_clocks_is_free),
    };
    return cmocka_run_group_tests_name("controller_bus", tests, NULL, NULL);
}
