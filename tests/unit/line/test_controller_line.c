/* SPDX-License-Identifier: MIT */
/*
 * The controller's bit engine: its waves, edge by edge, against the minima of UM10204 Table 10, and
 * its results for every kind of message and every behaviour of a target.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "line/controller_line.h"
#include "scripted.h"
#include "support/edge_log.h"
#include "support/puppet.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct bench {
    struct wires wires;
    struct controller_line controller;
    struct puppet puppet;
    struct edge_log log;
};

static struct bench bench;

static void open_bench(uint32_t scl_hz)
{
    struct line_driver_timing timing = i2ctarget_line_driver_timing_for(scl_hz);
    timing.setup_ns = 250;
    i2ctarget_wires_init(&bench.wires);
    i2ctarget_controller_line_init(&bench.controller, &bench.wires, scl_hz);
    puppet_join(&bench.puppet, &bench.wires, timing, false);
    edge_log_open(&bench.log, &bench.wires);
}

static void close_bench(void)
{
    edge_log_close(&bench.log, &bench.wires);
}

static enum controller_result run(struct controller_message *messages, size_t count)
{
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, messages, count);
    assert_true(i2ctarget_controller_line_busy(&bench.controller));
    while (i2ctarget_controller_line_busy(&bench.controller))
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    assert_true(bench.wires.scl && bench.wires.sda);
    return bench.controller.result;
}

static struct controller_message writes(const char *bytes, uint32_t length)
{
    return (struct controller_message){
        .address = 0x40, .length = length, .buffer = (uint8_t *)(uintptr_t)bytes};
}

static struct controller_message reads(uint8_t *buffer, uint32_t length)
{
    return (struct controller_message){
        .address = 0x40, .flags = CONTROLLER_READ, .length = length, .buffer = buffer};
}

/* ---- the wave -------------------------------------------------------------------------------- */

struct least {
    uint64_t low_ns, high_ns, start_hold_ns, restart_setup_ns, stop_setup_ns, free_ns,
        data_setup_ns;
};

static void shorten(uint64_t *least_ns, uint64_t ns)
{
    if (ns < *least_ns)
        *least_ns = ns;
}

/* The shortest of each time in the log.  The first START is the first edge. */
static struct least measure(const struct edge_log *log)
{
    struct least least = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
                          UINT64_MAX, UINT64_MAX, UINT64_MAX};
    uint64_t scl_ns = 0, sda_ns = 0, start_ns = 0, stop_ns = 0;
    bool started = false, fresh_start = false;
    for (unsigned i = 1; i < log->count; i++) {
        const struct edge *now = &log->edges[i], *before = &log->edges[i - 1];
        assert_false(now->sda != before->sda && now->scl != before->scl); /* never both at once */
        if (now->sda != before->sda) {
            if (now->scl && before->scl && !now->sda) {
                if (started)
                    shorten(&least.restart_setup_ns, now->at_ns - scl_ns);
                else if (stop_ns > 0)
                    shorten(&least.free_ns, now->at_ns - stop_ns);
                start_ns = now->at_ns;
                started = fresh_start = true;
            } else if (now->scl && before->scl) {
                shorten(&least.stop_setup_ns, now->at_ns - scl_ns);
                stop_ns = now->at_ns;
                started = false;
            }
            sda_ns = now->at_ns;
        }
        if (now->scl != before->scl) {
            if (now->scl) {
                shorten(&least.low_ns, now->at_ns - scl_ns);
                shorten(&least.data_setup_ns, now->at_ns - sda_ns);
            } else if (fresh_start) {
                shorten(&least.start_hold_ns, now->at_ns - start_ns);
                fresh_start = false;
            } else {
                shorten(&least.high_ns, now->at_ns - scl_ns);
            }
            scl_ns = now->at_ns;
        }
    }
    return least;
}

static void every_time_keeps_the_minimum_of_its_mode(void **state)
{
    static const uint32_t speeds[] = {10000,  50000,  99999,  100000, 100001,
                                      350000, 400000, 400001, 700000, 1000000};
    (void)state;
    uint8_t got[2];
    for (size_t i = 0; i < COUNT(speeds); i++) {
        const struct bus_timing *timing = i2ctarget_bus_timing_for(speeds[i]);
        struct controller_message messages[] = {writes("\x00\xFF\x55", 3), reads(got, 2),
                                                writes("", 0)};
        open_bench(speeds[i]);
        run(messages, 3);
        run(messages, 1); /* as soon as the bus is free */
        struct least least = measure(&bench.log);
        assert_true(least.low_ns >= timing->low_ns && least.high_ns >= timing->high_ns);
        assert_true(least.start_hold_ns >= timing->start_hold_ns &&
                    least.restart_setup_ns >= timing->restart_setup_ns);
        assert_true(least.stop_setup_ns >= timing->stop_setup_ns &&
                    least.free_ns >= timing->free_ns);
        assert_true(least.data_setup_ns >= timing->data_setup_ns);
        close_bench();
    }
}

/* Nine clocks for each byte, at the given speed. */
static void the_speed_is_the_one_asked_for(void **state)
{
    static const uint32_t speeds[] = {10000, 100000, 400000, 1000000};
    static const char zeroes[100];
    (void)state;
    for (size_t i = 0; i < COUNT(speeds); i++) {
        struct controller_message message = writes(zeroes, 100);
        open_bench(speeds[i]);
        run(&message, 1);
        unsigned first = edge_log_scl_edge(&bench.log, true, 1),
                 last = edge_log_scl_edge(&bench.log, true, 901);
        uint64_t took_ns = bench.log.edges[last].at_ns - bench.log.edges[first].at_ns;
        assert_int_equal(took_ns, 900 * (uint64_t)(1000000000u / speeds[i]));
        assert_int_equal(bench.controller.bits, 909);
        close_bench();
    }
}

static uint64_t low_phase_ns(unsigned n)
{
    unsigned fall = edge_log_scl_edge(&bench.log, false, n);
    unsigned rise = edge_log_scl_edge(&bench.log, true, n);
    assert_true(fall < rise && rise < bench.log.count);
    return bench.log.edges[rise].at_ns - bench.log.edges[fall].at_ns;
}

/* Before repeated START and STOP, SCL rises after one normal low phase. */
static void no_low_phase_is_longer_than_it_must_be(void **state)
{
    struct controller_message messages[] = {writes("a", 1), writes("b", 1)};
    (void)state;
    open_bench(100000);
    run(messages, 2);
    for (unsigned n = 2; n <= 19 + 19; n++)
        assert_int_equal(low_phase_ns(n), bench.controller.low_ns);
    close_bench();
}

/* ---- messages -------------------------------------------------------------------------------- */

static void a_write_as_the_target_sees_it(void **state)
{
    struct controller_message message = writes("\x00\x80\x01\xFF", 4);
    (void)state;
    open_bench(100000);
    assert_int_equal(run(&message, 1), CONTROLLER_DONE);
    assert_int_equal(bench.controller.index, 1);
    assert_true(message.started && message.addressed && !message.nacked);
    assert_int_equal(message.moved, 4);
    assert_int_equal(message.stretch_ns, 0);
    assert_int_equal(bench.puppet.count, 6);
    assert_int_equal(puppet_event(&bench.puppet, 0)->kind, I2CTARGET_ADDRESSED);
    assert_false(puppet_event(&bench.puppet, 0)->is_read ||
                 puppet_event(&bench.puppet, 0)->is_restart);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(puppet_event(&bench.puppet, 1 + i)->value, "\x00\x80\x01\xFF"[i] & 0xFF);
    assert_int_equal(puppet_event(&bench.puppet, 5)->value, I2CTARGET_STOP);
    close_bench();
}

static void a_read_acknowledges_all_but_the_last(void **state)
{
    uint8_t got[4] = {0};
    struct controller_message message = reads(got, 4);
    (void)state;
    open_bench(400000);
    bench.puppet.gives = (const uint8_t *)"\x00\x80\x01\xFF";
    bench.puppet.give_count = 4;
    assert_int_equal(run(&message, 1), CONTROLLER_DONE);
    assert_memory_equal(got, "\x00\x80\x01\xFF", 4);
    assert_int_equal(message.moved, 4);
    assert_int_equal(bench.puppet.count,
                     6); /* ADDRESSED, four REQUESTED, ENDED: no fifth byte was asked for */
    assert_int_equal(puppet_event(&bench.puppet, 5)->value, I2CTARGET_CONTROLLER_NACK);
    assert_int_equal(puppet_event(&bench.puppet, 5)->moved, 4);
    close_bench();
}

static void messages_are_joined_by_repeated_start(void **state)
{
    uint8_t got;
    struct controller_message messages[] = {writes("a", 1), reads(&got, 1), writes("", 0)};
    (void)state;
    open_bench(100000);
    bench.puppet.gives = (const uint8_t *)"z";
    bench.puppet.give_count = 1;
    assert_int_equal(run(messages, 3), CONTROLLER_DONE);
    assert_int_equal(bench.controller.index, 3);
    assert_int_equal(got, 'z');
    assert_int_equal(puppet_event(&bench.puppet, 2)->value, I2CTARGET_RESTART);
    assert_true(puppet_event(&bench.puppet, 3)->is_restart &&
                puppet_event(&bench.puppet, 3)->is_read);
    assert_true(messages[0].start_ns < messages[1].start_ns &&
                messages[1].start_ns < messages[2].start_ns);
    close_bench();
}

/* Results that an earlier transfer left in the messages do not matter. */
static void results_begin_afresh(void **state)
{
    struct controller_message messages[] = {writes("", 0), writes("a", 1)};
    (void)state;
    open_bench(100000);
    for (size_t i = 0; i < 2; i++) {
        messages[i].addressed = messages[i].nacked = messages[i].started = true;
        messages[i].moved = 7;
        messages[i].stretch_ns = 77;
    }
    messages[1].address = 0x42;
    assert_int_equal(run(messages, 2), CONTROLLER_ADDRESS_NACK);
    assert_true(messages[0].addressed && !messages[0].nacked && messages[0].started);
    assert_true(!messages[1].addressed && !messages[1].nacked && messages[1].started);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(messages[i].moved, 0);
        assert_int_equal(messages[i].stretch_ns, 0);
    }
    close_bench();
}

static void an_address_that_nobody_has(void **state)
{
    struct controller_message messages[] = {writes("a", 1), writes("b", 1), writes("c", 1)};
    (void)state;
    open_bench(100000);
    messages[1].address = 0x42;
    assert_int_equal(run(messages, 3), CONTROLLER_ADDRESS_NACK);
    assert_int_equal(bench.controller.index, 1);
    assert_true(messages[0].addressed && messages[1].started && !messages[1].addressed &&
                !messages[2].started);
    assert_int_equal(messages[1].moved, 0);
    close_bench();
}

static void data_that_is_refused(void **state)
{
    struct controller_message messages[] = {writes("abc", 3), writes("d", 1)};
    (void)state;
    open_bench(100000);
    bench.puppet.accepts = 1;
    assert_int_equal(run(messages, 2), CONTROLLER_DATA_NACK);
    assert_int_equal(bench.controller.index, 0);
    assert_true(messages[0].nacked && !messages[1].started);
    assert_int_equal(messages[0].moved, 2); /* the refused byte is the last of them */
    close_bench();
}

/* ---- open transfers -------------------------------------------------------------------------- */

/* Message by message: each is added when those before it are done. */
static enum controller_result run_piecemeal(struct controller_message *messages, size_t count)
{
    struct controller_line *controller = &bench.controller;
    i2ctarget_controller_line_start(controller, &bench.wires, messages, 1);
    i2ctarget_controller_line_leave_open(controller, count > 1);
    for (size_t have = 1; i2ctarget_controller_line_busy(controller);) {
        if (i2ctarget_controller_line_is_paused(controller)) {
            assert_true(have < count);
            have++;
            i2ctarget_controller_line_continue(controller, &bench.wires, have, have < count);
            continue;
        }
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    }
    return controller->result;
}

static void lay_out(struct controller_message messages[6], uint8_t got[2][3])
{
    messages[0] = writes("ab", 2);
    messages[1] = reads(got[0], 3);
    messages[2] = writes("", 0);
    messages[3] = writes("c", 1);
    messages[3].flags |= CONTROLLER_NO_START | CONTROLLER_STOP;
    messages[4] = writes("d", 1);
    messages[5] = reads(got[1], 1);
}

static void an_open_transfer_has_the_wave_of_one_of_a_piece(void **state)
{
    static struct edge whole[EDGE_LOG_MAX];
    (void)state;
    open_bench(100000);
    uint8_t got[2][3];
    struct controller_message messages[6];
    lay_out(messages, got);
    assert_int_equal(run(messages, 6), CONTROLLER_DONE);
    unsigned count = bench.log.count;
    memcpy(whole, bench.log.edges, count * sizeof *whole);
    close_bench();

    open_bench(100000);
    lay_out(messages, got);
    assert_int_equal(run_piecemeal(messages, 6), CONTROLLER_DONE);
    assert_int_equal(bench.controller.index, 6);
    assert_int_equal(bench.log.count, count);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(bench.log.edges[i].at_ns, whole[i].at_ns);
        assert_int_equal(bench.log.edges[i].scl, whole[i].scl);
        assert_int_equal(bench.log.edges[i].sda, whole[i].sda);
    }
    close_bench();
}

static void start_open(struct controller_message *messages)
{
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, messages, 1);
    i2ctarget_controller_line_leave_open(&bench.controller, true);
    while (!i2ctarget_controller_line_is_paused(&bench.controller))
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
}

static void a_pause_keeps_the_clock_low(void **state)
{
    struct controller_message messages[] = {writes("a", 1), writes("b", 1)};
    (void)state;
    open_bench(100000);
    start_open(messages);
    assert_true(i2ctarget_controller_line_busy(&bench.controller));
    while (i2ctarget_wires_step(&bench.wires, WIRES_NEVER))
        ;
    assert_false(bench.wires.scl);
    assert_false(i2ctarget_controller_line_is_stretched(&bench.controller, &bench.wires));
    assert_false(messages[1].started);
    i2ctarget_controller_line_continue(&bench.controller, &bench.wires, 1, false);
    while (i2ctarget_controller_line_busy(&bench.controller))
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    assert_true(bench.wires.scl && bench.wires.sda);
    assert_int_equal(bench.controller.result, CONTROLLER_DONE);
    assert_int_equal(puppet_event(&bench.puppet, 2)->value, I2CTARGET_STOP);
    assert_false(messages[1].started);
    close_bench();
}

static void a_pause_after_a_stop_leaves_the_bus_free(void **state)
{
    struct controller_message messages[] = {writes("a", 1), writes("b", 1)};
    (void)state;
    open_bench(100000);
    messages[0].flags |= CONTROLLER_STOP;
    start_open(messages);
    assert_true(bench.wires.scl && bench.wires.sda);
    assert_true(i2ctarget_controller_line_busy(&bench.controller));
    unsigned edges = bench.log.count;
    i2ctarget_controller_line_continue(&bench.controller, &bench.wires, 1, false);
    assert_false(i2ctarget_controller_line_busy(&bench.controller));
    assert_int_equal(bench.controller.result, CONTROLLER_DONE);
    assert_int_equal(bench.log.count, edges);
    close_bench();
}

static void an_open_transfer_that_is_refused_does_not_pause(void **state)
{
    struct controller_message messages[] = {writes("a", 1), writes("b", 1)};
    (void)state;
    open_bench(100000);
    bench.puppet.refuses = true;
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, messages, 1);
    i2ctarget_controller_line_leave_open(&bench.controller, true);
    while (i2ctarget_controller_line_busy(&bench.controller))
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    assert_int_equal(bench.controller.result, CONTROLLER_ADDRESS_NACK);
    assert_true(bench.wires.scl && bench.wires.sda);
    close_bench();
}

static void a_transfer_that_is_no_longer_open_does_not_pause(void **state)
{
    struct controller_message messages[] = {writes("a", 1), writes("b", 1)};
    (void)state;
    open_bench(100000);
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, messages, 1);
    i2ctarget_controller_line_leave_open(&bench.controller, true);
    i2ctarget_wires_pass(&bench.wires, 50000);
    assert_false(messages[0].called);
    i2ctarget_controller_line_leave_open(&bench.controller, false);
    while (i2ctarget_controller_line_busy(&bench.controller))
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    assert_int_equal(bench.controller.result, CONTROLLER_DONE);
    start_open(messages); /* the next one has fresh results */
    i2ctarget_controller_line_continue(&bench.controller, &bench.wires, 2, false);
    while (i2ctarget_controller_line_busy(&bench.controller))
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    assert_int_equal(bench.controller.index, 2);
    assert_int_equal(run(messages, 1), CONTROLLER_DONE);
    close_bench();
}

/* ---- flags ----------------------------------------------------------------------------------- */

static void a_stop_between_messages(void **state)
{
    struct controller_message messages[] = {writes("a", 1), writes("b", 1)};
    (void)state;
    open_bench(100000);
    messages[0].flags |= CONTROLLER_STOP;
    assert_int_equal(run(messages, 2), CONTROLLER_DONE);
    assert_int_equal(puppet_event(&bench.puppet, 2)->value, I2CTARGET_STOP);
    assert_false(puppet_event(&bench.puppet, 3)->is_restart);
    close_bench();
}

static void a_message_without_a_start_goes_on_with_the_last(void **state)
{
    struct controller_message messages[] = {writes("ab", 2), writes("cd", 2)};
    (void)state;
    open_bench(100000);
    messages[1].flags |= CONTROLLER_NO_START;
    assert_int_equal(run(messages, 2), CONTROLLER_DONE);
    assert_int_equal(bench.puppet.count, 6); /* one message of four bytes */
    assert_int_equal(puppet_event(&bench.puppet, 5)->moved, 4);
    assert_true(messages[1].started);
    assert_int_equal(messages[1].moved, 2);
    close_bench();
}

static void a_nack_that_is_ignored(void **state)
{
    struct controller_message messages[] = {writes("abc", 3), writes("d", 1)};
    (void)state;
    open_bench(100000);
    bench.puppet.accepts = 1;
    messages[0].flags |= CONTROLLER_IGNORE_NACK;
    messages[1].flags |= CONTROLLER_IGNORE_NACK;
    messages[1].address = 0x42;
    assert_int_equal(run(messages, 2), CONTROLLER_DONE);
    assert_int_equal(messages[0].moved, 3);
    assert_int_equal(messages[1].moved, 1);
    assert_false(messages[1].addressed);
    close_bench();
}

static void a_direction_that_is_only_on_the_wire(void **state)
{
    struct controller_message message = writes("a", 1);
    (void)state;
    open_bench(100000);
    message.flags |= CONTROLLER_REVERSE_DIRECTION;
    run(&message, 1);
    assert_true(puppet_event(&bench.puppet, 0)->is_read);
    uint8_t got;
    message = reads(&got, 1);
    message.flags |= CONTROLLER_REVERSE_DIRECTION;
    run(&message, 1);
    assert_false(puppet_event(&bench.puppet, bench.puppet.count - 3)->is_read);
    close_bench();
}

static void no_ninth_clock_on_read_bytes(void **state)
{
    uint8_t got[2];
    struct controller_message message = reads(got, 2);
    (void)state;
    open_bench(100000);
    message.flags |= CONTROLLER_NO_READ_ACK;
    /* The puppet releases SDA: nothing but ones. */
    assert_int_equal(run(&message, 1), CONTROLLER_DONE);
    assert_int_equal(bench.controller.bits, 9 + 8 + 8);
    assert_int_equal(message.moved, 2);
    close_bench();
}

static void run_block(uint8_t count, enum controller_result expected, uint32_t length)
{
    uint8_t gives[34], got[64] = {0};
    struct controller_message message = reads(got, 1);
    open_bench(100000);
    memset(gives, 0x5A, sizeof gives);
    gives[0] = count;
    bench.puppet.gives = gives;
    bench.puppet.give_count = sizeof gives;
    message.flags |= CONTROLLER_RECEIVE_LENGTH;
    assert_int_equal(run(&message, 1), expected);
    assert_int_equal(message.length, length);
    assert_int_equal(message.moved, length);
    assert_memory_equal(got, gives, length);
    close_bench();
}

static void the_first_byte_tells_the_length(void **state)
{
    (void)state;
    run_block(1, CONTROLLER_DONE, 2);
    run_block(32, CONTROLLER_DONE, 33);
    run_block(0, CONTROLLER_DONE, 1);
    run_block(33, CONTROLLER_BAD_LENGTH, 1);
    run_block(255, CONTROLLER_BAD_LENGTH, 1);
}

/* ---- targets that take their time, or do not let go ------------------------------------------ */

/* Steps until the puppet holds SCL and nothing else will happen. */
static void run_until_held(void)
{
    while (i2ctarget_wires_step(&bench.wires, WIRES_NEVER))
        ;
    assert_true(i2ctarget_controller_line_is_stretched(&bench.controller, &bench.wires));
}

static void stretching_is_waited_for_and_measured(void **state)
{
    struct controller_message message = writes("ab", 2);
    uint64_t held_ns = 0;
    (void)state;
    open_bench(100000);
    bench.puppet.holds = true;
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, &message, 1);
    assert_false(i2ctarget_controller_line_is_stretched(&bench.controller, &bench.wires));
    for (int i = 0; i < 3; i++) {
        run_until_held();
        i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + 1000000);
        held_ns += 1000000;
        puppet_answer(&bench.puppet);
    }
    while (i2ctarget_controller_line_busy(&bench.controller))
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    assert_int_equal(bench.controller.result, CONTROLLER_DONE);
    assert_in_range(message.stretch_ns, held_ns, held_ns + 3 * 1000);
    assert_int_equal(message.moved, 2);
    close_bench();
}

static void without_a_stretch_none_is_reported(void **state)
{
    struct controller_message message = writes("ab", 2);
    (void)state;
    open_bench(100000);
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, &message, 1);
    while (i2ctarget_controller_line_busy(&bench.controller)) {
        assert_false(i2ctarget_controller_line_is_stretched(&bench.controller, &bench.wires));
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    }
    assert_int_equal(message.stretch_ns, 0);
    close_bench();
}

static void stretching_is_ignored_when_told_to(void **state)
{
    struct controller_message message = writes("ab", 2);
    (void)state;
    open_bench(100000);
    bench.puppet.holds = true;
    bench.controller.ignore_stretch = true;
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, &message, 1);
    i2ctarget_wires_pass(&bench.wires, 1000000);
    assert_false(i2ctarget_controller_line_busy(
        &bench.controller)); /* it went on by its own clock, to the end */
    assert_int_not_equal(bench.controller.result, CONTROLLER_DONE);
    i2ctarget_wired_target_cut(&bench.puppet.wired, &bench.wires, I2CTARGET_BUS_ERROR);
    assert_true(bench.wires.scl && bench.wires.sda);
    close_bench();
}

/*
 * Before a STOP the controller checks whether SDA follows.  A zero-length read of n zeroes and then
 * a one takes n more clocks.
 */
static void a_target_that_holds_sda_is_clocked_free(void **state)
{
    (void)state;
    for (unsigned zeroes = 0; zeroes <= 8; zeroes++) {
        struct controller_message message = reads(NULL, 0);
        uint8_t first = (uint8_t)(0xFF >> zeroes);
        open_bench(100000);
        bench.puppet.gives = &first;
        bench.puppet.give_count = 1;
        assert_int_equal(run(&message, 1), CONTROLLER_DONE);
        assert_int_equal(bench.controller.recovery_clocks, zeroes);
        assert_int_equal(puppet_event(&bench.puppet, bench.puppet.count - 1)->kind,
                         I2CTARGET_ENDED);
        close_bench();
    }
}

static void nobody_can_free_sda_that_is_stuck(void **state)
{
    struct controller_message message = writes("", 0);
    (void)state;
    open_bench(100000);
    struct scripted stuck;
    SCRIPTED_JOIN(&stuck, &bench.wires,
                  {{20000, false, true}, {2000000, false, false}}); /* from the zeroes of 0x80 on */
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, &message, 1);
    while (i2ctarget_controller_line_busy(&bench.controller))
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    assert_true(bench.wires.now_ns < 500000);
    assert_int_equal(bench.controller.recovery_clocks, 9); /* and no more */
    close_bench();
}

static void sending_one_and_seeing_zero_is_arbitration_lost(void **state)
{
    struct controller_message message = writes("\xFF\xFF", 2);
    (void)state;
    open_bench(100000);
    struct scripted other;
    SCRIPTED_JOIN(&other, &bench.wires, {{130000, false, true}, {160000, false, false}});
    assert_int_equal(run(&message, 1), CONTROLLER_ARBITRATION_LOST);
    assert_int_equal(message.moved, 0);
    assert_int_equal(bench.controller.index, 0);
    close_bench();
}

/* In a bit that the controller reads: this is no bit, but another controller's START. */
static void a_start_in_the_middle_of_a_bit_is_arbitration_lost(void **state)
{
    uint8_t got[1];
    struct controller_message message = reads(got, sizeof got);
    struct scripted other;

    (void)state;
    open_bench(100000);
    bench.puppet.gives = (const uint8_t *)"\xFF";
    bench.puppet.give_count = 1;
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, &message, 1);
    i2ctarget_wires_pass(&bench.wires, 130000);
    while (bench.wires.scl)
        i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + 100);
    while (!bench.wires.scl)
        i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + 100);
    uint64_t start_ns = bench.wires.now_ns + 1000;
    SCRIPTED_JOIN(&other, &bench.wires,
                  {{start_ns, false, true}, {start_ns + 20000, false, false}});
    while (i2ctarget_controller_line_busy(&bench.controller))
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    assert_int_equal(bench.controller.result, CONTROLLER_ARBITRATION_LOST);
    close_bench();
}

/* At any time of a transfer: STOP follows, and the target is told. */
static void an_aborted_transfer_ends_with_stop(void **state)
{
    (void)state;
    for (uint64_t at_ns = 1000; at_ns < 280000; at_ns += 1700) {
        uint8_t got[2];
        struct controller_message message =
            at_ns / 1700 % 2 ? writes("\x55\xAA", 2) : reads(got, 2);
        open_bench(100000);
        bench.puppet.gives = (const uint8_t *)"\x00\xC3";
        bench.puppet.give_count = 2;
        i2ctarget_controller_line_start(&bench.controller, &bench.wires, &message, 1);
        i2ctarget_wires_pass(&bench.wires, at_ns);
        if (i2ctarget_controller_line_busy(&bench.controller)) {
            i2ctarget_controller_line_abort(&bench.controller);
            while (i2ctarget_controller_line_busy(&bench.controller))
                assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
            assert_int_equal(bench.controller.result, CONTROLLER_ABORTED);
        }
        i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + 10000);
        assert_true(bench.wires.scl && bench.wires.sda);
        for (unsigned i = 0, open = 0; i < bench.puppet.count; i++) {
            open += bench.puppet.events[i].kind == I2CTARGET_ADDRESSED;
            open -= bench.puppet.events[i].kind == I2CTARGET_ENDED;
            if (i + 1 == bench.puppet.count)
                assert_int_equal(open, 0);
        }
        struct controller_message next = writes("n", 1); /* the bus works as before */
        assert_int_equal(run(&next, 1), CONTROLLER_DONE);
        close_bench();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_time_keeps_the_minimum_of_its_mode),
        cmocka_unit_test(the_speed_is_the_one_asked_for),
        cmocka_unit_test(no_low_phase_is_longer_than_it_must_be),
        cmocka_unit_test(a_write_as_the_target_sees_it),
        cmocka_unit_test(a_read_acknowledges_all_but_the_last),
        cmocka_unit_test(messages_are_joined_by_repeated_start),
        cmocka_unit_test(results_begin_afresh),
        cmocka_unit_test(an_address_that_nobody_has),
        cmocka_unit_test(data_that_is_refused),
        cmocka_unit_test(an_open_transfer_has_the_wave_of_one_of_a_piece),
        cmocka_unit_test(a_pause_keeps_the_clock_low),
        cmocka_unit_test(a_pause_after_a_stop_leaves_the_bus_free),
        cmocka_unit_test(an_open_transfer_that_is_refused_does_not_pause),
        cmocka_unit_test(a_transfer_that_is_no_longer_open_does_not_pause),
        cmocka_unit_test(a_stop_between_messages),
        cmocka_unit_test(a_message_without_a_start_goes_on_with_the_last),
        cmocka_unit_test(a_nack_that_is_ignored),
        cmocka_unit_test(a_direction_that_is_only_on_the_wire),
        cmocka_unit_test(no_ninth_clock_on_read_bytes),
        cmocka_unit_test(the_first_byte_tells_the_length),
        cmocka_unit_test(stretching_is_waited_for_and_measured),
        cmocka_unit_test(without_a_stretch_none_is_reported),
        cmocka_unit_test(stretching_is_ignored_when_told_to),
        cmocka_unit_test(a_target_that_holds_sda_is_clocked_free),
        cmocka_unit_test(nobody_can_free_sda_that_is_stuck),
        cmocka_unit_test(sending_one_and_seeing_zero_is_arbitration_lost),
        cmocka_unit_test(a_start_in_the_middle_of_a_bit_is_arbitration_lost),
        cmocka_unit_test(an_aborted_transfer_ends_with_stop),
    };
    return cmocka_run_group_tests_name("controller_line", tests, NULL, NULL);
}
