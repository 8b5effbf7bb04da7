/* SPDX-License-Identifier: MIT */
/* Frames of every form, as the monitor writes them: whole lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/transfer.h"

enum {
    READ = PROTOCOL_MESSAGE_READ,
    SR = PROTOCOL_MESSAGE_RESTART,
    NO_START = PROTOCOL_MESSAGE_NO_START,
    ACK = PROTOCOL_MESSAGE_ADDRESS_ACK,
    NO_NINTH = PROTOCOL_MESSAGE_NO_NINTH,
    STOP = PROTOCOL_MESSAGE_STOP,
    NO_ADDRESS = PROTOCOL_MESSAGE_NO_ADDRESS,
    CALLED = PROTOCOL_MESSAGE_CALLED,
};

static uint8_t frame[4096];
static size_t frame_bytes;

/* 2001-09-09 01:46:40.123456789 UTC, and 250 us on the wires. */
static void begin(void)
{
    memset(frame, 0, PROTOCOL_TRANSFER_BYTES);
    put_u64(frame, 7);
    put_u64(frame + 8, UINT64_C(1000000000123456789));
    put_u64(frame + 16, 5000000000);
    put_u64(frame + 24, 250999);
    put_u32(frame + 48, 1000);
    frame_bytes = PROTOCOL_TRANSFER_BYTES;
}

/* Returns the message, for what is peculiar to it. */
static uint8_t *add(uint8_t address, unsigned flags, const void *bytes, uint32_t count,
                    const char *acks)
{
    uint8_t *at = frame + frame_bytes;
    memset(at, 0, protocol_message_bytes(count));
    at[0] = address;
    at[1] = (uint8_t)flags;
    put_u32(at + 4, count);
    memcpy(at + PROTOCOL_MESSAGE_BYTES, bytes, count);
    for (uint32_t i = 0; i < count; i++)
        at[PROTOCOL_MESSAGE_BYTES + count + i / 8] |= (uint8_t)((acks[i] == '+') << i % 8);
    frame_bytes += protocol_message_bytes(count);
    return at;
}

static void cut(uint8_t *message, uint8_t bits, uint16_t value)
{
    message[3] = bits;
    put_u16(message + 12, value);
}

static void expect_begun(struct transfer *transfer)
{
    assert_true(transfer_begin(transfer, frame, frame_bytes));
}

static void expect_styled(const struct transfer_style *style, const char *expected)
{
    struct transfer transfer;
    char *text;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    expect_begun(&transfer);
    transfer_write_text(&transfer, file, style);
    fclose(file);
    assert_string_equal(text, expected);
    free(text);
}

static const struct transfer_style no_style;
#define AT "01:46:40.123456"
#define TOOK "     250 us"

/* The time is put in front, and the duration behind. */
static void expect_line(const char *messages, const char *held)
{
    char line[300];
    snprintf(line, sizeof line, AT "%-42s" TOOK "%s\n", messages, held);
    expect_styled(&no_style, line);
}

static void expect_json(const char *expected)
{
    struct transfer transfer;
    char *text;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    expect_begun(&transfer);
    transfer_write_json(&transfer, file);
    fclose(file);
    assert_string_equal(text, expected);
    free(text);
}

#define HEAD(error, rest)                                                                  \
    "{\"number\":7,\"time\":\"2001-09-09T01:46:40.123456789Z\",\"virtual_ns\":5000000000," \
    "\"duration_ns\":250999,\"error\":" error ",\"recovery_clocks\":" rest
#define MESSAGES HEAD("null", "0,\"missed\":0,\"timeout_ms\":1000,\"messages\":[")
#define REST(cut, clocks, reason, stretch, stop)                                                   \
    "\"cut\":" cut ",\"recovery_clocks\":" clocks ",\"reason\":" reason ",\"stretch_us\":" stretch \
    ",\"stop\":" stop "}"
#define PLAIN REST("null", "0", "null", "0", "true")

static void a_write_and_a_read(void **state)
{
    (void)state;
    begin();
    add(0x40, CALLED | ACK, "\x01", 1, "+");
    put_u32(add(0x40, CALLED | ACK | READ | SR | STOP, "\xAA\x05", 2, "+-") + 8, 48);
    expect_line("  S 40 W + 01 +  Sr 40 R + aa 05 -  P", "  held 48 us");
    expect_json(
        MESSAGES
        "{\"start\":\"S\",\"address\":64,\"read\":false,\"ack\":true,\"data\":\"01\","
        "\"acks\":\"+\",\"last_ack\":true," REST(
            "null", "0", "null", "0",
            "false") ",{\"start\":\"Sr\",\"address\":64,\"read\":true,\"ack\":true,\"data\":\"aa05\","
                     "\"acks\":\"+-\",\"last_ack\":false," REST("null", "0", "null", "48",
                                                                "true") "]}\n");
}

static void nothing_at_all(void **state)
{
    (void)state;
    begin();
    expect_line("", "");
    expect_json(MESSAGES "]}\n");
}

static void nacks_stand_where_they_were(void **state)
{
    (void)state;
    begin();
    add(0x10, CALLED | STOP, "", 0, "");
    expect_line("  S 10 W -  P", "");
    expect_json(MESSAGES
                "{\"start\":\"S\",\"address\":16,\"read\":false,\"ack\":false,\"data\":\"\","
                "\"acks\":\"\",\"last_ack\":null," PLAIN "]}\n");
    begin();
    add(0x10, CALLED | ACK | STOP, "\1\2\3\4\5\6\7\x08\x09\x0A", 10, "+-+++++-++");
    expect_line("  S 10 W + 01 02 - 03 04 05 06 07 08 - 09 0a +  P", "");
    expect_json(MESSAGES
                "{\"start\":\"S\",\"address\":16,\"read\":false,\"ack\":true,"
                "\"data\":\"0102030405060708090a\",\"acks\":\"+-+++++-++\",\"last_ack\":true," PLAIN
                "]}\n");
}

static void bytes_without_ninth_clock_or_address(void **state)
{
    (void)state;
    begin();
    add(0x10, CALLED | ACK | NO_NINTH, "\1\2", 2, "--");
    add(0x10, NO_START | NO_ADDRESS | STOP, "\3", 1, "+");
    expect_line("  S 10 W + 01 02 .  ... 03 +  P", "");
    expect_json(
        MESSAGES
        "{\"start\":\"S\",\"address\":16,\"read\":false,\"ack\":true,\"data\":\"0102\","
        "\"acks\":\"..\",\"last_ack\":null," REST(
            "null", "0", "null", "0",
            "false") ",{\"start\":\"\",\"address\":16,\"read\":false,\"ack\":null,\"data\":\"03\","
                     "\"acks\":\"+\",\"last_ack\":true," PLAIN "]}\n");
}

static void what_ended_early(void **state)
{
    (void)state;
    begin();
    cut(add(0x10, CALLED | ACK, "\1", 1, "+"), 3, 5);
    cut(add(0x10, SR, "", 0, ""), 9, 0x0FE);
    expect_line("  S 10 W + 01 + :101  Sr :011111110", "");
    expect_json(
        MESSAGES
        "{\"start\":\"S\",\"address\":16,\"read\":false,\"ack\":true,\"data\":\"01\","
        "\"acks\":\"+\",\"last_ack\":true," REST(
            "{\"of\":\"data\",\"bits\":\"101\"}", "0", "null", "0",
            "false") ",{\"start\":\"Sr\",\"address\":16,\"read\":false,\"ack\":null,\"data\":\"\","
                     "\"acks\":\"\",\"last_ack\":null," REST(
                         "{\"of\":\"address\",\"bits\":\"011111110\"}", "0", "null", "0",
                         "false") "]}\n");
    begin();
    cut(add(0x10, NO_START | NO_ADDRESS, "", 0, ""), 1, 1);
    expect_line("  ... :1", "");
    expect_json(MESSAGES "{\"start\":\"\",\"address\":16,\"read\":false,\"ack\":null,\"data\":\"\","
                         "\"acks\":\"\",\"last_ack\":null," REST("{\"of\":\"data\",\"bits\":\"1\"}",
                                                                 "0", "null", "0", "false") "]}\n");
}

static void reasons(void **state)
{
    static const struct {
        uint8_t reason;
        const char *text, *json;
    } rows[] = {
        {PROTOCOL_REASON_NO_ADDRESS, "no such address", "no address"},
        {PROTOCOL_REASON_APPLICATION, "application", "application"},
        {PROTOCOL_REASON_CLOSED, "closed", "closed"},
        {PROTOCOL_REASON_LIMIT, "SMBus limit", "limit"},
        {PROTOCOL_REASON_TIMEOUT, "controller's time-out after 1000 ms", "timeout"},
        {PROTOCOL_REASON_LOST, "target lost", "lost"},
        {PROTOCOL_REASON_DEAF, "target deaf until START", "deaf"},
        {PROTOCOL_REASON_FAULT, "fault", "fault"},
        {PROTOCOL_REASON_COUNT, "?", "unknown"},
        {255, "?", "unknown"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[100], json[600];
        begin();
        add(0x10, CALLED | STOP, "", 0, "")[2] = rows[i].reason;
        snprintf(text, sizeof text, "  S 10 W - [%s]  P", rows[i].text);
        expect_line(text, "");
        snprintf(json, sizeof json,
                 MESSAGES
                 "{\"start\":\"S\",\"address\":16,\"read\":false,\"ack\":false,\"data\":\"\","
                 "\"acks\":\"\",\"last_ack\":null,\"cut\":null,\"recovery_clocks\":0,"
                 "\"reason\":\"%s\",\"stretch_us\":0,\"stop\":true}]}\n",
                 rows[i].json);
        expect_json(json);
    }
}

/* Some were made before the first START: what the messages do not account for. */
static void clocks_that_freed_sda(void **state)
{
    (void)state;
    begin();
    put_u32(frame + 40, 9);
    add(0x10, CALLED | ACK, "", 0, "")[14] = 4;
    add(0x10, CALLED | ACK | SR | STOP, "", 0, "")[14] = 3;
    expect_line(
        " [2 clocks to free SDA]  S 10 W + [4 clocks to free SDA]  Sr 10 W + [3 clocks to free SDA]  P",
        "");
    expect_json(HEAD(
        "null",
        "9,\"missed\":0,\"timeout_ms\":1000,\"messages\":[") "{\"start\":\"S\",\"address\":16,\"read\":false,\"ack\":true,\"data\":\"\","
                                                             "\"acks\":\"\",\"last_ack\":null," REST(
                                                                 "null", "4", "null", "0",
                                                                 "false") ",{\"start\":\"Sr\",\"address\":16,\"read\":false,\"ack\":true,\"data\":\"\","
                                                                          "\"acks\":\"\",\"last_ack\":null," REST(
                                                                              "null", "3", "null",
                                                                              "0", "true") "]}\n");
}

static void long_messages(void **state)
{
    static const char acks[] = "++++++++++++++++++++++++";
    static const char bytes[] = "abcdefghijklmnopqrstuvwxyz";
    const struct transfer_style full = {.full = true}, unicode = {.unicode = true};
    (void)state;
    begin();
    add(0x10, CALLED | ACK | STOP, bytes, 20, acks);
    expect_line("  S 10 W + 61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70 71 72 73 74 +  P", "");
    begin();
    add(0x10, CALLED | ACK | STOP, bytes, 21, acks);
    expect_line("  S 10 W + 61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70 ...5 more +  P", "");
    expect_styled(&unicode,
                  "01:46:40.123456  S 10 W + 61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f "
                  "70 …5 more +  P     250 µs\n");
    expect_styled(&full,
                  "01:46:40.123456  S 10 W + 61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70 "
                  "71 72 73 74 75 +  P     250 us\n");
}

/* The unit is chosen so that the number stays short. */
static void durations(void **state)
{
    static const struct {
        uint64_t us;
        const char *text;
    } rows[] = {
        {0, "       0 us"},        {9999, "    9999 us"},    {10000, "    10.0 ms"},
        {10049, "    10.0 ms"},    {9999949, "  9999.9 ms"}, {10000000, "    10.0 s"},
        {123450000, "   123.5 s"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[200];
        begin();
        put_u64(frame + 24, rows[i].us * 1000 + 999);
        snprintf(text, sizeof text, "01:46:40.123456%*s%s\n", 42, "", rows[i].text);
        expect_styled(&no_style, text);
    }
    begin();
    put_u32(add(0x10, CALLED | ACK, "", 0, "") + 8, 12345);
    put_u32(add(0x10, CALLED | ACK | SR | STOP, "", 0, "") + 8, 1);
    expect_line("  S 10 W +  Sr 10 W +  P", "  held 12.3 ms");
}

static void verdicts(void **state)
{
    (void)state;
    begin();
    put_u32(frame + 32, (uint32_t)-EAGAIN);
    expect_line("  [arbitration lost]", "");
    expect_json(HEAD("\"EAGAIN\"", "0,\"missed\":0,\"timeout_ms\":1000,\"messages\":[]}\n"));
    put_u32(frame + 32, (uint32_t)-EPROTO);
    expect_line("  [block count over 32]", "");
    expect_json(HEAD("\"EPROTO\"", "0,\"missed\":0,\"timeout_ms\":1000,\"messages\":[]}\n"));
    put_u32(frame + 32, (uint32_t)-EIO);
    expect_line("", "");
    for (int32_t code = 1; code <= 3; code++) {
        put_u32(frame + 32, (uint32_t)(code == 1 ? 1 : code == 2 ? -4096 : INT32_MIN));
        expect_json(HEAD("\"unknown\"", "0,\"missed\":0,\"timeout_ms\":1000,\"messages\":[]}\n"));
    }
}

static void what_was_missed(void **state)
{
    char text[200];
    (void)state;
    begin();
    put_u32(frame + 44, 1);
    put_u32(frame + 48, 20);
    snprintf(text, sizeof text,
             "1 transfer missed: more than could be written\n" AT "%42s" TOOK "\n", "");
    expect_styled(&no_style, text);
    expect_json(HEAD("null", "0,\"missed\":1,\"timeout_ms\":20,\"messages\":[]}\n"));
    put_u32(frame + 44, 2);
    snprintf(text, sizeof text,
             "2 transfers missed: more than could be written\n" AT "%42s" TOOK "\n", "");
    expect_styled(&no_style, text);
}

/* Each address has its own; NACKs and what was missed are red, and widths do not change. */
static void colours(void **state)
{
    const struct transfer_style colour = {.colour = true};
    static const char *const of_address[] = {"1;36", "1;33", "1;35", "1;32",
                                             "1;34", "1;37", "1;36"};
    (void)state;
    for (uint8_t i = 0; i < sizeof of_address / sizeof *of_address; i++) {
        char text[300];
        begin();
        add((uint8_t)(0x12 + i), CALLED | ACK | STOP, "\1\2", 2, "+-");
        snprintf(
            text, sizeof text,
            "\033[2m01:46:40.123456\033[0m\033[2m  S\033[0m\033[%sm %02x\033[0m W\033[2m +\033[0m 01 02"
            "\033[31m -\033[0m\033[2m  P\033[0m%*s\033[2m" TOOK "\033[0m\n",
            of_address[i], 0x12 + i, 21, "");
        expect_styled(&colour, text);
    }
    char text[200];
    begin();
    put_u32(frame + 44, 1);
    snprintf(text, sizeof text,
             "\033[31m1 transfer missed: more than could be written\033[0m\n"
             "\033[2m" AT "\033[0m%42s\033[2m" TOOK "\033[0m\n",
             "");
    expect_styled(&colour, text);
}

/* Nothing behind the end of a frame is looked at. */
static void frames_that_are_too_short(void **state)
{
    struct transfer transfer;
    struct transfer_message message;
    (void)state;
    begin();
    add(0x10, CALLED | ACK, "123456789", 9, "+++++++++");
    add(0x11, CALLED | ACK, "", 0, "");
    for (size_t length = 0; length <= frame_bytes; length++) {
        const size_t first = PROTOCOL_TRANSFER_BYTES + PROTOCOL_MESSAGE_BYTES + 9 + 2;
        assert_int_equal(transfer_begin(&transfer, frame, length),
                         length >= PROTOCOL_TRANSFER_BYTES);
        if (length < PROTOCOL_TRANSFER_BYTES)
            continue;
        assert_int_equal(transfer_next(&transfer, &message), length >= first);
        if (length < first)
            continue;
        assert_int_equal(message.address, 0x10);
        assert_int_equal(transfer_next(&transfer, &message), length == frame_bytes);
    }
    assert_int_equal(message.address, 0x11);
    assert_false(transfer_next(&transfer, &message));
    put_u32(frame + PROTOCOL_TRANSFER_BYTES + 4, UINT32_MAX); /* moved */
    expect_begun(&transfer);
    assert_false(transfer_next(&transfer, &message));
}

static void more_bits_than_there_is_room_for(void **state)
{
    struct transfer transfer;
    struct transfer_message message;
    char bits[TRANSFER_CUT_CHARS];
    (void)state;
    begin();
    cut(add(0x10, CALLED | ACK, "", 0, ""), 15, 0x5A5A);
    expect_begun(&transfer);
    assert_true(transfer_next(&transfer, &message));
    transfer_write_cut(&message, bits);
    assert_string_equal(bits, "101101001011010");
    begin();
    cut(add(0x10, CALLED | ACK, "", 0, ""), 16, 0);
    expect_begun(&transfer);
    assert_false(transfer_next(&transfer, &message));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_and_a_read),
        cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(nacks_stand_where_they_were),
        cmocka_unit_test(bytes_without_ninth_clock_or_address),
        cmocka_unit_test(what_ended_early),
        cmocka_unit_test(reasons),
        cmocka_unit_test(clocks_that_freed_sda),
        cmocka_unit_test(long_messages),
        cmocka_unit_test(durations),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(what_was_missed),
        cmocka_unit_test(colours),
        cmocka_unit_test(frames_that_are_too_short),
        cmocka_unit_test(more_bits_than_there_is_room_for),
    };
    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
