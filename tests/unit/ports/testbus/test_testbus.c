/* SPDX-License-Identifier: MIT */
/* The test bus as firmware tests use it: only include/i2ctarget/testbus.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "i2ctarget/testbus.h"

static struct i2ctarget_testbus *bus;
static struct i2ctarget target;

static void serve(unsigned chip, uint8_t address)
{
    struct i2ctarget_pin scl = i2ctarget_testbus_scl(bus, chip),
                         sda = i2ctarget_testbus_sda(bus, chip);
    assert_int_equal(i2ctarget_init(&target, &scl, &sda, &address, 1, false), 0);
}

static int open_bus(void **state)
{
    (void)state;
    bus = i2ctarget_testbus_new(100000);
    return bus ? 0 : -1;
}

static int close_bus(void **state)
{
    (void)state;
    i2ctarget_deinit(&target);
    i2ctarget_testbus_free(bus);
    return 0;
}

static struct i2ctarget_testbus_message writes(uint8_t address, const char *bytes)
{
    return (struct i2ctarget_testbus_message){.address = address,
                                              .length = (uint32_t)strlen(bytes),
                                              .buffer = (uint8_t *)(uintptr_t)bytes};
}

static void speeds_out_of_range_make_no_bus(void **state)
{
    (void)state;
    assert_null(i2ctarget_testbus_new(0));
    assert_null(i2ctarget_testbus_new(1000001));
    for (uint32_t scl_hz = 1; scl_hz <= 1000000; scl_hz *= 10) {
        bus = i2ctarget_testbus_new(scl_hz);
        assert_non_null(bus);
        i2ctarget_testbus_free(bus);
    }
    i2ctarget_testbus_free(NULL);
}

static void wrong_messages_are_refused(void **state)
{
    struct i2ctarget_testbus_message message = writes(0x40, "a");
    (void)state;
    assert_int_equal(i2ctarget_testbus_start(bus, &message, 0), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_testbus_start(bus, NULL, 1), -I2CTARGET_EINVAL);
    message.address = 0x80;
    assert_int_equal(i2ctarget_testbus_start(bus, &message, 1), -I2CTARGET_EINVAL);
    message = writes(0x40, "a");
    message.buffer = NULL;
    assert_int_equal(i2ctarget_testbus_start(bus, &message, 1), -I2CTARGET_EINVAL);
    assert_false(i2ctarget_testbus_busy(bus));
}

static void one_transfer_at_a_time(void **state)
{
    struct i2ctarget_testbus_message message = writes(0x40, "a");
    (void)state;
    assert_int_equal(i2ctarget_testbus_start(bus, &message, 1), 0);
    assert_true(i2ctarget_testbus_busy(bus));
    assert_int_equal(i2ctarget_testbus_start(bus, &message, 1), -I2CTARGET_EBUSY);
    assert_int_equal(i2ctarget_testbus_run(bus), 0); /* no target has that address */
    assert_false(i2ctarget_testbus_busy(bus) || message.addressed);
    assert_int_equal(i2ctarget_testbus_start(bus, &message, 1), 0);
    assert_int_equal(i2ctarget_testbus_run(bus), 0);
}

/* Messages after the one that fails show no results of an earlier transfer. */
static void what_was_not_reached_says_so(void **state)
{
    struct i2ctarget_testbus_message messages[] = {writes(0x40, "ab"), writes(0x41, "c"),
                                                   writes(0x40, "d")};
    (void)state;
    serve(0, 0x40);
    messages[2].addressed = messages[2].nacked = true;
    messages[2].moved = 99;
    assert_int_equal(i2ctarget_testbus_start(bus, messages, 3), 0);
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    uint8_t bytes[4];
    assert_int_equal(i2ctarget_read(&request, bytes, 4, true), 2);
    assert_int_equal(i2ctarget_testbus_run(bus), 1);
    assert_true(messages[0].addressed && !messages[0].nacked && messages[0].moved == 2);
    assert_true(!messages[1].addressed && messages[1].moved == 0);
    assert_true(!messages[2].addressed && !messages[2].nacked && messages[2].moved == 0);
    assert_int_equal(messages[0].start_ns, 0);
    assert_true(messages[0].stop_ns == I2CTARGET_TESTBUS_NEVER);
    assert_true(messages[1].start_ns > 0 && messages[1].stop_ns > messages[1].start_ns);
    assert_true(messages[2].start_ns == I2CTARGET_TESTBUS_NEVER);
    assert_true(messages[2].stop_ns == I2CTARGET_TESTBUS_NEVER);
}

static void run_says_when_it_is_the_applications_turn(void **state)
{
    struct i2ctarget_testbus_message message = writes(0x40, "a");
    (void)state;
    serve(0, 0x40);
    assert_int_equal(i2ctarget_testbus_start(bus, &message, 1), 0);
    assert_int_equal(i2ctarget_testbus_run(bus), -I2CTARGET_EDEADLK);
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    assert_int_equal(i2ctarget_testbus_run(bus), -I2CTARGET_EDEADLK);
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    assert_int_equal(i2ctarget_testbus_run(bus), 1);
    assert_int_equal(byte, 'a');
}

/* A read that can never end reports that, and can be repeated when there is something to read. */
static void waiting_for_nobody_is_told(void **state)
{
    (void)state;
    serve(0, 0x40);
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), -I2CTARGET_EDEADLK);
    assert_int_equal(i2ctarget_next_request(&target, &request, 1000), -I2CTARGET_ETIMEDOUT);
    assert_in_range(i2ctarget_testbus_now_ns(bus), 1000000, 1010000);
}

static void time_passes_when_told_to(void **state)
{
    struct i2ctarget_testbus_message message = writes(0x40, "a");
    uint64_t before_ns = i2ctarget_testbus_now_ns(bus);
    (void)state;
    i2ctarget_testbus_pass(bus, 123456);
    assert_int_equal(i2ctarget_testbus_now_ns(bus) - before_ns, 123456);
    assert_int_equal(i2ctarget_testbus_start(bus, &message, 1), 0);
    i2ctarget_testbus_pass(bus, 1000000);
    assert_false(i2ctarget_testbus_busy(bus)); /* it happened meanwhile */
}

/* Nobody listens, so that all of it could be made at once; and yet a test sees each clock. */
static void steps_leave_out_no_level(void **state)
{
    (void)state;
    struct i2ctarget_testbus_message message = writes(0x40, "");
    unsigned rises = 0;
    assert_int_equal(i2ctarget_testbus_start(bus, &message, 1), 0);
    for (bool was_high = true; i2ctarget_testbus_step(bus);) {
        bool is_high = i2ctarget_testbus_scl_is_high(bus);
        rises += is_high && !was_high;
        was_high = is_high;
    }
    assert_false(i2ctarget_testbus_busy(bus));
    assert_int_equal(rises, 9 + 1);
}

static void several_chips_on_one_bus(void **state)
{
    struct i2ctarget_testbus_message message = writes(0x41, "x");
    struct i2ctarget other = {0};
    struct i2ctarget_pin scl = i2ctarget_testbus_scl(bus, 7), sda = i2ctarget_testbus_sda(bus, 7);
    (void)state;
    serve(0, 0x40);
    assert_int_equal(i2ctarget_init(&other, &scl, &sda, (const uint8_t[]){0x41}, 1, false), 0);
    assert_int_equal(i2ctarget_testbus_start(bus, &message, 1), 0);
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&target, &request, -1), 0);
    assert_int_equal(i2ctarget_next_request(&other, &request, 0), 1);
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    assert_int_equal(i2ctarget_testbus_run(bus), 1);
    i2ctarget_deinit(&other);
}

static int ticks_of(const char *path)
{
    char line[80];
    int ticks = 0;
    FILE *trace = fopen(path, "r");
    assert_non_null(trace);
    while (fgets(line, sizeof line, trace))
        ticks += line[0] == '#';
    fclose(trace);
    return ticks;
}

static void a_trace_is_written(void **state)
{
    struct i2ctarget_testbus_message message = writes(0x40, "a");
    char path[] = "/tmp/i2ctarget-trace-XXXXXX";
    int file = mkstemp(path);
    (void)state;
    assert_true(file >= 0);
    close(file);
    assert_int_equal(i2ctarget_testbus_trace(bus, "/no/such/directory/trace.vcd"),
                     -I2CTARGET_ENOENT);
    assert_int_equal(i2ctarget_testbus_trace(bus, path), 0);
    assert_int_equal(i2ctarget_testbus_trace(bus, path), -I2CTARGET_EBUSY);
    assert_int_equal(i2ctarget_testbus_start(bus, &message, 1), 0);
    i2ctarget_testbus_run(bus);
    i2ctarget_testbus_free(bus); /* closes it */
    bus = i2ctarget_testbus_new(100000);
    assert_true(ticks_of(path) > 20);
    unlink(path);
}

/* As frameworks do whose test has failed. */
static void a_trace_is_whole_after_exit(void **state)
{
    struct i2ctarget_testbus_message message = writes(0x40, "a");
    char path[] = "/tmp/i2ctarget-trace-XXXXXX";
    int file = mkstemp(path), status;
    (void)state;
    assert_true(file >= 0);
    close(file);
    pid_t child = fork();
    if (child == 0) {
        i2ctarget_testbus_trace(bus, path);
        i2ctarget_testbus_start(bus, &message, 1);
        i2ctarget_testbus_run(bus);
        exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(ticks_of(path) > 20);
    unlink(path);
}

static void faults_are_put_on_counted_and_cleared(void **state)
{
    struct i2ctarget_fault fault;
    struct i2ctarget_fault_count count;
    struct i2ctarget_testbus_message message = writes(0x40, "abc");
    char why[I2CTARGET_FAULT_WHY_MAX] = "";
    (void)state;
    assert_true(i2ctarget_fault_parse("0x40 nack times 2", &fault, why));
    serve(0, 0x40);
    assert_false(i2ctarget_testbus_next_fault(bus, 0, &count));
    assert_int_equal(i2ctarget_testbus_fault(bus, &fault, why), 1);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(i2ctarget_testbus_start(bus, &message, 1), 0);
        assert_int_equal(i2ctarget_testbus_run(bus), 0);
        assert_false(message.addressed);
    }
    assert_true(i2ctarget_testbus_next_fault(bus, 0, &count));
    assert_int_equal(count.number, 1);
    assert_int_equal(count.hits, 2);
    assert_int_equal(count.fault.times, 2);
    assert_false(i2ctarget_testbus_next_fault(bus, 1, &count));
    assert_int_equal(i2ctarget_testbus_start(bus, &message, 1), 0);
    assert_int_equal(i2ctarget_testbus_run(bus), -I2CTARGET_EDEADLK); /* it is asked again */
    fault.address = 0x80;
    assert_int_equal(i2ctarget_testbus_fault(bus, &fault, why), -I2CTARGET_EINVAL);
    assert_string_equal(why, "an address is 0x00 to 0x7f, or any");
    assert_int_equal(i2ctarget_testbus_clear_fault(bus, 2), -I2CTARGET_ENOENT);
    assert_int_equal(i2ctarget_testbus_clear_fault(bus, 1), 0);
    assert_false(i2ctarget_testbus_next_fault(bus, 0, &count));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speeds_out_of_range_make_no_bus),
        cmocka_unit_test_setup_teardown(wrong_messages_are_refused, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(one_transfer_at_a_time, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(what_was_not_reached_says_so, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(run_says_when_it_is_the_applications_turn, open_bus,
                                        close_bus),
        cmocka_unit_test_setup_teardown(waiting_for_nobody_is_told, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(time_passes_when_told_to, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(steps_leave_out_no_level, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(several_chips_on_one_bus, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(a_trace_is_written, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(a_trace_is_whole_after_exit, open_bus, close_bus),
        cmocka_unit_test_setup_teardown(faults_are_put_on_counted_and_cleared, open_bus, close_bus),
    };
    return cmocka_run_group_tests_name("testbus", tests, NULL, NULL);
}
