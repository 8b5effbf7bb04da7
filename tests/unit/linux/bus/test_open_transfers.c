/* SPDX-License-Identifier: MIT */
/*
 * Open transfers on the bus without its server: pauses, what waits meanwhile, and every way to end.
 * The test sets the clock: the linker replaces clock_gettime() by __wrap_clock_gettime().
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <time.h>

#include "bus/bus.h"

enum { ADDRESS = 0x40, MESSAGES = 3, TIMEOUT_MS = 30 };

/* A target that acknowledges everything, or holds its address. */
struct listener {
    struct bus_target target; /* first member */
    bool holds, holds_bytes;
    int late; /* an answer that is on its way when the event is taken back; 0: none */
    unsigned addressed;
    int ended;
};

static int listen_to(void *owner, const struct i2ctarget_event *event)
{
    struct listener *listener = owner;
    if (event->kind == I2CTARGET_ADDRESSED) {
        listener->addressed++;
        return listener->holds ? I2CTARGET_HOLD : I2CTARGET_ACK;
    }
    if (event->kind == I2CTARGET_ENDED)
        listener->ended = event->value;
    return listener->holds_bytes ? I2CTARGET_HOLD : I2CTARGET_ACK;
}

static void on_rest(struct bus_target *target)
{
    (void)target;
}

static struct bus bus;
static struct listener listener;

static bool on_revoked(struct bus_target *target)
{
    int answer = listener.late;
    listener.late = 0;
    if (answer)
        bus_answer(&bus, target, answer);
    return !answer;
}

/* A client with a transfer of which it knows one message at a time. */
struct asker {
    struct bus_transfer transfer; /* first member */
    struct controller_message messages[MESSAGES];
    uint8_t byte;
    unsigned pauses, ends;
    size_t goes_on_to; /* called from inside `paused` */
    enum controller_result result;
    uint8_t reason;
    uint64_t duration_ns;
};

static void on_paused(struct bus_transfer *transfer)
{
    struct asker *asker = (struct asker *)transfer;
    asker->pauses++;
    if (asker->goes_on_to > transfer->count)
        bus_go_on(&bus, transfer, transfer->count + 1, transfer->count + 1 < asker->goes_on_to);
}

static void on_done(struct bus_transfer *transfer, const struct bus_report *report)
{
    struct asker *asker = (struct asker *)transfer;
    asker->ends++;
    asker->result = report->result;
    asker->reason = report->reasons[0];
    asker->duration_ns = report->duration_ns;
}

static void ask(struct asker *asker, uint8_t address, bool is_open)
{
    *asker = (struct asker){.transfer = {.count = 1,
                                         .timeout_ns = TIMEOUT_MS * UINT64_C(1000000),
                                         .is_open = is_open,
                                         .paused = on_paused,
                                         .done = on_done}};
    for (int i = 0; i < MESSAGES; i++)
        asker->messages[i] =
            (struct controller_message){.address = address, .length = 1, .buffer = &asker->byte};
    asker->transfer.messages = asker->messages;
    bus_submit(&bus, &asker->transfer);
}

static void run(void)
{
    while (!bus_run(&bus))
        ;
}

static uint64_t now_ns = UINT64_C(5000000000);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now = (struct timespec){.tv_sec = (time_t)(now_ns / 1000000000u),
                             .tv_nsec = (long)(now_ns % 1000000000u)};
    return 0;
}

static void sleep_ms(unsigned ms)
{
    now_ns += ms * UINT64_C(1000000);
}

static int open_bus(void **state)
{
    static const struct i2ctarget_address_set addresses = {{[ADDRESS / 32] = 1u << ADDRESS % 32}};
    (void)state;
    bus_init(&bus, 100000);
    listener = (struct listener){.target = {.rested = on_rest, .revoked = on_revoked}};
    bus_join(&bus, &listener.target, &addresses, false, listen_to);
    return 0;
}

static void goes_on_message_by_message(void **state)
{
    (void)state;
    struct asker asker;
    ask(&asker, ADDRESS, true);
    run();
    assert_int_equal(asker.pauses, 1);
    assert_int_equal(asker.ends, 0);
    bus_go_on(&bus, &asker.transfer, 2, true);
    assert_int_equal(bus_wake_ns(&bus), 0);
    run();
    assert_int_equal(asker.pauses, 2);
    bus_go_on(&bus, &asker.transfer, 3, false);
    run();
    assert_int_equal(asker.pauses, 2);
    assert_int_equal(asker.ends, 1);
    assert_int_equal(asker.result, CONTROLLER_DONE);
    assert_int_equal(listener.addressed, 3);
    assert_int_equal(listener.ended, I2CTARGET_STOP);
    assert_int_equal(bus_wake_ns(&bus), WIRES_NEVER);
}

static void may_go_on_at_once(void **state)
{
    (void)state;
    struct asker asker;
    ask(&asker, ADDRESS, true);
    asker.goes_on_to = 3;
    run();
    assert_int_equal(asker.pauses, 2);
    assert_int_equal(asker.ends, 1);
    assert_int_equal(listener.addressed, 3);
}

static void a_pause_takes_no_time_on_the_wires(void **state)
{
    (void)state;
    struct asker plain, slow;
    ask(&plain, ADDRESS, true);
    plain.goes_on_to = 2;
    run();
    ask(&slow, ADDRESS, true);
    run();
    for (int i = 0; i < 5; i++) {
        sleep_ms(2);
        bus_catch_up(&bus);
        run();
    }
    bus_go_on(&bus, &slow.transfer, 2, false);
    run();
    assert_int_equal(slow.ends, 1);
    assert_int_equal(slow.duration_ns, plain.duration_ns);
}

static void time_goes_on_after_a_pause(void **state)
{
    (void)state;
    struct asker asker;
    ask(&asker, ADDRESS, true);
    run();
    sleep_ms(5);
    bus_go_on(&bus, &asker.transfer, 1, false);
    run();
    uint64_t before_ns = bus.wires.now_ns;
    sleep_ms(5);
    bus_catch_up(&bus);
    assert_int_equal(bus.wires.now_ns - before_ns, 5000000);
}

static void others_wait_until_it_is_over(void **state)
{
    (void)state;
    struct asker asker, other;
    ask(&asker, ADDRESS, true);
    ask(&other, ADDRESS, false);
    run();
    sleep_ms(1);
    run();
    assert_int_equal(other.ends, 0);
    bus_go_on(&bus, &asker.transfer, 1, false);
    run();
    assert_int_equal(asker.ends, 1);
    assert_int_equal(other.ends, 1);
}

static void a_pause_does_not_last_for_ever(void **state)
{
    (void)state;
    struct asker asker, other;
    ask(&asker, ADDRESS, true);
    ask(&other, ADDRESS, false);
    run();
    assert_int_equal(bus_wake_ns(&bus), now_ns + TIMEOUT_MS * UINT64_C(1000000));
    sleep_ms(TIMEOUT_MS - 1);
    run();
    assert_int_equal(asker.ends, 0);
    sleep_ms(1);
    run();
    assert_int_equal(asker.ends, 1);
    assert_int_equal(asker.pauses, 1);
    assert_int_equal(asker.result, CONTROLLER_DONE);
    assert_int_equal(listener.addressed, 2);
    assert_int_equal(other.ends, 1);
    assert_int_equal(bus_wake_ns(&bus), WIRES_NEVER);
}

static void each_message_has_the_whole_time(void **state)
{
    (void)state;
    struct asker asker;
    ask(&asker, ADDRESS, true);
    for (size_t count = 2; count <= MESSAGES; count++) {
        run();
        sleep_ms(TIMEOUT_MS * 2 / 3);
        bus_go_on(&bus, &asker.transfer, count, true);
    }
    run();
    assert_int_equal(asker.pauses, MESSAGES);
    assert_int_equal(asker.ends, 0);
}

static void a_message_in_time_is_not_cut(void **state)
{
    (void)state;
    struct asker asker;
    ask(&asker, ADDRESS, true);
    run();
    sleep_ms(TIMEOUT_MS * 2 / 3);
    listener.holds = true;
    bus_go_on(&bus, &asker.transfer, 2, false);
    run();
    sleep_ms(TIMEOUT_MS * 2 / 3);
    run();
    bus_answer(&bus, &listener.target, I2CTARGET_ACK);
    run();
    assert_int_equal(asker.ends, 1);
    assert_int_equal(asker.result, CONTROLLER_DONE);
}

static void a_nack_ends_it(void **state)
{
    (void)state;
    struct asker asker;
    ask(&asker, 0x33, true);
    run();
    assert_int_equal(asker.pauses, 0);
    assert_int_equal(asker.ends, 1);
    assert_int_equal(asker.result, CONTROLLER_ADDRESS_NACK);
    assert_int_equal(asker.reason, PROTOCOL_REASON_NO_ADDRESS);
}

static void cancelled_in_the_queue_it_is_forgotten(void **state)
{
    (void)state;
    struct asker first, second, third;
    ask(&first, ADDRESS, false);
    ask(&second, ADDRESS, true);
    ask(&third, ADDRESS, false);
    assert_true(bus_cancel(&bus, &second.transfer));
    run();
    assert_int_equal(first.ends, 1);
    assert_int_equal(second.ends, 0);
    assert_int_equal(third.ends, 1);
}

static void cancelled_while_it_is_held_it_ends_at_once(void **state)
{
    (void)state;
    struct asker asker;
    listener.holds = true;
    ask(&asker, ADDRESS, true);
    asker.transfer.timeout_ns = UINT64_C(600000000000);
    run();
    assert_false(bus_cancel(&bus, &asker.transfer));
    assert_int_equal(bus_wake_ns(&bus), 0);
    run();
    assert_int_equal(asker.ends, 1);
    assert_int_equal(asker.result, CONTROLLER_ABORTED);
    assert_int_equal(asker.reason, PROTOCOL_REASON_TIMEOUT);
    assert_int_equal(listener.ended, I2CTARGET_BUS_ERROR);
}

/* An answer that was on its way counts.  After it the transfer ends. */
static void cancelled_while_an_answer_is_on_its_way(void **state)
{
    (void)state;
    struct asker asker;
    listener.holds = listener.holds_bytes = true;
    listener.late = I2CTARGET_ACK;
    ask(&asker, ADDRESS, false);
    asker.transfer.timeout_ns = UINT64_C(600000000000);
    run();
    assert_false(bus_cancel(&bus, &asker.transfer));
    run();
    assert_int_equal(asker.ends, 1);
    assert_int_equal(asker.result, CONTROLLER_ABORTED);
    assert_true(asker.messages[0].addressed);
    assert_int_equal(listener.ended, I2CTARGET_BUS_ERROR);
}

static void an_answer_on_its_way_can_end_it_well(void **state)
{
    (void)state;
    struct asker asker;
    listener.holds = true;
    listener.late = I2CTARGET_ACK;
    ask(&asker, ADDRESS, false);
    run();
    sleep_ms(TIMEOUT_MS);
    run();
    assert_int_equal(asker.ends, 1);
    assert_int_equal(asker.result, CONTROLLER_DONE);
    assert_int_equal(listener.ended, I2CTARGET_STOP);
}

static void cancelled_in_a_pause_it_stops(void **state)
{
    (void)state;
    struct asker asker;
    ask(&asker, ADDRESS, true);
    run();
    assert_false(bus_cancel(&bus, &asker.transfer));
    run();
    assert_int_equal(asker.ends, 1);
    assert_int_equal(listener.ended, I2CTARGET_STOP);
}

/* Behind the address of an empty read the target owes a byte, and holds SCL against the STOP. */
static void cancelled_in_a_pause_it_cuts_who_holds(void **state)
{
    (void)state;
    struct asker asker;
    listener.holds_bytes = true;
    ask(&asker, ADDRESS, true);
    asker.messages[0].flags = CONTROLLER_READ;
    asker.messages[0].length = 0;
    run();
    assert_int_equal(asker.pauses, 1);
    assert_false(bus_cancel(&bus, &asker.transfer));
    run();
    assert_int_equal(asker.ends, 1);
    assert_int_equal(asker.result, CONTROLLER_ABORTED);
    assert_int_equal(listener.ended, I2CTARGET_BUS_ERROR);
}

static void withdrawn_in_a_pause_it_stops(void **state)
{
    (void)state;
    struct asker asker, other;
    ask(&asker, ADDRESS, true);
    ask(&other, ADDRESS, false);
    run();
    assert_false(bus_withdraw(&bus, &asker.transfer));
    run();
    assert_int_equal(asker.ends, 1);
    assert_int_equal(other.ends, 1);
}

static void withdrawn_before_a_pause_it_has_none(void **state)
{
    (void)state;
    struct asker asker;
    listener.holds = true;
    ask(&asker, ADDRESS, true);
    run();
    assert_false(bus_withdraw(&bus, &asker.transfer));
    bus_answer(&bus, &listener.target, I2CTARGET_ACK);
    run();
    assert_int_equal(asker.pauses, 0);
    assert_int_equal(asker.ends, 1);
    assert_int_equal(asker.result, CONTROLLER_DONE);
}

/* An SMBus limit cuts the target when time is brought up to date, not when the bus is run. */
static void withdrawn_where_the_pause_has_just_begun(void **state)
{
    static const struct i2ctarget_address_set addresses = {{[ADDRESS / 32] = 1u << ADDRESS % 32}};
    (void)state;
    struct asker asker;
    bus_leave(&bus, &listener.target);
    listener = (struct listener){.target = {.rested = on_rest, .revoked = on_revoked},
                                 .holds_bytes = true};
    bus_join(&bus, &listener.target, &addresses, true, listen_to);
    ask(&asker, ADDRESS, true);
    asker.messages[0].flags = CONTROLLER_READ;
    run();
    now_ns += UINT64_C(26000000);
    bus_catch_up(&bus);
    assert_int_equal(listener.ended, I2CTARGET_TIMEOUT);
    assert_true(i2ctarget_controller_line_is_paused(&bus.controller));
    assert_false(bus_withdraw(&bus, &asker.transfer));
    run();
    assert_int_equal(asker.pauses, 0);
    assert_int_equal(asker.ends, 1);
}

#define BUS_TEST(function) cmocka_unit_test_setup(function, open_bus)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BUS_TEST(goes_on_message_by_message),
        BUS_TEST(may_go_on_at_once),
        BUS_TEST(a_pause_takes_no_time_on_the_wires),
        BUS_TEST(time_goes_on_after_a_pause),
        BUS_TEST(others_wait_until_it_is_over),
        BUS_TEST(a_pause_does_not_last_for_ever),
        BUS_TEST(each_message_has_the_whole_time),
        BUS_TEST(a_message_in_time_is_not_cut),
        BUS_TEST(a_nack_ends_it),
        BUS_TEST(cancelled_in_the_queue_it_is_forgotten),
        BUS_TEST(cancelled_while_it_is_held_it_ends_at_once),
        BUS_TEST(cancelled_while_an_answer_is_on_its_way),
        BUS_TEST(an_answer_on_its_way_can_end_it_well),
        BUS_TEST(cancelled_in_a_pause_it_stops),
        BUS_TEST(cancelled_in_a_pause_it_cuts_who_holds),
        BUS_TEST(withdrawn_in_a_pause_it_stops),
        BUS_TEST(withdrawn_before_a_pause_it_has_none),
        BUS_TEST(withdrawn_where_the_pause_has_just_begun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
