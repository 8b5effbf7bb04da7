/* SPDX-License-Identifier: MIT */
/*
 * What is between a target's bit engine and the wires: spike filter, SDA hold, set-up after a late
 * answer, address filter, SMBus limits, and leaving the wires.  (test_target_line_enumeration tests
 * the engine itself.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "line/controller_line.h"
#include "support/edge_log.h"
#include "support/line_player.h"
#include "support/puppet.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { SCL_HZ = 100000, MS = 1000000 };

static const struct line_driver_timing timing = {.filter_ns = 50, .hold_ns = 300, .setup_ns = 250};

struct bench {
    struct wires wires;
    struct line_player player;
    struct puppet puppet;
    struct edge_log log;
};

static struct bench bench;

static void open_bench(bool smbus)
{
    i2ctarget_wires_init(&bench.wires);
    line_player_open(&bench.player, &bench.wires, SCL_HZ);
    puppet_join(&bench.puppet, &bench.wires, timing, smbus);
    edge_log_open(&bench.log, &bench.wires);
}

static void close_bench(void)
{
    edge_log_close(&bench.log, &bench.wires);
    line_player_close(&bench.player, &bench.wires);
}

static void start(const char *script)
{
    line_player_start(&bench.player, &bench.wires, script);
}

static void pass_us(uint64_t us)
{
    i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + us * 1000);
}

static void run_to_the_end(void)
{
    while (bench.player.running)
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    pass_us(10);
    assert_string_equal(bench.player.error, "");
}

static void play(const char *script)
{
    start(script);
    run_to_the_end();
}

static void run_until_held(void)
{
    while (!bench.puppet.wired.driver.stretching.is_on)
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
}

static const struct i2ctarget_event *last_event(void)
{
    return puppet_event(&bench.puppet, bench.puppet.count - 1);
}

/* ---- addresses ------------------------------------------------------------------------------- */

static void only_own_addresses_reach_the_answerer(void **state)
{
    (void)state;
    open_bench(false);
    char script[40];
    for (unsigned byte = 0; byte < 256; byte++) {
        bool ours = byte >> 1 == 0x40 || byte >> 1 == 0x41;
        bench.puppet.count = 0;
        snprintf(script, sizeof script, "S %02X %s %s P", byte, ours ? "A" : "N",
                 ours && byte & 1 ? "R n" : "");
        play(script);
        assert_int_equal(bench.puppet.count > 0, ours);
    }
    close_bench();
}

static void the_start_byte_is_nobodys_even_with_the_general_call(void **state)
{
    (void)state;
    open_bench(false);
    bench.puppet.wired.driver.addresses.bits[0] = 1;
    play("S 01 N P");
    assert_int_equal(bench.puppet.count, 0);
    play("S 00 A 06 A P");
    assert_int_equal(bench.puppet.count, 3);
    close_bench();
}

/* ---- the filter ------------------------------------------------------------------------------ */

static void spikes_are_counted_up_to_the_filters_width(void **state)
{
    (void)state;
    open_bench(false);
    play("!d1 w1000 !d49 w1000 !d50 w1000 !c50 w1000");
    assert_int_equal(bench.puppet.wired.driver.glitches, 4);
    assert_true(bench.puppet.wired.driver.line.sda && !bench.puppet.wired.driver.line.in_transfer);
    play("!d51 w1000"); /* that is START and STOP */
    assert_int_equal(bench.puppet.wired.driver.glitches, 4);
    play("S 80 A 55 A P");
    assert_int_equal(bench.puppet.count, 3);
    close_bench();
}

/* Without a filter the same spike is START and STOP: no event follows, and no harm. */
static void without_a_filter_every_level_counts(void **state)
{
    (void)state;
    open_bench(false);
    bench.puppet.wired.driver.timing.filter_ns = 0;
    play("!d10 w1000 S 80 A 55 A P");
    assert_int_equal(bench.puppet.wired.driver.glitches, 0);
    assert_int_equal(bench.puppet.count, 3);
    close_bench();
}

/* ---- times ----------------------------------------------------------------------------------- */

/*
 * Checks when SDA changes in the low phase that begins with the n-th fall of SCL, and when SCL
 * rises after it.
 */
static void demand_move(unsigned fall, bool to, uint64_t after_fall_ns)
{
    unsigned at = edge_log_scl_edge(&bench.log, false, fall);
    for (unsigned i = at + 1; i < bench.log.count && !bench.log.edges[i].scl; i++) {
        if (bench.log.edges[i].sda == to && bench.log.edges[i - 1].sda != to) {
            assert_int_equal(bench.log.edges[i].at_ns - bench.log.edges[at].at_ns, after_fall_ns);
            return;
        }
    }
    fail_msg("SDA does not move");
}

static void sda_moves_when_its_hold_time_is_over(void **state)
{
    static const uint8_t gives[] = {0x55};
    (void)state;
    open_bench(false);
    bench.puppet.gives = gives;
    bench.puppet.give_count = 1;
    play("S 83 A R n P"); /* the last bit of the address is a 1: SDA is free when the ACK comes */
    demand_move(9, false, 300); /* the ACK … */
    demand_move(11, true, 300); /* bits of 0x55 */
    demand_move(12, false, 300);
    demand_move(13, true, 300);
    close_bench();
}

static void a_late_answer_is_on_sda_before_scl_is_let_go(void **state)
{
    (void)state;
    open_bench(false);
    bench.puppet.holds = true;
    start("S 82 A P");
    run_until_held();
    pass_us(500);
    assert_false(bench.wires.scl);
    bench.puppet.holds = false;
    uint64_t answered_ns = bench.wires.now_ns;
    puppet_answer(&bench.puppet);
    assert_false(bench.wires.scl || bench.wires.sda); /* SDA at once … */
    i2ctarget_wires_pass(&bench.wires, answered_ns + 100);
    puppet_answer(&bench.puppet); /* it was answered already: this changes nothing */
    i2ctarget_wires_pass(&bench.wires, answered_ns + 249);
    assert_false(bench.wires.scl);
    i2ctarget_wires_pass(&bench.wires, answered_ns + 250);
    assert_true(bench.wires.scl); /* … SCL t_SU;DAT later */
    run_to_the_end();
    assert_int_equal(bench.puppet.wired.driver.stretching.count, 1);
    assert_in_range(bench.puppet.wired.driver.stretching.longest, 500000, 520000);
    close_bench();
}

/* The answer is late, but SDA's hold time is not over yet. */
static void t_su_dat_begins_when_the_hold_time_is_over(void **state)
{
    const struct wires_participant *self = &bench.puppet.wired.participant;
    (void)state;
    open_bench(false);
    i2ctarget_wired_target_set_filter(&bench.puppet.wired, &bench.wires, 0);
    bench.puppet.holds = true;
    start("S 82 A P");
    run_until_held();
    bench.puppet.holds = false;
    uint64_t fell_ns = bench.wires.now_ns;
    puppet_answer(&bench.puppet);
    i2ctarget_wires_pass(&bench.wires, fell_ns + 299);
    assert_true(self->pulls.scl_low && !self->pulls.sda_low);
    i2ctarget_wires_pass(&bench.wires, fell_ns + 549);
    assert_true(self->pulls.scl_low && self->pulls.sda_low);
    i2ctarget_wires_pass(&bench.wires, fell_ns + 550);
    assert_true(!self->pulls.scl_low && self->pulls.sda_low);
    run_to_the_end();
    close_bench();
}

/*
 * Nobody sees when SDA moves.  But a record may begin while SCL is held, so it waits for its time
 * there, too.
 */
static void sda_waits_for_its_hold_time_while_scl_is_held(void **state)
{
    static struct controller_line controller;
    const struct wires_participant *self = &bench.puppet.wired.participant;
    struct line_driver_timing unfiltered = timing;
    struct controller_message message = {.address = 0x40, .flags = CONTROLLER_READ, .length = 1};
    (void)state;
    unfiltered.filter_ns = 0;
    i2ctarget_wires_init(&bench.wires);
    i2ctarget_controller_line_init(&controller, &bench.wires, SCL_HZ);
    puppet_join(&bench.puppet, &bench.wires, unfiltered, false);
    bench.puppet.holds = true;
    i2ctarget_controller_line_start(&controller, &bench.wires, &message, 1);
    run_until_held();
    puppet_answer(&bench.puppet);
    while (last_event()->kind != I2CTARGET_REQUESTED)
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    assert_true(self->pulls.scl_low && self->pulls.sda_low);
    i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + timing.hold_ns);
    assert_true(self->pulls.scl_low && !self->pulls.sda_low);
}

static void an_answer_that_nobody_waits_for_is_ignored(void **state)
{
    (void)state;
    open_bench(false);
    i2ctarget_wired_target_answer(&bench.puppet.wired, &bench.wires, I2CTARGET_ACK);
    assert_true(bench.wires.scl && bench.wires.sda);
    bench.puppet.holds = true;
    start("S 80 N P");
    run_until_held();
    bench.puppet.refuses = true;
    puppet_answer(&bench.puppet);
    i2ctarget_wired_target_answer(&bench.puppet.wired, &bench.wires,
                                  I2CTARGET_ACK); /* it was given */
    i2ctarget_wired_target_answer(&bench.puppet.wired, &bench.wires, I2CTARGET_HOLD);
    run_to_the_end();
    close_bench();
}

/* ---- coming, going, being cut ---------------------------------------------------------------- */

/* In the high phase of a 0 bit the levels alone look like those after a START. */
static void joining_a_busy_bus_takes_nothing_for_a_start(void **state)
{
    (void)state;
    for (unsigned at_us = 1; at_us < 130; at_us++) {
        i2ctarget_wires_init(&bench.wires);
        line_player_open(&bench.player, &bench.wires, SCL_HZ);
        start("S 84 :1 80 :1 40 :1 P");
        pass_us(at_us);
        puppet_join(&bench.puppet, &bench.wires, timing, false);
        run_to_the_end();
        assert_int_equal(bench.puppet.count, 0);
        play("S 80 A P");
        assert_int_equal(bench.puppet.count, 2);
        line_player_close(&bench.player, &bench.wires);
    }
}

static void leaving_lets_both_lines_go_and_tells_nobody(void **state)
{
    (void)state;
    open_bench(false);
    bench.puppet.holds = true;
    start("S 82 W1000 :1 P");
    run_until_held();
    i2ctarget_wired_target_leave(&bench.puppet.wired, &bench.wires);
    run_to_the_end();
    assert_true(bench.wires.scl && bench.wires.sda);
    assert_int_equal(bench.puppet.count, 1);
    close_bench();
}

struct moment {
    const char *script;
    bool holds;
    uint64_t after_us;
    bool is_told; /* there was a message, or a held address, to be ended */
    uint32_t moved;
};

/*
 * Cut in a message that is held, in one that runs, in a refused one, in another target's, and idle.
 */
static void a_cut_target_lets_go_and_is_deaf_to_the_next_start(void **state)
{
    static const struct moment moments[] = {
        {"S 80 W1000 :1 11 :1 P", true, 500, true, 0},
        {"S 80 A 11 A 22 W1000 :1 33 :1 P", false, 600, true, 2},
        {"S 81 A :0000 W1000 :1111 :1 P", false, 600, true, 0},
        {"S 84 N 80 W1000 N P", false, 600, false, 0},
        {"W1000", false, 500, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(moments); i++) {
        static const uint8_t zero = 0;
        open_bench(false);
        bench.puppet.holds = moments[i].holds;
        bench.puppet.gives = &zero;
        bench.puppet.give_count = 1;
        start(moments[i].script);
        pass_us(moments[i].after_us);
        unsigned before = bench.puppet.count;
        i2ctarget_wired_target_cut(&bench.puppet.wired, &bench.wires, I2CTARGET_BUS_ERROR);
        assert_false(bench.puppet.wired.participant.pulls.scl_low ||
                     bench.puppet.wired.participant.pulls.sda_low);
        assert_int_equal(bench.puppet.count - before, moments[i].is_told);
        if (moments[i].is_told) {
            assert_int_equal(last_event()->kind, I2CTARGET_ENDED);
            assert_int_equal(last_event()->value, I2CTARGET_BUS_ERROR);
            assert_int_equal(last_event()->moved, moments[i].moved);
        }
        bench.puppet.holds = false;
        before = bench.puppet.count;
        run_to_the_end();
        /* It ignores the START, and does not end twice. */
        assert_int_equal(bench.puppet.count, before);
        play("S 80 A 44 A P");
        assert_int_equal(bench.puppet.count, before + 3);
        close_bench();
    }
}

/* ---- SMBus limits ---------------------------------------------------------------------------- */

static void smbus_scl_low_for_25_ms(void **state)
{
    (void)state;
    open_bench(true);
    start("S 80 A :010 W24900 :1 W26000 :1 P");
    pass_us(24900 + 200);
    assert_int_equal(bench.puppet.count, 1); /* 24.9 ms: nothing */
    pass_us(24900);
    assert_int_equal(bench.puppet.count, 1);
    pass_us(300);
    assert_int_equal(last_event()->kind, I2CTARGET_ENDED);
    assert_int_equal(last_event()->value, I2CTARGET_TIMEOUT);
    run_to_the_end();
    play("S 80 A P");
    close_bench();
}

static void smbus_low_phases_of_strangers_and_idle_ones_are_no_matter(void **state)
{
    (void)state;
    open_bench(true);
    play("S 84 N W60000 80 W60000 N P W1000 S 80 A P");
    assert_int_equal(bench.puppet.count, 2);
    assert_int_equal(last_event()->value, I2CTARGET_STOP);
    close_bench();
}

/* The sum of our holds from START to STOP, Sr included.  A new START begins a new sum. */
static void smbus_stretches_add_up_to_25_ms(void **state)
{
    (void)state;
    for (int transfer = 0; transfer < 2; transfer++) {
        if (transfer == 0)
            open_bench(true);
        bench.puppet.holds = true;
        start("S 80 A 11 A S 80 A 22 N P");
        for (int i = 0; i < 3; i++) {
            run_until_held();
            pass_us(8000);
            assert_true(bench.puppet.wired.driver.stretching.is_on);
            bench.puppet.holds = true;
            puppet_answer(&bench.puppet);
            pass_us(1);
        }
        run_until_held();
        uint64_t held_ns = bench.wires.now_ns;
        while (bench.puppet.wired.driver.stretching.is_on)
            assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
        assert_in_range(bench.wires.now_ns - held_ns, MS * 9 / 10,
                        MS); /* a little more than 24 ms was used up */
        assert_int_equal(last_event()->value, I2CTARGET_TIMEOUT);
        bench.puppet.holds = false;
        run_to_the_end();
    }
    close_bench();
}

static void without_smbus_there_is_no_limit(void **state)
{
    (void)state;
    open_bench(false);
    bench.puppet.holds = true;
    start("S 80 A W40000 P");
    run_until_held();
    pass_us(10000000);
    assert_true(bench.puppet.wired.driver.stretching.is_on);
    bench.puppet.holds = false;
    puppet_answer(&bench.puppet);
    run_to_the_end();
    assert_int_equal(last_event()->value, I2CTARGET_STOP);
    close_bench();
}

/* ---- clocks in a row ------------------------------------------------------------------------- */

static bool may_join(void)
{
    const struct wires_participant *self = &bench.puppet.wired.participant;
    struct wires_run run = {.data_ns = 1000, .clocks = 9};
    return self->follower->join(self, &run);
}

/* An inverter, or a movement of SDA that is put off. */
static void no_run_where_sda_is_not_what_the_engine_wants(void **state)
{
    (void)state;
    open_bench(false);
    assert_true(may_join());
    bench.puppet.wired.sda_inverted = true;
    assert_false(may_join());
    bench.puppet.wired.sda_inverted = false;
    bench.puppet.wired.driver.line.pulls.sda_low = true;
    assert_false(may_join());
    bench.puppet.wired.driver.line.pulls.sda_low = false;
    close_bench();
}

/* SCL has risen in the last clock of a run, so no limit is kept until it falls. */
static void a_run_ends_the_limit_of_a_low_phase(void **state)
{
    static const struct wires_run run = {.made = 1, .bits = 1};
    struct wires_participant *self = &bench.puppet.wired.participant;
    (void)state;
    open_bench(true);
    play("S 80 A");
    assert_int_equal(self->wake_ns, bench.puppet.wired.driver.scl_fell_ns + SMBUS_TIMEOUT_NS);
    self->follower->follow(self, &run);
    assert_true(self->wake_ns == WIRES_NEVER);
    assert_true(bench.puppet.wired.driver.due_ns == LINE_DRIVER_NEVER);
    close_bench();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_own_addresses_reach_the_answerer),
        cmocka_unit_test(the_start_byte_is_nobodys_even_with_the_general_call),
        cmocka_unit_test(spikes_are_counted_up_to_the_filters_width),
        cmocka_unit_test(without_a_filter_every_level_counts),
        cmocka_unit_test(sda_moves_when_its_hold_time_is_over),
        cmocka_unit_test(a_late_answer_is_on_sda_before_scl_is_let_go),
        cmocka_unit_test(t_su_dat_begins_when_the_hold_time_is_over),
        cmocka_unit_test(sda_waits_for_its_hold_time_while_scl_is_held),
        cmocka_unit_test(an_answer_that_nobody_waits_for_is_ignored),
        cmocka_unit_test(joining_a_busy_bus_takes_nothing_for_a_start),
        cmocka_unit_test(leaving_lets_both_lines_go_and_tells_nobody),
        cmocka_unit_test(a_cut_target_lets_go_and_is_deaf_to_the_next_start),
        cmocka_unit_test(smbus_scl_low_for_25_ms),
        cmocka_unit_test(smbus_low_phases_of_strangers_and_idle_ones_are_no_matter),
        cmocka_unit_test(smbus_stretches_add_up_to_25_ms),
        cmocka_unit_test(without_smbus_there_is_no_limit),
        cmocka_unit_test(no_run_where_sda_is_not_what_the_engine_wants),
        cmocka_unit_test(a_run_ends_the_limit_of_a_low_phase),
    };
    return cmocka_run_group_tests_name("wired_target", tests, NULL, NULL);
}
