/* SPDX-License-Identifier: MIT */
/* Virtual time after many bits, which cost no real time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>

#include "bus/bus.h"

enum { BYTES = 8000 };

/* Takes all bytes but the last at once, and never answers the last one. */
struct staller {
    struct bus_target target; /* first member */
    unsigned received;
    int ended;
};

static int stall(void *owner, const struct i2ctarget_event *event)
{
    struct staller *staller = owner;
    if (event->kind == I2CTARGET_ENDED)
        staller->ended = event->value;
    if (event->kind != I2CTARGET_RECEIVED)
        return I2CTARGET_ACK;
    return ++staller->received == BYTES ? I2CTARGET_HOLD : I2CTARGET_ACK;
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

static bool is_done;

static void on_done(struct bus_transfer *transfer, const struct bus_report *report)
{
    (void)transfer, (void)report;
    is_done = true;
}

/*
 * 1000 bytes at 100 kHz take 90 ms of virtual time and no real time.  A target that stalls then has
 * 25 ms, as always; it does not have until real time has caught up with the bits.
 */
static void bits_that_ran_ahead_buy_no_time(void **state)
{
    static const struct i2ctarget_address_set addresses = {{[2] = 1}};
    static uint8_t bytes[BYTES];
    struct staller staller = {.target = {.rested = on_rest, .revoked = on_revoked}};
    struct controller_message message = {.address = 0x40, .length = BYTES, .buffer = bytes};
    struct bus_transfer transfer = {
        .messages = &message, .count = 1, .timeout_ns = 5000000000u, .done = on_done};
    (void)state;
    struct bus bus;
    bus_init(&bus, 100000);
    bus_join(&bus, &staller.target, &addresses, true, stall);
    is_done = false;
    bus_submit(&bus, &transfer);
    while (staller.received < BYTES)
        bus_run(&bus);
    uint64_t stalls_ns = bus_real_ns();
    while (!is_done) {
        bus_run(&bus);
        poll(NULL, 0, 1);
    }
    uint64_t stalled_ns = bus_real_ns() - stalls_ns;
    assert_int_equal(staller.ended, I2CTARGET_TIMEOUT);
    assert_in_range(message.stretch_ns, 20000000, 35000000);
    assert_in_range(stalled_ns, 20000000, 500000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_that_ran_ahead_buy_no_time),
    };
    return cmocka_run_group_tests_name("virtual_time", tests, NULL, NULL);
}
