/* SPDX-License-Identifier: MIT */
/*
 * I. What a request and the counters report.  (length_matrix.c tests the counts of write() at every
 * length.)
 */
#include "contract/contract.h"

CONTRACT_TEST(i49_stop_and_restart_end_a_write, 0)
{
    struct rig_message messages[] = {write_message(0x40, "ab", 2), write_message(0x40, "c", 1)};
    serve(rig);
    rig_start(rig, messages, 2);
    struct i2ctarget_request request = take_write();
    assert_int_equal(request.end, I2CTARGET_OPEN);
    expect_bytes(&request, "ab", 2);
    expect_end(&request, I2CTARGET_RESTART,
               2); /* closing an ended request does not change its end */
    request = take(0x40, false, true);
    expect_bytes(&request, "c", 1);
    expect_end(&request, I2CTARGET_STOP, 1);
    assert_int_equal(rig_finish(rig), 2);
}

CONTRACT_TEST(i49_controller_nack_ends_a_read_once, 0)
{
    uint8_t got[2];
    struct rig_message message = read_message(0x40, got, 2);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_read();
    assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"abc", 3), 2);
    expect_end(&request, I2CTARGET_CONTROLLER_NACK, 2);
    assert_int_equal(rig_finish(rig), 1);
    rig_sleep_us(rig, 1000); /* the STOP does not count as a second end */
    assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"abc", 3), 0);
    expect_end(&request, I2CTARGET_CONTROLLER_NACK, 2);
}

CONTRACT_TEST(i49_closed_before_the_controller_was_done, 0)
{
    uint8_t got[3];
    struct rig_message write = write_message(0x40, "abc", 3), read = read_message(0x40, got, 3);
    serve(rig);
    start_one(rig, &write);
    struct i2ctarget_request request = take_write();
    assert_int_equal(i2ctarget_close(&request), 0);
    expect_end(&request, I2CTARGET_CLOSED, 0);
    rig_finish(rig);
    start_one(rig, &read);
    request = take_read();
    give_bytes(&request, "a", 1, 1);
    expect_end(&request, I2CTARGET_CLOSED, 1);
    rig_finish(rig);
    expect_end(&request, I2CTARGET_CLOSED, 1);
}

/* The controller gave the transfer up after its own time-out. */
CONTRACT_TEST(i49_bus_error_when_the_controller_gives_up, RIG_CONTROLLER_GIVES_UP)
{
    struct rig_message message = write_message(0x40, "ab", 2);
    serve(rig);
    rig->kind->ops->give_up_after_ms(rig, 50);
    uint8_t byte;
    for (int held = 0; held < 2; held++) {
        start_one(rig, &message);
        struct i2ctarget_request request = take_write();
        assert_int_equal(i2ctarget_read(&request, &byte, 1, held == 0), 1);
        assert_int_equal(rig_finish(rig), 0);
        assert_true(rig->has_given_up);
        int result = i2ctarget_read(&request, &byte, 1, true);
        assert_true(result == 0 || (result == 1 && byte == 'b')); /* it came before the fault */
        for (int i = 0; i < 2; i++)
            assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
        assert_int_equal(request.end, I2CTARGET_BUS_ERROR);
        assert_int_equal(i2ctarget_close(&request), 0);
    }
    rig->kind->ops->give_up_after_ms(rig, 1000);
    expect_healthy(rig);
}

CONTRACT_TEST(i49_a_call_the_controller_gave_up_is_cancelled, RIG_CONTROLLER_GIVES_UP)
{
    struct rig_message message = write_message(0x40, "ab", 2);
    serve(rig);
    rig->kind->ops->give_up_after_ms(rig, 30);
    start_one(rig, &message);
    assert_int_equal(rig_finish(rig), 0);
    assert_true(rig->has_given_up);
    assert_true(nothing_comes());
    assert_int_equal(counters().cancelled, 1);
    rig->kind->ops->give_up_after_ms(rig, 1000);
    expect_healthy(rig);
}

CONTRACT_TEST(i49_port_lost_is_for_good, RIG_CAN_BE_LOST)
{
    struct rig_message message = write_message(0x40, "ab", 2);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write(), next;
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    rig->kind->ops->lose(rig);
    int result = i2ctarget_read(&request, &byte, 1, true);
    assert_true(result == -I2CTARGET_EIO ||
                (result == 1 && byte == 'b')); /* it had arrived before */
    for (int i = 0; i < 3; i++)
        assert_int_equal(i2ctarget_read(&request, &byte, 1, false), -I2CTARGET_EIO);
    assert_int_equal(request.end, I2CTARGET_PORT_LOST);
    assert_int_equal(i2ctarget_next_request(&target, &next, 0), -I2CTARGET_EIO);
    assert_int_equal(i2ctarget_next_request(&target, &next, 1000), -I2CTARGET_EIO);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish(rig);
}

/* A program that only polls learns it, too. */
CONTRACT_TEST(i49_a_look_sees_that_the_port_is_lost, RIG_CAN_BE_LOST)
{
    serve(rig);
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&target, &request, -1), 0);
    rig->kind->ops->lose(rig);
    for (int i = 0; i < 3; i++)
        assert_int_equal(i2ctarget_next_request(&target, &request, -1), -I2CTARGET_EIO);
}

static void demand_growth(const struct i2ctarget_counters *before,
                          const struct i2ctarget_counters *after)
{
    assert_true(after->arbitration_lost >= before->arbitration_lost);
    assert_true(after->timeouts >= before->timeouts);
    assert_true(after->cancelled >= before->cancelled);
    assert_true(after->glitches >= before->glitches);
    assert_true(after->stretches >= before->stretches);
    assert_true(after->longest_stretch_us >= before->longest_stretch_us);
    assert_int_equal(after->order_errors, 0);
}

CONTRACT_TEST(i50_counters_only_grow_and_are_readable_any_time, 0)
{
    serve(rig);
    struct i2ctarget_counters before = counters();
    assert_memory_equal(&before, &(struct i2ctarget_counters){0}, sizeof before);
    uint8_t bytes[3];
    struct i2ctarget_counters after;
    for (uint32_t round = 1; round <= 3; round++) {
        struct rig_message message = write_message(0x40, "abc", 3);
        start_one(rig, &message);
        for (unsigned step = 0; step < 5; step++) {
            static struct i2ctarget_request request;
            if (step == 0)
                request = take_write();
            else if (step < 4)
                assert_int_equal(i2ctarget_read(&request, bytes, 1, step == 2), 1);
            else
                assert_int_equal(i2ctarget_close(&request), 0);
            rig_sleep_us(rig, 100 * round);
            after = counters();
            demand_growth(&before, &after);
            before = after;
        }
        rig_finish(rig);
    }
    assert_true(after.stretches >= 3);
}

CONTRACT_TEST(i50_stretches_and_the_longest_one, RIG_VIRTUAL_TIME)
{
    struct rig_message message = write_message(0x40, "a", 1);
    serve(rig);
    start_one(rig, &message);
    rig_sleep_us(rig, 7000);
    struct i2ctarget_request request = take_write();
    rig_sleep_us(rig, 3000);
    expect_bytes(&request, "a", 1);
    rig_finish(rig);
    assert_int_equal(counters().stretches, 2); /* one for the address, one for the byte */
    assert_in_range(counters().longest_stretch_us, 6000, 7000);
}
