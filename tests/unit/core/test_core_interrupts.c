/* SPDX-License-Identifier: MIT */
/*
 * The core with interrupts at every possible place.
 *
 * Each scenario is an application that talks to a scripted controller.  It runs once for every way
 * in which the bus's events can fall between the application's calls and the core's calls of its
 * port: before, inside and after each of them, or deferred by lock().  What the application and the
 * controller get must not depend on that, unless a scenario says so.
 *
 * At every step the port itself (support/scripted_port.h) checks that only owed events are
 * answered, under the lock, with valid answers, and that commitments are kept.  finish() checks
 * that no answer is owed to a closed request, and that no event was out of order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/device.h"
#include "i2ctarget/quirks.h"
#include "support/scripted_port.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct world {
    struct choices choices;
    struct scripted_port port;
    struct i2ctarget target;
    struct i2ctarget_pin scl, sda;
    struct scripted_message messages[4];
    uint8_t bytes[SCRIPTED_BYTES_MAX];
};

static struct world world;

static const uint8_t addresses[] = {0x40, 0x41, 0x50};

/* ---- the bus's script ------------------------------------------------------------------------ */

static struct scripted_message write_of(const char *bytes)
{
    return (struct scripted_message){
        .address = 0x40, .count = (unsigned)strlen(bytes), .bytes = bytes, .end = I2CTARGET_STOP};
}

static struct scripted_message read_of(unsigned count)
{
    return (struct scripted_message){
        .address = 0x40, .is_read = true, .count = count, .end = I2CTARGET_CONTROLLER_NACK};
}

static void script(struct scripted_message first, struct scripted_message second,
                   struct scripted_message third)
{
    struct scripted_message all[] = {first, second, third};
    memcpy(world.messages, all, sizeof all);
    world.port.count = first.address ? second.address ? third.address ? 3 : 2 : 1 : 0;
}

#define NOTHING ((struct scripted_message){0})

/* ---- the application's side: every call has an interrupt window before it -------------------- */

static int do_request(struct i2ctarget_request *request, int64_t timeout_us)
{
    scripted_port_interrupt(&world.port);
    return i2ctarget_next_request(&world.target, request, timeout_us);
}

static void watch(const struct i2ctarget_request *request)
{
    world.port.request = request;
    world.port.told = *request;
}

/* An event between two looks at the message would make a request of two moments. */
static void expect_told_under_lock(const struct i2ctarget_request *request)
{
    world.port.request = NULL;
    if (world.target.quirk)
        return; /* its requests change with the application's calls only */
    assert_int_equal(request->end, world.port.told.end);
    assert_int_equal(request->moved, world.port.told.moved);
}

static int do_read(struct i2ctarget_request *request, size_t n, bool ack)
{
    scripted_port_interrupt(&world.port);
    memset(world.bytes, 0xEE, sizeof world.bytes);
    watch(request);
    int count = i2ctarget_read(request, world.bytes, n, ack);
    expect_told_under_lock(request);
    for (size_t i = count > 0 ? (size_t)count : 0; i < sizeof world.bytes; i++)
        assert_int_equal(world.bytes[i], 0xEE); /* nothing is written beyond the count */
    return count;
}

static int do_write(struct i2ctarget_request *request, const char *bytes)
{
    scripted_port_interrupt(&world.port);
    watch(request);
    int count = i2ctarget_write(request, (const uint8_t *)bytes, strlen(bytes));
    expect_told_under_lock(request);
    return count;
}

static void do_ack(struct i2ctarget_request *request, bool ack)
{
    scripted_port_interrupt(&world.port);
    watch(request);
    assert_int_equal(i2ctarget_ack(request, ack), 0);
    expect_told_under_lock(request);
}

static void do_close(struct i2ctarget_request *request)
{
    scripted_port_interrupt(&world.port);
    assert_int_equal(i2ctarget_close(request), 0);
    /* Exactly one cause, which does not change any more. */
    assert_int_not_equal(request->end, I2CTARGET_OPEN);
    if (world.port.in_message && world.port.index == world.port.taken_index)
        assert_int_equal(world.port.owed, I2CTARGET_NO_EVENT); /* nobody is left to answer */
    assert_int_equal(i2ctarget_close(request), 0);
}

static struct i2ctarget_request next_request(void)
{
    struct i2ctarget_request request;
    assert_int_equal(do_request(&request, 0), 1);
    return request;
}

static void expect_bytes(const char *bytes)
{
    assert_memory_equal(world.bytes, bytes, strlen(bytes));
}

/* ---- running a scenario in every order ------------------------------------------------------- */

static void finish(void)
{
    scripted_port_drain(&world.port);
    struct i2ctarget_counters counters;
    i2ctarget_get_counters(&world.target, &counters);
    assert_int_equal(counters.order_errors, 0);
    i2ctarget_deinit(&world.target);
}

static void every_order(const char *name, bool hands_ahead, void (*scenario)(void))
{
    unsigned long runs = 0, interrupts = 0;
    memset(&world.choices, 0, sizeof world.choices);
    do {
        scripted_port_init(&world.port, &world.choices, world.messages, 0);
        world.scl = scripted_port_scl(&world.port, hands_ahead);
        world.sda = scripted_port_sda(&world.port, hands_ahead);
        assert_int_equal(i2ctarget_init(&world.target, &world.scl, &world.sda, addresses,
                                        COUNT(addresses), false),
                         0);
        scenario();
        if (world.port.opened)
            finish();
        runs++;
        interrupts += world.port.interrupts;
    } while (choices_next(&world.choices));
    print_message("  %-40s %8lu orders, %9lu interrupts\n", name, runs, interrupts);
    assert_true(runs > 1);
}

/*
 * Runs with both kinds of port: one that is asked for every event, and one that sends answers
 * ahead.  I2CTARGET_THIN: only the latter.
 */
#define EVERY_ORDER(scenario)                              \
    do {                                                   \
        if (!getenv("I2CTARGET_THIN"))                     \
            every_order(#scenario, false, scenario);       \
        every_order(#scenario " (ahead)", true, scenario); \
    } while (0)

static int show_choices_of_a_failure(void **state)
{
    (void)state;
    if (world.port.opened) {
        choices_print(&world.choices, stderr);
        world.port.opened = false;
    }
    return 0;
}

/* ---- writes ---------------------------------------------------------------------------------- */

static void read_more_than_comes(void)
{
    script(write_of("abc"), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_read(&request, 8, true), 3);
    expect_bytes("abc");
    assert_int_equal(request.end, I2CTARGET_STOP);
    assert_int_equal(request.moved, 3);
    assert_int_equal(do_read(&request, 8, true), 0);
    do_close(&request);
    assert_int_equal(request.end, I2CTARGET_STOP);
    assert_int_equal(world.messages[0].acked, 3);
}

static void read_byte_by_byte(void)
{
    script(write_of("abc"), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    for (int i = 0; i < 3; i++) {
        assert_int_equal(do_read(&request, 1, true), 1);
        assert_int_equal(world.bytes[0], "abc"[i]);
        assert_int_equal(request.moved, i + 1);
    }
    assert_int_equal(do_read(&request, 1, true), 0);
    do_close(&request);
}

static void read_holds_the_last_then_acks(void)
{
    script(write_of("abc"), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_read(&request, 2, false), 2);
    expect_bytes("ab");
    assert_int_equal(world.port.owed, I2CTARGET_RECEIVED);
    assert_int_equal(request.moved, 1); /* the second is not acknowledged yet */
    do_ack(&request, true);
    do_ack(&request, true); /* nothing is pending, or nothing of this request: no effect */
    assert_int_equal(do_read(&request, 8, true), 1);
    expect_bytes("c");
    assert_int_equal(request.moved, 3);
    do_close(&request);
}

static void read_holds_each_and_the_next_acks(void)
{
    script(write_of("abc"), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    for (int i = 0; i < 3; i++) {
        assert_int_equal(do_read(&request, 1, false), 1);
        assert_int_equal(world.bytes[0], "abc"[i]);
        assert_int_equal(do_read(&request, 0, true), 0); /* n = 0 acknowledges nothing */
        assert_int_equal(world.port.owed, I2CTARGET_RECEIVED);
    }
    assert_int_equal(do_read(&request, 1, false), 0);
    assert_int_equal(world.messages[0].acked, 3);
    do_close(&request);
}

static void ack_false_refuses_that_very_byte(void)
{
    script(write_of("abc"), write_of("x"), NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_read(&request, 2, false), 2);
    do_ack(&request, false);
    assert_int_equal(do_read(&request, 8, true), 0); /* "after ack(False): empty at once" */
    assert_int_equal(request.moved, 1);
    assert_int_equal(world.messages[0].acked, 1);
    assert_true(world.messages[0].nacked);
    world.port.extras.calm = true;
    request = next_request();
    assert_int_equal(do_read(&request, 8, true), 1);
    expect_bytes("x");
    do_close(&request);
}

static void close_at_once(void)
{
    script(write_of("abc"), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    do_close(&request);
    scripted_port_drain(&world.port);
    assert_int_equal(world.messages[0].acked, 0);
    assert_true(world.messages[0].nacked);
    assert_int_equal(do_read(&request, 1, true), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_ack(&request, true), -I2CTARGET_EBADF);
}

static void close_after_one(void)
{
    script(write_of("abc"), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_read(&request, 1, true), 1);
    do_close(&request);
    assert_int_equal(request.moved, 1);
    scripted_port_drain(&world.port);
    assert_int_equal(world.messages[0].acked, 1);
    assert_true(world.messages[0].nacked);
}

static void close_with_the_last_held(void)
{
    script(write_of("abc"), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_read(&request, 3, false), 3);
    do_close(&request);
    assert_int_equal(request.end, I2CTARGET_CLOSED);
    assert_int_equal(request.moved, 2);
    assert_int_equal(world.messages[0].acked, 2);
    assert_true(world.messages[0].nacked);
}

/*
 * Reads just what comes.  Whether the STOP comes before the close depends on the bus, but the cause
 * is one of two, and all bytes are there.
 */
static void close_around_the_end(void)
{
    script(write_of("ab"), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_read(&request, 2, true), 2);
    do_close(&request);
    assert_true(request.end == I2CTARGET_STOP || request.end == I2CTARGET_CLOSED);
    assert_int_equal(request.moved, 2);
    assert_int_equal(world.messages[0].acked, 2);
}

static void an_empty_write(void)
{
    script(write_of(""), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_false(request.is_read);
    assert_int_equal(do_read(&request, 8, true), 0);
    assert_int_equal(request.end, I2CTARGET_STOP);
    do_close(&request);
}

/* Before its call, while that is held, or after a look: no request comes for it. */
static void its_address_is_removed(void)
{
    struct i2ctarget_counters counters;
    script(write_of("a"), write_of("b"), NOTHING);
    world.messages[0].address = 0x41;
    scripted_port_interrupt(&world.port);
    assert_int_equal(i2ctarget_remove_address(&world.target, 0x41), 0);
    i2ctarget_get_counters(&world.target, &counters);
    assert_int_equal(counters.cancelled, world.port.answers); /* a NACK, if it was called before */
    struct i2ctarget_request request = next_request();
    assert_int_equal(request.address, 0x40);
    assert_true(world.messages[0].refused);
    assert_int_equal(do_read(&request, 8, true), 1);
    expect_bytes("b");
    do_close(&request);
}

static void every_order_of_a_write(void **state)
{
    (void)state;
    EVERY_ORDER(read_more_than_comes);
    EVERY_ORDER(read_byte_by_byte);
    EVERY_ORDER(read_holds_the_last_then_acks);
    EVERY_ORDER(read_holds_each_and_the_next_acks);
    EVERY_ORDER(ack_false_refuses_that_very_byte);
    EVERY_ORDER(close_at_once);
    EVERY_ORDER(close_after_one);
    EVERY_ORDER(close_with_the_last_held);
    EVERY_ORDER(close_around_the_end);
    EVERY_ORDER(an_empty_write);
    EVERY_ORDER(its_address_is_removed);
}

/* ---- reads ----------------------------------------------------------------------------------- */

static void write_just_enough(void)
{
    script(read_of(3), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_write(&request, "xyz"), 3);
    assert_int_equal(request.end, I2CTARGET_CONTROLLER_NACK);
    assert_int_equal(request.moved, 3);
    assert_int_equal(do_write(&request, "more"), 0);
    do_close(&request);
    assert_memory_equal(world.messages[0].got, "xyz", 3);
}

static void write_in_pieces(void)
{
    script(read_of(3), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_write(&request, "x"), 1);
    assert_int_equal(request.moved, 1);
    assert_int_equal(do_write(&request, ""), 0);
    assert_int_equal(do_write(&request, "y"), 1);
    assert_int_equal(do_write(&request, "z"), 1);
    assert_int_equal(request.end, I2CTARGET_CONTROLLER_NACK);
    do_close(&request);
    assert_memory_equal(world.messages[0].got, "xyz", 3);
}

static void write_more_than_is_clocked(void)
{
    script(read_of(2), read_of(1), NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_write(&request, "wxyz"), 2);
    do_close(&request);
    world.port.extras.calm = true;
    request = next_request();
    assert_int_equal(do_write(&request, "q"), 1); /* "yz" never appears later */
    do_close(&request);
    assert_memory_equal(world.messages[0].got, "wx", 2);
    assert_memory_equal(world.messages[1].got, "q", 1);
}

static void close_fills(void)
{
    script(read_of(5), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_write(&request, "xy"), 2);
    do_close(&request);
    assert_int_equal(request.moved, 2);
    scripted_port_drain(&world.port);
    assert_memory_equal(world.messages[0].got, "xy\xFF\xFF\xFF", 5);
}

static void close_a_read_at_once(void)
{
    script(read_of(2), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    do_close(&request);
    scripted_port_drain(&world.port);
    assert_memory_equal(world.messages[0].got, "\xFF\xFF", 2);
    assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"x", 1), -I2CTARGET_EBADF);
}

/* STOP after the ACK of the second byte.  A third byte was asked for, given or not, and cut. */
static void a_stop_cuts_the_byte_after(void)
{
    struct scripted_message message = read_of(2);
    message.end = I2CTARGET_STOP;
    script(message, NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_write(&request, "xyz"), 2);
    assert_int_equal(request.end, I2CTARGET_STOP);
    assert_int_equal(request.moved, 2);
    do_close(&request);
}

static void asked_for_more_then_cut(void)
{
    struct scripted_message message = read_of(2);
    message.end = I2CTARGET_RESTART;
    script(message, NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_write(&request, "xy"), 2);
    assert_int_equal(do_write(&request, "z"), 0);
    assert_int_equal(request.end, I2CTARGET_RESTART);
    assert_int_equal(request.moved, 2);
    do_close(&request);
}

static void arbitration_is_lost(void)
{
    struct scripted_message message = read_of(1);
    message.end = I2CTARGET_ARBITRATION_LOST;
    script(message, NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_write(&request, "xyz"), 1);
    assert_int_equal(request.end, I2CTARGET_ARBITRATION_LOST);
    do_close(&request);
    struct i2ctarget_counters counters;
    i2ctarget_get_counters(&world.target, &counters);
    assert_int_equal(counters.arbitration_lost, 1);
}

static void every_order_of_a_read(void **state)
{
    (void)state;
    EVERY_ORDER(write_just_enough);
    EVERY_ORDER(write_in_pieces);
    EVERY_ORDER(write_more_than_is_clocked);
    EVERY_ORDER(close_fills);
    EVERY_ORDER(close_a_read_at_once);
    EVERY_ORDER(a_stop_cuts_the_byte_after);
    EVERY_ORDER(asked_for_more_then_cut);
    EVERY_ORDER(arbitration_is_lost);
}

/* ---- several messages ------------------------------------------------------------------------ */

static void write_restart_read(void)
{
    struct scripted_message command = write_of("c"), answer = read_of(2);
    command.end = I2CTARGET_RESTART;
    answer.is_restart = true;
    script(command, answer, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_false(request.is_restart);
    assert_int_equal(do_read(&request, 8, true), 1);
    expect_bytes("c");
    assert_int_equal(request.end, I2CTARGET_RESTART);
    do_close(&request);
    request = next_request();
    world.port.extras.calm = true;
    assert_true(request.is_read && request.is_restart);
    assert_int_equal(do_write(&request, "de"), 2);
    do_close(&request);
    assert_memory_equal(world.messages[1].got, "de", 2);
}

/* The application never closes: the next request does it. */
static void request_closes_the_former(void)
{
    script(write_of("ab"), read_of(2), NOTHING);
    struct i2ctarget_request first = next_request(), second, old;
    assert_int_equal(do_read(&first, 1, true), 1);
    old = first;
    second = next_request();
    world.port.extras.calm = true;
    assert_true(second.is_read);
    assert_int_equal(i2ctarget_read(&old, world.bytes, 1, true), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_close(&old), 0); /* no effect on the second request */
    assert_int_equal(do_write(&second, "st"), 2);
    assert_int_equal(world.messages[0].acked, 1);
    assert_true(world.messages[0].nacked);
    assert_memory_equal(world.messages[1].got, "st", 2);
}

/*
 * The next message is there already while the application still has its ended request.  Neither
 * affects the other.
 */
static void an_ended_request_outlives_its_message(void)
{
    script(write_of("a"), write_of("b"), NOTHING);
    struct i2ctarget_request first = next_request(), second;
    assert_int_equal(do_read(&first, 8, true), 1);
    assert_int_equal(first.end, I2CTARGET_STOP);
    scripted_port_drain(&world.port); /* the second message is addressed and held */
    assert_int_equal(world.port.owed, I2CTARGET_ADDRESSED);
    assert_int_equal(do_read(&first, 8, true), 0);
    do_ack(&first, false);
    assert_int_equal(first.end, I2CTARGET_STOP);
    assert_int_equal(first.moved, 1);
    assert_int_equal(i2ctarget_close(&first), 0);
    /* It is still owed: only request() takes it. */
    assert_int_equal(world.port.owed, I2CTARGET_ADDRESSED);
    second = next_request();
    assert_int_equal(do_read(&second, 8, true), 1);
    expect_bytes("b");
    do_close(&second);
}

static void looking_once_until_it_is_there(void)
{
    int looks = 0, found = 0;
    script(write_of("a"), NOTHING, NOTHING);
    struct i2ctarget_request request;
    while (!found && looks++ < 3) {
        found = do_request(&request, -1);
        assert_true(found == 0 || found == 1);
        assert_true(found || world.port.index == 0);
    }
    if (!found)
        assert_int_equal(do_request(&request, 0), 1);
    assert_int_equal(do_read(&request, 8, true), 1);
    do_close(&request);
}

static void waiting_with_a_limit(void)
{
    int64_t before_us = 0;
    script(write_of("a"), NOTHING, NOTHING);
    struct i2ctarget_request request;
    int result = do_request(&request, 5);
    if (result == -I2CTARGET_ETIMEDOUT) {
        assert_true(world.port.now_us >= before_us + 5); /* never early */
        assert_int_equal(do_request(&request, 0), 1);
    } else {
        assert_int_equal(result, 1);
    }
    assert_int_equal(do_read(&request, 8, true), 1);
    do_close(&request);
}

static void every_order_of_several_messages(void **state)
{
    (void)state;
    EVERY_ORDER(write_restart_read);
    EVERY_ORDER(request_closes_the_former);
    EVERY_ORDER(an_ended_request_outlives_its_message);
    EVERY_ORDER(looking_once_until_it_is_there);
    EVERY_ORDER(waiting_with_a_limit);
}

/* ---- signals and waits that end early -------------------------------------------------------- */

static int again(int result, int (*call)(struct i2ctarget_request *),
                 struct i2ctarget_request *request)
{
    if (result != -I2CTARGET_EINTR)
        return result;
    result = call(request);
    assert_int_not_equal(result, -I2CTARGET_EINTR); /* the signal came once */
    return result;
}

static int plain_read(struct i2ctarget_request *request)
{
    scripted_port_interrupt(&world.port);
    return i2ctarget_read(request, world.bytes, 8, true);
}

static int read_held(struct i2ctarget_request *request)
{
    scripted_port_interrupt(&world.port);
    return i2ctarget_read(request, world.bytes, 3, false);
}

static int plain_write(struct i2ctarget_request *request)
{
    static const uint8_t bytes[] = "wxyz";
    scripted_port_interrupt(&world.port);
    return i2ctarget_write(request, bytes, 4);
}

static struct i2ctarget_request next_request_despite_signals(void)
{
    struct i2ctarget_request request;
    int result = do_request(&request, 0);
    if (result == -I2CTARGET_EINTR)
        result = do_request(&request, 0);
    assert_int_equal(result, 1);
    return request;
}

static void a_signal_in_a_read(void)
{
    script(write_of("abc"), NOTHING, NOTHING);
    world.port.extras.signal = true;
    struct i2ctarget_request request = next_request_despite_signals();
    assert_int_equal(again(plain_read(&request), plain_read, &request), 3);
    expect_bytes("abc");
    assert_int_equal(request.moved, 3);
    do_close(&request);
}

static void a_signal_in_a_held_read(void)
{
    script(write_of("abcd"), NOTHING, NOTHING);
    world.port.extras.signal = true;
    struct i2ctarget_request request = next_request_despite_signals();
    assert_int_equal(again(read_held(&request), read_held, &request), 3);
    expect_bytes("abc");
    assert_int_equal(world.port.owed, I2CTARGET_RECEIVED);
    do_close(&request);
    assert_int_equal(world.messages[0].acked, 2);
}

static void a_signal_in_a_write(void)
{
    script(read_of(3), NOTHING, NOTHING);
    world.port.extras.signal = true;
    struct i2ctarget_request request = next_request_despite_signals();
    assert_int_equal(again(plain_write(&request), plain_write, &request), 3);
    do_close(&request);
    assert_memory_equal(world.messages[0].got, "wxy", 3);
}

/* wait() may return early without a reason. */
static void early_wakes_mean_nothing(void)
{
    script(write_of("a"), read_of(1), NOTHING);
    world.port.extras.early = true;
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_read(&request, 8, true), 1);
    do_close(&request);
    world.port.extras.calm = true;
    request = next_request();
    assert_int_equal(do_write(&request, "z"), 1);
    do_close(&request);
    assert_int_equal(world.messages[1].got[0], 'z');
}

static void closing_an_interrupted_read(void)
{
    script(write_of("abc"), write_of("d"), NOTHING);
    world.port.extras.signal = true;
    struct i2ctarget_request request = next_request_despite_signals();
    int result = plain_read(&request);
    if (result == -I2CTARGET_EINTR) /* other arguments would lose bytes */
        assert_int_equal(i2ctarget_read(&request, world.bytes, 7, true), -I2CTARGET_EINVAL);
    else
        assert_int_equal(result, 3);
    do_close(&request);
    assert_int_equal(request.moved, world.messages[0].acked);
    world.port.extras.calm = true;
    request = next_request_despite_signals();
    assert_int_equal(again(plain_read(&request), plain_read, &request), 1);
    expect_bytes("d");
    do_close(&request);
}

static void every_order_with_a_signal(void **state)
{
    (void)state;
    EVERY_ORDER(a_signal_in_a_read);
    EVERY_ORDER(a_signal_in_a_held_read);
    EVERY_ORDER(a_signal_in_a_write);
    EVERY_ORDER(closing_an_interrupted_read);
    EVERY_ORDER(early_wakes_mean_nothing);
}

/* ---- faults: at any moment, an answer owed or not -------------------------------------------- */

static enum i2ctarget_end fault;

/* What a read() or write() returns when the request has ended so, and no byte came before. */
static int result_after(enum i2ctarget_end cause)
{
    return cause == I2CTARGET_PORT_LOST ? -I2CTARGET_EIO : 0;
}

/*
 * The first message may have been cancelled before it was seen.  A lost port has no second message.
 */
static bool faulty_request(struct i2ctarget_request *request)
{
    int result = do_request(request, 0);
    if (result == 1)
        return true;
    assert_int_equal(world.port.extras.fault, I2CTARGET_OPEN); /* it has come */
    assert_int_equal(result, fault == I2CTARGET_PORT_LOST ? -I2CTARGET_EIO : -I2CTARGET_EDEADLK);
    return false;
}

static void check_sticky(struct i2ctarget_request *request, int result)
{
    int want = result_after(fault);
    if (request->end != fault)
        return;
    assert_true(result >= 0 || result == want);
    for (int i = 0; i < 2; i++)
        assert_int_equal(request->is_read ? do_write(request, "x") : do_read(request, 1, true),
                         want);
}

static void a_fault_in_a_write(void)
{
    script(write_of("abc"), NOTHING, NOTHING);
    world.port.extras.fault = fault;
    struct i2ctarget_request request;
    if (faulty_request(&request)) {
        int first = do_read(&request, 2, false), second;
        if (first > 0)
            expect_bytes(first == 1 ? "a" : "ab");
        second = do_read(&request, 8, true);
        check_sticky(&request, second);
        assert_int_equal(request.moved, world.messages[0].acked);
        do_close(&request);
        assert_true(request.end == I2CTARGET_STOP || request.end == fault);
    }
    struct i2ctarget_counters counters;
    i2ctarget_get_counters(&world.target, &counters);
    assert_int_equal(counters.timeouts, world.messages[0].ended == I2CTARGET_TIMEOUT);
}

static void a_fault_in_a_read(void)
{
    script(read_of(3), NOTHING, NOTHING);
    world.port.extras.fault = fault;
    struct i2ctarget_request request;
    if (faulty_request(&request)) {
        int first = do_write(&request, "xy"), second = do_write(&request, "z");
        check_sticky(&request, second);
        assert_true(first <= 2);
        assert_int_equal(request.moved, world.messages[0].got_count);
        assert_memory_equal(world.messages[0].got, "xyz", world.messages[0].got_count);
        do_close(&request);
    }
}

static void a_fault_around_the_close(void)
{
    script(write_of("ab"), write_of("c"), NOTHING);
    world.port.extras.fault = fault;
    struct i2ctarget_request request;
    for (int i = 0; i < 2 && faulty_request(&request); i++) {
        do_close(&request);
        assert_true(request.end == fault || request.end == I2CTARGET_CLOSED ||
                    request.end == I2CTARGET_STOP);
    }
}

/* A message that was held and then cancelled is counted, and never becomes a request. */
static void a_fault_before_the_request(void)
{
    script(write_of("a"), write_of("b"), NOTHING);
    world.port.extras.fault = fault;
    scripted_port_interrupt(&world.port);
    bool cancelled = world.messages[0].ended == fault;
    world.port.extras.fault = I2CTARGET_OPEN;
    struct i2ctarget_counters counters;
    i2ctarget_get_counters(&world.target, &counters);
    assert_int_equal(counters.cancelled, cancelled);
    if (world.port.lost)
        return;
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_read(&request, 8, true), 1);
    expect_bytes(cancelled ? "b" : "a");
    do_close(&request);
}

static int read_one_held(struct i2ctarget_request *request)
{
    return do_read(request, 1, false);
}

/* A byte is read once, however late it is acknowledged, and whatever comes between. */
static void a_fault_and_a_signal_after_a_held_byte(void)
{
    script(write_of("ab"), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(read_one_held(&request), 1);
    expect_bytes("a");
    world.port.extras.fault = I2CTARGET_BUS_ERROR;
    world.port.extras.signal = true;
    int result = again(read_one_held(&request), read_one_held, &request);
    if (result == 1)
        expect_bytes("b");
    else
        assert_int_equal(result, 0);
    do_close(&request);
}

/* ack() counts what the bus has taken of it. */
static void a_fault_around_an_ack(void)
{
    script(write_of("ab"), NOTHING, NOTHING);
    struct i2ctarget_request request = next_request();
    assert_int_equal(read_one_held(&request), 1);
    world.port.extras.fault = I2CTARGET_BUS_ERROR;
    do_ack(&request, true);
    if (world.port.crossed != I2CTARGET_OPEN)
        assert_int_equal(request.moved, 0);
    do_close(&request);
    assert_int_equal(request.moved, world.messages[0].acked);
}

static void every_order_with_a_fault(void **state)
{
    const enum i2ctarget_end faults[] = {I2CTARGET_TIMEOUT, I2CTARGET_BUS_ERROR,
                                         I2CTARGET_PORT_LOST};
    (void)state;
    EVERY_ORDER(a_fault_and_a_signal_after_a_held_byte);
    EVERY_ORDER(a_fault_around_an_ack);
    for (size_t i = 0; i < COUNT(faults); i++) {
        fault = faults[i];
        EVERY_ORDER(a_fault_in_a_write);
        EVERY_ORDER(a_fault_in_a_read);
        EVERY_ORDER(a_fault_around_the_close);
        EVERY_ORDER(a_fault_before_the_request);
    }
}

/* ---- deinit ---------------------------------------------------------------------------------- */

static void deinit_somewhere(void)
{
    struct i2ctarget_request request = {0};
    unsigned calls = choose(&world.choices, 5);
    script(write_of("abc"), read_of(2), NOTHING);
    if (calls > 0)
        request = next_request();
    if (calls > 1)
        assert_int_equal(do_read(&request, 2, false), 2);
    if (calls > 2)
        do_close(&request);
    if (calls > 3)
        request = next_request();
    scripted_port_interrupt(&world.port);
    i2ctarget_deinit(&world.target);
    assert_false(world.port.opened);
    i2ctarget_deinit(&world.target);
    assert_int_equal(i2ctarget_next_request(&world.target, &request, 0), -I2CTARGET_EBADF);
    request.target = &world.target;
    assert_int_equal(i2ctarget_read(&request, world.bytes, 1, true), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_write(&request, world.bytes, 1), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_ack(&request, true), -I2CTARGET_EBADF);
}

static void every_order_of_a_deinit(void **state)
{
    (void)state;
    EVERY_ORDER(deinit_somewhere);
}

/* ---- devices beside the application ---------------------------------------------------------- */

struct probe {
    struct i2ctarget_device device; /* first member */
    unsigned addressed, received, requested, ended;
    uint32_t moved;
    enum i2ctarget_end cause;
};

static struct probe probe;

static bool probe_addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                            bool is_restart)
{
    struct probe *self = (struct probe *)device;
    (void)is_read;
    (void)is_restart;
    assert_int_equal(address, 0x50);
    assert_int_equal(self->ended, self->addressed); /* the former message is over */
    self->addressed++;
    return true;
}

static bool probe_received(struct i2ctarget_device *device, uint8_t byte)
{
    (void)byte;
    return ++((struct probe *)device)->received <= 2;
}

static int probe_requested(struct i2ctarget_device *device)
{
    return 'A' + (int)((struct probe *)device)->requested++;
}

static void probe_ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct probe *self = (struct probe *)device;
    self->ended++;
    self->cause = cause;
    self->moved = moved;
}

static const struct i2ctarget_device_ops probe_ops = {.addressed = probe_addressed,
                                                      .received = probe_received,
                                                      .requested = probe_requested,
                                                      .ended = probe_ended};

static struct scripted_message for_device(struct scripted_message message)
{
    message.address = 0x50;
    return message;
}

static void attach_probe(void)
{
    probe = (struct probe){.device = {.ops = &probe_ops}};
    scripted_port_interrupt(&world.port);
    assert_int_equal(i2ctarget_attach(&world.target, 0x50, &probe.device), 0);
}

/*
 * The device's message comes anywhere between, before or after the application's calls on its own
 * request.
 */
static void a_device_between_requests(void)
{
    script(write_of("a"), for_device(read_of(2)), write_of("b"));
    probe = (struct probe){.device = {.ops = &probe_ops}};
    assert_int_equal(i2ctarget_attach(&world.target, 0x50, &probe.device), 0);
    struct i2ctarget_request request = next_request();
    assert_int_equal(do_read(&request, 2, true), 1);
    expect_bytes("a");
    do_close(&request);
    world.port.extras.calm = true;
    request = next_request();
    assert_int_equal(do_read(&request, 8, true), 1);
    expect_bytes("b");
    do_close(&request);
    assert_memory_equal(world.messages[1].got, "AB", 2);
    assert_int_equal(probe.ended, 1);
    assert_int_equal(probe.moved, 2);
    assert_int_equal(probe.cause, I2CTARGET_CONTROLLER_NACK);
}

/* If a message is held at its address when the device is attached, the device answers it. */
static void attach_answers_a_held_call(void)
{
    script(for_device(write_of("abc")), NOTHING, NOTHING);
    attach_probe();
    scripted_port_drain(&world.port);
    assert_int_equal(world.port.owed, I2CTARGET_NO_EVENT);
    assert_int_equal(world.messages[0].acked, 2);
    assert_true(world.messages[0].nacked);
    assert_int_equal(probe.ended, 1);
    assert_int_equal(probe.moved, 2);
    assert_int_equal(world.port.answers <= 1, true);
}

static void a_fault_in_a_device_message(void)
{
    script(for_device(write_of("ab")), NOTHING, NOTHING);
    world.port.extras.fault = I2CTARGET_BUS_ERROR;
    attach_probe();
    scripted_port_interrupt(&world.port);
    world.port.extras.fault = I2CTARGET_OPEN;
    scripted_port_drain(&world.port);
    assert_int_equal(probe.ended, probe.addressed);
    if (probe.addressed)
        assert_int_equal(probe.cause, world.messages[0].ended);
}

static bool says_no(struct i2ctarget_device *device, uint16_t address, bool is_read,
                    bool is_restart)
{
    probe_addressed(device, address, is_read, is_restart);
    return false;
}

/* The device's refusal ends the message for both sides, even if a fault came before it. */
static void a_device_refuses_a_held_call(void)
{
    static const struct i2ctarget_device_ops ops = {.addressed = says_no,
                                                    .received = probe_received,
                                                    .requested = probe_requested,
                                                    .ended = probe_ended};
    script(for_device(write_of("ab")), NOTHING, NOTHING);
    world.port.extras.fault = I2CTARGET_BUS_ERROR;
    probe = (struct probe){.device = {.ops = &ops}};
    scripted_port_interrupt(&world.port);
    assert_int_equal(i2ctarget_attach(&world.target, 0x50, &probe.device), 0);
    world.port.extras.fault = I2CTARGET_OPEN;
    scripted_port_drain(&world.port);
    assert_int_equal(probe.received + probe.ended, 0);
    assert_int_equal(world.messages[0].acked, 0);
}

static void every_order_with_devices(void **state)
{
    (void)state;
    EVERY_ORDER(a_device_between_requests);
    EVERY_ORDER(attach_answers_a_held_call);
    EVERY_ORDER(a_fault_in_a_device_message);
    EVERY_ORDER(a_device_refuses_a_held_call);
}

/* ---- under a quirk: messages in requests of one byte ------------------------------------------ */

static struct i2ctarget_quirk quirk;

static void script_for_quirk(struct scripted_message first, struct scripted_message second)
{
    script(first, second, NOTHING);
    assert_int_equal(i2ctarget_use_quirk(&world.target, &quirk, "circuitpython-rp2040"), 0);
}

static int write_one(struct i2ctarget_request *request)
{
    static const uint8_t byte = 'x';
    scripted_port_interrupt(&world.port);
    return i2ctarget_write(request, &byte, 1);
}

static void serve_read(void)
{
    struct i2ctarget_request request = next_request_despite_signals();
    assert_true(request.is_read);
    assert_int_equal(again(write_one(&request), write_one, &request), 1);
    assert_int_equal(i2ctarget_close(&request), 0);
}

static void serve_write(char expected)
{
    struct i2ctarget_request request = next_request_despite_signals();
    assert_false(request.is_read);
    assert_int_equal(do_read(&request, 8, true), 1);
    assert_int_equal(world.bytes[0], expected);
    assert_int_equal(i2ctarget_close(&request), 0);
}

static void assert_no_request(void)
{
    struct i2ctarget_request request;
    int result = do_request(&request, 0);
    if (result == -I2CTARGET_EINTR)
        result = do_request(&request, 0);
    assert_int_equal(result, -I2CTARGET_EDEADLK); /* it would wait for ever */
}

static void a_byte_behind_an_address_alone(void)
{
    script_for_quirk(write_of(""), write_of("a"));
    serve_write('a');
    assert_no_request();
    assert_int_equal(world.messages[1].acked, 1);
}

static void bytes_of_one_message(void)
{
    script_for_quirk(write_of("ab"), NOTHING);
    serve_write('a');
    serve_write('b');
    assert_no_request();
}

static void bytes_that_are_wanted(void)
{
    script_for_quirk(read_of(2), NOTHING);
    serve_read();
    serve_read();
    assert_no_request();
    assert_memory_equal(world.messages[0].got, "xx", 2);
}

static void a_signal_in_a_write_under_a_quirk(void)
{
    script_for_quirk(write_of("a"), NOTHING);
    world.port.extras.signal = true;
    serve_write('a');
    assert_no_request();
}

static void a_signal_in_a_read_under_a_quirk(void)
{
    script_for_quirk(read_of(1), NOTHING);
    world.port.extras.signal = true;
    serve_read();
    assert_no_request();
    assert_int_equal(world.messages[0].got[0], 'x');
}

/* The program gets each byte that was acknowledged, and no other. */
static void a_fault_under_a_quirk(void)
{
    struct i2ctarget_request request;
    unsigned count = 0;
    script_for_quirk(write_of("ab"), NOTHING);
    world.port.extras.fault = I2CTARGET_BUS_ERROR;
    int result;
    while ((result = do_request(&request, 0)) == 1) {
        assert_int_equal(do_read(&request, 8, true), 1);
        assert_int_equal(world.bytes[0], "ab"[count++]);
    }
    assert_int_equal(result, -I2CTARGET_EDEADLK);
    assert_int_equal(count, world.messages[0].acked);
}

static void every_order_under_a_quirk(void **state)
{
    (void)state;
    EVERY_ORDER(a_byte_behind_an_address_alone);
    EVERY_ORDER(bytes_of_one_message);
    EVERY_ORDER(bytes_that_are_wanted);
    EVERY_ORDER(a_signal_in_a_write_under_a_quirk);
    EVERY_ORDER(a_signal_in_a_read_under_a_quirk);
    EVERY_ORDER(a_fault_under_a_quirk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_order_of_a_write, show_choices_of_a_failure),
        cmocka_unit_test_teardown(every_order_of_a_read, show_choices_of_a_failure),
        cmocka_unit_test_teardown(every_order_of_several_messages, show_choices_of_a_failure),
        cmocka_unit_test_teardown(every_order_with_a_signal, show_choices_of_a_failure),
        cmocka_unit_test_teardown(every_order_with_a_fault, show_choices_of_a_failure),
        cmocka_unit_test_teardown(every_order_of_a_deinit, show_choices_of_a_failure),
        cmocka_unit_test_teardown(every_order_with_devices, show_choices_of_a_failure),
        cmocka_unit_test_teardown(every_order_under_a_quirk, show_choices_of_a_failure),
    };
    return cmocka_run_group_tests_name("core_interrupts", tests, NULL, NULL);
}
