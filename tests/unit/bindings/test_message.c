/* SPDX-License-Identifier: MIT */
/*
 * The bytes between a script and the library.  The test is the binding and the library: it plays a
 * message, call by call, and what it is asked for must be what it expects.  (The linker replaces
 * the library's functions by those that are named __wrap_….)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/message.h"

enum { CHUNK = 4096, CHUNK_MAX = 1 << 20 };

const size_t i2ctarget_binding_chunk_bytes = CHUNK;

/* One call of the library, and what it returns. */
struct call {
    bool is_read;
    size_t n;
    bool ack;
    int result;
};

static struct message message;
static const struct call *next;
static size_t calls_left;
static const uint8_t *last_bytes; /* of the call before this one */
static int may;                   /* what the library says when it is asked for nothing */
static bool has_memory;
static unsigned closed;
static uint8_t counter; /* the controller writes 0, 1, 2 … */
static uint8_t sent[8]; /* what the library was given last */

static void script(const struct call *calls, size_t count)
{
    next = calls;
    calls_left = count;
}

#define SCRIPT(...)                          \
    script((const struct call[])__VA_ARGS__, \
           sizeof((const struct call[])__VA_ARGS__) / sizeof(struct call))

int i2ctarget_binding_move(struct message *given, bool is_read, uint8_t *bytes, size_t n, bool ack)
{
    assert_ptr_equal(given, &message);
    assert_true(calls_left > 0);
    assert_int_equal(is_read, next->is_read);
    assert_int_equal(n, next->n);
    assert_int_equal(ack, next->ack);
    for (int i = 0; is_read && i < next->result; i++)
        bytes[i] = counter++;
    if (!is_read)
        memcpy(sent, bytes, n < sizeof sent ? n : sizeof sent);
    last_bytes = bytes;
    calls_left--;
    return (next++)->result;
}

void *i2ctarget_binding_resize(void *old, size_t old_bytes, size_t bytes)
{
    assert_int_equal(old_bytes, old ? message.transit.room : 0);
    return has_memory ? realloc(old, bytes) : NULL;
}

int __wrap_i2ctarget_read(struct i2ctarget_request *request, uint8_t *buffer, size_t n, bool ack);
int __wrap_i2ctarget_read(struct i2ctarget_request *request, uint8_t *buffer, size_t n, bool ack)
{
    (void)ack;
    assert_ptr_equal(request, &message.request);
    assert_true(!buffer && n == 0);
    return may;
}

int __wrap_i2ctarget_write(struct i2ctarget_request *request, const uint8_t *buffer, size_t n);
int __wrap_i2ctarget_write(struct i2ctarget_request *request, const uint8_t *buffer, size_t n)
{
    assert_ptr_equal(request, &message.request);
    assert_true(!buffer && n == 0);
    return may;
}

int __wrap_i2ctarget_close(struct i2ctarget_request *request);
int __wrap_i2ctarget_close(struct i2ctarget_request *request)
{
    assert_ptr_equal(request, &message.request);
    closed++;
    return 0;
}

static int begin(void **state)
{
    (void)state;
    i2ctarget_message_init(&message);
    may = 0;
    has_memory = true;
    closed = 0;
    counter = 0;
    script(NULL, 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(i2ctarget_message_heap(&message));
    return calls_left != 0;
}

/* The script gets `count` bytes, the first of which is `first`. */
static void take(ptrdiff_t n, size_t count, uint8_t first)
{
    assert_int_equal(i2ctarget_message_ready(&message, n), count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(message.transit.bytes[i], (uint8_t)(first + i));
    i2ctarget_message_taken(&message, count);
}

/* ---- read ------------------------------------------------------------------------------------ */

static void reads_ask_for_what_is_wanted(void **state)
{
    (void)state;
    SCRIPT({{true, 3, true, 3}, {true, 1, false, 1}, {true, 64, true, 64}, {true, 5, true, 2}});
    assert_int_equal(i2ctarget_message_read(&message, 3, true), 3);
    take(3, 3, 0);
    assert_int_equal(i2ctarget_message_read(&message, 1, false), 1);
    take(1, 1, 3);
    assert_int_equal(i2ctarget_message_read(&message, 0, true), 0);
    take(0, 0, 0);
    assert_int_equal(i2ctarget_message_read(&message, 64, true), 64);
    assert_null(i2ctarget_message_heap(&message)); /* there is room for as many */
    take(64, 64, 4);
    assert_int_equal(i2ctarget_message_read(&message, 5, true), 2);
    take(5, 2, 68);
}

static void a_fault_is_told(void **state)
{
    (void)state;
    SCRIPT({{true, 3, true, -I2CTARGET_EIO}});
    assert_int_equal(i2ctarget_message_read(&message, 3, true), -I2CTARGET_EIO);
    take(3, 0, 0);
    may = -I2CTARGET_EACCES;
    assert_int_equal(i2ctarget_message_read(&message, 3, true), -I2CTARGET_EACCES);
}

/* The chunks grow to a megabyte, and the bytes stay where the script can have all of them. */
static void reading_all_takes_chunks(void **state)
{
    (void)state;
    SCRIPT({{true, CHUNK, true, CHUNK},
            {true, 4 * CHUNK, true, 4 * CHUNK},
            {true, 16 * CHUNK, true, 16 * CHUNK},
            {true, 64 * CHUNK, true, 64 * CHUNK},
            {true, CHUNK_MAX, true, CHUNK_MAX},
            {true, CHUNK_MAX, true, CHUNK_MAX},
            {true, CHUNK_MAX, true, 7}});
    assert_int_equal(i2ctarget_message_read(&message, -1, true), 7);
    assert_non_null(i2ctarget_message_heap(&message));
    take(-1, 85 * CHUNK + 2 * CHUNK_MAX + 7, 0);
    SCRIPT({{true, CHUNK, true, 0}});
    assert_int_equal(i2ctarget_message_read(&message, -1, true), 0);
}

/* An exception ended read(10) after six bytes.  The library must be asked for the same once more. */
static void an_interrupted_read_goes_on(void **state)
{
    (void)state;
    SCRIPT({{true, 10, false, -I2CTARGET_EINTR}});
    assert_int_equal(i2ctarget_message_read(&message, 10, false), -I2CTARGET_EINTR);
    const uint8_t *bytes = last_bytes;
    assert_int_equal(i2ctarget_message_read(&message, 0, true), 0); /* nothing is wanted */
    SCRIPT({{true, 10, false, -I2CTARGET_EINTR}, {true, 10, false, 10}});
    assert_int_equal(i2ctarget_message_read(&message, 4, true), -I2CTARGET_EINTR);
    assert_ptr_equal(last_bytes, bytes);
    assert_int_equal(i2ctarget_message_read(&message, 4, true), 0);
    assert_ptr_equal(last_bytes, bytes);
    take(4, 4, 0);
    assert_int_equal(i2ctarget_message_read(&message, 6, true), 0); /* they have come already */
    take(2, 2, 4);
    SCRIPT({{true, 60, true, 60}});
    assert_int_equal(i2ctarget_message_read(&message, 64, true), 60);
    take(64, 64, 6);
    assert_null(i2ctarget_message_heap(&message));
}

/* On a test bus a wait may have no end before something else has happened. */
static void a_wait_without_end_is_an_interruption(void **state)
{
    (void)state;
    SCRIPT({{true, 4, true, -I2CTARGET_EDEADLK}, {true, 4, true, 4}});
    assert_int_equal(i2ctarget_message_read(&message, 4, true), -I2CTARGET_EDEADLK);
    assert_int_equal(i2ctarget_message_read(&message, 1, true), 0);
    take(1, 1, 0);
    take(-1, 3, 1);
    SCRIPT({{false, 3, true, -I2CTARGET_EDEADLK}, {false, 3, true, 3}, {false, 2, true, 2}});
    assert_int_equal(i2ctarget_message_write(&message, "abc", 3), -I2CTARGET_EDEADLK);
    assert_int_equal(i2ctarget_message_write(&message, "de", 2), 2);
}

static void an_interrupted_read_may_end_by_a_fault(void **state)
{
    (void)state;
    SCRIPT({{true, 10, true, -I2CTARGET_EINTR}, {true, 10, true, -I2CTARGET_EIO}});
    assert_int_equal(i2ctarget_message_read(&message, 10, true), -I2CTARGET_EINTR);
    assert_int_equal(i2ctarget_message_read(&message, -1, true), -I2CTARGET_EIO);
    SCRIPT({{true, 2, true, 2}});
    assert_int_equal(i2ctarget_message_read(&message, 2, true), 2);
}

/* What has come stays in its place when more room is needed. */
static void room_grows_with_its_bytes(void **state)
{
    (void)state;
    SCRIPT({{true, 60, true, -I2CTARGET_EINTR},
            {true, 60, true, 60},
            {true, 5, true, 5},
            {true, 35, true, 35}});
    assert_int_equal(i2ctarget_message_read(&message, 60, true), -I2CTARGET_EINTR);
    assert_int_equal(i2ctarget_message_read(&message, 65, true), 5);
    assert_non_null(i2ctarget_message_heap(&message));
    assert_int_equal(i2ctarget_message_read(&message, 100, true), 35);
    take(-1, 100, 0);
}

static void without_memory_nothing_is_lost(void **state)
{
    (void)state;
    SCRIPT({{true, 60, true, -I2CTARGET_EINTR}, {true, 60, true, 60}});
    assert_int_equal(i2ctarget_message_read(&message, 60, true), -I2CTARGET_EINTR);
    has_memory = false;
    assert_int_equal(i2ctarget_message_read(&message, 65, true), -I2CTARGET_ENOMEM);
    assert_int_equal(i2ctarget_message_write(&message, "", 65), -I2CTARGET_ENOMEM);
    take(60, 60, 0);
}

/* ---- write ----------------------------------------------------------------------------------- */

static void a_write_is_of_a_copy(void **state)
{
    uint8_t bytes[] = "abcdefg";
    (void)state;
    SCRIPT({{false, 7, true, 5}});
    assert_int_equal(i2ctarget_message_write(&message, bytes, 7), 5);
    assert_memory_equal(sent, "abcdefg", 7);
    assert_ptr_equal(last_bytes, message.transit.bytes);
    assert_int_equal(i2ctarget_message_write(&message, bytes, 0), 0);
    assert_int_equal(i2ctarget_message_write(&message, bytes, (size_t)INT32_MAX + 1),
                     -I2CTARGET_EINVAL);
    may = -I2CTARGET_EACCES;
    assert_int_equal(i2ctarget_message_write(&message, bytes, 7), -I2CTARGET_EACCES);
}

/* The rest of the interrupted one goes out first, from the same place, and does not count. */
static void an_interrupted_write_goes_on(void **state)
{
    (void)state;
    SCRIPT({{false, 3, true, -I2CTARGET_EINTR}});
    assert_int_equal(i2ctarget_message_write(&message, "abc", 3), -I2CTARGET_EINTR);
    assert_int_equal(i2ctarget_message_write(&message, "", 0), 0);
    SCRIPT({{false, 3, true, -I2CTARGET_EINTR}, {false, 3, true, 3}, {false, 2, true, 2}});
    assert_int_equal(i2ctarget_message_write(&message, "de", 2), -I2CTARGET_EINTR);
    assert_memory_equal(sent, "abc", 3);
    assert_int_equal(i2ctarget_message_write(&message, "de", 2), 2);
    assert_memory_equal(sent, "de", 2);
    SCRIPT({{false, 1, true, -I2CTARGET_EINTR}, {false, 1, true, -I2CTARGET_EIO}});
    assert_int_equal(i2ctarget_message_write(&message, "f", 1), -I2CTARGET_EINTR);
    assert_int_equal(i2ctarget_message_write(&message, "g", 1), -I2CTARGET_EIO);
}

/* ---- the end --------------------------------------------------------------------------------- */

static void nothing_is_asked_for_behind_its_end(void **state)
{
    (void)state;
    for (int is_closed = 0; is_closed <= 1; is_closed++) {
        SCRIPT({{true, 9, true, 9}, {true, 3, true, -I2CTARGET_EINTR}});
        assert_int_equal(i2ctarget_message_read(&message, 9, true), 9);
        i2ctarget_message_taken(&message, 7);
        assert_int_equal(i2ctarget_message_read(&message, 5, true), -I2CTARGET_EINTR);
        if (is_closed)
            i2ctarget_message_close(&message);
        else
            i2ctarget_message_end(&message);
        assert_int_equal(closed, is_closed);
        assert_int_equal(i2ctarget_message_ready(&message, -1), 0);
        SCRIPT({{true, 1, true, 0}});
        assert_int_equal(i2ctarget_message_read(&message, 1, true), 0);
    }
}

static void the_end_of_a_target_closes_what_is_open(void **state)
{
    (void)state;
    message.request.end = I2CTARGET_OPEN;
    i2ctarget_message_end(&message);
    assert_int_equal(message.request.end, I2CTARGET_CLOSED);
    message.request.end = I2CTARGET_STOP;
    i2ctarget_message_end(&message);
    assert_int_equal(message.request.end, I2CTARGET_STOP);
}

#define MESSAGE_TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MESSAGE_TEST(reads_ask_for_what_is_wanted),
        MESSAGE_TEST(a_fault_is_told),
        MESSAGE_TEST(reading_all_takes_chunks),
        MESSAGE_TEST(an_interrupted_read_goes_on),
        MESSAGE_TEST(a_wait_without_end_is_an_interruption),
        MESSAGE_TEST(an_interrupted_read_may_end_by_a_fault),
        MESSAGE_TEST(room_grows_with_its_bytes),
        MESSAGE_TEST(without_memory_nothing_is_lost),
        MESSAGE_TEST(a_write_is_of_a_copy),
        MESSAGE_TEST(an_interrupted_write_goes_on),
        MESSAGE_TEST(nothing_is_asked_for_behind_its_end),
        MESSAGE_TEST(the_end_of_a_target_closes_what_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
