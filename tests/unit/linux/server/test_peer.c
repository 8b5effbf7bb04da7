/* SPDX-License-Identifier: MIT */
/*
 * Frames in and out of one connection, whose peer does everything wrong; and the table of open
 * files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "i2cdev/file_table.h"
#include "server/peer.h"

struct pair {
    struct visits visits;
    struct peer peer;
    int other; /* the far end */
};

static int open_pair(void **state)
{
    struct pair *pair = calloc(1, sizeof *pair);
    int ends[2];
    assert_non_null(pair);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    peer_init(&pair->peer, ends[0], &pair->visits, pair);
    pair->other = ends[1];
    *state = pair;
    return 0;
}

static int close_pair(void **state)
{
    struct pair *pair = *state;
    peer_free(&pair->peer);
    if (pair->other >= 0)
        close(pair->other);
    free(pair);
    return 0;
}

static void write_frame(const struct pair *pair, uint32_t length, uint16_t type, uint16_t zero,
                        const void *payload)
{
    uint8_t header[PROTOCOL_HEADER_BYTES];
    put_u32(header, length);
    put_u16(header + 4, type);
    put_u16(header + 6, zero);
    assert_int_equal(write(pair->other, header, sizeof header), sizeof header);
    if (payload)
        assert_int_equal(write(pair->other, payload, length), length);
}

/* ---- in -------------------------------------------------------------------------------------- */

static void frames_come_out_as_they_went_in(void **state)
{
    struct pair *pair = *state;
    struct peer_frame frame;
    write_frame(pair, 3, 9, 0, "abc");
    write_frame(pair, 0, 10, 0, NULL);
    write_frame(pair, 5, 11, 0, "defgh");
    peer_fill(&pair->peer);
    assert_true(peer_next(&pair->peer, &frame));
    assert_int_equal(frame.type, 9);
    assert_int_equal(frame.length, 3);
    assert_memory_equal(frame.payload, "abc", 3);
    assert_true(peer_next(&pair->peer, &frame));
    assert_int_equal(frame.type, 10);
    assert_int_equal(frame.length, 0);
    assert_true(peer_next(&pair->peer, &frame));
    assert_memory_equal(frame.payload, "defgh", 5);
    assert_false(peer_next(&pair->peer, &frame));
    assert_false(pair->peer.gone);
}

static void frames_may_come_byte_by_byte(void **state)
{
    struct pair *pair = *state;
    struct peer_frame frame;
    uint8_t bytes[PROTOCOL_HEADER_BYTES + 4] = {4, 0, 0, 0, 7, 0, 0, 0, 'w', 'x', 'y', 'z'};
    for (size_t i = 0; i < sizeof bytes; i++) {
        assert_false(peer_next(&pair->peer, &frame));
        assert_int_equal(write(pair->other, bytes + i, 1), 1);
        peer_fill(&pair->peer);
    }
    assert_true(peer_next(&pair->peer, &frame));
    assert_memory_equal(frame.payload, "wxyz", 4);
}

/* The other end can not write it in one call. */
static void largest_frame(void **state)
{
    struct pair *pair = *state;
    struct peer_frame frame;
    size_t total = PROTOCOL_HEADER_BYTES + PROTOCOL_PAYLOAD_MAX;
    uint8_t *bytes = malloc(total);
    assert_non_null(bytes);
    for (size_t i = 0; i < total; i++)
        bytes[i] = (uint8_t)(i * 7);
    put_u32(bytes, PROTOCOL_PAYLOAD_MAX);
    put_u32(bytes + 4, 3);
    for (size_t sent = 0; sent < total;) {
        ssize_t more = write(pair->other, bytes + sent, total - sent);
        sent += more > 0 ? (size_t)more : 0;
        peer_fill(&pair->peer);
    }
    assert_true(peer_next(&pair->peer, &frame));
    assert_int_equal(frame.length, PROTOCOL_PAYLOAD_MAX);
    assert_memory_equal(frame.payload, bytes + PROTOCOL_HEADER_BYTES, PROTOCOL_PAYLOAD_MAX);
    free(bytes);
}

static void too_long_and_non_zero_are_no_frames(void **state)
{
    struct pair *pair = *state;
    struct peer_frame frame;
    write_frame(pair, PROTOCOL_PAYLOAD_MAX + 1, 3, 0, NULL);
    peer_fill(&pair->peer);
    assert_false(peer_next(&pair->peer, &frame));
    assert_true(pair->peer.gone);
    assert_string_equal(pair->peer.why, "no frame of this protocol");
    close_pair(state);
    open_pair(state);
    pair = *state;
    write_frame(pair, 0, 3, 1, NULL);
    peer_fill(&pair->peer);
    assert_false(peer_next(&pair->peer, &frame));
    assert_true(pair->peer.gone);
}

static void announced_length_costs_little(void **state)
{
    struct pair *pair = *state;
    struct peer_frame frame;
    write_frame(pair, PROTOCOL_PAYLOAD_MAX, 3, 0, NULL);
    peer_fill(&pair->peer);
    assert_false(peer_next(&pair->peer, &frame));
    assert_true(pair->peer.in.capacity <= 2 * (PROTOCOL_PAYLOAD_MAX + PROTOCOL_HEADER_BYTES));
    assert_false(pair->peer.gone);
}

static void end_of_stream_is_seen_behind_the_frames(void **state)
{
    struct pair *pair = *state;
    struct peer_frame frame;
    write_frame(pair, 1, 3, 0, "x");
    close(pair->other);
    pair->other = -1;
    peer_fill(&pair->peer);
    if (!pair->peer.is_ended)
        peer_fill(&pair->peer);
    assert_true(pair->peer.is_ended);
    assert_true(peer_next(&pair->peer, &frame));
}

/*
 * After any bytes the peer either goes on or is gone, and no byte outside its buffer is touched
 * (sanitizers check that).
 */
static void nothing_there_is_no_end(void **state)
{
    struct pair *pair = *state;
    peer_fill(&pair->peer);
    assert_false(pair->peer.gone);
    assert_false(pair->peer.is_ended);
    write_frame(pair, 0, 9, 0, NULL);
    peer_fill(&pair->peer);
    assert_true(peer_next(&pair->peer, &(struct peer_frame){0}));
}

/* It has left without reading what it was sent: that is told once, as an error. */
static void an_error_ends_it(void **state)
{
    struct pair *pair = *state;
    peer_send(&pair->peer, 9, "abc", 3, NULL, 0);
    close(pair->other);
    pair->other = -1;
    peer_fill(&pair->peer);
    assert_true(pair->peer.gone);
    assert_null(pair->peer.why);
}

static void garbage(void **state)
{
    srand(1);
    for (int round = 0; round < 2000; round++) {
        struct pair *pair = *state;
        struct peer_frame frame;
        uint8_t bytes[64];
        size_t count = (size_t)rand() % sizeof bytes;
        for (size_t i = 0; i < count; i++)
            bytes[i] = rand() % 3 ? 0 : (uint8_t)rand();
        if (write(pair->other, bytes, count) < 0)
            fail();
        peer_fill(&pair->peer);
        while (peer_next(&pair->peer, &frame))
            assert_true(frame.payload + frame.length <= pair->peer.in.bytes + pair->peer.in.end);
        if (pair->peer.gone) {
            close_pair(state);
            open_pair(state);
        }
    }
}

/* ---- out ------------------------------------------------------------------------------------- */

static void head_and_tail_make_one_frame(void **state)
{
    struct pair *pair = *state;
    static const uint8_t expected[] = {5, 0, 0, 0, 9, 0, 0, 0, 'h', 'e', 't', 'a', 'i'};
    uint8_t bytes[64];
    peer_send(&pair->peer, 9, "he", 2, "tai", 3);
    assert_int_equal(read(pair->other, bytes, sizeof bytes), sizeof expected);
    assert_memory_equal(bytes, expected, sizeof expected);
    assert_int_equal(peer_queued_bytes(&pair->peer), 0);
}

/* Nothing is lost or repeated, however the socket divides it. */
static void what_the_socket_does_not_take_is_queued(void **state)
{
    struct pair *pair = *state;
    static uint8_t payload[60000 - PROTOCOL_HEADER_BYTES];
    size_t total = 0, received = 0;
    int size = 8192;
    setsockopt(pair->peer.fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    for (int frame = 0; frame < 15; frame++) {
        for (size_t i = 0; i < sizeof payload; i++)
            payload[i] = (uint8_t)(i + (size_t)frame);
        peer_send(&pair->peer, 1, payload, 100, payload + 100, sizeof payload - 100);
        total += PROTOCOL_HEADER_BYTES + sizeof payload;
    }
    assert_false(pair->peer.gone);
    assert_true(peer_queued_bytes(&pair->peer) > 500000);
    uint8_t *all = malloc(total);
    assert_non_null(all);
    while (received < total) {
        ssize_t got = recv(pair->other, all + received, total - received, MSG_DONTWAIT);
        if (got > 0)
            received += (size_t)got;
        peer_flush(&pair->peer);
    }
    assert_int_equal(peer_queued_bytes(&pair->peer), 0);
    for (size_t frame = 0; frame < 15; frame++) {
        const uint8_t *at = all + frame * (PROTOCOL_HEADER_BYTES + sizeof payload);
        assert_int_equal(get_u32(at), sizeof payload);
        for (size_t i = 0; i < sizeof payload; i++) {
            if (at[PROTOCOL_HEADER_BYTES + i] != (uint8_t)(i + frame))
                fail_msg("frame %zu, byte %zu", frame, i);
        }
    }
    assert_int_equal(recv(pair->other, all, 1, MSG_DONTWAIT), -1);
    free(all);
}

static void queue_has_an_end(void **state)
{
    struct pair *pair = *state;
    static const uint8_t payload[10000];
    int frames = 0;
    while (!pair->peer.gone && frames < 1000) {
        peer_send(&pair->peer, 1, payload, sizeof payload, NULL, 0);
        frames++;
        assert_true(peer_queued_bytes(&pair->peer) <= PEER_QUEUE_MAX);
    }
    assert_true(pair->peer.gone);
    assert_string_equal(pair->peer.why, "it does not read");
    peer_send(&pair->peer, 1, payload, sizeof payload, NULL, 0); /* it has no effect any more */
}

static void sending_to_nobody_ends_it(void **state)
{
    struct pair *pair = *state;
    close(pair->other);
    pair->other = -1;
    peer_send(&pair->peer, 1, "x", 1, NULL, 0);
    assert_true(pair->peer.gone);
    assert_null(pair->peer.why); /* it left by itself */
}

static void first_reason_stays(void **state)
{
    struct pair *pair = *state;
    peer_drop(&pair->peer, "first");
    peer_drop(&pair->peer, "second");
    assert_string_equal(pair->peer.why, "first");
}

/* ---- calls ----------------------------------------------------------------------------------- */

static bool has_called(struct pair *pair)
{
    bool is_due = pair->peer.visit.is_due;
    visits_dismiss(&pair->visits, &pair->peer.visit);
    return is_due;
}

/* The server looks only at those who have called. */
static void calls_when_it_is_gone_or_has_something_queued(void **state)
{
    struct pair *pair = *state;
    static const uint8_t payload[PROTOCOL_PAYLOAD_MAX];
    assert_ptr_equal(pair->peer.visit.owner, pair);
    peer_send(&pair->peer, 1, "x", 1, NULL, 0);
    assert_false(has_called(pair));
    while (peer_queued_bytes(&pair->peer) == 0)
        peer_send(&pair->peer, 1, payload, 4096, NULL, 0);
    assert_true(has_called(pair));
    peer_drop(&pair->peer, "it is not wanted");
    assert_true(has_called(pair));
}

/* ---- open files ------------------------------------------------------------------------------ */

static void files_are_found_by_their_cookies(void **state)
{
    (void)state;
    static struct file_table table;
    static struct open_file files[1000];
    for (size_t i = 0; i < 1000; i++) {
        files[i].cookie = (i + 1) * 64; /* many share a bucket */
        files[i].state.address = (uint16_t)(i & 0x7F);
        assert_true(file_table_add(&table, &files[i]));
    }
    struct open_file twin = {.cookie = 640}, nobody = {.cookie = 0};
    assert_false(file_table_add(&table, &twin));
    assert_false(file_table_add(&table, &nobody));
    assert_null(file_table_find(&table, 0));
    assert_null(file_table_find(&table, 63));
    for (size_t i = 0; i < 1000; i++)
        assert_ptr_equal(file_table_find(&table, files[i].cookie), &files[i]);
    for (size_t i = 0; i < 1000; i += 2)
        file_table_remove(&table, &files[i]);
    for (size_t i = 0; i < 1000; i++)
        assert_ptr_equal(file_table_find(&table, files[i].cookie), i % 2 ? &files[i] : NULL);
    file_table_remove(&table, &twin); /* it was never in the table */
    assert_true(file_table_add(&table, &files[0]));
}

#define PEER_TEST(test) cmocka_unit_test_setup_teardown(test, open_pair, close_pair)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PEER_TEST(frames_come_out_as_they_went_in),
        PEER_TEST(frames_may_come_byte_by_byte),
        PEER_TEST(largest_frame),
        PEER_TEST(too_long_and_non_zero_are_no_frames),
        PEER_TEST(announced_length_costs_little),
        PEER_TEST(end_of_stream_is_seen_behind_the_frames),
        PEER_TEST(nothing_there_is_no_end),
        PEER_TEST(an_error_ends_it),
        PEER_TEST(garbage),
        PEER_TEST(head_and_tail_make_one_frame),
        PEER_TEST(what_the_socket_does_not_take_is_queued),
        PEER_TEST(queue_has_an_end),
        PEER_TEST(sending_to_nobody_ends_it),
        PEER_TEST(first_reason_stays),
        PEER_TEST(calls_when_it_is_gone_or_has_something_queued),
        cmocka_unit_test(files_are_found_by_their_cookies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
