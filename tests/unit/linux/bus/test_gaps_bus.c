/* SPDX-License-Identifier: MIT */
/*
 * What seeded bugs in the bus server got away with before: virtual time after many bits, and what
 * an SMBus call leaves behind for the next one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <linux/i2c.h>
#include <poll.h>

#include "bus/bus.h"
#include "i2cdev/i2cdev.h"

/* ---- virtual time ------------------------------------------------------------------------ */

enum { BYTES = 8000 };

/* Takes all bytes but the last at once, and never answers that one. */
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
 * 1000 bytes at 100 kHz are 90 ms of virtual time, which cost no real time.  A target that stalls
 * then has 25 ms like everybody else, not until real time has made up for the bits.
 */
static void bits_that_ran_ahead_buy_no_time(void **state)
{
    static const struct i2ctarget_address_set addresses = {{[2] = 1}};
    static uint8_t bytes[BYTES];
    struct staller staller = {.target = {.rested = on_rest, .revoked = on_revoked}};
    struct controller_message message = {.address = 0x40, .length = BYTES, .buffer = bytes};
    struct bus_transfer transfer = {
        .messages = &message, .count = 1, .timeout_ns = 5000000000u, .done = on_done};
    struct bus bus;

    (void)state;
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

/* ---- SMBus calls ------------------------------------------------------------------------- */

static enum i2cdev_next begin_block(struct i2cdev_request *request, uint8_t direction,
                                    const uint8_t *data, size_t count)
{
    uint8_t payload[PROTOCOL_REQUEST_BYTES + 4 + PROTOCOL_SMBUS_DATA_BYTES] = {0};
    uint8_t *arguments = payload + PROTOCOL_REQUEST_BYTES;
    struct i2cdev_adapter adapter;
    struct i2cdev_file file = {.address = 0x40};

    i2cdev_adapter_init(&adapter);
    put_u32(payload + 8, PROTOCOL_OP_SMBUS);
    put_u32(payload + 12, I2C_SMBUS_BLOCK_DATA);
    arguments[0] = direction;
    arguments[2] = 1;
    memcpy(arguments + 4, data, count);
    return i2cdev_begin(request, &adapter, &file, payload, sizeof payload);
}

/* The union of a block read is 34 bytes, of which the bus fills a few: the others are 0. */
static void a_short_block_shows_nothing_of_the_call_before(void **state)
{
    static const uint8_t zeroes[PROTOCOL_SMBUS_DATA_BYTES];
    uint8_t secret[1 + I2C_SMBUS_BLOCK_MAX];
    struct i2cdev_request request;

    (void)state;
    i2cdev_request_init(&request);
    memset(secret, 0x5E, sizeof secret);
    secret[0] = I2C_SMBUS_BLOCK_MAX;
    assert_int_equal(begin_block(&request, I2C_SMBUS_WRITE, secret, sizeof secret), I2CDEV_RUN);
    assert_int_equal(i2cdev_end(&request, CONTROLLER_DONE, request.count, false), I2CDEV_REPLY);
    assert_int_equal(begin_block(&request, I2C_SMBUS_READ, zeroes, 0), I2CDEV_RUN);
    memcpy(request.messages[1].buffer, "\2ab", 3);
    request.messages[1].length = request.messages[1].moved = 3;
    assert_int_equal(i2cdev_end(&request, CONTROLLER_DONE, request.count, false), I2CDEV_REPLY);
    assert_int_equal(request.reply_bytes, PROTOCOL_REPLY_BYTES + PROTOCOL_SMBUS_DATA_BYTES);
    assert_memory_equal(request.reply + PROTOCOL_REPLY_BYTES, "\2ab", 3);
    assert_memory_equal(request.reply + PROTOCOL_REPLY_BYTES + 3, zeroes, sizeof zeroes - 3);
    i2cdev_request_free(&request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_that_ran_ahead_buy_no_time),
        cmocka_unit_test(a_short_block_shows_nothing_of_the_call_before),
    };
    return cmocka_run_group_tests_name("gaps_bus", tests, NULL, NULL);
}
