/* SPDX-License-Identifier: MIT */
/*
 * What seeded bugs in the line layer got away with before: the table of times against the numbers
 * of the specification themselves, how soon an abort is heeded, a STOP that did not come about, and
 * SDA in a low phase that is shorter than its hold time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "line/bus_timing.h"
#include "line/controller_line.h"
#include "scripted.h"
#include "support/edge_log.h"
#include "support/line_player.h"
#include "support/puppet.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- UM10204 Rev. 7, Table 10 ------------------------------------------------------------ */

static const struct bus_timing table[] = {
    {100000, 4700, 4000, 4000, 4700, 4000, 4700, 250, 3450},
    {400000, 1300, 600, 600, 600, 600, 1300, 100, 900},
    {1000000, 500, 260, 260, 260, 260, 500, 50, 450},
};

static void expect_mode(uint32_t scl_hz, const struct bus_timing *expected)
{
    const struct bus_timing *timing = i2ctarget_bus_timing_for(scl_hz);

    assert_int_equal(timing->scl_hz_max, expected->scl_hz_max);
    assert_int_equal(timing->low_ns, expected->low_ns);
    assert_int_equal(timing->high_ns, expected->high_ns);
    assert_int_equal(timing->start_hold_ns, expected->start_hold_ns);
    assert_int_equal(timing->restart_setup_ns, expected->restart_setup_ns);
    assert_int_equal(timing->stop_setup_ns, expected->stop_setup_ns);
    assert_int_equal(timing->free_ns, expected->free_ns);
    assert_int_equal(timing->data_setup_ns, expected->data_setup_ns);
    assert_int_equal(timing->data_valid_ns, expected->data_valid_ns);
}

/* A mode serves every speed up to its own, and the next one takes over above it. */
static void times_are_those_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        expect_mode(i == 0 ? 1 : table[i - 1].scl_hz_max + 1, &table[i]);
        expect_mode(table[i].scl_hz_max, &table[i]);
    }
    expect_mode(UINT32_MAX, &table[COUNT(table) - 1]);
}

/* ---- abort ------------------------------------------------------------------------------- */

struct bench {
    struct wires wires;
    struct puppet puppet;
};

static struct bench bench;

static void open_bench(void)
{
    const struct wired_target_timing timing = {.filter_ns = 0, .hold_ns = 300, .setup_ns = 250};

    i2ctarget_wires_init(&bench.wires);
    puppet_join(&bench.puppet, &bench.wires, timing, false);
}

/* Where nobody holds SDA: the clock under way is 10 us, and the STOP takes another. */
static void an_abort_waits_for_the_clock_under_way_only(void **state)
{
    static uint8_t bytes[] = {0xFF, 0x00, 0xFF};

    (void)state;
    for (uint64_t at_ns = 20000; at_ns < 250000; at_ns += 3300) {
        struct controller_message message = {
            .address = 0x40, .length = sizeof bytes, .buffer = bytes};
        struct controller_line controller;
        open_bench();
        i2ctarget_controller_line_init(&controller, &bench.wires, 100000);
        i2ctarget_controller_line_start(&controller, &bench.wires, &message, 1);
        i2ctarget_wires_pass(&bench.wires, at_ns);
        i2ctarget_controller_line_abort(&controller);
        i2ctarget_wires_pass(&bench.wires, at_ns + 40000);
        assert_false(i2ctarget_controller_line_busy(&controller));
        assert_int_equal(controller.result, CONTROLLER_ABORTED);
        assert_true(bench.wires.scl && bench.wires.sda);
        i2ctarget_wires_leave(&bench.wires, &controller.participant);
    }
}

/* ---- a STOP that somebody spoils ----------------------------------------------------------- */

static uint64_t run_with(struct controller_line *controller, const struct scripted_pull *pulls,
                         struct edge_log *log)
{
    static uint8_t byte = 0x55;
    struct controller_message message = {.address = 0x40, .length = 1, .buffer = &byte};
    struct scripted late;

    open_bench();
    i2ctarget_controller_line_init(controller, &bench.wires, 100000);
    edge_log_open(log, &bench.wires);
    scripted_join(&late, &bench.wires, pulls, pulls ? 2 : 0);
    i2ctarget_controller_line_start(controller, &bench.wires, &message, 1);
    while (i2ctarget_controller_line_busy(controller))
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    assert_int_equal(controller->result, CONTROLLER_DONE);
    assert_true(bench.wires.scl && bench.wires.sda);
    assert_int_equal(puppet_event(&bench.puppet, bench.puppet.count - 1)->value, I2CTARGET_STOP);
    i2ctarget_wires_leave(&bench.wires, &late.participant);
    i2ctarget_wires_leave(&bench.wires, &controller->participant);
    return log->edges[log->count - 1].at_ns;
}

/*
 * Somebody late pulls SDA while the controller holds it low for its STOP, and lets go long after it
 * did: when SDA does not rise there was no STOP.  It is clocked free and the STOP made again.
 */
static void a_spoilt_stop_is_made_again(void **state)
{
    static const uint64_t late_ns[] = {1000, 15000, 40000, 80000};
    struct controller_line controller;
    struct edge_log log;
    uint64_t stop_ns = run_with(&controller, NULL, &log);

    (void)state;
    assert_int_equal(controller.recovery_clocks, 0);
    edge_log_close(&log, &bench.wires);
    for (size_t i = 0; i < COUNT(late_ns); i++) {
        const struct scripted_pull pulls[] = {{stop_ns - 2000, false, true},
                                              {stop_ns + late_ns[i], false, false}};
        uint64_t ended_ns = run_with(&controller, pulls, &log);
        const struct edge *last = &log.edges[log.count - 1];
        assert_true(last->scl && last->sda && log.edges[log.count - 2].scl);
        assert_true(ended_ns >= stop_ns + late_ns[i]);
        assert_in_range(controller.recovery_clocks, 1, 9);
        edge_log_close(&log, &bench.wires);
    }
}

/* ---- a low phase shorter than the hold time ------------------------------------------------ */

/*
 * The target means to ACK 300 ns after SCL fell, but SCL is high again after 200: SDA must not fall
 * now, which would be a START (UM10204 §3.1.3).
 */
static void sda_that_is_late_does_not_move_under_a_high_scl(void **state)
{
    struct line_player player;
    struct edge_log log;

    (void)state;
    open_bench();
    line_player_open(&player, &bench.wires, 100000);
    edge_log_open(&log, &bench.wires);
    line_player_start(&player, &bench.wires, "S 80 ^ w200 ~ w4000 _ w5000 P");
    while (player.running)
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    assert_int_equal(puppet_event(&bench.puppet, 0)->kind, I2CTARGET_ADDRESSED);
    unsigned short_low = edge_log_scl_edge(&log, false, 9),
             last_rise = edge_log_scl_edge(&log, true, 10);
    assert_true(short_low < last_rise && last_rise < log.count);
    for (unsigned i = short_low + 1; i <= last_rise; i++)
        assert_false(log.edges[i].sda != log.edges[i - 1].sda && log.edges[i].scl);
    edge_log_close(&log, &bench.wires);
    line_player_close(&player, &bench.wires);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_those_of_the_table),
        cmocka_unit_test(an_abort_waits_for_the_clock_under_way_only),
        cmocka_unit_test(a_spoilt_stop_is_made_again),
        cmocka_unit_test(sda_that_is_late_does_not_move_under_a_high_scl),
    };
    return cmocka_run_group_tests_name("gaps_line", tests, NULL, NULL);
}
