/* SPDX-License-Identifier: MIT */
/* What the bus can promise about a call that is held, and that it keeps its promise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bus/forecast.h"

enum { ADDRESS = 0x40, OTHER = 0x41, MESSAGES = 3 };

/* A target that holds each call, and acknowledges all bytes. */
struct holder {
    struct bus_target target; /* first member */
    unsigned calls, looks;
    uint8_t bytes[BUS_FORECAST_BYTES_MAX + 1];
    size_t count;
    bool answers_when_asked;
};

static struct bus bus;
static struct holder holder, other;
static struct bus_transfer transfer;
static struct controller_message messages[MESSAGES];
static uint8_t buffers[MESSAGES][BUS_FORECAST_BYTES_MAX + 33];
static bool is_done;

static int hold_calls(void *owner, const struct i2ctarget_event *event)
{
    struct holder *self = owner;
    if (event->kind == I2CTARGET_ADDRESSED) {
        self->calls++;
        self->count = 0;
        return I2CTARGET_HOLD;
    }
    if (event->kind == I2CTARGET_RECEIVED)
        self->bytes[self->count++] = event->value;
    return event->kind == I2CTARGET_REQUESTED ? I2CTARGET_RELEASE : I2CTARGET_ACK;
}

static void on_rest(struct bus_target *target)
{
    (void)target;
}

static bool on_revoked(struct bus_target *target)
{
    (void)target;
    return true;
}

static void on_looked(struct bus_target *target)
{
    struct holder *self = (struct holder *)target;
    self->looks++;
    if (self->answers_when_asked)
        bus_answer(&bus, target, I2CTARGET_ACK);
}

static void on_done(struct bus_transfer *self, const struct bus_report *report)
{
    (void)self, (void)report;
    is_done = true;
}

static void join(struct holder *self, uint8_t address, bool smbus)
{
    struct i2ctarget_address_set addresses = {0};
    i2ctarget_address_set_add(&addresses, address);
    *self =
        (struct holder){.target = {.rested = on_rest, .revoked = on_revoked, .looked = on_looked}};
    bus_join(&bus, &self->target, &addresses, smbus, hold_calls);
}

/* A write of three bytes, and a read of two. */
static int open_bus(void **state)
{
    (void)state;
    bus_init(&bus, 100000);
    join(&holder, ADDRESS, false);
    for (unsigned i = 0; i < MESSAGES; i++) {
        for (size_t at = 0; at < sizeof buffers[i]; at++)
            buffers[i][at] = (uint8_t)(0x10 * i + at + 1);
        messages[i] =
            (struct controller_message){.address = ADDRESS, .length = 2, .buffer = buffers[i]};
    }
    messages[0].length = 3;
    messages[1].flags = CONTROLLER_READ;
    transfer = (struct bus_transfer){
        .messages = messages, .count = 2, .timeout_ns = UINT64_C(60000000000), .done = on_done};
    is_done = false;
    return 0;
}

static void run(void)
{
    while (!bus_run(&bus))
        ;
}

/* Up to the first hold. */
static bool ask(struct bus_forecast *forecast)
{
    bus_submit(&bus, &transfer);
    run();
    assert_int_equal(holder.calls, 1);
    return bus_forecast(&bus, &holder.target, forecast);
}

static void assert_none(void)
{
    struct bus_forecast forecast;
    assert_false(ask(&forecast));
}

static void it_tells_what_follows(void **state)
{
    struct bus_forecast forecast;
    (void)state;
    assert_true(ask(&forecast));
    assert_int_equal(forecast.count, 3);
    assert_memory_equal(forecast.bytes, "\1\2\3", 3);
    assert_int_equal(forecast.address, ADDRESS);
    assert_true(forecast.is_read);
    bus_answer(&bus, &holder.target, I2CTARGET_ACK);
    run();
    assert_int_equal(holder.calls, 2);
    assert_int_equal(holder.count, 0);
    assert_false(bus_forecast(&bus, &holder.target, &forecast)); /* of the read nothing is known */
}

static void a_second_write_can_follow(void **state)
{
    struct bus_forecast forecast;
    (void)state;
    messages[1].flags = 0;
    transfer.count = 3;
    assert_true(ask(&forecast));
    assert_false(forecast.is_read);
    bus_answer(&bus, &holder.target, I2CTARGET_ACK);
    run();
    assert_true(bus_forecast(&bus, &holder.target, &forecast));
    assert_int_equal(forecast.count, 2);
    assert_memory_equal(forecast.bytes, "\x11\x12", 2);
}

static void its_length_is_limited(void **state)
{
    struct bus_forecast forecast;
    (void)state;
    messages[0].length = BUS_FORECAST_BYTES_MAX;
    assert_true(ask(&forecast));
    assert_int_equal(forecast.count, BUS_FORECAST_BYTES_MAX);
}

static void no_forecast_of_a_long_write(void **state)
{
    (void)state;
    messages[0].length = BUS_FORECAST_BYTES_MAX + 1;
    assert_none();
}

static void no_forecast_without_bytes(void **state)
{
    (void)state;
    messages[0].length = 0;
    assert_none();
}

static void no_forecast_of_the_last_message(void **state)
{
    (void)state;
    transfer.count = 1;
    assert_none();
}

static void no_forecast_of_a_call_for_somebody_else(void **state)
{
    (void)state;
    messages[1].address = OTHER;
    assert_none();
}

static void no_forecast_of_unusual_messages(void **state)
{
    static const struct {
        int message;
        uint16_t flags;
    } unusual[] = {{0, CONTROLLER_IGNORE_NACK},
                   {0, CONTROLLER_STOP},
                   {1, CONTROLLER_NO_START},
                   {1, CONTROLLER_REVERSE_DIRECTION}};
    for (size_t i = 0; i < sizeof unusual / sizeof *unusual; i++) {
        open_bus(state);
        messages[unusual[i].message].flags |= unusual[i].flags;
        assert_none();
    }
}

static void no_forecast_with_smbus_limits(void **state)
{
    (void)state;
    bus_leave(&bus, &holder.target);
    join(&holder, ADDRESS, true);
    assert_none();
}

static void no_forecast_of_an_open_transfer(void **state)
{
    (void)state;
    transfer.is_open = true;
    assert_none();
}

static void no_forecast_beside_a_second_target(void **state)
{
    (void)state;
    join(&other, ADDRESS, false);
    assert_none();
}

static void a_target_with_another_address_does_not_matter(void **state)
{
    struct bus_forecast forecast;
    (void)state;
    join(&other, OTHER, false);
    assert_true(ask(&forecast));
}

static void no_forecast_on_a_bus_with_faults(void **state)
{
    struct i2ctarget_fault fault;
    char why[I2CTARGET_FAULT_WHY_MAX];
    (void)state;
    assert_true(i2ctarget_fault_parse("0x42 nack", &fault, why));
    assert_int_not_equal(bus_add_fault(&bus, &fault, why), 0);
    assert_none();
}

static void no_forecast_of_a_transfer_that_is_given_up(void **state)
{
    struct bus_forecast forecast;
    (void)state;
    assert_true(ask(&forecast));
    i2ctarget_controller_line_abort(&bus.controller);
    assert_false(bus_forecast(&bus, &holder.target, &forecast));
}

/* ---- settling -------------------------------------------------------------------------------- */

/* What was agreed to comes before the change; and nothing that waits begins before it. */
static void settles_before_a_fault(void **state)
{
    static struct bus_transfer second;
    struct bus_forecast forecast;
    struct i2ctarget_fault fault;
    char why[I2CTARGET_FAULT_WHY_MAX];
    (void)state;
    messages[1].flags = 0;
    assert_true(ask(&forecast));
    second = transfer;
    bus_submit(&bus, &second);
    holder.answers_when_asked = true;
    bus_look_later(&bus);
    assert_true(i2ctarget_fault_parse("0x40 nack once", &fault, why));
    assert_int_not_equal(bus_add_fault(&bus, &fault, why), 0);
    assert_int_equal(holder.looks, 1);
    assert_int_equal(holder.calls, 2);
    assert_false(is_done);
    run();
    bus_answer(&bus, &holder.target, I2CTARGET_ACK);
    run();
    assert_true(is_done);
}

static void settles_before_another_target_joins(void **state)
{
    struct bus_forecast forecast;
    (void)state;
    assert_true(ask(&forecast));
    bus_look_later(&bus);
    join(&other, ADDRESS, false);
    assert_int_equal(holder.looks, 1);
    bus_look_now(&bus);
    assert_int_equal(holder.looks, 1); /* once */
}

/* A transfer that has not begun is no part of it: the target that joins hears its call. */
static void a_transfer_that_waits_does_not_begin(void **state)
{
    (void)state;
    bus_look_later(&bus);
    bus_submit(&bus, &transfer);
    bus_look_now(&bus);
    assert_int_equal(holder.calls, 0);
    run();
    assert_int_equal(holder.calls, 1);
}

#define FORECAST_TEST(function) cmocka_unit_test_setup(function, open_bus)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FORECAST_TEST(it_tells_what_follows),
        FORECAST_TEST(a_second_write_can_follow),
        FORECAST_TEST(its_length_is_limited),
        FORECAST_TEST(no_forecast_of_a_long_write),
        FORECAST_TEST(no_forecast_without_bytes),
        FORECAST_TEST(no_forecast_of_the_last_message),
        FORECAST_TEST(no_forecast_of_a_call_for_somebody_else),
        FORECAST_TEST(no_forecast_of_unusual_messages),
        FORECAST_TEST(no_forecast_with_smbus_limits),
        FORECAST_TEST(no_forecast_of_an_open_transfer),
        FORECAST_TEST(no_forecast_beside_a_second_target),
        FORECAST_TEST(a_target_with_another_address_does_not_matter),
        FORECAST_TEST(no_forecast_on_a_bus_with_faults),
        FORECAST_TEST(no_forecast_of_a_transfer_that_is_given_up),
        FORECAST_TEST(settles_before_a_fault),
        FORECAST_TEST(settles_before_another_target_joins),
        FORECAST_TEST(a_transfer_that_waits_does_not_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
