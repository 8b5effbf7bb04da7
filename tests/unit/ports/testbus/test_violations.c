/* SPDX-License-Identifier: MIT */
/*
 * The checker of the test bus, and the lines by hand, as tests of firmware use them: only public
 * headers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "i2ctarget/devices/memory.h"
#include "i2ctarget/testbus.h"

enum { ADDRESS = 0x40, HALF_CLOCK_NS = 5000, CHIP = 7 };

static struct i2ctarget_testbus *bus;
static struct i2ctarget target;
static struct i2ctarget_memory memory;

static int init(struct i2ctarget *chip_target, unsigned chip)
{
    struct i2ctarget_pin scl = i2ctarget_testbus_scl(bus, chip),
                         sda = i2ctarget_testbus_sda(bus, chip);
    return i2ctarget_init(chip_target, &scl, &sda, (const uint8_t[]){ADDRESS}, 1, false);
}

static int open_bus(void **state)
{
    (void)state;
    bus = i2ctarget_testbus_new(100000);
    return bus && init(&target, CHIP) == 0 ? 0 : -1;
}

/* A device answers, so nothing is ever held. */
static int open_memory(void **state)
{
    static uint8_t bytes[4];
    const struct i2ctarget_memory_config config = {
        .bytes = bytes, .size_bytes = sizeof bytes, .pointer_bytes = 1};
    return open_bus(state) || i2ctarget_memory_init(&memory, &config) ||
           i2ctarget_attach(&target, ADDRESS, &memory.device);
}

static int close_bus(void **state)
{
    (void)state;
    i2ctarget_deinit(&target);
    i2ctarget_testbus_free(bus);
    return 0;
}

/* ---- by hand --------------------------------------------------------------------------------- */

static void hand(bool scl_low, bool sda_low, uint64_t ns)
{
    i2ctarget_testbus_pull(bus, scl_low, sda_low);
    i2ctarget_testbus_pass(bus, ns);
}

static void clock_bit(bool bit)
{
    hand(true, !bit, HALF_CLOCK_NS);
    hand(false, !bit, HALF_CLOCK_NS);
}

/* START, the address, and the R/W bit of a write; SCL is high. */
static void call_by_hand(void)
{
    hand(false, true, HALF_CLOCK_NS);
    for (unsigned bit = 7; bit-- > 0;)
        clock_bit(ADDRESS >> bit & 1);
    clock_bit(false);
}

/* The ninth clock comes `low_ns` after SCL fell.  Returns whether the target acknowledges in it. */
static bool acknowledge_after(uint64_t low_ns)
{
    hand(true, false, low_ns);
    hand(false, false, HALF_CLOCK_NS);
    bool is_low = !i2ctarget_testbus_sda_is_high(bus);
    hand(true, false, HALF_CLOCK_NS);
    return is_low;
}

static void lines_follow_the_hand(void **state)
{
    (void)state;
    assert_true(i2ctarget_testbus_scl_is_high(bus) && i2ctarget_testbus_sda_is_high(bus));
    i2ctarget_testbus_pull(bus, true, false);
    assert_true(!i2ctarget_testbus_scl_is_high(bus) && i2ctarget_testbus_sda_is_high(bus));
    i2ctarget_testbus_pull(bus, false, true);
    assert_true(i2ctarget_testbus_scl_is_high(bus) && !i2ctarget_testbus_sda_is_high(bus));
}

static void a_target_answers_edges(void **state)
{
    (void)state;
    call_by_hand();
    assert_true(acknowledge_after(HALF_CLOCK_NS));
    assert_true(i2ctarget_testbus_sda_is_high(bus));
    assert_int_equal(i2ctarget_testbus_count_violations(bus), 0);
}

static uint32_t glitches_of_a_spike(uint64_t ns)
{
    struct i2ctarget_counters counters;
    hand(false, true, ns);
    hand(false, false, HALF_CLOCK_NS);
    i2ctarget_get_counters(&target, &counters);
    return counters.glitches;
}

static void the_filter_is_chosen(void **state)
{
    (void)state;
    assert_int_equal(i2ctarget_testbus_set_filter(bus, 51), -I2CTARGET_EINVAL);
    assert_int_equal(glitches_of_a_spike(40), 1);
    i2ctarget_deinit(&target);
    assert_int_equal(i2ctarget_testbus_set_filter(bus, 30), 0);
    assert_int_equal(init(&target, CHIP), 0);
    assert_int_equal(glitches_of_a_spike(40), 0);
    assert_int_equal(glitches_of_a_spike(20), 1);
}

/* ---- what the checker finds ------------------------------------------------------------------ */

static struct i2ctarget_testbus_violation violation(size_t index)
{
    struct i2ctarget_testbus_violation found = {0};
    assert_int_equal(i2ctarget_testbus_get_violation(bus, index, &found), 0);
    return found;
}

/* A write of one byte, whose request is accepted that late.  Returns how long SCL was stretched. */
static uint64_t write_with_delay(uint64_t ns)
{
    uint8_t byte = 0x5A;
    struct i2ctarget_testbus_message message = {.address = ADDRESS, .length = 1, .buffer = &byte};
    struct i2ctarget_request request;
    uint64_t began_ns = i2ctarget_testbus_now_ns(bus);
    assert_int_equal(i2ctarget_testbus_start(bus, &message, 1), 0);
    assert_null(i2ctarget_testbus_held_target(bus));
    while (!i2ctarget_testbus_held_target(bus))
        assert_true(i2ctarget_testbus_step(bus));
    assert_ptr_equal(i2ctarget_testbus_held_target(bus), &target);
    i2ctarget_testbus_pass(bus, ns);
    uint64_t asked_ns = i2ctarget_testbus_now_ns(bus);
    assert_int_equal(i2ctarget_next_request(&target, &request, -1), 1);
    assert_int_equal(i2ctarget_testbus_now_ns(bus), asked_ns);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    assert_int_equal(i2ctarget_testbus_run(bus), 1);
    assert_null(i2ctarget_testbus_held_target(bus));
    assert_false(i2ctarget_testbus_step(bus));
    assert_true(message.start_ns >= began_ns && message.stop_ns > message.start_ns + 18 * 10000u);
    assert_in_range(i2ctarget_testbus_now_ns(bus), message.stop_ns, message.stop_ns + 10000);
    return message.stretch_ns;
}

static void a_request_may_be_late(void **state)
{
    (void)state;
    assert_int_equal(write_with_delay(0), 0);
    assert_in_range(write_with_delay(20000), 10000, 20000);
    assert_int_equal(i2ctarget_testbus_count_violations(bus), 0);
}

static void unless_it_must_not_stretch(void **state)
{
    (void)state;
    assert_int_equal(i2ctarget_testbus_forbid_stretch(bus, CHIP + 1), -I2CTARGET_ENODEV);
    assert_int_equal(i2ctarget_testbus_forbid_stretch(bus, CHIP), 0);
    write_with_delay(0);
    assert_int_equal(i2ctarget_testbus_count_violations(bus), 0);
    uint64_t stretch_ns = write_with_delay(20000);
    assert_int_equal(i2ctarget_testbus_count_violations(bus), 1);
    struct i2ctarget_testbus_violation found = violation(0);
    assert_int_equal(found.rule, I2CTARGET_TESTBUS_STRETCH);
    assert_int_equal(found.chip, CHIP);
    assert_int_equal(found.measured_ns, stretch_ns);
    assert_int_equal(found.limit_ns, 0);
    assert_in_range(found.at_ns, 90000, i2ctarget_testbus_now_ns(bus));
    assert_int_equal(i2ctarget_testbus_get_violation(bus, 1, &found), -I2CTARGET_EINVAL);
}

/* SDA moves 300 ns after SCL fell. */
static void a_clock_that_is_too_short_for_the_set_up(void **state)
{
    (void)state;
    call_by_hand();
    assert_true(acknowledge_after(500));
    struct i2ctarget_testbus_violation found = violation(0);
    assert_int_equal(found.rule, I2CTARGET_TESTBUS_DATA_SETUP);
    assert_int_equal(found.measured_ns, 200);
    assert_int_equal(found.limit_ns, 250);
}

/* The chip is known although its target has gone. */
static void what_a_target_did_is_kept_when_it_leaves(void **state)
{
    (void)state;
    call_by_hand();
    acknowledge_after(500);
    i2ctarget_deinit(&target);
    assert_int_equal(i2ctarget_testbus_count_violations(bus), 1);
    assert_int_equal(violation(0).chip, CHIP);
    i2ctarget_testbus_forget_violations(bus);
    assert_int_equal(i2ctarget_testbus_count_violations(bus), 0);
    struct i2ctarget_testbus_violation found;
    assert_int_equal(i2ctarget_testbus_get_violation(bus, 0, &found), -I2CTARGET_EINVAL);
}

/* deinit() releases SDA at any time, also while SCL is high: that is its task. */
static void leaving_is_no_violation(void **state)
{
    (void)state;
    call_by_hand();
    hand(true, false, HALF_CLOCK_NS);
    hand(false, false, HALF_CLOCK_NS);
    assert_false(i2ctarget_testbus_sda_is_high(bus));
    i2ctarget_deinit(&target);
    assert_true(i2ctarget_testbus_sda_is_high(bus));
    assert_int_equal(i2ctarget_testbus_count_violations(bus), 0);
}

static void more_than_are_kept_are_counted(void **state)
{
    (void)state;
    for (unsigned i = 0; i < I2CTARGET_TESTBUS_VIOLATIONS_MAX + 3; i++) {
        hand(false, false, HALF_CLOCK_NS);
        call_by_hand();
        acknowledge_after(500);
        hand(true, true, HALF_CLOCK_NS);
        hand(false, true, HALF_CLOCK_NS);
    }
    assert_int_equal(i2ctarget_testbus_count_violations(bus), I2CTARGET_TESTBUS_VIOLATIONS_MAX + 3);
    assert_true(violation(I2CTARGET_TESTBUS_VIOLATIONS_MAX - 1).at_ns > violation(0).at_ns);
    struct i2ctarget_testbus_violation found;
    assert_int_equal(i2ctarget_testbus_get_violation(bus, I2CTARGET_TESTBUS_VIOLATIONS_MAX, &found),
                     -I2CTARGET_EINVAL);
}

static void every_rule_has_words(void **state)
{
    (void)state;
    assert_string_equal(i2ctarget_testbus_rule_name(I2CTARGET_TESTBUS_STRETCH),
                        "SCL stretched by a target that must not");
    assert_string_equal(i2ctarget_testbus_rule_name(I2CTARGET_TESTBUS_DATA_SETUP),
                        "data set-up time too short");
    assert_string_equal(i2ctarget_testbus_rule_name(I2CTARGET_TESTBUS_RULE_COUNT), "unknown rule");
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void there_is_room_for_128_targets(void **state)
{
    static struct i2ctarget others[127], one_more;
    (void)state;
    for (unsigned i = 0; i < 127; i++)
        assert_int_equal(init(&others[i], 100 + i), 0);
    assert_int_equal(init(&one_more, 99), -I2CTARGET_ENOMEM);
    i2ctarget_deinit(&others[0]);
    assert_int_equal(init(&one_more, 99), 0);
    i2ctarget_deinit(&one_more);
    for (unsigned i = 1; i < 127; i++)
        i2ctarget_deinit(&others[i]);
}

static long size_of(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    fclose(file);
    return size;
}

static void a_trace_is_saved_and_ended(void **state)
{
    char path[] = "/tmp/i2ctarget-trace-XXXXXX";
    int file = mkstemp(path);
    (void)state;
    assert_true(file >= 0);
    close(file);
    assert_int_equal(i2ctarget_testbus_save_trace(bus), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_testbus_end_trace(bus), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_testbus_trace(bus, path), 0);
    long before = size_of(path);
    write_with_delay(0);
    assert_int_equal(i2ctarget_testbus_save_trace(bus), 0);
    long saved = size_of(path);
    assert_true(saved > before);
    assert_int_equal(i2ctarget_testbus_end_trace(bus), 0);
    write_with_delay(0);
    assert_int_equal(i2ctarget_testbus_end_trace(bus), -I2CTARGET_EBADF);
    assert_in_range(size_of(path), saved, saved + 20);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_follow_the_hand, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(a_target_answers_edges, open_memory, close_bus),
        cmocka_unit_test_setup_teardown(the_filter_is_chosen, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(a_request_may_be_late, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(unless_it_must_not_stretch, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(a_clock_that_is_too_short_for_the_set_up, open_memory,
                                        close_bus),
        cmocka_unit_test_setup_teardown(what_a_target_did_is_kept_when_it_leaves, open_memory,
                                        close_bus),
        cmocka_unit_test_setup_teardown(leaving_is_no_violation, open_memory, close_bus),
        cmocka_unit_test_setup_teardown(more_than_are_kept_are_counted, open_memory, close_bus),
        cmocka_unit_test(every_rule_has_words),
        cmocka_unit_test_setup_teardown(there_is_room_for_128_targets, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(a_trace_is_saved_and_ended, open_bus, close_bus),
    };
    return cmocka_run_group_tests_name("violations", tests, NULL, NULL);
}
