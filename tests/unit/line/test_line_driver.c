/* SPDX-License-Identifier: MIT */
/*
 * The line driver under a GPIO port in miniature: four pin operations, a clock and an alarm, and no
 * simulated wires.  The controller at the other end bangs bits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "line/line_driver.h"

/* ---- two open-drain lines -------------------------------------------------------------------- */

static struct line_pulls ours, theirs;
static unsigned scl_pulls; /* how often we took SCL */

static bool read_scl(void)
{
    return !ours.scl_low && !theirs.scl_low;
}

static bool read_sda(void)
{
    return !ours.sda_low && !theirs.sda_low;
}

static void pull_scl(bool low)
{
    scl_pulls += low && !ours.scl_low;
    ours.scl_low = low;
}

/* Whatever moves SDA: we may do so only while SCL is low. */
static void pull_sda(bool low)
{
    if (low != ours.sda_low)
        assert_false(read_scl());
    ours.sda_low = low;
}

/* ---- the port -------------------------------------------------------------------------------- */

static struct line_driver driver;
static uint64_t now_ns;

static void apply(struct line_pulls pulls)
{
    if (pulls.scl_low)
        pull_scl(true);
    pull_sda(pulls.sda_low);
    if (!pulls.scl_low)
        pull_scl(false);
}

/* Of the pins, at an edge, and of the alarm, at due_ns. */
static void interrupt(void)
{
    bool scl, sda;
    do {
        scl = read_scl();
        sda = read_sda();
        apply(i2ctarget_line_driver_step(&driver, now_ns, scl, sda));
    } while (scl != read_scl() || sda != read_sda());
}

static void answer_now(int answer)
{
    apply(i2ctarget_line_driver_answer(&driver, now_ns, answer));
    interrupt();
}

static void pass_ns(uint64_t ns)
{
    uint64_t until_ns = now_ns + ns;
    while (driver.due_ns <= until_ns) {
        now_ns = driver.due_ns;
        interrupt();
    }
    now_ns = until_ns;
}

/* ---- what answers ---------------------------------------------------------------------------- */

static char events[200];
static unsigned holds; /* so many events are answered HOLD */
static uint8_t next_byte;

static void note(const char *format, unsigned value)
{
    size_t length = strlen(events);
    snprintf(events + length, sizeof events - length, format, value);
}

static int answer_event(void *owner, const struct i2ctarget_event *event)
{
    static const char *const causes[] = {
        [I2CTARGET_STOP] = "STOP:%u",
        [I2CTARGET_RESTART] = "RESTART:%u ",
        [I2CTARGET_CONTROLLER_NACK] = "NACK:%u ",
        [I2CTARGET_TIMEOUT] = "TIMEOUT:%u ",
        [I2CTARGET_PORT_LOST] = "LOST:%u ",
    };
    assert_ptr_equal(owner, &driver);
    switch (event->kind) {
    case I2CTARGET_ADDRESSED:
        note(event->is_restart ? "+" : "", 0);
        note(event->is_read ? "R%02X " : "W%02X ", event->address);
        break;
    case I2CTARGET_RECEIVED:
        note("%02X ", event->value);
        break;
    case I2CTARGET_REQUESTED:
        note("? ", 0);
        break;
    default:
        note(causes[event->value], (unsigned)event->moved);
    }
    if (holds > 0 && event->kind != I2CTARGET_ENDED) {
        holds--;
        return I2CTARGET_HOLD;
    }
    return event->kind == I2CTARGET_REQUESTED ? next_byte++ : I2CTARGET_ACK;
}

/* At 0x40, on an idle bus. */
static void open_with(bool smbus)
{
    static const struct line_driver_timing timing = {
        .filter_ns = 50, .hold_ns = 300, .setup_ns = 250};
    static const struct i2ctarget_address_set addresses = {{0, 0, 1, 0}};
    ours = theirs = (struct line_pulls){false, false};
    scl_pulls = 0;
    now_ns = UINT64_C(1) << 40;
    events[0] = '\0';
    holds = 0;
    next_byte = 0x55;
    i2ctarget_line_driver_init(&driver, &timing, &addresses, smbus, answer_event, &driver,
                               read_scl(), read_sda());
    pass_ns(10000);
}

/* Every transfer leaves the lines and the alarm alone. */
static void demand(const char *expected)
{
    pass_ns(10000);
    assert_string_equal(events, expected);
    assert_true(read_scl() && read_sda());
    assert_int_equal(driver.due_ns, LINE_DRIVER_NEVER);
}

/* ---- the controller: 100 kHz ----------------------------------------------------------------- */

enum { HALF_NS = 5000, QUARTER_NS = 2500, MS = 1000000 };

static void their_scl(bool high)
{
    theirs.scl_low = !high;
    interrupt();
    pass_ns(QUARTER_NS);
}

static void their_sda(bool high)
{
    theirs.sda_low = !high;
    interrupt();
    pass_ns(QUARTER_NS);
}

/* START or repeated START; SCL is low afterwards, as it is after each bit. */
static void start(void)
{
    their_sda(true);
    their_scl(true);
    their_sda(false);
    their_scl(false);
}

static void stop(void)
{
    their_sda(false);
    their_scl(true);
    their_sda(true);
}

static bool clock_bit(bool bit)
{
    their_sda(bit);
    their_scl(true);
    assert_true(read_scl());
    bit = read_sda();
    their_scl(false);
    return bit;
}

static void put_eight_bits(uint8_t byte)
{
    for (unsigned i = 0; i < 8; i++)
        (void)clock_bit(byte << i & 0x80);
}

/* Was it acknowledged? */
static bool put_byte(uint8_t byte)
{
    put_eight_bits(byte);
    return !clock_bit(true);
}

static uint8_t get_byte(bool ack)
{
    uint8_t byte = 0;
    for (unsigned i = 0; i < 8; i++)
        byte = (uint8_t)(byte << 1 | clock_bit(true));
    (void)clock_bit(!ack);
    return byte;
}

/* ---- messages -------------------------------------------------------------------------------- */

static void a_write(void **state)
{
    (void)state;
    open_with(false);
    start();
    assert_true(put_byte(0x80));
    assert_true(put_byte(0x11));
    assert_true(put_byte(0x22));
    stop();
    demand("W40 11 22 STOP:2");
    assert_int_equal(scl_pulls, 0);
}

static void a_read(void **state)
{
    (void)state;
    open_with(false);
    start();
    assert_true(put_byte(0x81));
    assert_int_equal(get_byte(true), 0x55);
    assert_int_equal(get_byte(false), 0x56);
    stop();
    demand("R40 ? ? NACK:2 ");
    assert_int_equal(scl_pulls, 0);
}

static void a_combined_message(void **state)
{
    (void)state;
    open_with(false);
    start();
    assert_true(put_byte(0x80));
    assert_true(put_byte(0x05));
    start();
    assert_true(put_byte(0x81));
    assert_int_equal(get_byte(false), 0x55);
    stop();
    demand("W40 05 RESTART:1 +R40 ? NACK:1 ");
}

static void strangers_are_left_alone(void **state)
{
    (void)state;
    open_with(true);
    holds = 1;
    start();
    assert_false(put_byte(0x82));
    assert_false(put_byte(0x80));
    pass_ns(60 * MS);
    start();
    assert_false(put_byte(0x83));
    stop();
    demand("");
    assert_int_equal(scl_pulls, 0);
}

/* In the high phase of a 0 bit the levels alone look like those after a START. */
static void who_comes_late_waits_for_a_start(void **state)
{
    (void)state;
    open_with(false);
    theirs.sda_low = true;
    i2ctarget_line_driver_init(&driver, &driver.timing, &driver.addresses, false, answer_event,
                               &driver, read_scl(), read_sda());
    their_scl(false);
    assert_false(put_byte(0x80));
    start();
    assert_true(put_byte(0x80));
    stop();
    demand("+W40 STOP:0");
}

/* ---- times ----------------------------------------------------------------------------------- */

static void sda_moves_when_its_hold_time_is_over(void **state)
{
    (void)state;
    open_with(false);
    start();
    for (unsigned i = 0; i < 7; i++)
        (void)clock_bit(i == 0);
    their_sda(false);
    their_scl(true);
    theirs = (struct line_pulls){.scl_low = true};
    interrupt();
    pass_ns(299);
    assert_false(ours.sda_low);
    pass_ns(1);
    assert_true(ours.sda_low); /* our ACK */
    pass_ns(HALF_NS);
    assert_false(clock_bit(true));
    stop();
    demand("W40 STOP:0");
}

static void a_late_answer_is_two_steps(void **state)
{
    (void)state;
    open_with(false);
    holds = 1;
    start();
    put_eight_bits(0x80);
    theirs = (struct line_pulls){false, false};
    interrupt();
    assert_true(ours.scl_low);
    pass_ns(100 * MS);
    assert_true(ours.scl_low && i2ctarget_line_driver_owes(&driver));
    answer_now(I2CTARGET_ACK);
    assert_true(ours.scl_low && ours.sda_low); /* SDA at once … */
    assert_false(i2ctarget_line_driver_owes(&driver));
    pass_ns(100);
    answer_now(I2CTARGET_NACK); /* it was answered already: this changes nothing */
    pass_ns(149);
    assert_true(ours.scl_low && ours.sda_low);
    pass_ns(1);
    assert_true(!ours.scl_low && ours.sda_low); /* … SCL t_SU;DAT later */
    pass_ns(HALF_NS);
    their_scl(false);
    assert_true(put_byte(0x11));
    stop();
    demand("W40 11 STOP:1");
    assert_int_equal(driver.stretching.count, 1);
    assert_in_range(driver.stretching.longest, 100 * MS, 100 * MS + 10000);
}

static void an_answer_that_nobody_waits_for_is_ignored(void **state)
{
    (void)state;
    open_with(false);
    answer_now(I2CTARGET_ACK);
    start();
    answer_now(I2CTARGET_ACK);
    assert_true(put_byte(0x80));
    stop();
    demand("W40 STOP:0");
}

/* ---- spikes ---------------------------------------------------------------------------------- */

static void spike(bool on_scl, uint64_t ns)
{
    struct line_pulls before = theirs;
    theirs = (struct line_pulls){before.scl_low || on_scl, before.sda_low || !on_scl};
    interrupt();
    pass_ns(ns);
    theirs = before;
    interrupt();
    pass_ns(QUARTER_NS);
}

static void spikes_are_counted_up_to_the_filters_width(void **state)
{
    (void)state;
    open_with(false);
    spike(false, 1);
    spike(false, 50);
    spike(true, 50);
    assert_int_equal(driver.glitches, 3);
    assert_false(driver.line.in_transfer);
    theirs.sda_low = true;
    interrupt();
    pass_ns(51);
    assert_true(driver.line.in_transfer); /* that is START */
    theirs.sda_low = false;
    interrupt();
    demand("");
    assert_int_equal(driver.glitches, 3);
    assert_false(driver.line.in_transfer);
}

/* ---- limits of SMBus ------------------------------------------------------------------------- */

static void smbus_a_hold_ends_after_25_ms(void **state)
{
    (void)state;
    open_with(true);
    holds = 1;
    start();
    put_eight_bits(0x80);
    uint64_t held_ns = driver.stretching.since;
    assert_int_equal(driver.due_ns, i2ctarget_line_driver_limit_ns(&driver));
    theirs.scl_low = false;
    pass_ns(held_ns + 25 * MS - 60 - now_ns);
    assert_string_equal(events, "W40 ");
    assert_true(ours.scl_low);
    pass_ns(60);
    assert_string_equal(events, "W40 TIMEOUT:0 ");
    stop();
    demand("W40 TIMEOUT:0 ");
}

static void smbus_scl_low_for_25_ms_ends_a_message(void **state)
{
    (void)state;
    open_with(true);
    start();
    assert_true(put_byte(0x80));
    assert_true(put_byte(0x11));
    pass_ns(24 * MS);
    assert_false(clock_bit(false)); /* a clock in time: everything begins anew */
    pass_ns(24 * MS);
    assert_string_equal(events, "W40 11 ");
    pass_ns(1 * MS);
    assert_string_equal(events, "W40 11 TIMEOUT:1 ");
    stop();
    demand("W40 11 TIMEOUT:1 ");
}

static void without_smbus_there_is_no_limit(void **state)
{
    (void)state;
    open_with(false);
    start();
    assert_true(put_byte(0x80));
    pass_ns(UINT64_C(100000) * MS);
    assert_true(put_byte(0x11));
    stop();
    demand("W40 11 STOP:1");
}

/* ---- cut ------------------------------------------------------------------------------------- */

/* In an address that is held, and where nothing goes on. */
static void who_is_cut_lets_go_and_is_deaf_to_the_next_start(void **state)
{
    (void)state;
    open_with(false);
    holds = 1;
    start();
    put_eight_bits(0x80);
    assert_true(ours.scl_low);
    apply(i2ctarget_line_driver_cut(&driver, now_ns, I2CTARGET_PORT_LOST));
    assert_false(ours.scl_low || ours.sda_low);
    assert_true(clock_bit(true)); /* nobody acknowledges */
    assert_false(put_byte(0x80));
    stop();
    demand("W40 LOST:0 ");
    apply(i2ctarget_line_driver_cut(&driver, now_ns, I2CTARGET_PORT_LOST));
    demand("W40 LOST:0 "); /* there was nothing to end */
    start();
    assert_true(put_byte(0x80));
    stop();
    demand("W40 LOST:0 W40 STOP:0");
}

/* ---- the book of stretching, in another unit ------------------------------------------------- */

static void stretches_add_up_from_start_to_stop(void **state)
{
    static const struct stretching_limits limits = {.low = 25000, .sum = 24800};
    struct stretching book = {0};
    (void)state;
    assert_int_equal(i2ctarget_stretching_limit(&book, &limits, 100), 25100);
    i2ctarget_stretching_end(&book, 500); /* none is under way */
    i2ctarget_stretching_begin(&book, 1000);
    assert_int_equal(i2ctarget_stretching_limit(&book, &limits, 900), 25800);
    assert_int_equal(i2ctarget_stretching_limit(&book, &limits, 700),
                     25700); /* SCL's comes first */
    i2ctarget_stretching_end(&book, 9000);
    i2ctarget_stretching_begin(&book, 10000);
    assert_int_equal(i2ctarget_stretching_limit(&book, &limits, 10000), 26800);
    i2ctarget_stretching_end(&book, 11000);
    assert_int_equal(book.sum, 9000);
    i2ctarget_stretching_restart(&book);
    i2ctarget_stretching_begin(&book, 20000);
    assert_int_equal(i2ctarget_stretching_limit(&book, &limits, 20000), 44800);
    assert_int_equal(book.count, 3);
    assert_int_equal(book.longest, 8000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write),
        cmocka_unit_test(a_read),
        cmocka_unit_test(a_combined_message),
        cmocka_unit_test(strangers_are_left_alone),
        cmocka_unit_test(who_comes_late_waits_for_a_start),
        cmocka_unit_test(sda_moves_when_its_hold_time_is_over),
        cmocka_unit_test(a_late_answer_is_two_steps),
        cmocka_unit_test(an_answer_that_nobody_waits_for_is_ignored),
        cmocka_unit_test(spikes_are_counted_up_to_the_filters_width),
        cmocka_unit_test(smbus_a_hold_ends_after_25_ms),
        cmocka_unit_test(smbus_scl_low_for_25_ms_ends_a_message),
        cmocka_unit_test(without_smbus_there_is_no_limit),
        cmocka_unit_test(who_is_cut_lets_go_and_is_deaf_to_the_next_start),
        cmocka_unit_test(stretches_add_up_from_start_to_stop),
    };
    return cmocka_run_group_tests_name("line_driver", tests, NULL, NULL);
}
