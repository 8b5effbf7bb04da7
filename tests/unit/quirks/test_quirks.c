/* SPDX-License-Identifier: MIT */
/*
 * What a program sees under the quirk "circuitpython-rp2040", on the test bus.  quirks.h has the
 * list; each line of it is a test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/quirks.h"
#include "i2ctarget/testbus.h"

enum { MESSAGES_MAX = 4, BYTES_MAX = 40 };

struct bench {
    struct i2ctarget_testbus *bus;
    struct i2ctarget target;
    struct i2ctarget_quirk quirk;
    struct i2ctarget_request request;
    struct i2ctarget_testbus_message messages[MESSAGES_MAX];
    uint8_t bytes[MESSAGES_MAX][BYTES_MAX];
    size_t count;
};

static int set_up(void **state)
{
    static struct bench bench;
    static const uint8_t addresses[] = {0x40, 0x41};
    bench = (struct bench){.bus = i2ctarget_testbus_new(100000)};
    struct i2ctarget_pin scl = i2ctarget_testbus_scl(bench.bus, 0);
    struct i2ctarget_pin sda = i2ctarget_testbus_sda(bench.bus, 0);
    *state = &bench;
    if (i2ctarget_init(&bench.target, &scl, &sda, addresses, 2, false) != 0)
        return -1;
    return i2ctarget_use_quirk(&bench.target, &bench.quirk, "circuitpython-rp2040");
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    i2ctarget_deinit(&bench->target);
    i2ctarget_testbus_free(bench->bus);
    return 0;
}

/* ---- the controller -------------------------------------------------------------------------- */

static void add(struct bench *bench, uint8_t address, bool is_read, const char *bytes,
                uint32_t length)
{
    uint8_t *buffer = bench->bytes[bench->count];
    if (bytes)
        memcpy(buffer, bytes, length);
    bench->messages[bench->count++] = (struct i2ctarget_testbus_message){
        .address = address, .is_read = is_read, .length = length, .buffer = buffer};
}

static void begin(struct bench *bench)
{
    assert_int_equal(i2ctarget_testbus_start(bench->bus, bench->messages, bench->count), 0);
}

static void writes(struct bench *bench, const char *bytes, uint32_t length)
{
    add(bench, 0x40, false, bytes, length);
    begin(bench);
}

static void reads(struct bench *bench, uint32_t length)
{
    add(bench, 0x40, true, NULL, length);
    begin(bench);
}

/* All that the controller wanted has happened. */
static void assert_done(struct bench *bench)
{
    assert_int_equal(i2ctarget_testbus_run(bench->bus), (int)bench->count);
}

/* ---- the program ----------------------------------------------------------------------------- */

static void next(struct bench *bench, bool is_read)
{
    assert_int_equal(i2ctarget_next_request(&bench->target, &bench->request, 0), 1);
    assert_int_equal(bench->request.is_read, is_read);
    assert_int_equal(bench->request.end, I2CTARGET_OPEN);
    assert_int_equal(bench->request.moved, 0);
}

static void assert_none(struct bench *bench)
{
    assert_int_equal(i2ctarget_next_request(&bench->target, &bench->request, 20000),
                     -I2CTARGET_ETIMEDOUT);
}

static void assert_reads(struct bench *bench, uint8_t expected)
{
    uint8_t buffer[4] = {0};
    assert_int_equal(i2ctarget_read(&bench->request, buffer, sizeof buffer, true), 1);
    assert_int_equal(buffer[0], expected);
    assert_int_equal(bench->request.moved, 1);
    assert_int_equal(i2ctarget_read(&bench->request, buffer, sizeof buffer, true), 0);
}

static void an_address_alone_is_no_request(void **state)
{
    struct bench *bench = *state;
    add(bench, 0x40, false, NULL, 0);
    add(bench, 0x41, false, NULL, 0);
    begin(bench);
    assert_none(bench);
    assert_done(bench);
    assert_true(bench->messages[0].addressed && bench->messages[1].addressed);
}

static void each_byte_written_is_a_request(void **state)
{
    struct bench *bench = *state;
    add(bench, 0x40, false, NULL, 0);
    add(bench, 0x41, false, "\x11\x22\x33", 3);
    add(bench, 0x40, false, "\x44", 1);
    begin(bench);
    for (uint8_t i = 1; i <= 4; i++) {
        next(bench, false);
        assert_int_equal(bench->request.address, i < 4 ? 0x41 : 0x40);
        assert_true(bench->request.is_restart);
        assert_reads(bench, (uint8_t)(0x11 * i));
        assert_int_equal(i2ctarget_close(&bench->request), 0);
        assert_int_equal(bench->request.end, I2CTARGET_CLOSED);
    }
    assert_none(bench);
    assert_done(bench);
    assert_int_equal(bench->messages[1].moved, 3);
    assert_false(bench->messages[1].nacked);
}

static void a_byte_that_is_not_read_comes_again(void **state)
{
    struct bench *bench = *state;
    writes(bench, "\x11\x22", 2);
    for (int i = 0; i < 3; i++) {
        next(bench, false);
        assert_false(bench->request.is_restart);
        assert_int_equal(i2ctarget_close(&bench->request), 0);
    }
    next(bench, false);
    assert_reads(bench, 0x11);
    next(bench, false);
    assert_reads(bench, 0x22);
    assert_none(bench);
    assert_done(bench);
}

static void each_byte_is_acknowledged(void **state)
{
    struct bench *bench = *state;
    uint8_t byte = 0;
    writes(bench, "\x11\x22", 2);
    next(bench, false);
    assert_int_equal(i2ctarget_read(&bench->request, &byte, 1, false), 1);
    assert_int_equal(i2ctarget_ack(&bench->request, false), 0);
    next(bench, false);
    assert_reads(bench, 0x22);
    assert_none(bench);
    assert_done(bench);
    assert_false(bench->messages[0].nacked);
}

static void each_byte_wanted_is_a_request(void **state)
{
    struct bench *bench = *state;
    add(bench, 0x40, false, "\x07", 1);
    add(bench, 0x40, true, NULL, 3);
    begin(bench);
    next(bench, false);
    assert_reads(bench, 0x07);
    for (uint8_t i = 1; i <= 3; i++) {
        uint8_t byte = (uint8_t)(0x50 + i);
        next(bench, true);
        assert_true(bench->request.is_restart);
        assert_int_equal(i2ctarget_write(&bench->request, &byte, 1), 1);
        assert_int_equal(bench->request.moved, 1);
        assert_int_equal(i2ctarget_close(&bench->request), 0);
    }
    assert_int_equal(bench->request.end, I2CTARGET_CONTROLLER_NACK);
    assert_none(bench);
    assert_done(bench);
    assert_memory_equal(bench->bytes[1], "\x51\x52\x53", 3);
}

static void a_read_without_a_write_comes_again(void **state)
{
    struct bench *bench = *state;
    reads(bench, 1);
    for (int i = 0; i < 3; i++) {
        next(bench, true);
        assert_int_equal(i2ctarget_close(&bench->request), 0);
    }
    assert_int_equal(i2ctarget_testbus_run(bench->bus), -I2CTARGET_EDEADLK); /* SCL is held */
    next(bench, true);
    assert_int_equal(i2ctarget_write(&bench->request, (const uint8_t *)"\x5a", 1), 1);
    assert_done(bench);
    assert_int_equal(bench->bytes[0][0], 0x5A);
}

static void write_says_what_the_fifo_took(void **state)
{
    struct bench *bench = *state;
    uint8_t many[20];
    for (uint8_t i = 0; i < sizeof many; i++)
        many[i] = i;
    reads(bench, 18);
    next(bench, true);
    assert_int_equal(i2ctarget_write(&bench->request, many, sizeof many), 16);
    assert_int_equal(bench->request.moved, 16);
    next(bench, true);
    assert_int_equal(i2ctarget_write(&bench->request, many, 5), 5); /* two are clocked */
    assert_int_equal(bench->request.moved, 2);
    assert_none(bench);
    assert_done(bench);
    for (uint8_t i = 0; i < 18; i++)
        assert_int_equal(bench->bytes[0][i], i < 16 ? i : i - 16);
    bench->count = 0;
    reads(bench, 1); /* nothing is left of the three others */
    next(bench, true);
    assert_int_equal(i2ctarget_write(&bench->request, (const uint8_t *)"\x77", 1), 1);
    assert_done(bench);
    assert_int_equal(bench->bytes[0][0], 0x77);
}

static void only_the_latest_request_is_valid(void **state)
{
    struct bench *bench = *state;
    uint8_t byte = 0;
    writes(bench, "\x11\x22", 2);
    next(bench, false);
    struct i2ctarget_request first = bench->request;
    next(bench, false);
    assert_int_equal(i2ctarget_read(&first, &byte, 1, true), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_ack(&first, true), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_close(&first), 0);
    assert_reads(bench, 0x11); /* it was not closed with the old one */
    assert_int_equal(i2ctarget_close(&bench->request), 0);
    assert_int_equal(i2ctarget_read(&bench->request, &byte, 1, true), -I2CTARGET_EBADF);
    i2ctarget_deinit(&bench->target);
    assert_int_equal(i2ctarget_read(&bench->request, &byte, 1, true), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_close(&bench->request), 0);
    assert_int_equal(i2ctarget_next_request(&bench->target, &first, -1), -I2CTARGET_EBADF);
}

/* The call for the next one ends it, even if there is none. */
static void a_request_ends_when_the_next_is_asked_for(void **state)
{
    struct bench *bench = *state;
    uint8_t byte = 0;
    writes(bench, "\x11\x22", 2);
    next(bench, false);
    assert_reads(bench, 0x11);
    struct i2ctarget_request first = bench->request;
    assert_int_equal(i2ctarget_next_request(&bench->target, &bench->request, -1), 0);
    assert_int_equal(i2ctarget_read(&first, &byte, 1, true), -I2CTARGET_EBADF);
    next(bench, false);
    assert_reads(bench, 0x22);
    assert_done(bench);
}

static void wrong_calls(void **state)
{
    struct bench *bench = *state;
    uint8_t byte = 0;
    writes(bench, "\x11", 1);
    next(bench, false);
    assert_int_equal(i2ctarget_write(&bench->request, &byte, 1), -I2CTARGET_EACCES);
    assert_int_equal(i2ctarget_read(&bench->request, NULL, 1, true), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_read(&bench->request, &byte, (size_t)INT32_MAX + 1, true),
                     -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_read(&bench->request, NULL, 0, true), 0);
    assert_reads(bench, 0x11);
    assert_none(bench);
    assert_done(bench);
    bench->count = 0;
    reads(bench, 1);
    next(bench, true);
    assert_int_equal(i2ctarget_read(&bench->request, &byte, 1, true), -I2CTARGET_EACCES);
    assert_int_equal(i2ctarget_ack(&bench->request, true), -I2CTARGET_EACCES);
    assert_int_equal(i2ctarget_write(&bench->request, &byte, 0), 0);
    assert_int_equal(i2ctarget_write(&bench->request, &byte, 1), 1);
    assert_done(bench);
}

/* Looks until there is a request.  Returns how often there was none. */
static unsigned look(struct bench *bench, bool is_read)
{
    unsigned looks = 0;
    while (i2ctarget_next_request(&bench->target, &bench->request, -1) == 0)
        looks++;
    assert_int_equal(bench->request.is_read, is_read);
    return looks;
}

/* A byte takes 90 µs; a look lets one pass.  What a look has left does not end a write(). */
static void a_look_does_not_wait_for_a_byte(void **state)
{
    struct bench *bench = *state;
    add(bench, 0x40, false, "\x11\x22", 2);
    add(bench, 0x40, true, NULL, 2);
    begin(bench);
    assert_in_range(look(bench, false), 150, 250);
    assert_reads(bench, 0x11);
    assert_in_range(look(bench, false), 50, 150);
    assert_reads(bench, 0x22);
    (void)look(bench, true);
    assert_int_equal(i2ctarget_write(&bench->request, (const uint8_t *)"\x33\x44", 2), 2);
    while (i2ctarget_testbus_busy(bench->bus))
        assert_int_equal(i2ctarget_next_request(&bench->target, &bench->request, -1), 0);
    assert_done(bench);
    assert_memory_equal(bench->bytes[1], "\x33\x44", 2);
}

/* An event loop asks before it looks; an address may turn out to be alone. */
static void has_request(void **state)
{
    struct bench *bench = *state;
    unsigned count = 0;
    add(bench, 0x40, false, NULL, 0);
    add(bench, 0x40, false, "\x11\x22", 2);
    add(bench, 0x40, true, NULL, 1);
    begin(bench);
    while (i2ctarget_testbus_busy(bench->bus)) {
        int is_there = i2ctarget_has_request(&bench->target);
        assert_in_range(is_there, 0, 1);
        if (!is_there || i2ctarget_next_request(&bench->target, &bench->request, -1) == 0)
            continue;
        count++;
        if (bench->request.is_read)
            assert_int_equal(i2ctarget_write(&bench->request, (const uint8_t *)"\x33", 1), 1);
        else
            assert_reads(bench, (uint8_t)(0x11 * count));
    }
    assert_int_equal(count, 3);
    assert_int_equal(i2ctarget_has_request(&bench->target), 0);
    assert_done(bench);
}

/* The time runs on over the messages that are no requests. */
static void a_time_out_counts_from_the_call(void **state)
{
    struct bench *bench = *state;
    add(bench, 0x40, false, NULL, 0);
    add(bench, 0x41, false, NULL, 0);
    add(bench, 0x40, false, NULL, 0);
    begin(bench);
    uint64_t begun_ns = i2ctarget_testbus_now_ns(bench->bus);
    assert_int_equal(i2ctarget_next_request(&bench->target, &bench->request, 250),
                     -I2CTARGET_ETIMEDOUT);
    uint64_t took_ns = i2ctarget_testbus_now_ns(bench->bus) - begun_ns;
    assert_in_range(took_ns, 250000, 260000);
    assert_none(bench);
    assert_done(bench);
}

static void names(void **state)
{
    struct bench *bench = *state;
    struct i2ctarget_quirk other;
    assert_string_equal(i2ctarget_get_quirk_name(0), "circuitpython-rp2040");
    assert_null(i2ctarget_get_quirk_name(1));
    static const char *const wrong[] = {"", "circuitpython", "circuitpython-rp2040x", NULL};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(i2ctarget_use_quirk(&bench->target, &other, wrong[i]), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_use_quirk(NULL, &other, "circuitpython-rp2040"), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_use_quirk(&bench->target, NULL, "circuitpython-rp2040"),
                     -I2CTARGET_EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(an_address_alone_is_no_request),
        TEST(each_byte_written_is_a_request),
        TEST(a_byte_that_is_not_read_comes_again),
        TEST(each_byte_is_acknowledged),
        TEST(each_byte_wanted_is_a_request),
        TEST(a_read_without_a_write_comes_again),
        TEST(write_says_what_the_fifo_took),
        TEST(only_the_latest_request_is_valid),
        TEST(a_request_ends_when_the_next_is_asked_for),
        TEST(wrong_calls),
        TEST(a_look_does_not_wait_for_a_byte),
        TEST(has_request),
        TEST(a_time_out_counts_from_the_call),
        TEST(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
