/* SPDX-License-Identifier: MIT */
/* How a transfer is ended: an abort, and a STOP that somebody else spoils. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "line/controller_line.h"
#include "scripted.h"
#include "support/edge_log.h"
#include "support/puppet.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct bench {
    struct wires wires;
    struct puppet puppet;
};

static struct bench bench;

static void open_bench(void)
{
    const struct line_driver_timing timing = {.filter_ns = 0, .hold_ns = 300, .setup_ns = 250};
    i2ctarget_wires_init(&bench.wires);
    puppet_join(&bench.puppet, &bench.wires, timing, false);
}

/* One clock is several moments, and never a part of a run of clocks. */
static void go_to_next_moment(void)
{
    assert_true(i2ctarget_wires_step(&bench.wires, i2ctarget_wires_next_ns(&bench.wires)));
}

/* ---- abort ----------------------------------------------------------------------------------- */

/* Where no target holds SDA: the current clock takes 10 us, and the STOP another 10. */
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

/*
 * After `clocks` clocks of a write, the one under way included: whole bytes have moved, and of the
 * last one some bits were on the wires.
 */
static void check_account(const struct controller_message *message, unsigned clocks)
{
    enum { CLOCKS = 9, BITS = 8 };
    unsigned whole = clocks / CLOCKS, bits = clocks % CLOCKS;
    uint8_t byte = (uint8_t)(message->address << 1);
    if (whole && bits)
        byte = message->buffer[whole - 1];
    assert_int_equal(message->called, whole > 0);
    assert_int_equal(message->addressed, whole > 0);
    assert_int_equal(message->moved, whole ? whole - 1 : 0);
    assert_int_equal(message->cut_bits, bits);
    assert_int_equal(message->cut, bits ? byte >> (BITS - bits) : 0);
    for (unsigned i = 0; i < message->moved; i++)
        assert_true(*message->acks >> i & 1);
}

static void an_abort_tells_what_was_on_the_wires(void **state)
{
    static uint8_t bytes[] = {0xA5, 0x3C};
    (void)state;
    for (unsigned clocks = 0; clocks < 9 + 9 * sizeof bytes; clocks++) {
        uint8_t acks[] = {0};
        struct controller_message message = {
            .address = 0x40, .length = sizeof bytes, .buffer = bytes, .acks = acks};
        struct controller_line controller;
        open_bench();
        i2ctarget_controller_line_init(&controller, &bench.wires, 100000);
        i2ctarget_controller_line_start(&controller, &bench.wires, &message, 1);
        while (controller.bits < clocks)
            go_to_next_moment();
        i2ctarget_controller_line_abort(&controller);
        while (i2ctarget_controller_line_busy(&controller))
            assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
        check_account(&message, clocks + 1);
        i2ctarget_wires_leave(&bench.wires, &controller.participant);
    }
}

/* ---- a STOP that somebody spoils ------------------------------------------------------------- */

static uint64_t run_with(struct controller_line *controller, const struct scripted_pull *pulls,
                         struct edge_log *log)
{
    static uint8_t byte = 0x55;
    struct controller_message message = {.address = 0x40, .length = 1, .buffer = &byte};
    open_bench();
    i2ctarget_controller_line_init(controller, &bench.wires, 100000);
    edge_log_open(log, &bench.wires);
    struct scripted late;
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
 * A late participant pulls SDA while the controller holds it low for its STOP, and releases it long
 * after the controller did.  If SDA does not rise there was no STOP.  SDA is then freed by clocks,
 * and the STOP is made again.
 */
static void a_spoilt_stop_is_made_again(void **state)
{
    static const uint64_t late_ns[] = {1000, 15000, 40000, 80000};
    struct edge_log log;
    struct controller_line controller;
    uint64_t stop_ns = run_with(&controller, NULL, &log);
    (void)state;
    assert_int_equal(controller.recovery_clocks, 0);
    edge_log_close(&log, &bench.wires);
    /* It is not spoilt if it comes within t_SU;DAT. */
    const struct scripted_pull soon[] = {{stop_ns - 2000, false, true},
                                         {stop_ns + 249, false, false}};
    assert_int_equal(run_with(&controller, soon, &log), stop_ns + 249);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_abort_waits_for_the_clock_under_way_only),
        cmocka_unit_test(an_abort_tells_what_was_on_the_wires),
        cmocka_unit_test(a_spoilt_stop_is_made_again),
    };
    return cmocka_run_group_tests_name("controller_stop", tests, NULL, NULL);
}
