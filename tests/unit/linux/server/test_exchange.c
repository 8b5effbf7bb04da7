/* SPDX-License-Identifier: MIT */
/*
 * A call that loses arbitration is tried again: as often as I2C_RETRIES says, within I2C_TIMEOUT,
 * before all other calls, and not at all if nobody waits for it
 * (Documentation/i2c/dev-interface.rst, i2c-core's __i2c_transfer).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <time.h>

#include "server/exchange.h"

enum { ADDRESS = 0x40, LASTING_NS = 15000 /* in the first bit of the address, which is a 1 */ };

/* Another controller: when it sees a START, it sends a 0 as the first bit of its address. */
struct rival {
    struct wires_participant participant; /* first member */
    bool scl, sda;
    struct exchange *gives_up; /* its owner hangs up while the rival wins */
    unsigned wins;             /* number of STARTs that it will still win */
    unsigned starts;           /* STARTs seen */
    unsigned stall_ms;         /* real time that passes while it wins */
};

static void rival_step(struct wires_participant *self, struct wires *wires)
{
    struct rival *rival = (struct rival *)self;
    bool is_start = rival->scl && wires->scl && rival->sda && !wires->sda;
    rival->scl = wires->scl;
    rival->sda = wires->sda;
    if (is_start) {
        rival->starts++;
        if (rival->wins > 0) {
            rival->wins--;
            i2ctarget_wires_pull(wires, self, (struct line_pulls){.sda_low = true});
            self->wake_ns = wires->now_ns + LASTING_NS;
            if (rival->gives_up)
                exchange_release(rival->gives_up);
            rival->gives_up = NULL;
            nanosleep(&(struct timespec){.tv_nsec = rival->stall_ms * 1000000L}, NULL);
        }
    } else if (self->wake_ns == WIRES_NEVER) {
        i2ctarget_wires_pull(wires, self, (struct line_pulls){.sda_low = false});
    }
}

static int acknowledge(void *owner, const struct i2ctarget_event *event)
{
    (void)owner;
    (void)event;
    return I2CTARGET_ACK;
}

static void on_rest(struct bus_target *target)
{
    (void)target;
}

static bool on_revoked(struct bus_target *target)
{
    (void)target;
    return true;
}

static struct bus bus;
static struct bus_target target;
static struct i2cdev_adapter adapter;
static struct rival rival;
static unsigned answers, order;

static void on_answer(void *owner)
{
    *(unsigned *)owner = ++answers;
}

static int set_up(void **state)
{
    (void)state;
    static const struct i2ctarget_address_set addresses = {{[2] = 1}};
    bus_init(&bus, 100000);
    target = (struct bus_target){.rested = on_rest, .revoked = on_revoked};
    bus_join(&bus, &target, &addresses, false, acknowledge);
    rival = (struct rival){
        .participant = {.step = rival_step, .wake_ns = WIRES_NEVER}, .scl = true, .sda = true};
    i2ctarget_wires_join(&bus.wires, &rival.participant);
    i2cdev_adapter_init(&adapter);
    answers = order = 0;
    return 0;
}

static void run_until_over(const struct exchange *exchange)
{
    for (int i = 0; exchange->is_running && i < 1000; i++)
        bus_run(&bus);
    assert_false(exchange->is_running);
}

/* write(fd, "\x05", 1) */
static void begin_write(struct exchange *exchange)
{
    static const struct i2cdev_file file = {.address = ADDRESS};
    exchange_write(exchange, &file, (const uint8_t *)"\x05", 1);
}

static int result_of(const struct exchange *exchange)
{
    assert_true(exchange->i2c.reply_bytes >= PROTOCOL_REPLY_BYTES);
    return (int)get_u32(exchange->i2c.reply);
}

static int write_once(unsigned wins)
{
    struct exchange *exchange = exchange_new(&bus, &adapter, on_answer, &order);
    rival.wins = wins;
    begin_write(exchange);
    run_until_over(exchange);
    int result = result_of(exchange);
    exchange_release(exchange);
    assert_int_equal(answers, 1);
    return result;
}

static void lost_without_retries_is_eagain(void **state)
{
    (void)state;
    assert_int_equal(write_once(1), -EAGAIN);
    assert_int_equal(rival.starts, 1);
}

static void lost_is_tried_again(void **state)
{
    (void)state;
    adapter.retries = 2;
    assert_int_equal(write_once(2), 1);
    assert_int_equal(rival.starts, 3);
}

static void retries_are_counted(void **state)
{
    (void)state;
    adapter.retries = 2;
    assert_int_equal(write_once(9), -EAGAIN);
    assert_int_equal(rival.starts, 3);
}

static void retries_end_with_the_time_out(void **state)
{
    (void)state;
    adapter.retries = 1000;
    adapter.timeout_ms = 10;
    rival.stall_ms = 4;
    assert_int_equal(write_once(1000), -EAGAIN);
    assert_in_range(rival.starts, 2, 4);
}

static void retry_goes_before_others(void **state)
{
    (void)state;
    unsigned first_order = 0, second_order = 0;
    struct exchange *first = exchange_new(&bus, &adapter, on_answer, &first_order);
    struct exchange *second = exchange_new(&bus, &adapter, on_answer, &second_order);
    adapter.retries = 1;
    rival.wins = 1;
    begin_write(first);
    begin_write(second);
    run_until_over(first);
    run_until_over(second);
    assert_int_equal(result_of(first), 1);
    assert_int_equal(first_order, 1);
    assert_int_equal(second_order, 2);
    exchange_release(first);
    exchange_release(second);
}

/* The owner hung up while the rival had the bus. */
static void nobody_retries_for_the_dead(void **state)
{
    (void)state;
    struct exchange *exchange = exchange_new(&bus, &adapter, on_answer, &order);
    adapter.retries = 5;
    rival.wins = 1;
    rival.gives_up = exchange;
    begin_write(exchange);
    for (int i = 0; i < 100; i++)
        bus_run(&bus);
    assert_int_equal(rival.starts, 1);
    assert_int_equal(answers, 0);
}

#define CALL_TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(lost_without_retries_is_eagain),
        CALL_TEST(lost_is_tried_again),
        CALL_TEST(retries_are_counted),
        CALL_TEST(retries_end_with_the_time_out),
        CALL_TEST(retry_goes_before_others),
        CALL_TEST(nobody_retries_for_the_dead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
