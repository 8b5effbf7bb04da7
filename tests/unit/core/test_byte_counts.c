/* SPDX-License-Identifier: MIT */
/*
 * An end whose byte count does not add up.
 *
 * The core counts the bytes of a message, and so does the port.  An ENDED that reports more or
 * fewer bytes than were answered comes from a port that lost or doubled an event.  That is out of
 * order, just like a wrong event.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support/scripted_port.h"

static struct choices choices;
static struct scripted_port port;
static struct scripted_message message;
static struct i2ctarget target;
static struct i2ctarget_request request;

static uint32_t order_errors(void)
{
    struct i2ctarget_counters counters;
    i2ctarget_get_counters(&target, &counters);
    return counters.order_errors;
}

static void open_message(bool is_read)
{
    static const uint8_t addresses[] = {0x40};
    struct i2ctarget_pin scl = scripted_port_scl(&port, false),
                         sda = scripted_port_sda(&port, false);
    choices = (struct choices){0};
    message = (struct scripted_message){.address = 0x40, .count = 4, .bytes = "qqqq"};
    message.is_read = is_read;
    scripted_port_init(&port, &choices, &message, 1);
    port.extras.mute = true;
    assert_int_equal(i2ctarget_init(&target, &scl, &sda, addresses, 1, false), 0);
    port.in_message = true;
    assert_int_equal(
        scripted_port_raise(&port, (struct i2ctarget_event){.kind = I2CTARGET_ADDRESSED,
                                                            .address = 0x40,
                                                            .is_read = is_read}),
        I2CTARGET_HOLD);
    port.owed = I2CTARGET_ADDRESSED;
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
}

/* Two bytes were written and acknowledged; no answer is owed. */
static void take_two(void)
{
    open_message(false);
    uint8_t byte;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            scripted_port_raise(&port,
                                (struct i2ctarget_event){.kind = I2CTARGET_RECEIVED, .value = 'q'}),
            I2CTARGET_HOLD);
        port.owed = I2CTARGET_RECEIVED;
        assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    }
}

/* One byte was clocked, the second was given and not yet reported. */
static void give_two(void)
{
    open_message(true);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            scripted_port_raise(&port, (struct i2ctarget_event){.kind = I2CTARGET_REQUESTED}),
            I2CTARGET_HOLD);
        port.owed = I2CTARGET_REQUESTED;
        port.extras.signal = true; /* makes write() return with its byte given */
        assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"a", 1), -I2CTARGET_EINTR);
        target.operation = 0;
    }
}

static void end_with(enum i2ctarget_end cause, uint32_t moved, bool is_in_order)
{
    scripted_port_raise(
        &port,
        (struct i2ctarget_event){.kind = I2CTARGET_ENDED, .value = (uint8_t)cause, .moved = moved});
    assert_int_equal(order_errors(), !is_in_order);
    assert_int_equal(i2ctarget_close(&request), 0);
    assert_int_equal(request.end, is_in_order ? cause : I2CTARGET_BUS_ERROR);
    if (is_in_order)
        assert_int_equal(request.moved, moved);
    port.owed = I2CTARGET_NO_EVENT;
    i2ctarget_deinit(&target);
}

static void a_write_ends_with_what_was_acknowledged(void **state)
{
    (void)state;
    for (uint32_t moved = 0; moved <= 5; moved++) {
        take_two();
        end_with(I2CTARGET_STOP, moved, moved == 2);
        take_two();
        end_with(I2CTARGET_RESTART, moved, moved == 2);
    }
    take_two();
    end_with(I2CTARGET_STOP, UINT32_MAX, false);
}

/* The byte that was given may have been clocked or not; no other count is possible. */
static void a_read_ends_with_what_was_clocked(void **state)
{
    (void)state;
    for (uint32_t moved = 0; moved <= 5; moved++) {
        give_two();
        end_with(I2CTARGET_STOP, moved, moved == 1 || moved == 2);
        give_two();
        end_with(I2CTARGET_CONTROLLER_NACK, moved, moved == 1 || moved == 2);
    }
}

/* A fault may lose ACKs that were on their way.  It can not add bytes, nor take back clocked ones. */
static void a_fault_ends_with_no_more_than_was_answered(void **state)
{
    static const enum i2ctarget_end faults[] = {I2CTARGET_TIMEOUT, I2CTARGET_BUS_ERROR,
                                                I2CTARGET_PORT_LOST};
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        take_two();
        end_with(faults[i], 2, true);
        take_two();
        end_with(faults[i], 1, true);
        take_two();
        end_with(faults[i], 3, false);
        give_two();
        end_with(faults[i], 0, false);
        give_two();
        end_with(faults[i], 1, true);
        give_two();
        end_with(faults[i], 2, true);
        give_two();
        end_with(faults[i], 3, false);
    }
}

/* Not even if it would otherwise be an end in order. */
static void an_event_that_is_none_ends_nothing_in_order(void **state)
{
    (void)state;
    take_two();
    assert_int_equal(
        scripted_port_raise(&port, (struct i2ctarget_event){.kind = I2CTARGET_ENDED + 1,
                                                            .value = I2CTARGET_STOP,
                                                            .moved = 2}),
        I2CTARGET_NACK);
    assert_int_equal(order_errors(), 1);
    assert_int_equal(i2ctarget_close(&request), 0);
    assert_int_equal(request.end, I2CTARGET_BUS_ERROR);
    port.owed = I2CTARGET_NO_EVENT;
    i2ctarget_deinit(&target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_ends_with_what_was_acknowledged),
        cmocka_unit_test(a_read_ends_with_what_was_clocked),
        cmocka_unit_test(a_fault_ends_with_no_more_than_was_answered),
        cmocka_unit_test(an_event_that_is_none_ends_nothing_in_order),
    };
    return cmocka_run_group_tests_name("gaps_core", tests, NULL, NULL);
}
