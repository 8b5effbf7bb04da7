/* SPDX-License-Identifier: MIT */
/*
 * Spikes everywhere.  One spike disturbs a transfer: on SDA, on SCL or on both lines, down to 0 or
 * up to 1, with every width in the table below, at positions all over the transfer.  A device
 * answers the transfer.
 *
 *     down     a participant pulls the line for a moment
 *     up       all participants see a pulled line high for a moment; the spike ends early
 *              if a participant changes its pulls
 *
 * The result of the disturbed transfer is open, because a spike may be taken for a clock, a START
 * or a STOP.  Afterwards
 *
 *     - the transfer is over, with no other help than the controller's own recovery;
 *     - both lines are high, and each message that the device was told of has ended;
 *     - the next transfer moves the right bytes, and nothing in it violates the specification.
 *
 * A rig that has a filter (RIG_FILTER) must not notice spikes of up to 50 ns: its transfer is the
 * same as without them.
 */
#include <limits.h>
#include <stdlib.h>

#include "contract/contract.h"
#include "support/intruder.h"

/* ---- the corpus ------------------------------------------------------------------------------ */

/*
 * A write of 05 3C FF, a read of two bytes, or both joined by a repeated START.  Each also as a
 * script.
 */
struct transfer {
    const char *name;
    bool writes, reads, smbus;
    const char *script;
};

static const struct transfer corpus[] = {
    {"write", true, false, false, "S 80 A 05 A 3C A FF A P"},
    {"read", false, true, false, "S 81 A R a R n P"},
    {"write, Sr, read", true, true, false, "S 80 A 05 A 3C A FF A S 81 A R a R n P"},
    {"smbus", true, true, true, "S 80 A 05 A 3C A FF A S 81 A R a R n P"},
};

static const struct line_pulls lines[] = {{true, false}, {false, true}, {true, true}};
static const char *const line_names[] = {"SCL", "SDA", "both"};

static const unsigned widths_ns[] = {8, 16, 24, 40, 49, 50, 80, 120, 200, 400};

enum { FILTERED_NS = 50, LONGEST_NS = 60000000, REST_NS = 100000 };

/* ---- a line seen high that is pulled --------------------------------------------------------- */

struct lifter {
    struct wires_participant participant; /* first member */
    struct line_pulls lines;
    uint64_t begin_ns, end_ns;
};

static void show_everybody_else(struct wires_participant *self, struct wires *wires, bool scl,
                                bool sda)
{
    wires->scl = scl;
    wires->sda = sda;
    for (struct wires_participant *other = wires->participants; other; other = other->next) {
        if (other != self && other->ignores != WIRES_ALL_EDGES)
            other->step(other, wires);
    }
    wires->scl_was = scl;
    wires->sda_was = sda;
}

/*
 * When any participant changes a pull, the levels become those of the pulls again:
 * i2ctarget_wires_settle().
 */
static void lift(struct wires_participant *self, struct wires *wires)
{
    struct lifter *lifter = (struct lifter *)self;
    if (wires->now_ns >= lifter->end_ns) {
        lifter->begin_ns = lifter->end_ns = self->wake_ns = WIRES_NEVER;
        show_everybody_else(self, wires, wires->scl_pulls == 0, wires->sda_pulls == 0);
    } else if (wires->now_ns >= lifter->begin_ns) {
        lifter->begin_ns = WIRES_NEVER;
        self->wake_ns = lifter->end_ns;
        show_everybody_else(self, wires, wires->scl || lifter->lines.scl_low,
                            wires->sda || lifter->lines.sda_low);
    }
}

static void lifter_join(struct lifter *lifter, struct wires *wires)
{
    *lifter = (struct lifter){.participant = {.step = lift, .wake_ns = WIRES_NEVER},
                              .begin_ns = WIRES_NEVER,
                              .end_ns = WIRES_NEVER};
    i2ctarget_wires_join(wires, &lifter->participant);
}

static void lifter_plan(struct lifter *lifter, struct line_pulls which, uint64_t at_ns,
                        uint64_t lasting_ns)
{
    lifter->lines = which;
    lifter->begin_ns = lifter->participant.wake_ns = at_ns;
    lifter->end_ns = at_ns + lasting_ns;
}

/* ---- one run --------------------------------------------------------------------------------- */

struct run {
    const struct transfer *transfer;
    unsigned line; /* of lines[] */
    bool is_up;
    unsigned width_ns; /* 0: no spike */
    uint64_t at_ns;    /* since the start */
    uint64_t took_ns;  /* out */
    struct rig rig;
    struct intruder intruder;
    struct lifter lifter;
    bool under_way;
};

static struct run run; /* the current run, for reports */
static const struct rig_kind *kind_under_test;

static struct wires *wires_of_run(void)
{
    return kind_under_test->ops->wires(&run.rig);
}

static void plan_spike(void)
{
    uint64_t at_ns = wires_of_run()->now_ns + run.at_ns;
    if (run.width_ns == 0)
        return;
    if (run.is_up)
        lifter_plan(&run.lifter, lines[run.line], at_ns, run.width_ns);
    else
        intruder_plan(&run.intruder, lines[run.line], at_ns, run.width_ns);
}

static void begin_run(void)
{
    static const uint8_t ours[] = {0x40};
    memset(&target, 0, sizeof target);
    run.under_way = true;
    rig_open(&run.rig, kind_under_test);
    assert_int_equal(rig_init(&run.rig, &target, 0, ours, 1, run.transfer->smbus), 0);
    probe_device_init(&memory);
    assert_int_equal(i2ctarget_attach(&target, 0x40, &memory.device), 0);
    rig_pass_ns(&run.rig, REST_NS / 10);
    intruder_join(&run.intruder, wires_of_run());
    lifter_join(&run.lifter, wires_of_run());
    plan_spike();
}

static void end_spike(void)
{
    intruder_leave(&run.intruder, wires_of_run());
    i2ctarget_wires_leave(wires_of_run(), &run.lifter.participant);
    run.rig.spoiled_until_ns = rig_now_ns(&run.rig);
}

static void end_run(void)
{
    rig_close(&run.rig);
    run.under_way = false;
}

/* Returns how many messages were completed. */
static int let_it_end(void)
{
    uint64_t began_ns = rig_now_ns(&run.rig);
    while (rig_busy(&run.rig)) {
        if (rig_now_ns(&run.rig) - began_ns > LONGEST_NS)
            fail_msg("the bus hangs: SCL %d, SDA %d", wires_of_run()->scl, wires_of_run()->sda);
        rig_pass_ns(&run.rig, REST_NS / 20);
    }
    return rig_finish(&run.rig);
}

static void play_transfer(uint8_t *got)
{
    static uint8_t bytes[] = {5, 0x3C, 0xFF};
    size_t count = 0;
    struct rig_message messages[2];
    if (run.transfer->writes)
        messages[count++] = write_message(0x40, bytes, COUNT(bytes));
    if (run.transfer->reads)
        messages[count++] = read_message(0x40, got, 2);
    uint64_t began_ns = rig_now_ns(&run.rig);
    rig_start(&run.rig, messages, count);
    (void)let_it_end();
    run.took_ns = rig_now_ns(&run.rig) - began_ns;
}

static void expect_free_bus(void)
{
    rig_pass_ns(&run.rig, REST_NS);
    if (!wires_of_run()->scl || !wires_of_run()->sda)
        fail_msg("the bus is not free: SCL %d, SDA %d", wires_of_run()->scl, wires_of_run()->sda);
}

static void expect_right_transfer(uint8_t register_number, uint8_t value)
{
    uint8_t bytes[] = {register_number, value}, got = 0;
    struct rig_message messages[] = {write_message(0x40, bytes, 2), write_message(0x40, bytes, 1),
                                     read_message(0x40, &got, 1)};
    rig_start(&run.rig, messages, COUNT(messages));
    assert_int_equal(let_it_end(), COUNT(messages));
    assert_int_equal(got, value);
    assert_int_equal(memory.memory[register_number], value);
    expect_free_bus();
    assert_int_equal(memory.ended, memory.addressed);
}

static void run_spiked(void)
{
    begin_run();
    uint8_t got[2];
    play_transfer(got);
    expect_free_bus();
    end_spike();
    expect_right_transfer(9, 0x55);
    end_run();
}

/* ---- one run past a filter ------------------------------------------------------------------- */

/*
 * The controller is a script that goes on whatever it sees.  It has no filter, so a spike may
 * change what it reads.  But the device is told only what the target sees.
 */
static void run_script(struct probe_device *seen)
{
    begin_run();
    uint64_t began_ns = rig_now_ns(&run.rig);
    rig_play(&run.rig, run.transfer->script);
    run.rig.playing = false;
    assert_true(kind_under_test->ops->finish_play(&run.rig));
    run.took_ns = rig_now_ns(&run.rig) - began_ns;
    expect_free_bus();
    end_spike();
    *seen = memory;
    end_run();
}

static void expect_the_same(const struct probe_device *seen, const struct probe_device *expected)
{
    assert_memory_equal(seen->memory, expected->memory, sizeof seen->memory);
    assert_int_equal(seen->addressed, expected->addressed);
    assert_int_equal(seen->received, expected->received);
    assert_int_equal(seen->requested, expected->requested);
    assert_int_equal(seen->ended, expected->ended);
    assert_int_equal(seen->end, expected->end);
    assert_int_equal(seen->moved, expected->moved);
    assert_int_equal(seen->pointer, expected->pointer);
}

/* The result that a filter must give in every run of this transfer. */
static struct probe_device undisturbed;

static void run_filtered(void)
{
    struct probe_device seen;
    run_script(&seen);
    if (run.width_ns == 0)
        undisturbed = seen;
    else
        expect_the_same(&seen, &undisturbed);
}

/* ---- everywhere ------------------------------------------------------------------------------ */

static unsigned runs, index_of_run, thinning;

/*
 * A clock has 25 positions, a transfer 2000 at most.  Their distance is an odd number of
 * nanoseconds, so that they meet all phases of a clock and of the target's own cycles.
 */
static uint64_t step_ns(uint64_t length_ns)
{
    uint64_t of_clock_ns = 1000000000u / kind_under_test->scl_hz / 25, of_all_ns = length_ns / 2000;
    return (of_clock_ns > of_all_ns ? of_clock_ns : of_all_ns) | 1;
}

static void spike_everywhere(const struct run *without, void (*do_run)(void), unsigned widest_ns)
{
    run = *without;
    do_run();
    uint64_t length_ns = run.took_ns;
    for (size_t i = 0; i < COUNT(widths_ns) && widths_ns[i] <= widest_ns; i++) {
        for (uint64_t at_ns = i; at_ns < length_ns; at_ns += step_ns(length_ns)) {
            if (index_of_run++ % thinning)
                continue;
            run = *without;
            run.width_ns = widths_ns[i];
            run.at_ns = at_ns;
            do_run();
            runs++;
        }
    }
}

static void spike_each_line(bool is_up, void (*do_run)(void), unsigned widest_ns)
{
    for (size_t i = 0; i < COUNT(corpus); i++) {
        for (unsigned line = 0; line < COUNT(lines); line++) {
            const struct run without = {.transfer = &corpus[i], .line = line, .is_up = is_up};
            spike_everywhere(&without, do_run, widest_ns);
        }
    }
}

static void report_runs(void)
{
    print_message("  %u runs\n", runs);
    assert_true(runs > 200);
    runs = 0;
}

static void the_bus_gets_over_every_spike_down(void **state)
{
    (void)state;
    spike_each_line(false, run_spiked, UINT_MAX);
    report_runs();
}

static void the_bus_gets_over_every_spike_up(void **state)
{
    (void)state;
    spike_each_line(true, run_spiked, UINT_MAX);
    report_runs();
}

static void a_filter_lets_no_short_spike_pass(void **state)
{
    (void)state;
    spike_each_line(false, run_filtered, FILTERED_NS);
    /* Where SCL is held for an answer, the controller, which has no filter, takes one for its rise. */
    if (rig_abilities(kind_under_test) & RIG_DEVICES_AT_ONCE)
        spike_each_line(true, run_filtered, FILTERED_NS);
    report_runs();
}

static int report_spike(void **state)
{
    (void)state;
    if (run.under_way) /* the test failed during the run */
        print_error("%s: spike %s on %s, %u ns wide, at %llu ns\n", run.transfer->name,
                    run.is_up ? "up" : "down", line_names[run.line], run.width_ns,
                    (unsigned long long)run.at_ns);
    return 0;
}

/*
 * Every 53rd case runs.  I2CTARGET_SPIKES_THINNING changes that; 1: all cases, which take some
 * minutes.
 */
static int prepare(void **state)
{
    const char *text = getenv("I2CTARGET_SPIKES_THINNING");
    (void)state;
    thinning = getenv("I2CTARGET_THIN") ? 331 : 53;
    if (text)
        thinning = (unsigned)strtoul(text, NULL, 0);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_bus_gets_over_every_spike_down, report_spike),
        cmocka_unit_test_teardown(the_bus_gets_over_every_spike_up, report_spike),
    };
    const struct CMUnitTest tests_of_filter[] = {
        cmocka_unit_test_teardown(a_filter_lets_no_short_spike_pass, report_spike),
    };
    kind_under_test = argc > 1 ? rig_kind_named(argv[1]) : NULL;
    if (!kind_under_test) {
        fputs("usage: spikes RIG\n", stderr);
        return 2;
    }
    int failed = cmocka_run_group_tests_name("spikes", tests, prepare, NULL);
    if (rig_abilities(kind_under_test) & RIG_FILTER)
        failed +=
            cmocka_run_group_tests_name("spikes and a filter", tests_of_filter, prepare, NULL);
    return failed;
}
