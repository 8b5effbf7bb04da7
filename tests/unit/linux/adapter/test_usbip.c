/* SPDX-License-Identifier: MIT */
/* The framing of USB/IP, against bytes that were written by hand from the kernel's document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "adapter/usbip.h"

/* SUBMIT 0x01020304 of device 0x10002: GET_DESCRIPTOR device, 64 bytes. */
static const uint8_t submit_in[USBIP_HEADER_BYTES] = {
    0, 0, 0, 1,  1, 2, 3, 4, 0, 1, 0, 2, 0, 0, 0, 1, 0,    0, 0, 0, 0, 0, 2,  0,
    0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 6, 0, 1, 0, 0, 64, 0,
};

/* SUBMIT 5: three bytes to interface 0, endpoint 7. */
static const uint8_t submit_out[USBIP_HEADER_BYTES + 3] = {
    0,    0,    0, 1, 0, 0, 0,    5, 0, 1, 0,    2, 0, 0, 0,   0,    0,
    0,    0,    7, 0, 0, 0, 0,    0, 0, 0, 3,    0, 0, 0, 0,   0xff, 0xff,
    0xff, 0xff, 0, 0, 0, 0, 0x41, 7, 0, 0, 0x40, 0, 3, 0, 'a', 'b',  'c',
};

/* UNLINK 6 of SUBMIT 0xfffefdfc. */
static const uint8_t unlink_request[USBIP_HEADER_BYTES] = {
    0, 0, 0, 2, 0, 0, 0, 6, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe, 0xfd, 0xfc,
};

static void what_the_host_wants_to_read(void **state)
{
    (void)state;
    struct usbip_request request;
    assert_int_equal(usbip_request_bytes(submit_in, sizeof submit_in), USBIP_HEADER_BYTES);
    usbip_parse(submit_in, &request);
    assert_false(request.is_unlink);
    assert_int_equal(request.seqnum, 0x01020304);
    assert_true(request.is_in);
    assert_int_equal(request.endpoint, 0);
    assert_int_equal(request.length, 64);
    assert_memory_equal(request.setup, "\x80\x06\x00\x01\x00\x00\x40\x00", 8);
}

static void what_the_host_writes(void **state)
{
    (void)state;
    struct usbip_request request;
    assert_int_equal(usbip_request_bytes(submit_out, USBIP_HEADER_BYTES), sizeof submit_out);
    assert_int_equal(usbip_request_bytes(submit_out, sizeof submit_out), sizeof submit_out);
    usbip_parse(submit_out, &request);
    assert_false(request.is_in);
    assert_int_equal(request.seqnum, 5);
    assert_int_equal(request.endpoint, 7);
    assert_int_equal(request.length, 3);
    assert_int_equal(request.setup[0], 0x41);
    assert_memory_equal(request.data, "abc", 3);
}

static void what_the_host_takes_back(void **state)
{
    (void)state;
    struct usbip_request request;
    assert_int_equal(usbip_request_bytes(unlink_request, sizeof unlink_request),
                     USBIP_HEADER_BYTES);
    usbip_parse(unlink_request, &request);
    assert_true(request.is_unlink);
    assert_int_equal(request.seqnum, 6);
    assert_int_equal(request.unlinked, 0xfffefdfc);
}

/* As long as the bytes may still become a request, the reader waits for a whole header. */
static void beginnings_ask_for_a_whole_header(void **state)
{
    (void)state;
    for (size_t size = 0; size < USBIP_HEADER_BYTES; size++) {
        assert_int_equal(usbip_request_bytes(submit_out, size), USBIP_HEADER_BYTES);
        assert_int_equal(usbip_request_bytes(unlink_request, size), USBIP_HEADER_BYTES);
    }
}

static void other_commands_are_none(void **state)
{
    (void)state;
    uint8_t bytes[USBIP_HEADER_BYTES];
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned value = 0; value < 256; value++) {
            memcpy(bytes, submit_in, sizeof bytes);
            bytes[i] = (uint8_t)value;
            bool is_good = i < 3 ? value == 0 : value == 1 || value == 2;
            size_t expected = is_good ? USBIP_HEADER_BYTES : 0;
            assert_int_equal(usbip_request_bytes(bytes, sizeof bytes), expected);
            assert_int_equal(usbip_request_bytes(bytes, 4), expected);
        }
    }
}

static size_t judge(size_t at, uint32_t value)
{
    uint8_t bytes[sizeof submit_out];
    memcpy(bytes, submit_out, sizeof bytes);
    for (size_t i = 0; i < 4; i++)
        bytes[at + i] = (uint8_t)(value >> (24 - 8 * i));
    return usbip_request_bytes(bytes, sizeof bytes);
}

static void limits(void **state)
{
    (void)state;
    enum { DIRECTION = 0x0c, LENGTH = 0x18, PACKETS = 0x20 };
    assert_int_equal(judge(DIRECTION, 1), USBIP_HEADER_BYTES);
    assert_int_equal(judge(DIRECTION, 2), 0);
    assert_int_equal(judge(DIRECTION, UINT32_MAX), 0);
    assert_int_equal(judge(LENGTH, 0), USBIP_HEADER_BYTES);
    assert_int_equal(judge(LENGTH, USBIP_DATA_MAX), USBIP_HEADER_BYTES + USBIP_DATA_MAX);
    assert_int_equal(judge(LENGTH, USBIP_DATA_MAX + 1), 0);
    assert_int_equal(judge(LENGTH, UINT32_MAX), 0);
    assert_int_equal(judge(PACKETS, 0), sizeof submit_out);
    assert_int_equal(judge(PACKETS, 1), 0);
    assert_int_equal(judge(PACKETS, UINT32_MAX - 1), 0);
}

static void results(void **state)
{
    (void)state;
    static const uint8_t expected[USBIP_HEADER_BYTES] = {
        0, 0, 0, 3, 1, 2, 3,    4,    0,    0,    0, 0, 0,    0,
        0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xe0, 0, 0, 0x20, 0x01,
    };
    uint8_t header[USBIP_HEADER_BYTES];
    memset(header, 0xa5, sizeof header);
    usbip_put_result(header, 0x01020304, USBIP_STALL, 0x2001);
    assert_memory_equal(header, expected, sizeof header);
}

static void answers_to_unlinks(void **state)
{
    (void)state;
    static const uint8_t expected[USBIP_HEADER_BYTES] = {
        0, 0, 0, 4, 0xff, 0xfe, 0xfd, 0xfc, 0,    0,    0,    0,
        0, 0, 0, 0, 0,    0,    0,    0,    0xff, 0xff, 0xff, 0x98,
    };
    uint8_t header[USBIP_HEADER_BYTES];
    memset(header, 0xa5, sizeof header);
    usbip_put_unlinked(header, 0xfffefdfc, USBIP_UNLINKED);
    assert_memory_equal(header, expected, sizeof header);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_host_wants_to_read),
        cmocka_unit_test(what_the_host_writes),
        cmocka_unit_test(what_the_host_takes_back),
        cmocka_unit_test(beginnings_ask_for_a_whole_header),
        cmocka_unit_test(other_commands_are_none),
        cmocka_unit_test(limits),
        cmocka_unit_test(results),
        cmocka_unit_test(answers_to_unlinks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
