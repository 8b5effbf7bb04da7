/* SPDX-License-Identifier: MIT */
/*
 * The bus without its server: order, time-outs, the two clocks, and reasons of a refused message.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <time.h>

#include "bus/bus.h"

/* A target that answers as the test says. */
struct player {
    struct bus_target target; /* first member */
    struct bus *bus;
    int address_answer, byte_answer;
    unsigned addressed, received, requested, rests;
    uint8_t last_byte;
    int ended; /* cause of the last ENDED */
    /* The number of answers that are on their way when the bus takes a held event back. */
    unsigned late;
    int late_answer;
    unsigned revoked;
    unsigned looked;
};

static int play(void *owner, const struct i2ctarget_event *event)
{
    struct player *player = owner;
    switch (event->kind) {
    case I2CTARGET_ADDRESSED:
        player->addressed++;
        if (player->address_answer == I2CTARGET_NACK)
            bus_note(player->bus, PROTOCOL_REASON_APPLICATION);
        return player->address_answer;
    case I2CTARGET_RECEIVED:
        player->received++;
        player->last_byte = event->value;
        return player->byte_answer;
    case I2CTARGET_REQUESTED:
        player->requested++;
        return player->byte_answer;
    default:
        player->ended = event->value;
        return 0;
    }
}

static void on_rest(struct bus_target *target)
{
    ((struct player *)target)->rests++;
}

static bool on_revoked(struct bus_target *target)
{
    struct player *player = (struct player *)target;
    player->revoked++;
    if (player->late == 0)
        return true;
    player->late--;
    bus_answer(player->bus, target, player->late_answer);
    return false;
}

/* The answer was there all the time. */
static void on_looked(struct bus_target *target)
{
    struct player *player = (struct player *)target;
    player->looked++;
    if (player->late_answer != I2CTARGET_HOLD)
        bus_answer(player->bus, target, player->late_answer);
}

static void join(struct bus *bus, struct player *player, uint8_t address, bool smbus)
{
    struct i2ctarget_address_set addresses = {0};
    i2ctarget_address_set_add(&addresses, address);
    *player = (struct player){.target = {.rested = on_rest, .revoked = on_revoked},
                              .bus = bus,
                              .address_answer = I2CTARGET_ACK,
                              .byte_answer = I2CTARGET_ACK};
    bus_join(bus, &player->target, &addresses, smbus, play);
}

/* A transfer of one message. */
struct wish {
    struct bus_transfer transfer; /* first member */
    struct controller_message message;
    uint8_t bytes[16];
    int done; /* its place among the finished transfers, from 1 */
    enum controller_result result;
    uint64_t number, duration_ns;
    uint8_t reason;
    struct wish *again; /* the transfer to submit when this one is over */
    struct bus *bus;
    bool repeat;
};

static int done_count;

static void on_done(struct bus_transfer *transfer, const struct bus_report *report)
{
    struct wish *wish = (struct wish *)transfer;
    wish->done = ++done_count;
    wish->result = report->result;
    wish->number = report->number;
    wish->duration_ns = report->duration_ns;
    wish->reason = report->reasons[0];
    assert_ptr_equal(report->transfer, transfer);
    if (wish->again)
        bus_submit(wish->bus, &wish->again->transfer);
    wish->again = NULL;
    if (wish->repeat) {
        wish->repeat = false;
        bus_repeat(wish->bus, transfer);
    }
}

static void ask(struct bus *bus, struct wish *wish, uint8_t address, uint32_t length)
{
    *wish = (struct wish){.transfer = {.count = 1, .timeout_ns = 20000000, .done = on_done},
                          .bus = bus};
    wish->message =
        (struct controller_message){.address = address, .length = length, .buffer = wish->bytes};
    wish->transfer.messages = &wish->message;
    bus_submit(bus, &wish->transfer);
}

static void sleep_ms(unsigned ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL);
}

/* Runs as the server does, until `wish` is over. */
static void serve_until(struct bus *bus, const struct wish *wish)
{
    for (int i = 0; i < 2000 && !wish->done; i++) {
        if (bus_run(bus) && !wish->done)
            sleep_ms(1);
    }
    assert_true(wish->done);
}

static struct bus bus;

static int open_bus(void **state)
{
    (void)state;
    bus_init(&bus, 100000);
    done_count = 0;
    return 0;
}

/* ---- transfers ------------------------------------------------------------------------------- */

static void idle_bus_rests(void **state)
{
    (void)state;
    assert_true(bus_run(&bus));
    assert_int_equal(bus_wake_ns(&bus), WIRES_NEVER);
}

static void order_of_arrival(void **state)
{
    (void)state;
    struct player player;
    struct wish wishes[3];
    join(&bus, &player, 0x40, false);
    for (int i = 0; i < 3; i++) {
        ask(&bus, &wishes[i], 0x40, 1);
        wishes[i].bytes[0] = (uint8_t)(0x10 + i);
    }
    assert_true(bus_run(&bus));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(wishes[i].done, i + 1);
        assert_int_equal(wishes[i].number, i + 1);
        assert_int_equal(wishes[i].result, CONTROLLER_DONE);
    }
    assert_int_equal(player.last_byte, 0x12);
    assert_int_equal(player.rests, 1);
}

static void done_may_submit_and_repeat(void **state)
{
    (void)state;
    struct wish first, second, third;
    ask(&bus, &first, 0x40, 0);
    ask(&bus, &second, 0x41, 0);
    ask(&bus, &third, 0x42, 0);
    bus_withdraw(&bus, &third.transfer);
    first.again = &third;
    first.repeat = true; /* it goes before `second`, and `third` after it */
    assert_true(bus_run(&bus));
    assert_int_equal(first.number, 2);
    assert_int_equal(second.number, 3);
    assert_int_equal(third.number, 4);
}

static void withdrawn_transfers_are_forgotten(void **state)
{
    (void)state;
    struct wish wishes[4];
    for (int gone = 0; gone < 4; gone++) {
        open_bus(NULL);
        for (int i = 0; i < 4; i++)
            ask(&bus, &wishes[i], 0x40, 0);
        assert_true(bus_withdraw(&bus, &wishes[gone].transfer));
        struct wish late;
        ask(&bus, &late, 0x40, 0);
        assert_true(bus_run(&bus));
        for (int i = 0; i < 4; i++)
            assert_int_equal(wishes[i].done != 0, i != gone);
        assert_int_equal(late.done, 4);
    }
}

/* ---- holding --------------------------------------------------------------------------------- */

static void held_bus_rests_and_goes_on_with_the_answer(void **state)
{
    (void)state;
    struct player player;
    struct wish wish;
    join(&bus, &player, 0x40, false);
    player.address_answer = I2CTARGET_HOLD;
    ask(&bus, &wish, 0x40, 2);
    assert_true(bus_run(&bus));
    assert_int_equal(wish.done, 0);
    assert_int_equal(player.rests, 1);
    assert_int_equal(bus_wake_ns(&bus), bus.deadline_ns);
    bus_catch_up(&bus);
    bus_answer(&bus, &player.target, I2CTARGET_ACK);
    assert_true(bus_run(&bus));
    assert_int_equal(wish.result, CONTROLLER_DONE);
    assert_int_equal(player.received, 2);
    assert_int_equal(player.ended, I2CTARGET_STOP);
}

static void an_answer_that_nobody_sends_is_looked_for(void **state)
{
    (void)state;
    struct player player;
    struct wish wish;
    join(&bus, &player, 0x40, false);
    player.target.looked = on_looked;
    player.late_answer = I2CTARGET_ACK;
    player.address_answer = I2CTARGET_HOLD;
    uint64_t began_ns = bus_real_ns();
    ask(&bus, &wish, 0x40, 2);
    assert_true(bus_run(&bus));
    bus_look_later(&bus);
    assert_in_range(bus_wake_ns(&bus), began_ns + BUS_LOOK_NS, bus_real_ns() + BUS_LOOK_NS);
    serve_until(&bus, &wish);
    assert_true(wish.duration_ns >= BUS_LOOK_NS);
    assert_int_equal(wish.result, CONTROLLER_DONE);
    assert_int_equal(player.looked, 1);
}

/* No answer was there, so it is going to be sent. */
static void nobody_looks_twice(void **state)
{
    (void)state;
    struct player player;
    struct wish wish;
    join(&bus, &player, 0x40, false);
    player.address_answer = I2CTARGET_HOLD;
    player.target.looked = on_looked;
    player.late_answer = I2CTARGET_HOLD;
    ask(&bus, &wish, 0x40, 2);
    assert_true(bus_run(&bus));
    bus_look_later(&bus);
    sleep_ms(BUS_LOOK_NS / 1000000);
    for (int i = 0; i < 3; i++)
        assert_true(bus_run(&bus));
    assert_int_equal(player.looked, 1);
    assert_int_equal(bus_wake_ns(&bus), bus.deadline_ns);
    bus_answer(&bus, &player.target, I2CTARGET_ACK);
    serve_until(&bus, &wish);
    assert_int_equal(wish.result, CONTROLLER_DONE);
}

static void nobody_who_has_answered_is_asked_to_look(void **state)
{
    (void)state;
    struct player player;
    struct wish wish;
    join(&bus, &player, 0x40, false);
    player.address_answer = I2CTARGET_HOLD;
    player.target.looked = on_looked;
    ask(&bus, &wish, 0x40, 2);
    assert_true(bus_run(&bus));
    bus_look_later(&bus);
    bus_answer(&bus, &player.target, I2CTARGET_ACK);
    assert_true(bus_run(&bus));
    assert_int_equal(wish.result, CONTROLLER_DONE);
    assert_int_equal(bus_wake_ns(&bus), WIRES_NEVER);
    sleep_ms(BUS_LOOK_NS / 1000000);
    assert_true(bus_run(&bus));
    assert_int_equal(player.looked, 0);
}

static void virtual_time_follows_real_time_while_held(void **state)
{
    (void)state;
    struct player player;
    struct wish wish;
    join(&bus, &player, 0x40, false);
    player.address_answer = I2CTARGET_HOLD;
    ask(&bus, &wish, 0x40, 2);
    uint64_t before_ns = bus_real_ns();
    bus_run(&bus);
    sleep_ms(5);
    bus_catch_up(&bus);
    bus_answer(&bus, &player.target, I2CTARGET_ACK);
    bus_run(&bus);
    uint64_t passed_ns = bus_real_ns() - before_ns;
    assert_true(wish.message.stretch_ns >= 4900000);
    assert_true(wish.message.stretch_ns <= passed_ns);
    /* The bits, about 29 of them, take no real time. */
    assert_true(wish.duration_ns >= wish.message.stretch_ns + 280000);
    assert_true(wish.duration_ns <= wish.message.stretch_ns + 320000);
}

static void virtual_time_follows_real_time_while_idle(void **state)
{
    (void)state;
    struct wish wish;
    bus_run(&bus);
    uint64_t virtual_ns = bus.wires.now_ns;
    uint64_t real_ns = bus_real_ns();
    sleep_ms(5);
    ask(&bus, &wish, 0x40, 0);
    bus_run(&bus);
    uint64_t passed_ns = wish.message.start_ns - virtual_ns;
    assert_true(passed_ns >= 5000000);
    assert_true(passed_ns <= bus_real_ns() - real_ns + 100000);
    /* It never goes back, however fast the bits were. */
    uint64_t last_ns = bus.wires.now_ns;
    ask(&bus, &wish, 0x40, 16);
    bus_run(&bus);
    assert_true(wish.message.start_ns > last_ns);
}

static void deadline_cuts_the_holder(void **state)
{
    (void)state;
    struct player player;
    struct wish wish, next;
    join(&bus, &player, 0x40, false);
    player.byte_answer = I2CTARGET_HOLD;
    ask(&bus, &wish, 0x40, 2);
    uint64_t before_ns = bus_real_ns();
    serve_until(&bus, &wish);
    assert_true(bus_real_ns() - before_ns >= 20000000);
    assert_int_equal(wish.result, CONTROLLER_ABORTED);
    assert_int_equal(wish.reason, PROTOCOL_REASON_TIMEOUT);
    assert_int_equal(player.ended, I2CTARGET_BUS_ERROR);
    assert_true(bus.wires.scl && bus.wires.sda);
    player.byte_answer = I2CTARGET_ACK;
    ask(&bus, &next, 0x40, 2);
    assert_true(bus_run(&bus));
    assert_int_equal(next.result, CONTROLLER_DONE);
}

static void deadline_counts_from_start(void **state)
{
    (void)state;
    struct player player;
    struct wish first, second;
    join(&bus, &player, 0x40, false);
    player.address_answer = I2CTARGET_HOLD;
    ask(&bus, &first, 0x40, 0);
    ask(&bus, &second, 0x40, 0);
    bus_run(&bus);
    sleep_ms(15);
    bus_catch_up(&bus);
    bus_answer(&bus, &player.target, I2CTARGET_ACK);
    bus_run(&bus);
    assert_int_equal(first.result, CONTROLLER_DONE);
    sleep_ms(10); /* 25 since it was submitted, 10 since its START */
    bus_run(&bus);
    assert_int_equal(second.done, 0);
    bus_catch_up(&bus);
    bus_answer(&bus, &player.target, I2CTARGET_ACK);
    bus_run(&bus);
    assert_int_equal(second.result, CONTROLLER_DONE);
}

/* Each slice of work takes as long as the time-out; still no target is cut. */
static void deadline_is_put_off_by_work(void **state)
{
    (void)state;
    static uint8_t bytes[16384];
    struct player player;
    struct wish wish;
    join(&bus, &player, 0x40, false);
    ask(&bus, &wish, 0x40, 0);
    wish.message.buffer = bytes;
    wish.message.length = sizeof bytes;
    assert_false(bus_run(&bus));
    sleep_ms(25); /* another transfer was served meanwhile */
    assert_false(bus_run(&bus));
    player.byte_answer = I2CTARGET_HOLD;
    assert_true(bus_run(&bus));
    assert_int_equal(wish.done, 0);
    assert_true(bus_wake_ns(&bus) > bus_real_ns() + 10000000);
    player.byte_answer = I2CTARGET_ACK;
    bus_catch_up(&bus);
    bus_answer(&bus, &player.target, I2CTARGET_ACK);
    while (!wish.done)
        bus_run(&bus);
    assert_int_equal(wish.result, CONTROLLER_DONE);
}

static void dead_controllers_patience_is_short(void **state)
{
    (void)state;
    struct player player;
    struct wish wish;
    join(&bus, &player, 0x40, false);
    player.address_answer = I2CTARGET_HOLD;
    ask(&bus, &wish, 0x40, 0);
    wish.transfer.timeout_ns = UINT64_C(3600000000000);
    bus_run(&bus);
    assert_false(bus_withdraw(&bus, &wish.transfer));
    assert_true(bus_wake_ns(&bus) <= bus_real_ns() + 1000000000);
    assert_true(bus_wake_ns(&bus) > bus_real_ns() + 500000000);
    bus.deadline_ns = 0;
    bus_run(&bus);
    assert_int_equal(wish.result, CONTROLLER_ABORTED);
}

static void smbus_limit_strikes_in_real_time(void **state)
{
    (void)state;
    struct player player;
    struct wish wish;
    join(&bus, &player, 0x40, true);
    player.address_answer = I2CTARGET_HOLD;
    ask(&bus, &wish, 0x40, 2);
    wish.transfer.timeout_ns = UINT64_C(10000000000);
    uint64_t before_ns = bus_real_ns();
    assert_true(bus_run(&bus));
    assert_true(bus_wake_ns(&bus) > before_ns + 20000000);
    assert_true(bus_wake_ns(&bus) < before_ns + 30000000);
    serve_until(&bus, &wish);
    uint64_t passed_ns = bus_real_ns() - before_ns;
    assert_true(passed_ns >= 24000000);
    assert_int_equal(player.ended, I2CTARGET_TIMEOUT);
    assert_int_equal(wish.result, CONTROLLER_ADDRESS_NACK);
    assert_true(wish.message.stretch_ns < 35000000);
}

static void long_work_is_done_in_slices(void **state)
{
    (void)state;
    static uint8_t bytes[16384];
    struct player player;
    struct wish wish;
    unsigned slices = 0;
    join(&bus, &player, 0x40, false);
    ask(&bus, &wish, 0x40, 0);
    wish.message.buffer = bytes;
    wish.message.length = sizeof bytes;
    while (!bus_run(&bus))
        slices++;
    assert_true(slices > 3);
    assert_int_equal(player.received, sizeof bytes);
    assert_int_equal(wish.result, CONTROLLER_DONE);
    assert_int_equal(player.rests, 1);
}

/* ---- who is visited -------------------------------------------------------------------------- */

/* Others than those who had an event, or have announced something, cost a rest nothing. */
static void only_who_has_news_is_visited(void **state)
{
    (void)state;
    struct player asked, announcer, bystander;
    struct wish wish;
    join(&bus, &asked, 0x40, false);
    join(&bus, &announcer, 0x41, false);
    join(&bus, &bystander, 0x42, false);
    ask(&bus, &wish, 0x40, 1);
    assert_true(bus_run(&bus));
    assert_int_equal(asked.rests, 1);
    bus_announce(&bus, &announcer.target);
    assert_int_equal(bus_wake_ns(&bus), 0);
    assert_true(bus_run(&bus));
    assert_true(bus_run(&bus));
    assert_int_equal(asked.rests, 1);
    assert_int_equal(announcer.rests, 1);
    assert_int_equal(bystander.rests, 0);
}

static void a_holder_is_visited_at_each_rest(void **state)
{
    (void)state;
    struct player player;
    struct wish wish;
    join(&bus, &player, 0x40, false);
    player.address_answer = I2CTARGET_HOLD;
    ask(&bus, &wish, 0x40, 1);
    for (unsigned rests = 1; rests <= 3; rests++) {
        assert_true(bus_run(&bus));
        assert_int_equal(player.rests, rests);
    }
    bus_leave(&bus, &player.target);
    assert_true(bus_run(&bus));
    assert_int_equal(player.rests, 3);
    assert_int_equal(wish.done, 1);
}

/* ---- coming, going, reasons ------------------------------------------------------------------ */

static void leaving_frees_the_wires(void **state)
{
    (void)state;
    struct player player;
    struct wish wish;
    for (int held = 0; held < 2; held++) {
        join(&bus, &player, 0x40, false);
        player.address_answer = held ? I2CTARGET_ACK : I2CTARGET_HOLD;
        player.byte_answer = I2CTARGET_HOLD;
        ask(&bus, &wish, 0x40, 2);
        bus_run(&bus);
        bus_note(&bus, PROTOCOL_REASON_LOST);
        bus_leave(&bus, &player.target);
        assert_true(bus_run(&bus));
        assert_int_equal(wish.result, held ? CONTROLLER_DATA_NACK : CONTROLLER_ADDRESS_NACK);
        assert_int_equal(wish.reason, PROTOCOL_REASON_LOST);
        assert_null(bus.targets);
    }
}

static void silence_is_explained(void **state)
{
    (void)state;
    struct player player;
    struct wish wish;
    join(&bus, &player, 0x40, false);
    ask(&bus, &wish, 0x41, 0);
    bus_run(&bus);
    assert_int_equal(wish.reason, PROTOCOL_REASON_NO_ADDRESS);
    ask(&bus, &wish, 0x40, 0);
    player.address_answer = I2CTARGET_NACK;
    bus_run(&bus);
    assert_int_equal(wish.reason, PROTOCOL_REASON_APPLICATION);
    /* It has the address, but is off the wires. */
    i2ctarget_wired_target_leave(&player.target.wired, &bus.wires);
    ask(&bus, &wish, 0x40, 0);
    bus_run(&bus);
    assert_int_equal(wish.reason, PROTOCOL_REASON_DEAF);
    player.target.wired.driver.addresses.bits[0] = 1; /* the general call: never for reading */
    ask(&bus, &wish, 0x00, 0);
    wish.message.flags = CONTROLLER_READ;
    bus_run(&bus);
    assert_int_equal(wish.reason, PROTOCOL_REASON_NO_ADDRESS);
}

static void two_targets_hold_and_both_are_waited_for(void **state)
{
    (void)state;
    struct player one, two;
    struct wish wish;
    join(&bus, &one, 0x40, false);
    join(&bus, &two, 0x40, false);
    one.address_answer = two.address_answer = I2CTARGET_HOLD;
    ask(&bus, &wish, 0x40, 1);
    bus_run(&bus);
    bus_answer(&bus, &one.target, I2CTARGET_ACK);
    assert_true(bus_run(&bus));
    assert_int_equal(wish.done, 0);
    bus_catch_up(&bus);
    bus_answer(&bus, &two.target, I2CTARGET_NACK);
    assert_true(bus_run(&bus));
    assert_int_equal(wish.result, CONTROLLER_DONE);
    assert_int_equal(one.received, 1);
    assert_int_equal(two.received, 0);
}

struct watcher {
    struct bus_watcher watcher; /* first member */
    int told;
    const struct wish *wish;
};

static void on_finished(struct bus_watcher *watcher, const struct bus_report *report)
{
    struct watcher *self = (struct watcher *)watcher;
    self->told++;
    assert_int_equal(self->wish->done, 0); /* before the transfer's owner is told */
    assert_int_equal(report->messages_done, 1);
    assert_int_equal(report->recovery_clocks, 0);
}

static void watchers_are_told_first(void **state)
{
    (void)state;
    struct player player;
    struct wish wish;
    struct watcher watchers[2] = {{.watcher.finished = on_finished, .wish = &wish},
                                  {.watcher.finished = on_finished, .wish = &wish}};
    bus_watch(&bus, &watchers[0].watcher);
    bus_watch(&bus, &watchers[1].watcher);
    join(&bus, &player, 0x40, false);
    ask(&bus, &wish, 0x40, 1);
    bus_run(&bus);
    assert_int_equal(watchers[0].told, 1);
    assert_int_equal(watchers[1].told, 1);
    assert_int_equal(wish.done, 1);
}

static void abort_ends_what_runs(void **state)
{
    (void)state;
    static uint8_t bytes[16384];
    struct player player;
    struct wish wish;
    join(&bus, &player, 0x40, false);
    ask(&bus, &wish, 0x40, 0);
    wish.message.buffer = bytes;
    wish.message.length = sizeof bytes;
    assert_false(bus_run(&bus));
    bus_leave(&bus, &player.target);
    bus_abort(&bus);
    assert_int_equal(wish.done, 1);
    assert_true(player.received < sizeof bytes);
}

#define BUS_TEST(test) cmocka_unit_test_setup(test, open_bus)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BUS_TEST(idle_bus_rests),
        BUS_TEST(order_of_arrival),
        BUS_TEST(done_may_submit_and_repeat),
        BUS_TEST(withdrawn_transfers_are_forgotten),
        BUS_TEST(held_bus_rests_and_goes_on_with_the_answer),
        BUS_TEST(an_answer_that_nobody_sends_is_looked_for),
        BUS_TEST(nobody_looks_twice),
        BUS_TEST(nobody_who_has_answered_is_asked_to_look),
        BUS_TEST(only_who_has_news_is_visited),
        BUS_TEST(a_holder_is_visited_at_each_rest),
        BUS_TEST(virtual_time_follows_real_time_while_held),
        BUS_TEST(virtual_time_follows_real_time_while_idle),
        BUS_TEST(deadline_cuts_the_holder),
        BUS_TEST(deadline_counts_from_start),
        BUS_TEST(deadline_is_put_off_by_work),
        BUS_TEST(dead_controllers_patience_is_short),
        BUS_TEST(smbus_limit_strikes_in_real_time),
        BUS_TEST(long_work_is_done_in_slices),
        BUS_TEST(leaving_frees_the_wires),
        BUS_TEST(silence_is_explained),
        BUS_TEST(two_targets_hold_and_both_are_waited_for),
        BUS_TEST(watchers_are_told_first),
        BUS_TEST(abort_ends_what_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
