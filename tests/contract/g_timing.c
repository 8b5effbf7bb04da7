/* SPDX-License-Identifier: MIT */
/* G. Timing on the target's side.  UM10204 §3.1.4, §5.1, Table 10 and 11. */
#include "contract/contract.h"
#include "line/bus_timing.h"
#include "support/edge_log.h"
#include "support/intruder.h"

static void serve_memory(struct rig *rig)
{
    static const uint8_t ours[] = {0x50};
    probe_device_init(&memory);
    serve_addresses(rig, ours, 1);
    assert_int_equal(i2ctarget_attach(&target, 0x50, &memory.device), 0);
    rig->kind->ops->forbid_stretch(rig, &target);
}

struct extent {
    uint64_t least_ns, most_ns;
    unsigned count;
};

/*
 * How long after the fall of SCL the target changes SDA, in the data bits of a read.  There the
 * target alone changes SDA.
 */
static struct extent moves_after_fall(const struct edge_log *log, unsigned first_clock,
                                      unsigned last_clock)
{
    struct extent extent = {.least_ns = UINT64_MAX};
    unsigned from = edge_log_scl_edge(log, false, first_clock),
             to = edge_log_scl_edge(log, false, last_clock);
    uint64_t fell_ns = 0;
    for (unsigned i = from; i < to; i++) {
        if (!log->edges[i].scl && log->edges[i - 1].scl)
            fell_ns = log->edges[i].at_ns;
        if (log->edges[i].sda == log->edges[i - 1].sda)
            continue;
        uint64_t after_ns = log->edges[i].at_ns - fell_ns;
        extent.count++;
        if (after_ns < extent.least_ns)
            extent.least_ns = after_ns;
        if (after_ns > extent.most_ns)
            extent.most_ns = after_ns;
    }
    return extent;
}

static struct extent measured_moves(struct rig *rig)
{
    serve_memory(rig);
    memset(memory.memory, 0x55, sizeof memory.memory);
    struct edge_log log;
    edge_log_open(&log, rig->kind->ops->wires(rig));
    rig_play(rig, "m S A1 A R a R a R n P");
    rig_finish_play(rig, NULL);
    /* SCL falls once for START.  Falls 11 to 17 begin bits 2 to 8 of the first byte of the read. */
    struct extent extent = moves_after_fall(&log, 11, 18);
    edge_log_close(&log, rig->kind->ops->wires(rig));
    assert_true(extent.count >= 6);
    print_message("  SDA moves %llu..%llu ns after SCL\n", (unsigned long long)extent.least_ns,
                  (unsigned long long)extent.most_ns);
    return extent;
}

CONTRACT_TEST(g37_data_is_valid_in_time_without_a_stretch, RIG_WIRES | RIG_DEVICES_AT_ONCE)
{
    assert_true(measured_moves(rig).most_ns <=
                i2ctarget_bus_timing_for(rig->kind->scl_hz)->data_valid_ns);
}

/* Every START, STOP, pause and clock is as short as the mode allows. */
CONTRACT_TEST(g38_starts_stops_and_clocks_at_the_minima, RIG_WIRES | RIG_DEVICES_AT_ONCE)
{
    serve_memory(rig);
    rig_play(rig,
             "m S A0 A 20 A 11 A 22 A P S A0 A 20 A S A1 A R a R n P s P S A0 A 21 A S A1 A R n P");
    const uint8_t *got;
    assert_int_equal(rig_finish_play(rig, &got), 3);
    assert_memory_equal(got, "\x11\x22\x22", 3);
}

/*
 * t_HD;DAT must cover the undefined region of SCL's falling edge: 300 ns, in Fm+ 120 ns (Table 10
 * note 3).
 */
CONTRACT_TEST(g39_sda_is_held_past_the_fall_of_scl, RIG_WIRES | RIG_DEVICES_AT_ONCE)
{
    assert_true(measured_moves(rig).least_ns >= (rig->kind->scl_hz > 400000 ? 120u : 300u));
}

static const char spiked_script[] = "S A0 A 30 A 00 A FF A S A0 A 30 A S A1 A R a R n P";

static void expect_unmoved_by_spikes(struct rig *rig)
{
    const uint8_t *got;
    assert_int_equal(rig_finish_play(rig, &got), 2);
    assert_memory_equal(got, "\x00\xFF", 2);
}

/*
 * A spike down to 0 on either line, or on both, at any time of a transfer.  A target must suppress
 * spikes up to 50 ns.
 */
CONTRACT_TEST(g40_spikes_up_to_50_ns_are_nothing, RIG_WIRES | RIG_DEVICES_AT_ONCE | RIG_FILTER)
{
    struct wires *wires = rig->kind->ops->wires(rig);
    uint64_t step_ns = 1000000000u / rig->kind->scl_hz / 11, length_ns;
    unsigned spikes = 0;
    serve_memory(rig);
    rig->is_spiked = true;
    struct intruder intruder;
    intruder_join(&intruder, wires);
    length_ns = wires->now_ns;
    rig_play(rig, spiked_script);
    expect_unmoved_by_spikes(rig);
    length_ns = wires->now_ns - length_ns;
    for (unsigned lines = 1; lines <= 3; lines++) {
        for (uint64_t at_ns = 1; at_ns < length_ns; at_ns += step_ns * lines) {
            intruder_plan(&intruder, (struct line_pulls){lines & 1, lines >> 1},
                          wires->now_ns + at_ns, at_ns % 2 ? 50 : 20);
            rig_play(rig, spiked_script);
            expect_unmoved_by_spikes(rig);
            spikes++;
        }
    }
    intruder_leave(&intruder, wires);
    print_message("  %u spikes, %u seen and rejected\n", spikes, counters().glitches);
    if (rig_can(rig, RIG_COUNTS_SPIKES))
        assert_true(counters().glitches > spikes / 8);
}

/* Spikes upwards, too: a line that is pulled is released for a moment. */
CONTRACT_TEST(g40_spikes_upwards_are_nothing, RIG_WIRES | RIG_DEVICES_AT_ONCE | RIG_FILTER)
{
    serve_memory(rig);
    rig->is_spiked = true;
    rig_play(
        rig,
        "S !c50 A0 !c50 !d50 A !c50 !d50 w100 !c20 30 !c50 A !c50 00 !c50 !d50 A !c50 FF !c50 A P "
        "S A0 A 30 !d50 !c50 A S !c50 A1 !c50 A !c50 R !c50 a !d50 !c50 R !c50 n !c50 P");
    const uint8_t *got;
    assert_int_equal(rig_finish_play(rig, &got), 2);
    assert_memory_equal(got, "\x00\xFF", 2);
    assert_true(counters().glitches >= 20 || !rig_can(rig, RIG_COUNTS_SPIKES));
}

/* A spike on SDA while both lines are high looks like START and STOP. */
CONTRACT_TEST(g40_spikes_on_an_idle_bus_are_nothing, RIG_WIRES | RIG_FILTER)
{
    serve(rig);
    rig->is_spiked = true;
    rig_play(rig, "!d50 w1000 !c50 w1000 !d1 w100 !d50 w51 !d50 w60");
    rig_finish_play(rig, NULL);
    assert_true(nothing_comes());
    assert_int_equal(counters().glitches, rig_can(rig, RIG_COUNTS_SPIKES) ? 5 : 0);
    rig_play(rig, "S 80 A 13 A P !d50");
    struct i2ctarget_request request = take_write();
    expect_bytes(&request, "\x13", 1);
    rig_finish_play(rig, NULL);
    assert_true(nothing_comes());
}

CONTRACT_TEST(g41_init_and_deinit_are_not_seen_on_the_bus, RIG_WIRES)
{
    struct edge_log log;
    edge_log_open(&log, rig->kind->ops->wires(rig));
    for (int i = 0; i < 3; i++) {
        serve(rig);
        rig_sleep_us(rig, 100);
        rig_deinit(rig, &target);
        rig_sleep_us(rig, 100);
    }
    assert_int_equal(log.count, 1); /* no change after the start */
    rig_play(rig, "S 84 N 00 N P");
    rig_finish_play(rig, NULL);
    unsigned edges = log.count;
    edge_log_clear(&log, rig->kind->ops->wires(rig));
    rig_play(rig, "S 84 N 00 N P"); /* again, while a target joins and leaves */
    for (int i = 0; i < 40; i++) {
        serve(rig);
        rig_pass_ns(rig, 130000000u / rig->kind->scl_hz);
        rig_deinit(rig, &target);
        rig_pass_ns(rig, 370000000u / rig->kind->scl_hz);
    }
    rig_finish_play(rig, NULL);
    assert_int_equal(log.count, edges);
    edge_log_close(&log, rig->kind->ops->wires(rig));
}
