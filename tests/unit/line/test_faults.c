/* SPDX-License-Identifier: MIT */
/*
 * Every kind of fault on the wires: what the controller gets, what the target hears, what the edges
 * show, what is counted; and that the next transfer is healthy.  The checker watches the target.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "line/checker.h"
#include "line/faults.h"
#include "support/edge_log.h"
#include "support/puppet.h"
#include "support/wire_text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { SCL_HZ = 100000, US = 1000, MS = 1000000, TARGET = 0x40 };

static const uint8_t data[] = {0xA5, 0x3C};

/* START, address and R/W, ACK, two bytes, STOP. */
#define ADDRESS_WRITE "S10000000"
#define ADDRESS_READ "S10000001"
#define HEALTHY_WRITE         \
    ADDRESS_WRITE "0"         \
                  "101001010" \
                  "001111000" \
                  "P"
#define HEALTHY_READ         \
    ADDRESS_READ "0"         \
                 "101001010" \
                 "001111001" \
                 "P"

struct bench {
    struct wires wires;
    struct controller_line controller;
    struct faults faults;
    struct puppet puppet;
    struct checker checker;
    struct edge_log log;
    uint8_t buffer[64];
    struct controller_message message;
    unsigned hits_told;
};

static struct bench bench;

static void on_hit(void *owner, const struct i2ctarget_fault *fault)
{
    (void)owner;
    assert_true(fault->kind < I2CTARGET_FAULT_KINDS);
    bench.hits_told++;
}

static int open_bench(void **state)
{
    const struct line_driver_timing timing = {.filter_ns = 50, .hold_ns = 300, .setup_ns = 250};
    (void)state;
    memset(&bench, 0, sizeof bench);
    i2ctarget_wires_init(&bench.wires);
    i2ctarget_controller_line_init(&bench.controller, &bench.wires, SCL_HZ);
    i2ctarget_faults_init(&bench.faults, &bench.wires, &bench.controller, SCL_HZ);
    bench.faults.on_hit = on_hit;
    puppet_join(&bench.puppet, &bench.wires, timing, false);
    bench.puppet.gives = data;
    bench.puppet.give_count = COUNT(data);
    i2ctarget_faults_adopt(&bench.faults, &bench.puppet.wired);
    i2ctarget_checker_init(&bench.checker, &bench.wires, SCL_HZ, 300);
    i2ctarget_checker_watch(&bench.checker, &bench.puppet.wired.participant, false);
    edge_log_open(&bench.log, &bench.wires);
    return 0;
}

static int close_bench(void **state)
{
    (void)state;
    edge_log_close(&bench.log, &bench.wires);
    return 0;
}

static uint32_t add(const char *text)
{
    struct i2ctarget_fault fault;
    char why[I2CTARGET_FAULT_WHY_MAX] = "";
    if (!i2ctarget_fault_parse(text, &fault, why))
        fail_msg("%s: %s", text, why);
    uint32_t number = i2ctarget_faults_add(&bench.faults, &bench.wires, &fault, why);
    if (!number)
        fail_msg("%s: %s", text, why);
    return number;
}

static void run_to_the_end(void)
{
    while (i2ctarget_controller_line_busy(&bench.controller))
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + 20 * US);
}

static void begin_transfer(uint8_t address, bool is_read, uint32_t length)
{
    assert_true(length <= sizeof bench.buffer);
    memset(bench.buffer, 0, sizeof bench.buffer);
    if (!is_read)
        memcpy(bench.buffer, data, sizeof data);
    bench.message = (struct controller_message){.address = address,
                                                .flags = is_read ? CONTROLLER_READ : 0,
                                                .length = length,
                                                .buffer = bench.buffer};
    bench.puppet.count = 0;
    edge_log_clear(&bench.log, &bench.wires);
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, &bench.message, 1);
}

static enum controller_result transfer(uint8_t address, bool is_read, uint32_t length)
{
    begin_transfer(address, is_read, length);
    run_to_the_end();
    return bench.controller.result;
}

static void expect_wires(const char *expected)
{
    char text[WIRE_TEXT_MAX];
    wire_text_of_edges(text, &bench.log);
    assert_string_equal(text, expected);
}

/* ADDRESSED, so many of `kind`, ENDED by `cause` with `moved`. */
static void expect_events(unsigned count, enum i2ctarget_end cause, uint32_t moved)
{
    const struct i2ctarget_event *last = puppet_event(&bench.puppet, bench.puppet.count - 1);
    assert_int_equal(bench.puppet.count, count);
    if (count == 0)
        return;
    assert_int_equal(puppet_event(&bench.puppet, 0)->kind, I2CTARGET_ADDRESSED);
    assert_int_equal(last->kind, I2CTARGET_ENDED);
    assert_int_equal(last->value, cause);
    assert_int_equal(last->moved, moved);
}

static void expect_count(uint32_t number, uint32_t chances, uint32_t hits)
{
    const struct i2ctarget_fault_count *count = i2ctarget_faults_next(&bench.faults, number - 1);
    assert_non_null(count);
    assert_int_equal(count->number, number);
    assert_int_equal(count->chances, chances);
    assert_int_equal(count->hits, hits);
}

static void expect_healthy_bus(void)
{
    assert_true(bench.wires.scl && bench.wires.sda);
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_DONE);
    expect_wires(HEALTHY_WRITE);
    expect_events(4, I2CTARGET_STOP, 2);
    assert_int_equal(transfer(TARGET, true, 2), CONTROLLER_DONE);
    expect_wires(HEALTHY_READ);
    expect_events(4, I2CTARGET_CONTROLLER_NACK, 2);
    assert_memory_equal(bench.buffer, data, sizeof data);
    if (bench.checker.violation_count)
        fail_msg("%s", i2ctarget_checker_rule_name(bench.checker.violations[0].rule));
}

/* ---- one row a fault ------------------------------------------------------------------------- */

static const struct row {
    const char *fault; /* `once` is added */
    bool is_read;
    enum controller_result result;
    const char *wires; /* NULL: the same as without the fault, for who samples at SCL's rise */
    unsigned events;
    enum i2ctarget_end cause;
    uint32_t moved;
    uint8_t bytes[2]; /* of a read */
} rows[] = {
    {"0x40 nack", false, CONTROLLER_ADDRESS_NACK, ADDRESS_WRITE "1P", 0, 0, 0, {0}},
    {"any nack", true, CONTROLLER_ADDRESS_NACK, ADDRESS_READ "1P", 0, 0, 0, {0}},
    {"0x40 nack-after 0",
     false,
     CONTROLLER_DATA_NACK,
     ADDRESS_WRITE "0"
                   "101001011P",
     2,
     I2CTARGET_STOP,
     0,
     {0}},
    {"0x40 nack-after 1",
     false,
     CONTROLLER_DATA_NACK,
     ADDRESS_WRITE "0"
                   "101001010"
                   "001111001P",
     3,
     I2CTARGET_STOP,
     1,
     {0}},
    {"0x40 stretch 1ms", false, CONTROLLER_DONE, HEALTHY_WRITE, 4, I2CTARGET_STOP, 2, {0}},
    {"0x40 stretch 1ms at 2.3",
     true,
     CONTROLLER_DONE,
     HEALTHY_READ,
     4,
     I2CTARGET_CONTROLLER_NACK,
     2,
     {0xA5, 0x3C}},
    {"0x40 hold-scl 1ms at 1.ack",
     false,
     CONTROLLER_DONE,
     HEALTHY_WRITE,
     4,
     I2CTARGET_STOP,
     2,
     {0}},
    /* Both ways, and where the bits before and after it are the same or not. */
    {"0x40 flip at 1.7",
     true,
     CONTROLLER_DONE,
     ADDRESS_READ "0"
                  "001001010"
                  "001111001P",
     4,
     I2CTARGET_CONTROLLER_NACK,
     2,
     {0x25, 0x3C}},
    {"0x40 flip at 1.0",
     true,
     CONTROLLER_DONE,
     ADDRESS_READ "0"
                  "101001000"
                  "001111001P",
     4,
     I2CTARGET_CONTROLLER_NACK,
     2,
     {0xA4, 0x3C}},
    {"0x40 flip at 2.7",
     true,
     CONTROLLER_DONE,
     ADDRESS_READ "0"
                  "101001010"
                  "101111001P",
     4,
     I2CTARGET_CONTROLLER_NACK,
     2,
     {0xA5, 0xBC}},
    {"0x40 flip at 2.4",
     true,
     CONTROLLER_DONE,
     ADDRESS_READ "0"
                  "101001010"
                  "001011001P",
     4,
     I2CTARGET_CONTROLLER_NACK,
     2,
     {0xA5, 0x2C}},
    {"0x40 flip at 0.ack",
     false,
     CONTROLLER_ADDRESS_NACK,
     ADDRESS_WRITE "1P",
     2,
     I2CTARGET_STOP,
     0,
     {0}},
    {"0x40 flip at 1.ack",
     false,
     CONTROLLER_DATA_NACK,
     ADDRESS_WRITE "0"
                   "101001011P",
     3,
     I2CTARGET_STOP,
     1,
     {0}},
    /* The first 1: R/W itself; bit 7 of the data; the controller's own NACK. */
    {"0x40 lose-arbitration", true, CONTROLLER_ARBITRATION_LOST, "S1000000P", 0, 0, 0, {0}},
    {"0x40 lose-arbitration",
     false,
     CONTROLLER_ARBITRATION_LOST,
     ADDRESS_WRITE "0P",
     2,
     I2CTARGET_STOP,
     0,
     {0}},
    {"0x40 lose-arbitration at 2.7",
     false,
     CONTROLLER_ARBITRATION_LOST,
     ADDRESS_WRITE "0"
                   "101001010"
                   "00P",
     3,
     I2CTARGET_STOP,
     1,
     {0}},
    {"0x40 lose-arbitration at 1.7",
     true,
     CONTROLLER_ARBITRATION_LOST,
     ADDRESS_READ "0"
                  "101001010"
                  "00111100P",
     4,
     I2CTARGET_STOP,
     2,
     {0}},
    {"any lose-arbitration at 0.7", false, CONTROLLER_ARBITRATION_LOST, "SP", 0, 0, 0, {0}},
    {"0x40 drop",
     false,
     CONTROLLER_DATA_NACK,
     ADDRESS_WRITE "0"
                   "101001011P",
     2,
     I2CTARGET_BUS_ERROR,
     0,
     {0}},
    {"0x40 drop at 2.6",
     true,
     CONTROLLER_DONE,
     ADDRESS_READ "0"
                  "101001010"
                  "011111111P",
     4,
     I2CTARGET_BUS_ERROR,
     1,
     {0xA5, 0x7F}},
    {"0x40 no-stop",
     false,
     CONTROLLER_DONE,
     ADDRESS_WRITE "0"
                   "101001010"
                   "001111000",
     3,
     0,
     0,
     {0}},
    {"0x40 clock 10000", false, CONTROLLER_DONE, HEALTHY_WRITE, 4, I2CTARGET_STOP, 2, {0}},
};

static void judge(const struct row *row)
{
    expect_wires(row->wires);
    if (row->events == 3 && row->cause == 0)
        assert_int_equal(bench.puppet.count, 3); /* without STOP no end is heard */
    else
        expect_events(row->events, row->cause, row->moved);
    if (row->is_read && row->result == CONTROLLER_DONE)
        assert_memory_equal(bench.buffer, row->bytes, sizeof row->bytes);
}

/* The next START is an Sr for everybody who has seen no STOP. */
static void end_unstopped_transfer(void)
{
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_DONE);
    assert_int_equal(puppet_event(&bench.puppet, 0)->kind, I2CTARGET_ENDED);
    assert_int_equal(puppet_event(&bench.puppet, 0)->value, I2CTARGET_RESTART);
    assert_true(puppet_event(&bench.puppet, 1)->is_restart);
}

static void each_kind_does_what_it_says_and_leaves_a_healthy_bus(void **state)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        char text[I2CTARGET_FAULT_TEXT_MAX];
        if (i > 0)
            open_bench(state);
        snprintf(text, sizeof text, "%s once", row->fault);
        print_message("%s, %s\n", text, row->is_read ? "read" : "write");
        uint32_t number = add(text);
        if (row->fault[0] == '0') /* other addresses are not concerned */
            assert_int_equal(transfer(0x55, row->is_read, 2), CONTROLLER_ADDRESS_NACK);
        expect_count(number, 0, 0);
        assert_int_equal(transfer(TARGET, row->is_read, 2), row->result);
        judge(row);
        expect_count(number, 1, 1);
        assert_true(bench.hits_told > 0);
        if (strstr(text, "no-stop"))
            end_unstopped_transfer();
        expect_healthy_bus();
        expect_count(number, 1, 1);
        if (i + 1 < COUNT(rows))
            close_bench(state);
    }
}

/* ---- what a row can not show ----------------------------------------------------------------- */

/* How long SCL is low at most, in this transfer. */
static uint64_t longest_low_ns(void)
{
    uint64_t longest_ns = 0, fell_ns = 0;
    for (unsigned i = 1; i < bench.log.count; i++) {
        const struct edge *before = &bench.log.edges[i - 1], *now = &bench.log.edges[i];
        if (before->scl && !now->scl)
            fell_ns = now->at_ns;
        if (!before->scl && now->scl && now->at_ns - fell_ns > longest_ns)
            longest_ns = now->at_ns - fell_ns;
    }
    return longest_ns;
}

static void a_stretch_lasts_as_long_as_it_is_told(void **state)
{
    (void)state;
    add("0x40 stretch 3ms at 2.ack once");
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_DONE);
    assert_int_equal(longest_low_ns(), 3 * MS);
    assert_true(bench.message.stretch_ns > 2 * MS);
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_DONE);
    assert_true(longest_low_ns() < 10 * US);
}

static void a_stretch_breaks_the_limits_of_smbus(void **state)
{
    (void)state;
    bench.puppet.wired.driver.smbus = true;
    add("0x40 stretch 30ms at 1.3 once");
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_DATA_NACK);
    expect_events(2, I2CTARGET_TIMEOUT, 0);
    bench.puppet.wired.driver.smbus = false;
    expect_healthy_bus();
}

static void a_limited_clock_is_as_slow_as_it_is_told(void **state)
{
    (void)state;
    add("0x40 clock 10000");
    uint64_t from_ns = bench.wires.now_ns;
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_DONE);
    /* From the R/W bit on: 20 of 27 clocks. */
    assert_in_range(bench.wires.now_ns - from_ns, 2000 * US, 2400 * US);
    assert_in_range(longest_low_ns(), 90 * US, 100 * US);
    assert_int_equal(transfer(0x41, false, 2), CONTROLLER_DONE);
    assert_true(longest_low_ns() < 10 * US);
    expect_count(1, 1, 1);
}

/* Widths of the pulses of a line that is low while the other one is high. */
static uint64_t shortest_pulse_ns(bool of_scl)
{
    uint64_t shortest_ns = UINT64_MAX;
    for (unsigned i = 1; i + 1 < bench.log.count; i++) {
        const struct edge *at = &bench.log.edges[i], *next = at + 1;
        bool is_low = of_scl ? !at->scl && next->scl : !at->sda && next->sda && at->scl;
        if (is_low && next->at_ns - at->at_ns < shortest_ns)
            shortest_ns = next->at_ns - at->at_ns;
    }
    return shortest_ns;
}

static void a_short_glitch_is_on_the_wires_and_filtered(void **state)
{
    (void)state;
    add("0x40 glitch-sda 40ns at 1.7 once");
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_DONE);
    assert_int_equal(shortest_pulse_ns(false), 40);
    expect_events(4, I2CTARGET_STOP, 2);
    assert_int_equal(bench.puppet.wired.driver.glitches, 1);
    add("0x40 glitch-scl 50ns at 2.2 once");
    assert_int_equal(transfer(TARGET, true, 2), CONTROLLER_DONE);
    assert_int_equal(shortest_pulse_ns(true), 50);
    assert_memory_equal(bench.buffer, data, sizeof data);
    assert_int_equal(bench.puppet.wired.driver.glitches, 2);
    expect_count(1, 1, 1);
    expect_count(2, 1, 1);
    expect_healthy_bus();
}

/* One clock more for the target: it acknowledges a bit too early. */
static void a_long_glitch_is_a_clock(void **state)
{
    (void)state;
    add("0x40 glitch-scl 500ns at 1.4 once");
    assert_int_not_equal(transfer(TARGET, false, 2), CONTROLLER_DONE);
    assert_int_equal(shortest_pulse_ns(true), 500);
    bench.checker.violation_count = 0; /* what it saw of a clock was too short for any target */
    expect_healthy_bus();
}

static void glitches_in_one_bit_do_not_displace_each_other(void **state)
{
    (void)state;
    add("0x40 glitch-scl 40ns at 1.6 once");
    add("0x40 glitch-sda 40ns at 1.6 once"); /* this bit is 0 */
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_DONE);
    assert_int_equal(shortest_pulse_ns(true), 40);
    expect_count(1, 1, 1);
    expect_count(2, 0, 0);
    expect_healthy_bus();
}

static void a_glitch_that_nobody_can_see_is_none(void **state)
{
    (void)state;
    add("0x40 glitch-sda 40ns at 1.6 once"); /* this bit is 0 */
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_DONE);
    expect_count(1, 0, 0);
    expect_healthy_bus();
}

static void a_stuck_sda_is_freed_or_not(void **state)
{
    (void)state;
    add("any hold-sda 60us");
    assert_false(bench.wires.sda); /* at once */
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_DONE);
    assert_true(bench.controller.recovery_clocks > 0);
    expect_count(1, 1, 1);
    expect_healthy_bus();
    add("any hold-sda 5ms");
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_ARBITRATION_LOST);
    expect_events(0, 0, 0);
    i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + 5 * MS);
    expect_healthy_bus();
}

static void a_stuck_scl_is_waited_for(void **state)
{
    (void)state;
    add("any hold-scl 2ms");
    assert_false(bench.wires.scl);
    assert_true(i2ctarget_faults_hold(&bench.faults));
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_DONE);
    assert_true(bench.wires.now_ns > 2 * MS);
    assert_false(i2ctarget_faults_hold(&bench.faults));
    expect_healthy_bus();
}

static void a_fault_at_idle_waits_for_the_stop(void **state)
{
    (void)state;
    uint8_t bytes[2] = {0};
    bench.message = (struct controller_message){.address = TARGET, .length = 2, .buffer = bytes};
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, &bench.message, 1);
    i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + 50 * US);
    add("any hold-scl 200us at idle times 2");
    run_to_the_end();
    assert_int_equal(bench.controller.result, CONTROLLER_DONE);
    assert_false(bench.wires.scl);
    expect_count(1, 1, 1);
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_DONE);
    expect_count(1, 2, 2);
    i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + 1 * MS);
    expect_healthy_bus();
    expect_count(1, 2, 2);
}

/* SDA rises while SCL is high, and that is no transfer's STOP. */
static void a_stuck_line_is_not_its_own_reason(void **state)
{
    (void)state;
    add("any hold-sda 50us times 3");
    i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + 1 * MS);
    expect_count(1, 1, 1);
}

static void a_stuck_sda_in_a_message_ends_by_itself(void **state)
{
    (void)state;
    add("0x40 hold-sda 30us at 1.7 once");
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_ARBITRATION_LOST);
    expect_healthy_bus();
}

static void held_lines_are_let_go(void **state)
{
    (void)state;
    uint32_t scl = add("any hold-scl 10s");
    assert_false(bench.wires.scl);
    i2ctarget_faults_let_go(&bench.faults, &bench.wires);
    assert_true(bench.wires.scl && bench.wires.sda);
    assert_false(i2ctarget_faults_hold(&bench.faults));
    expect_healthy_bus();
    uint32_t sda = add("any hold-sda 10s");
    assert_false(bench.wires.sda);
    assert_true(i2ctarget_faults_remove(&bench.faults, &bench.wires, sda));
    assert_true(bench.wires.sda);
    assert_true(i2ctarget_faults_remove(&bench.faults, &bench.wires, scl));
    assert_false(i2ctarget_faults_remove(&bench.faults, &bench.wires, scl));
    add("any hold-scl 10s");
    assert_false(bench.wires.scl);
    assert_true(i2ctarget_faults_remove(&bench.faults, &bench.wires, 0));
    assert_true(bench.wires.scl);
    assert_null(i2ctarget_faults_next(&bench.faults, 0));
    /* An empty list costs next to nothing. */
    assert_int_equal(bench.faults.participant.ignores, WIRES_ALL_EDGES);
    expect_healthy_bus();
}

/* In a bit that is 0 the rival gives way, and wins the next one. */
static void a_rival_survives_that_lines_are_let_go(void **state)
{
    (void)state;
    add("0x40 lose-arbitration at 1.6 once");
    uint32_t stretch = add("0x40 stretch 1s at 1.6");
    begin_transfer(TARGET, false, 2);
    while (!i2ctarget_faults_hold(&bench.faults))
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + 20 * US);
    assert_true(i2ctarget_faults_remove(&bench.faults, &bench.wires, stretch));
    expect_count(1, 1, 0);
    run_to_the_end();
    assert_int_equal(bench.controller.result, CONTROLLER_ARBITRATION_LOST);
    expect_count(1, 1, 1);
    expect_healthy_bus();
}

/* CRC-8 of 81 12 is 0xDD by the polynomial: bit 0 of it is flipped. */
static void a_right_pec_is_spoilt_and_a_wrong_one_is_not(void **state)
{
    static const uint8_t gives[] = {0x12, 0xDD, 0xDD};
    (void)state;
    bench.puppet.gives = gives;
    bench.puppet.give_count = 2;
    add("0x40 wrong-pec times 2");
    assert_int_equal(transfer(TARGET, true, 2), CONTROLLER_DONE);
    assert_int_equal(bench.buffer[0], 0x12);
    assert_int_equal(bench.buffer[1], 0xDC);
    expect_count(1, 1, 1);
    bench.puppet.gives = data;
    expect_healthy_bus();
    expect_count(1, 1, 1);
}

static void dice_are_thrown_by_the_seed(void **state)
{
    enum { TRANSFERS = 200 };
    bool hits[3][TRANSFERS];
    static const char *const faults[] = {"0x40 nack probability 0.25 seed 1",
                                         "0x40 nack probability 0.25 seed 1",
                                         "0x40 nack probability 0.25 seed 2"};
    for (size_t i = 0; i < COUNT(faults); i++) {
        if (i > 0)
            open_bench(state);
        add(faults[i]);
        unsigned count = 0;
        for (size_t j = 0; j < TRANSFERS; j++) {
            hits[i][j] = transfer(TARGET, false, 2) == CONTROLLER_ADDRESS_NACK;
            count += hits[i][j];
        }
        expect_count(1, TRANSFERS, count);
        assert_in_range(count, TRANSFERS / 4 - 20, TRANSFERS / 4 + 20);
        if (i + 1 < COUNT(faults))
            close_bench(state);
    }
    assert_memory_equal(hits[0], hits[1], sizeof hits[0]);
    assert_memory_not_equal(hits[0], hits[2], sizeof hits[0]);
}

static void directions_are_told_apart(void **state)
{
    (void)state;
    add("0x40 nack write");
    assert_int_equal(transfer(TARGET, true, 2), CONTROLLER_DONE);
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_ADDRESS_NACK);
    add("0x40 nack read");
    assert_int_equal(transfer(TARGET, true, 2), CONTROLLER_ADDRESS_NACK);
}

static void a_fault_is_for_its_message_of_a_transfer(void **state)
{
    uint8_t bytes[2] = {0}, got[2] = {0};
    struct controller_message messages[] = {
        {.address = TARGET, .length = 2, .buffer = bytes},
        {.address = TARGET, .flags = CONTROLLER_READ, .length = 2, .buffer = got},
    };
    (void)state;
    add("0x40 flip at 1.7 once read");
    add("0x40 no-stop once");
    edge_log_clear(&bench.log, &bench.wires);
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, messages, 2);
    run_to_the_end();
    assert_int_equal(bench.controller.result, CONTROLLER_DONE);
    assert_int_equal(got[0], data[0] ^ 0x80);
    expect_wires(ADDRESS_WRITE "0"
                               "000000000"
                               "000000000" ADDRESS_READ "0"
                               "001001010"
                               "001111001");
    assert_false(messages[1].stopped);
    expect_count(1, 1, 1);
    expect_count(2, 2, 1);
    assert_int_equal(transfer(TARGET, false, 2), CONTROLLER_DONE);
    assert_true(puppet_event(&bench.puppet, 0)->is_restart);
    expect_healthy_bus();
}

static void a_target_that_leaves_takes_its_fault_along(void **state)
{
    (void)state;
    add("0x40 flip at 1.7");
    bench.message = (struct controller_message){
        .address = TARGET, .flags = CONTROLLER_READ, .length = 2, .buffer = bench.buffer};
    i2ctarget_controller_line_start(&bench.controller, &bench.wires, &bench.message, 1);
    while (!bench.faults.inverted)
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    i2ctarget_checker_unwatch(&bench.checker, &bench.puppet.wired.participant);
    i2ctarget_faults_disown(&bench.faults, &bench.puppet.wired);
    i2ctarget_wired_target_leave(&bench.puppet.wired, &bench.wires);
    run_to_the_end();
    assert_true(bench.wires.scl && bench.wires.sda);
    assert_int_equal(transfer(TARGET, true, 2), CONTROLLER_ADDRESS_NACK);
}

static void there_is_room_for_so_many(void **state)
{
    struct i2ctarget_fault fault = {.kind = I2CTARGET_FAULT_NACK, .address = 0x33};
    char why[I2CTARGET_FAULT_WHY_MAX] = "";
    (void)state;
    for (uint32_t i = 1; i <= I2CTARGET_FAULTS_MAX; i++)
        assert_int_equal(i2ctarget_faults_add(&bench.faults, &bench.wires, &fault, why), i);
    assert_int_equal(i2ctarget_faults_add(&bench.faults, &bench.wires, &fault, why), 0);
    assert_string_equal(why, "the bus has as many faults as it can take");
    assert_true(i2ctarget_faults_remove(&bench.faults, &bench.wires, 7));
    assert_int_equal(i2ctarget_faults_add(&bench.faults, &bench.wires, &fault, why),
                     I2CTARGET_FAULTS_MAX + 1);
    fault.address = 0x80;
    assert_int_equal(i2ctarget_faults_add(&bench.faults, &bench.wires, &fault, why), 0);
    assert_string_equal(why, "an address is 0x00 to 0x7f, or any");
    expect_healthy_bus();
}

/*
 * A controller that has given up may leave a target in the middle of a bit, with SDA low.  The next
 * transfer frees it.
 */
static void expect_bus_recovers(const struct i2ctarget_fault *fault)
{
    char text[I2CTARGET_FAULT_TEXT_MAX];
    i2ctarget_wires_pass(&bench.wires, bench.wires.now_ns + 2 * MS);
    transfer(TARGET, false, 2);
    i2ctarget_fault_print(fault, text);
    if (!bench.wires.scl || !bench.wires.sda)
        fail_msg("%s: a line stays low", text);
    assert_true(i2ctarget_faults_remove(&bench.faults, &bench.wires, 0));
    bench.checker.violation_count = 0; /* a clock that a glitch has cut is too short for anybody */
    expect_healthy_bus();
}

static bool try_everywhere(const struct i2ctarget_fault *fault)
{
    char why[I2CTARGET_FAULT_WHY_MAX];
    void *state = NULL;
    if (!i2ctarget_fault_check(fault, why))
        return false;
    for (unsigned is_read = 0; is_read < 2; is_read++) {
        open_bench(&state);
        assert_int_not_equal(i2ctarget_faults_add(&bench.faults, &bench.wires, fault, why), 0);
        transfer(TARGET, is_read, 2);
        expect_bus_recovers(fault);
        close_bench(&state);
    }
    return true;
}

static void every_fault_everywhere_leaves_a_healthy_bus(void **state)
{
    static const uint64_t times_ns[] = {40, 51, 500, 5 * US, 30 * US, 300 * US};
    unsigned tried = 0;
    close_bench(state);
    for (unsigned kind = 0; kind < I2CTARGET_FAULT_KINDS; kind++) {
        for (unsigned place = 0; place < 4 * 9; place++) {
            for (size_t i = 0; i < COUNT(times_ns); i++) {
                struct i2ctarget_fault fault = {.kind = (uint8_t)kind,
                                                .address = I2CTARGET_FAULT_ANY,
                                                .byte = place / 9,
                                                .bit = (uint8_t)(place % 9),
                                                .time_ns = times_ns[i],
                                                .scl_hz = 20000,
                                                .times = 1};
                tried += try_everywhere(&fault);
            }
        }
    }
    assert_true(tried > 1000);
    open_bench(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_kind_does_what_it_says_and_leaves_a_healthy_bus),
        TEST(a_stretch_lasts_as_long_as_it_is_told),
        TEST(a_stretch_breaks_the_limits_of_smbus),
        TEST(a_limited_clock_is_as_slow_as_it_is_told),
        TEST(a_short_glitch_is_on_the_wires_and_filtered),
        TEST(a_long_glitch_is_a_clock),
        TEST(glitches_in_one_bit_do_not_displace_each_other),
        TEST(a_glitch_that_nobody_can_see_is_none),
        TEST(a_stuck_sda_is_freed_or_not),
        TEST(a_stuck_scl_is_waited_for),
        TEST(a_fault_at_idle_waits_for_the_stop),
        TEST(a_stuck_line_is_not_its_own_reason),
        TEST(a_stuck_sda_in_a_message_ends_by_itself),
        TEST(held_lines_are_let_go),
        TEST(a_rival_survives_that_lines_are_let_go),
        TEST(a_right_pec_is_spoilt_and_a_wrong_one_is_not),
        TEST(dice_are_thrown_by_the_seed),
        TEST(directions_are_told_apart),
        TEST(a_fault_is_for_its_message_of_a_transfer),
        TEST(a_target_that_leaves_takes_its_fault_along),
        TEST(every_fault_everywhere_leaves_a_healthy_bus),
        TEST(there_is_room_for_so_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
