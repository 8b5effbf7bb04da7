/* SPDX-License-Identifier: MIT */
/*
 * Lengths in every combination: how many bytes the application takes or gives in all (payload), how
 * many the controller clocks, and in which pieces the application calls read() or write().
 *
 * A write: the target ACKs exactly min(payload, controller) bytes, NACKs byte payload + 1 if it is
 * sent, and reads exactly the acknowledged bytes.  A read: the controller gets exactly min(payload,
 * controller) bytes and then 0xFF.  The counts that write() returns add up to that number.
 */
#include "contract/contract.h"

static const uint16_t lengths[] = {0,  1,  2,  3,  7,   8,   9,   15,  16,  17,  31,  32,
                                   33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512};

#define LENGTHS COUNT(lengths)
#define LENGTH_MAX 512

struct combination {
    size_t payload, controller, piece;
};

static uint8_t pattern[LENGTH_MAX];

/* The first bit is 1, so that an address-only read can be stopped at once. */
static void fill_pattern(unsigned seed)
{
    for (size_t i = 0; i < LENGTH_MAX; i++)
        pattern[i] = (uint8_t)((i + seed) * 151 >> 3 ^ i);
    pattern[0] |= 0x80;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* With pieces of length 0 nothing is taken or given. */
static size_t willing(const struct combination *now)
{
    return now->piece == 0 ? 0 : now->payload;
}

static size_t read_in_pieces(struct i2ctarget_request *request, uint8_t *buffer,
                             const struct combination *now)
{
    size_t count = 0;
    while (count < willing(now)) {
        size_t n = smaller(now->piece, willing(now) - count);
        int result = i2ctarget_read(request, buffer + count, n, true);
        assert_in_range(result, 0, n);
        count += (size_t)result;
        assert_int_equal(request->moved, count);
        if ((size_t)result < n)
            break;
    }
    return count;
}

static size_t write_in_pieces(struct i2ctarget_request *request, const struct combination *now)
{
    size_t count = 0;
    while (count < willing(now)) {
        size_t n = smaller(now->piece, willing(now) - count);
        int result = i2ctarget_write(request, pattern + count, n);
        assert_in_range(result, 0, n);
        count += (size_t)result;
        assert_int_equal(request->moved, count);
        if ((size_t)result < n)
            break;
    }
    return count;
}

static void write_combination(struct rig *rig, const struct combination *now)
{
    struct rig_message message = write_message(0x40, pattern, now->controller);
    size_t expected = smaller(willing(now), now->controller);
    bool refused = now->controller > willing(now);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    uint8_t buffer[LENGTH_MAX];
    assert_int_equal(read_in_pieces(&request, buffer, now), expected);
    assert_memory_equal(buffer, pattern, expected);
    assert_int_equal(i2ctarget_close(&request), 0);
    assert_int_equal(request.moved, expected);
    assert_int_equal(rig_finish(rig), !refused);
    assert_true(message.addressed);
    assert_int_equal(message.nacked, refused);
    assert_int_equal(message.moved, expected + refused); /* the NACK is exactly at n + 1 */
}

static void read_combination(struct rig *rig, const struct combination *now)
{
    uint8_t got[LENGTH_MAX];
    struct rig_message message = read_message(0x40, got, now->controller);
    size_t expected = smaller(willing(now), now->controller);
    memset(got, 0x77, sizeof got);
    start_one(rig, &message);
    struct i2ctarget_request request = take_read();
    assert_int_equal(write_in_pieces(&request, now), expected);
    assert_int_equal(i2ctarget_close(&request), 0);
    assert_int_equal(request.moved, expected);
    assert_int_equal(rig_finish(rig), 1);
    assert_int_equal(message.moved, now->controller);
    assert_memory_equal(got, pattern, expected);
    for (size_t i = expected; i < now->controller; i++)
        assert_int_equal(got[i], 0xFF);
}

static void run_matrix(struct rig *rig, void (*run)(struct rig *rig, const struct combination *now))
{
    unsigned index = 0, ran = 0;
    serve(rig);
    for (size_t payload = 0; payload < LENGTHS; payload++) {
        for (size_t controller = 0; controller < LENGTHS; controller++) {
            for (size_t piece = 0; piece < LENGTHS; piece++) {
                if (!is_in_matrix(rig, index++))
                    continue;
                fill_pattern(index);
                run(rig,
                    &(struct combination){lengths[payload], lengths[controller], lengths[piece]});
                ran++;
            }
        }
    }
    print_message("  %u of %u combinations\n", ran, index);
    assert_true(ran > 100);
}

CONTRACT_TEST(c18_length_matrix_of_writes, 0)
{
    run_matrix(rig, write_combination);
}

CONTRACT_TEST(d22_length_matrix_of_reads, 0)
{
    run_matrix(rig, read_combination);
}

/* The same at all ends of a read, from 0 to 512 bytes.  write() returns what was clocked. */
static void read_ended_by(struct rig *rig, size_t clocked, const char *ending,
                          enum i2ctarget_end end)
{
    static char script[8 * LENGTH_MAX];
    static uint8_t ones[LENGTH_MAX + 2];
    char *at = script;
    memset(ones, 0xFF, sizeof ones);
    at += sprintf(at, "S 81 A ");
    for (size_t i = 0; i < clocked; i++)
        at += sprintf(at, i + 1 == clocked && *ending == 'n' ? "R " : "R a ");
    sprintf(at, "%s", ending);
    rig_play(rig, script);
    struct i2ctarget_request request = take_read();
    give_bytes(&request, ones, clocked + 2, clocked);
    if (end == I2CTARGET_STOP)
        expect_stop_in_byte(rig, &request, (uint32_t)clocked);
    else
        expect_end(&request, end, (uint32_t)clocked);
    if (end == I2CTARGET_RESTART) {
        request = take(0x40, false, true);
        expect_bytes(&request, "", 0);
    }
    rig_finish_play(rig, NULL);
}

CONTRACT_TEST(i48_write_returns_what_was_clocked_at_every_end, RIG_WIRES)
{
    serve(rig);
    for (size_t i = 0; i < LENGTHS; i++) {
        read_ended_by(rig, lengths[i], "P", I2CTARGET_STOP);
        read_ended_by(rig, lengths[i], "S 80 A P", I2CTARGET_RESTART);
        if (lengths[i] > 0)
            read_ended_by(rig, lengths[i], "n P", I2CTARGET_CONTROLLER_NACK);
    }
}

/* Exact reads and over-reads: the controller clocks all the bytes, or more. */
CONTRACT_TEST(i48_write_returns_all_when_all_was_clocked, 0)
{
    serve(rig);
    fill_pattern(48);
    uint8_t got[LENGTH_MAX + 3];
    for (size_t i = 1; i < LENGTHS; i++) {
        for (size_t more = 0; more <= 3; more += 3) {
            struct rig_message message = read_message(0x40, got, lengths[i] + more);
            start_one(rig, &message);
            struct i2ctarget_request request = take_read();
            give_bytes(&request, pattern, lengths[i], lengths[i]);
            assert_int_equal(rig_finish(rig), 1);
            assert_memory_equal(got, pattern, lengths[i]);
        }
    }
}
