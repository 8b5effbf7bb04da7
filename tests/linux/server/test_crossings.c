/* SPDX-License-Identifier: MIT */
/*
 * A late application and an impatient controller.  Each transfer contains one stall.  It ends
 * exactly when the controller's time-out strikes, or a little before or after.  So the
 * application's answer and the message that it is too late cross in every possible way.
 *
 * Afterwards the application's account is compared with that of a monitor, which saw the wires.
 * Both must have the same messages and the same bytes, and no byte more than was acknowledged.
 *
 *     test_crossings              a few hundred transfers
 *     test_crossings TRANSFERS [SEED]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/rig_remote.h"

enum { MESSAGES_MAX = 3, BYTES_MAX = 6, STEPS = 7, TIMEOUT_MS = 10, EARLIEST_US = 2000 };

/* What the application was told of one request. */
struct told {
    struct i2ctarget_request request; /* as it was when the application had finished with it */
    uint8_t bytes[BYTES_MAX];         /* bytes that read() returned */
    unsigned count;                   /* their number; of a read message: what write() returned */
    bool is_pending;                  /* the last byte was left without an answer */
    bool is_given_up;                 /* closed or refused before its end */
};

static struct {
    uint32_t seed;
    struct rig rig;
    struct i2ctarget target;
    struct rig_message messages[MESSAGES_MAX];
    uint8_t buffers[MESSAGES_MAX][BYTES_MAX];
    size_t message_count;
    struct told told[MESSAGES_MAX];
    size_t told_count;
    unsigned steps_to_stall;
    uint64_t begun_ns;
    uint64_t stall_us; /* from the beginning; it follows the server's deadline */
    unsigned given_up, cancelled;
} world;

static uint32_t below(uint32_t limit)
{
    world.seed = world.seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)world.seed * limit >> 32);
}

/* ---- the application ------------------------------------------------------------------------- */

/* Called before each of the application's calls.  It makes one of them late, or almost late. */
static void step(void)
{
    uint64_t until_ns = world.begun_ns + (world.stall_us + below(300)) * 1000;
    if (world.steps_to_stall == 0 || --world.steps_to_stall > 0)
        return;
    while (rig_now_ns(&world.rig) < until_ns)
        ;
}

/* False: the transfer is over, and there is no other request. */
static bool next_request(struct told *told)
{
    bool is_over = false;
    *told = (struct told){0};
    step();
    while (!is_over) {
        is_over = !rig_busy(&world.rig);
        int result = i2ctarget_next_request(&world.target, &told->request, -1);
        assert_true(result == 0 || result == 1);
        if (result == 1)
            return true;
    }
    return false;
}

/* True: there may be more to read. */
static bool read_some(struct told *told)
{
    uint8_t bytes[BYTES_MAX + 1];
    unsigned wanted = 1 + below(3);
    bool ack = below(4) > 0;
    step();
    int got = i2ctarget_read(&told->request, bytes, wanted, ack);
    assert_true(got >= 0);
    /* After a fault nothing comes, and the byte before was perhaps not acknowledged. */
    if (got > 0 || told->request.end != I2CTARGET_BUS_ERROR)
        told->is_pending = !ack && got == (int)wanted;
    assert_true(told->count + (unsigned)got <= BYTES_MAX);
    memcpy(told->bytes + told->count, bytes, (size_t)got);
    told->count += (unsigned)got;
    return got == (int)wanted;
}

/* Answers the byte that waits for its ACK bit.  True: goes on. */
static bool answer_pending(struct told *told)
{
    uint32_t moved = told->request.moved;
    bool ack = below(3) > 0;
    step();
    assert_int_equal(i2ctarget_ack(&told->request, ack), 0);
    told->is_pending = !ack || told->request.moved == moved;
    told->is_given_up = !ack;
    return ack;
}

static void serve_write(struct told *told)
{
    while (below(8) > 0) {
        if (!read_some(told))
            return;
        if (told->is_pending && below(2) && !answer_pending(told))
            return;
    }
    told->is_given_up = true;
}

static void serve_read(struct told *told)
{
    uint8_t bytes[BYTES_MAX];
    while (below(8) > 0) {
        unsigned count = 1 + below(3);
        for (unsigned i = 0; i < count; i++)
            bytes[i] = (uint8_t)(0xA0 + told->count + i);
        step();
        int taken = i2ctarget_write(&told->request, bytes, count);
        assert_true(taken >= 0);
        told->count += (unsigned)taken;
        if (taken < (int)count)
            return;
    }
    told->is_given_up = true;
}

static void serve(void)
{
    world.told_count = 0;
    while (world.told_count < MESSAGES_MAX) {
        struct told *told = &world.told[world.told_count];
        if (!next_request(told))
            return;
        world.told_count++;
        if (told->request.is_read)
            serve_read(told);
        else
            serve_write(told);
        step();
        assert_int_equal(i2ctarget_close(&told->request), 0);
    }
}

/* ---- the two accounts ------------------------------------------------------------------------ */

static void compare_write(const struct told *told, const struct rig_message *message)
{
    uint32_t acked = message->moved - message->nacked;
    assert_int_equal(told->request.moved, acked);
    assert_in_range(acked, told->count - told->is_pending, told->count);
    assert_memory_equal(told->bytes, message->buffer, told->count);
}

static void compare_read(const struct told *told, const struct rig_message *message)
{
    assert_int_equal(told->request.moved, told->count);
    assert_in_range(told->count, 0, message->moved);
    if (!told->is_given_up)
        assert_int_equal(told->count, message->moved);
    if (message->buffer[0] != 0xEE) /* nothing is copied from a transfer that failed */
        for (unsigned i = 0; i < message->length; i++)
            assert_int_equal(message->buffer[i], i < told->count ? 0xA0 + i : 0xFF);
}

/* Did the target look at the first message that was not completed (or at the last one)? */
static void compare(int done)
{
    size_t at = 0, seen = (size_t)done + ((size_t)done < world.message_count);
    for (size_t i = 0; i < seen; i++) {
        const struct rig_message *message = &world.messages[i];
        const struct told *told = &world.told[at];
        if (!message->addressed)
            continue;
        assert_in_range(++at, 1, world.told_count);
        assert_int_equal(told->request.address, message->address);
        assert_int_equal(told->request.is_read, message->is_read);
        assert_int_equal(told->request.is_restart, i > 0);
        if (message->is_read)
            compare_read(told, message);
        else
            compare_write(told, message);
        bool is_cut = world.rig.has_given_up && i + 1 == seen;
        if (told->request.end == I2CTARGET_BUS_ERROR)
            assert_true(is_cut);
        else
            assert_true(!is_cut || told->request.end == I2CTARGET_CLOSED);
    }
    assert_int_equal(at, world.told_count); /* there is no request that was not acknowledged */
}

/* ---- transfers ------------------------------------------------------------------------------- */

static void plan(void)
{
    world.message_count = 1 + below(MESSAGES_MAX);
    world.steps_to_stall = 1 + below(STEPS);
    for (size_t i = 0; i < world.message_count; i++) {
        uint8_t *bytes = world.buffers[i];
        bool is_read = below(2);
        for (unsigned at = 0; at < BYTES_MAX; at++)
            bytes[at] = is_read ? 0xEE : (uint8_t)below(256);
        world.messages[i] = (struct rig_message){.address = (uint8_t)(0x40 + below(2)),
                                                 .is_read = is_read,
                                                 .length = is_read + below(BYTES_MAX),
                                                 .buffer = bytes};
    }
}

static struct i2ctarget_counters counters(void)
{
    struct i2ctarget_counters now;
    i2ctarget_get_counters(&world.target, &now);
    return now;
}

/*
 * Moves the stall's end to where the two sides meet: later after each transfer that ended well,
 * earlier after others.
 */
static void aim(bool has_stalled)
{
    if (has_stalled && world.rig.has_given_up && world.stall_us > EARLIEST_US)
        world.stall_us -= 50;
    else if (has_stalled && !world.rig.has_given_up)
        world.stall_us += 50;
}

static void transfer(void)
{
    struct i2ctarget_request none;
    uint32_t cancelled = counters().cancelled;
    plan();
    world.begun_ns = rig_now_ns(&world.rig);
    world.rig.has_given_up = false;
    rig_start(&world.rig, world.messages, world.message_count);
    serve();
    while (rig_busy(&world.rig))
        assert_int_equal(i2ctarget_next_request(&world.target, &none, -1), 0);
    /* The controller has its answer, so the target has been told, too. */
    assert_int_equal(i2ctarget_next_request(&world.target, &none, -1), 0);
    cancelled = counters().cancelled - cancelled;
    int done = rig_finish(&world.rig);
    compare(done);
    bool is_cancelled = world.rig.has_given_up && !world.messages[done].addressed;
    assert_int_equal(cancelled, is_cancelled);
    world.given_up += world.rig.has_given_up;
    world.cancelled += is_cancelled;
    aim(world.steps_to_stall == 0);
}

static unsigned transfers = 250;

static void answers_that_cross_the_time_out(void **state)
{
    static const struct rig_kind kind = RIG_REMOTE("remote_400k", 400000);
    static const uint8_t addresses[] = {0x40, 0x41};
    (void)state;
    rig_open(&world.rig, &kind);
    assert_int_equal(rig_init(&world.rig, &world.target, 0, addresses, 2, false), 0);
    world.rig.kind->ops->give_up_after_ms(&world.rig, TIMEOUT_MS);
    world.stall_us = TIMEOUT_MS * 1000;
    for (unsigned i = 0; i < transfers; i++)
        transfer();
    print_message("%u transfers: %u given up, of them %u before the call was taken\n", transfers,
                  world.given_up, world.cancelled);
    assert_in_range(world.given_up, 1, transfers - 1);
    assert_in_range(world.cancelled, 1, world.given_up);
    rig_deinit(&world.rig, &world.target);
    rig_close(&world.rig);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers_that_cross_the_time_out)};
    if (argc > 1)
        transfers = (unsigned)strtoul(argv[1], NULL, 10);
    world.seed = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1;
    return cmocka_run_group_tests_name("crossings", tests, NULL, NULL);
}
