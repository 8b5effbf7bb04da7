/* SPDX-License-Identifier: MIT */
/*
 * What ports/gpio makes of looks that come late, and what it does with the lines.
 *
 * The chip here has no time of its own and no interrupts: the test moves the lines, which latches
 * edges, and then lets the handler look, once or as often as it likes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cpu.h"
#include "gpio/gpio.h"
#include "gpio/parts.h"

/* ---- the chip -------------------------------------------------------------------------------- */

static bool their_scl, their_sda; /* high */
static struct line_pulls ours;
static uint32_t latched;
static uint64_t time_ns, sda_moved_ns;
static unsigned scl_pulls;
static bool is_listening, awaits_fall, rises_before_pull;
/* Only pins that are taken, or not listened to, can be pulled by a handler that stays. */
static bool is_taken, needs_taking;
/* What levels() finds from now on, one a look; then what the lines are. */
static const char *looks;
static char actions[400]; /* what was done with the pins */

static bool is_scl_high(void)
{
    return their_scl && !ours.scl_low;
}

static bool is_sda_high(void)
{
    return their_sda && !ours.sda_low;
}

static void latch(bool scl, bool sda)
{
    if (is_scl_high() != scl)
        latched |= scl ? GPIO_SCL_FELL : GPIO_SCL_ROSE;
    if (is_sda_high() != sda)
        latched |= GPIO_SDA_MOVED;
}

static void move(bool scl, bool sda)
{
    bool scl_was = is_scl_high(), sda_was = is_sda_high();
    their_scl = scl;
    their_sda = sda;
    latch(scl_was, sda_was);
}

static void act(const char *what)
{
    if (strlen(actions) + strlen(what) < sizeof actions)
        strcat(actions, what);
}

static void pull(bool scl_low, bool sda_low)
{
    assert_true(is_taken || !is_listening || !needs_taking);
    bool scl_was = is_scl_high(), sda_was = is_sda_high();
    if (sda_low != ours.sda_low)
        sda_moved_ns = time_ns;
    ours = (struct line_pulls){scl_low, sda_low};
    latch(scl_was, sda_was);
}

/* A look takes so long: a byte is quicker than Fast-mode, or a bit slower. */
enum { QUICK_LOOK_NS = 10, FAST_MODE_LOOK_NS = 1000 };
static unsigned look_ns;

static inline uint32_t gpio_pins_levels(void *pins)
{
    (void)pins;
    time_ns += look_ns;
    while (*looks == ' ')
        looks++;
    if (*looks) {
        uint32_t scl = *looks++ == '1' ? (uint32_t)GPIO_SCL : 0;
        return scl | (*looks++ == '1' ? (uint32_t)GPIO_SDA : 0);
    }
    return (is_scl_high() ? (uint32_t)GPIO_SCL : 0) | (is_sda_high() ? (uint32_t)GPIO_SDA : 0);
}

static inline void gpio_pins_pull_scl(void *pins)
{
    (void)pins;
    scl_pulls++;
    act("C");
    if (rises_before_pull)
        move(true, their_sda);
    pull(true, ours.sda_low);
}

static inline void gpio_pins_release_scl(void *pins)
{
    (void)pins;
    act("c");
    pull(false, ours.sda_low);
}

static inline void gpio_pins_pull_sda(void *pins)
{
    (void)pins;
    assert_false(is_scl_high());
    act("D");
    pull(ours.scl_low, true);
}

static inline void gpio_pins_release_sda(void *pins)
{
    (void)pins;
    act("d");
    pull(ours.scl_low, false);
}

static uint32_t take_edges(void *pins)
{
    (void)pins;
    uint32_t edges = latched;
    latched = 0;
    return edges;
}

static uint32_t take_rises(void *pins)
{
    return take_edges(pins) & ~(uint32_t)(awaits_fall ? GPIO_SCL_ROSE : GPIO_SCL_FELL);
}

static void listen(void *pins, bool on)
{
    (void)pins;
    if (on)
        latched = 0;
    is_listening = on;
    is_taken = is_taken && !on;
    awaits_fall = awaits_fall && !on;
}

static void await_fall(void *pins)
{
    (void)pins;
    assert_true(is_scl_high() && is_listening);
    awaits_fall = true;
}

static void connect(void *pins)
{
    (void)pins;
    pull(false, false);
}

static uint64_t now_ns(void)
{
    return time_ns += 10;
}

static int64_t now_us(void)
{
    return (int64_t)(time_ns / 1000);
}

static unsigned alarms;

static void set_alarm(void)
{
    alarms++;
}

static inline uint32_t gpio_ticks(void)
{
    return (uint32_t)now_ns();
}

static uint32_t ticks_hz(void)
{
    return 1000000000;
}

/* As take_rises() does it. */
static inline bool gpio_pins_have_started(void *pins, uint32_t levels)
{
    (void)pins;
    return !(latched & GPIO_SCL_ROSE) && (levels & GPIO_SCL || latched & GPIO_SDA_MOVED);
}

static inline void gpio_pins_take(void *pins)
{
    (void)pins;
    is_taken = true;
}

#include "gpio/stay.h"
#include "gpio/watch.h"

static const struct chip_clock clock = {now_us, set_alarm};

static bool watches;

static bool may_watch(void)
{
    return watches;
}

enum { STAY_NS = 5000, HOLD_NS = 300, SETUP_NS = 250 };

#define CHIP(take, kind, duration)                                                             \
    {                                                                                          \
        .levels = gpio_pins_levels, .pull_scl = gpio_pins_pull_scl,                            \
        .release_scl = gpio_pins_release_scl, .pull_sda = gpio_pins_pull_sda,                  \
        .release_sda = gpio_pins_release_sda, .take_edges = take, .listen = listen,            \
        .await_fall = await_fall, .connect = connect, .disconnect = connect, .now_ns = now_ns, \
        .clock = &clock, .latches = kind, .stay_ns = duration, .quick_ns = 64000,              \
        .enter = gpio_enter, .stay = gpio_stay, .watch = gpio_watch, .may_watch = may_watch,   \
        .ticks_hz = ticks_hz, .timing = {                                                      \
            .hold_ns = HOLD_NS,                                                                \
            .setup_ns = SETUP_NS                                                               \
        }                                                                                      \
    }

static const struct gpio_chip leaves = CHIP(take_edges, GPIO_LATCHES_BOTH, 0);
static const struct gpio_chip leaves_blind = CHIP(take_edges, GPIO_LATCHES_EDGES, 0);
static const struct gpio_chip stays = CHIP(take_rises, GPIO_LATCHES_RISES, STAY_NS);

/* ---- the processor, and the core -------------------------------------------------------------- */

static unsigned questions; /* up to the one at which an interrupt is pending */

bool cpu_irq_is_pending(void)
{
    return questions == 0 || --questions == 0;
}

/* What an interrupt does before the n-th save; NULL: nothing. */
static void (*before_saves[4])(void);
static unsigned saves;

uint32_t cpu_irq_save(void)
{
    unsigned n = saves++;
    if (n < sizeof before_saves / sizeof *before_saves && before_saves[n])
        before_saves[n]();
    return 0;
}

void cpu_irq_restore(uint32_t state)
{
    (void)state;
}

void cpu_wait_for_event(void)
{
    fail_msg("nobody waits here");
}

static char events[400];
static unsigned holds; /* so many events are answered HOLD */

static void note(const char *format, unsigned value)
{
    size_t length = strlen(events);
    snprintf(events + length, sizeof events - length, format, value);
}

int i2ctarget_raise_event(struct i2ctarget *target, const struct i2ctarget_event *event)
{
    static const char *const ends[] = {[I2CTARGET_STOP] = "STOP ",
                                       [I2CTARGET_RESTART] = "RESTART ",
                                       [I2CTARGET_CONTROLLER_NACK] = "NACK ",
                                       [I2CTARGET_TIMEOUT] = "TIMEOUT ",
                                       [I2CTARGET_BUS_ERROR] = "ERROR "};
    (void)target;
    if (event->kind == I2CTARGET_ADDRESSED)
        note(event->is_restart ? (event->is_read ? "+R%02X " : "+W%02X ")
                               : (event->is_read ? "R%02X " : "W%02X "),
             event->address);
    else if (event->kind == I2CTARGET_RECEIVED)
        note("%02X ", event->value);
    else if (event->kind == I2CTARGET_REQUESTED)
        note("? ", 0);
    else
        note(ends[event->value], 0);
    if (holds > 0 && event->kind != I2CTARGET_ENDED) {
        holds--;
        return I2CTARGET_HOLD;
    }
    return event->kind == I2CTARGET_REQUESTED ? 0x5A : I2CTARGET_ACK;
}

/* ---- a bus ----------------------------------------------------------------------------------- */

static struct gpio_target target;
static struct i2ctarget core;

static void look(void)
{
    time_ns += 1000;
    i2ctarget_gpio_irq(&target);
}

/* At 0x40, on an idle bus. */
static void open_with(const struct gpio_chip *chip, bool smbus)
{
    static const struct i2ctarget_address_set addresses = {{0, 0, 1, 0}};
    their_scl = their_sda = true;
    ours = (struct line_pulls){false, false};
    latched = 0;
    time_ns = 1000000;
    look_ns = QUICK_LOOK_NS;
    looks = "";
    actions[0] = events[0] = '\0';
    holds = alarms = questions = 0;
    watches = false;
    rises_before_pull = awaits_fall = is_listening = is_taken = false;
    needs_taking = chip->stay_ns > 0;
    i2ctarget_gpio_open(&target, chip, NULL, &core, &addresses, smbus);
    scl_pulls = 0;
    time_ns += 100000;
    i2ctarget_gpio_alarm(&target);
}

static void step(bool scl, bool sda)
{
    move(scl, sda);
    look();
}

/* It was opened a moment ago. */
static void join(const struct gpio_chip *chip)
{
    static const struct i2ctarget_address_set addresses = {{0, 0, 1, 0}};
    is_listening = false;
    i2ctarget_gpio_open(&target, chip, NULL, &core, &addresses, false);
    latched = 0;
}

static void start(void)
{
    step(true, false);
    step(false, false);
}

static void stop(void)
{
    step(false, false);
    step(true, false);
    step(true, true);
}

/* Returns SDA while SCL is high. */
static bool clock_bit(bool bit)
{
    step(false, bit);
    step(true, bit);
    bit = is_sda_high();
    step(false, bit || their_sda);
    return bit;
}

static void bits(unsigned byte, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        (void)clock_bit(byte << i & 0x80);
}

/* Was it acknowledged? */
static bool byte(unsigned value)
{
    bits(value, 8);
    return !clock_bit(true);
}

static void expect(const char *expected)
{
    assert_string_equal(events, expected);
    events[0] = '\0';
}

static void expect_free(void)
{
    assert_false(ours.scl_low || ours.sda_low);
}

/* The bus is all right, and we are there. */
static void expect_healthy(void)
{
    start();
    assert_true(byte(0x80));
    stop();
    expect_free();
    expect("W40 STOP ");
}

/* ---- messages -------------------------------------------------------------------------------- */

static void a_message_when_every_edge_interrupts(void **state)
{
    (void)state;
    open_with(&leaves, false);
    start();
    assert_true(byte(0x80));
    assert_true(byte(0x3C));
    step(false, true);
    step(true, true); /* repeated START */
    step(true, false);
    expect("W40 3C ");
    step(false, false);
    assert_true(byte(0x81));
    bits(0xFF, 8);
    assert_true(clock_bit(true));
    stop();
    expect("RESTART +R40 ? NACK ");
    expect_free();
}

static void scl_is_left_alone_in_messages_for_others(void **state)
{
    (void)state;
    open_with(&leaves, false);
    start();
    assert_false(byte(0x82));
    assert_false(byte(0x80));
    stop();
    expect("");
    assert_int_equal(scl_pulls, 0);
    expect_healthy();
}

static void scl_is_left_alone_in_seven_bits(void **state)
{
    (void)state;
    open_with(&leaves, false);
    start();
    bits(0x80, 7);
    assert_int_equal(scl_pulls, 0);
    (void)clock_bit(false);
    assert_int_equal(scl_pulls, 1);
    expect("W40 ");
}

/* SCL is held, SDA moves, SCL is released; and the times are kept. */
static void sda_moves_while_scl_is_held(void **state)
{
    (void)state;
    open_with(&leaves, false);
    start();
    bits(0x80, 7);
    step(true, false);
    actions[0] = '\0';
    uint64_t fell_ns = time_ns;
    step(false, false);
    assert_string_equal(actions, "CDc");
    assert_true(time_ns - fell_ns >= 1000 + HOLD_NS + SETUP_NS);
}

/* ---- watching -------------------------------------------------------------------------------- */

/* It has waited before, without an event. */
static void open_and_watch(void)
{
    open_with(&stays, false);
    watches = true;
    target.watches = may_watch();
    target.raised = false;
}

/* The latches, which have a rise of SCL from before, are not asked. */
static void a_start_is_seen_by_looks(void **state)
{
    (void)state;
    open_and_watch();
    questions = 3;
    looks = "11 11 11 11 11 11 11 11 11 11 10 10 00 00 ";
    move(false, false);
    latched = GPIO_SCL_ROSE;
    assert_true(i2ctarget_gpio_watch(&target));
    assert_true(is_listening); /* it is left in a pause */
    (void)byte(0x80);
    expect("W40 ");
}

/* Then it goes, and nothing has changed. */
static void an_interrupt_ends_the_watch(void **state)
{
    (void)state;
    open_and_watch();
    questions = 5;
    assert_true(i2ctarget_gpio_watch(&target));
    assert_int_equal(questions, 0);
    assert_true(is_listening && !is_taken);
    expect_healthy();
}

/* Between the test of `raised` and the watch. */
static void an_event_that_was_raised_keeps_it_from_watching(void **state)
{
    (void)state;
    open_and_watch();
    target.raised = true;
    questions = 2;
    assert_true(i2ctarget_gpio_watch(&target));
    assert_int_equal(questions, 2);
}

static void reach_the_end(void)
{
    time_ns += 1000000;
    i2ctarget_gpio_alarm(&target);
}

/* Of the two saves in a turn of wait(), the first is for the alarm, and the second for the watch. */
static void an_alarm_right_before_the_watch_ends_the_wait(void **state)
{
    (void)state;
    open_and_watch();
    questions = 1000;
    saves = 0;
    before_saves[1] = reach_the_end;
    assert_int_equal(i2ctarget_gpio_wait(&target, now_us() + 100), -I2CTARGET_ETIMEDOUT);
    assert_int_equal(questions, 1000);
    /* The next wait watches.  An interrupt leads to another turn, and that one finds the end. */
    questions = 3;
    saves = 0;
    before_saves[1] = NULL;
    before_saves[3] = reach_the_end;
    assert_int_equal(i2ctarget_gpio_wait(&target, now_us() + 100), -I2CTARGET_ETIMEDOUT);
    before_saves[3] = NULL;
    assert_int_equal(questions, 0);
}

/* A message for others, whose edges interrupt. */
static void a_bus_that_is_not_at_rest_is_not_watched(void **state)
{
    (void)state;
    open_and_watch();
    start();
    (void)byte(0x82);
    assert_false(i2ctarget_gpio_watch(&target));
    stop();
    expect_healthy();
}

/* ---- late looks ------------------------------------------------------------------------------ */

static void data_is_no_start(void **state)
{
    static const struct gpio_chip *const chips[] = {&leaves, &leaves_blind, &stays};
    (void)state;
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        open_with(chips[i], false);
        start();
        (void)byte(0x82);
        step(false, true);
        step(true, true);
        move(false, true);
        move(false, false); /* SDA falls, and SCL rises, before anybody looks */
        step(true, false);
        step(false, false);
        (void)byte(0x80);
        expect("");
        stop();
        expect_healthy();
    }
}

static void a_start_is_recognised_until_scl_rises(void **state)
{
    (void)state;
    open_with(&leaves, false);
    move(true, false);
    step(false, false);
    assert_true(byte(0x80));
    stop();
    expect("W40 STOP ");
    move(true, false);
    move(false, false);
    step(false, true); /* and SDA has moved for the first bit */
    assert_true(byte(0x80));
    stop();
    expect("W40 STOP ");
}

static void a_start_is_not_recognised_when_scl_has_risen(void **state)
{
    static const struct gpio_chip *const chips[] = {&leaves, &stays};
    (void)state;
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        open_with(chips[i], false);
        move(true, false);
        move(false, false);
        move(true, false);
        step(false, false);
        bits(0x80, 8);
        (void)clock_bit(true);
        expect("");
        stop();
        expect_healthy();
    }
}

/* The fall alone cannot be told from a fall, a rise and a fall. */
static void a_blind_chip_needs_to_see_scl_high(void **state)
{
    (void)state;
    open_with(&leaves_blind, false);
    move(true, false);
    step(false, false);
    assert_false(byte(0x80));
    expect("");
    stop();
    expect_healthy();
}

/* In a transfer SDA may have moved after SCL fell. */
static void a_late_restart_is_not_recognised(void **state)
{
    (void)state;
    open_with(&leaves, false);
    start();
    (void)byte(0x82);
    step(false, true);
    step(true, true);
    move(true, false);
    step(false, false);
    assert_false(byte(0x80));
    expect("");
    stop();
    expect_healthy();
}

static void a_missed_clock_ends_the_message(void **state)
{
    static const struct gpio_chip *const chips[] = {&leaves, &leaves_blind};
    (void)state;
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        open_with(chips[i], false);
        start();
        (void)byte(0x80);
        move(true, true);
        step(false, true);
        expect("W40 ERROR ");
        (void)byte(0x80);
        expect("");
        expect_free();
        stop();
        expect_healthy();
    }
}

static void three_edges_are_not_one(void **state)
{
    (void)state;
    open_with(&leaves, false);
    start();
    (void)byte(0x80);
    move(true, true);
    move(false, true);
    step(true, true);
    expect("W40 ERROR ");
    open_with(&leaves, false);
    start();
    (void)byte(0x80);
    step(true, true);
    move(false, true);
    move(true, true);
    step(false, true);
    expect("W40 ERROR ");
}

/* SDA stays pulled until SCL falls: to release it would be a START or STOP. */
static void sda_is_released_where_scl_falls(void **state)
{
    (void)state;
    open_with(&leaves, false);
    start();
    bits(0x80, 8);
    assert_true(ours.sda_low);
    step(true, true);
    move(false, true);
    step(true, true);
    expect("W40 ERROR ");
    assert_true(ours.sda_low);
    step(false, true);
    expect_free();
}

static void a_pull_that_comes_too_late_is_taken_back(void **state)
{
    (void)state;
    open_with(&leaves, false);
    start();
    bits(0x80, 7);
    step(true, false);
    rises_before_pull = true;
    step(false, false);
    expect("");
    expect_free();
    rises_before_pull = false;
    stop();
    expect_healthy();
}

static void start_and_stop_between_two_looks(void **state)
{
    (void)state;
    open_with(&leaves, false);
    move(true, false);
    step(true, true); /* on an idle bus that is nothing */
    expect_healthy();
    start();
    (void)byte(0x80);
    step(true, true);
    move(true, false);
    step(true, true); /* in a message it is its end */
    expect("W40 RESTART ");
    expect_healthy();
}

static void stop_and_start_between_two_looks(void **state)
{
    (void)state;
    open_with(&leaves, false);
    start();
    (void)byte(0x80);
    step(false, false);
    step(true, false);
    move(true, true);
    step(true, false);
    step(false, false);
    assert_true(byte(0x80));
    stop();
    expect("W40 STOP W40 STOP ");
}

/* ---- is the bus idle? ------------------------------------------------------------------------ */

static void miss_edges_of_others(void)
{
    open_with(&leaves, false);
    start();
    (void)byte(0x82);
    step(false, false);
    step(true, false);
    move(false, false); /* another clock, and perhaps a STOP */
    move(true, false);
    step(true, true);
}

static void a_start_of_unknown_kind_is_not_taken(void **state)
{
    (void)state;
    miss_edges_of_others();
    start();
    assert_false(byte(0x80));
    expect("");
    stop();
    expect_healthy();
}

static void a_bus_that_is_high_for_50_us_is_idle(void **state)
{
    (void)state;
    miss_edges_of_others();
    time_ns += 51000;
    start();
    assert_true(byte(0x80));
    expect("W40 ");
}

static void without_a_change_of_sda_there_was_no_stop(void **state)
{
    (void)state;
    open_with(&leaves, false);
    start();
    (void)byte(0x82);
    step(false, true);
    step(true, true);
    move(false, true);
    step(true, true);
    start();
    assert_true(byte(0x80));
    expect("+W40 ");
}

/* ---- it stays -------------------------------------------------------------------------------- */

/* Each look of the handler, as SCL and SDA. */
static void watch(const char *script)
{
    looks = script;
    move(true, false); /* START */
    look();
}

#define BIT0 "00 00 10 10 "
#define BIT1 "01 01 11 11 "
#define ADDRESS BIT1 BIT0 BIT0 BIT0 BIT0 BIT0 BIT0 BIT0

static void it_stays_from_start_on(void **state)
{
    (void)state;
    open_with(&stays, false);
    holds = 1;
    watch("10 10 " ADDRESS "00 00 ");
    expect("W40 ");
    assert_false(is_listening);
    assert_true(ours.scl_low);
}

static void it_leaves_after_the_address_of_another(void **state)
{
    (void)state;
    open_with(&stays, false);
    watch("10 10 " BIT1 BIT0 BIT0 BIT0 BIT0 BIT0 BIT1 BIT0 "00 00 ");
    expect("");
    assert_true(is_listening);
    assert_int_equal(scl_pulls, 0);
}

/* The fifth bit is seen high once. */
static void a_level_that_is_seen_once_is_not_believed(void **state)
{
    (void)state;
    open_with(&stays, false);
    watch("10 10 " BIT1 BIT0 BIT0 BIT0 "00 00 10 " BIT0 BIT0 BIT0 "00 00 ");
    expect("");
    assert_int_equal(scl_pulls, 0);
    assert_true(is_listening);
}

static void it_leaves_in_a_pause(void **state)
{
    (void)state;
    open_with(&stays, false);
    looks = "10 10 10 " BIT1 "01 01 ";
    move(true, false);
    their_scl = false;
    their_sda = true;
    look();
    expect("");
    assert_true(is_listening);
    assert_true(i2ctarget_gpio_due_us(&target, now_us()) == I2CTARGET_FOREVER);
}

#define NEXT_BEHIND_STOP                                 \
    "10 10 " ADDRESS "00 00 00 10 10 00 00 00 10 10 11 " \
    "10 10 10 10 10 10 " ADDRESS "00 00 "

/* The START is seen before there was time for the event of the STOP. */
static void an_end_waits_for_the_next_event(void **state)
{
    (void)state;
    open_with(&stays, false);
    look_ns = FAST_MODE_LOOK_NS;
    watch(NEXT_BEHIND_STOP);
    expect("W40 STOP W40 ");
}

/* It may have had a clock. */
static void a_start_behind_a_stop_of_a_quicker_bus_is_left_alone(void **state)
{
    (void)state;
    open_with(&stays, false);
    watch(NEXT_BEHIND_STOP);
    expect("W40 STOP ");
    assert_int_equal(scl_pulls, 2);
}

/* Behind a message for another. */
static void an_unseen_start_of_a_quicker_bus_is_left_alone(void **state)
{
    (void)state;
    static const char script[] = "10 10 " BIT1 BIT0 BIT0 BIT0 BIT0 BIT0 BIT1 BIT0
                                 "00 00 10 10 00 00 10 10 11 00 00 " ADDRESS "00 00 ";
    open_with(&stays, false);
    watch(script);
    expect("");
    assert_int_equal(scl_pulls, 0);
    open_with(&stays, false);
    look_ns = FAST_MODE_LOOK_NS;
    watch(script);
    expect("W40 ");
}

/* The pause is in the second bit; SCL's fall, which ends it, is told. */
static void a_pause_with_scl_high_is_gone_through(void **state)
{
    (void)state;
    open_with(&stays, false);
    watch("10 10 " BIT1 "00 00 10 ");
    their_scl = true;
    their_sda = false;
    look();
    assert_true(is_listening && awaits_fall);
    latched = 0;
    move(false, false);
    looks = "00 00 " BIT0 BIT0 BIT0 BIT0 BIT0 BIT0 "00 00 ";
    holds = 1;
    look();
    expect("W40 ");
    assert_false(awaits_fall && is_listening);
}

/* The clock after the pause came and went before anybody looked. */
static void a_fall_that_is_seen_too_late_ends_the_message(void **state)
{
    (void)state;
    open_with(&stays, false);
    watch("10 10 " BIT1 "00 00 10 ");
    their_scl = true;
    their_sda = false;
    look();
    latched = 0;
    move(false, false);
    move(true, false);
    looks = "10 10 00 00 " BIT0 BIT0 BIT0 BIT0 BIT0 BIT0 "00 00 ";
    look();
    expect("");
    expect_free();
}

/*
 * A bus that was joined in the high phase of a NACK: SCL falls, then SDA for a bit.  That looks like a
 * START that is seen late.
 */
static void a_bit_of_a_bus_that_is_joined_is_no_start(void **state)
{
    static const struct gpio_chip *const chips[] = {&leaves, &stays};
    (void)state;
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        open_with(chips[i], false);
        join(chips[i]);
        move(false, true);
        step(false, false);
        bits(0x80, 8);
        (void)clock_bit(true);
        expect("");
        stop();
        expect_healthy();
    }
}

/* SCL has been high all the time: SDA's fall is a START, whatever was before. */
static void a_start_counts_on_a_bus_that_is_joined(void **state)
{
    (void)state;
    open_with(&stays, false);
    join(&stays);
    holds = 1;
    watch("10 10 10 " ADDRESS "00 00 ");
    expect("W40 ");
}

/* The handler stays up to the STOP of a message for others, and sees the START behind it. */
static void it_stays_with_others_on_a_quick_bus(void **state)
{
    (void)state;
    open_with(&stays, false);
    watch("10 10 10 " BIT1 BIT0 BIT0 BIT0 BIT0 BIT0 BIT1 BIT0 "00 00 01 11 11 01 00 10 10 11 11 "
          "10 10 10 " ADDRESS "00 00 ");
    expect("W40 ");
}

/* SCL is high again before it could be pulled. */
static void a_bus_that_is_too_quick_is_not_held(void **state)
{
    (void)state;
    open_with(&stays, false);
    watch("10 10 10 " ADDRESS "00 10 10 ");
    expect("");
    assert_int_equal(scl_pulls, 0);
}

/*
 * SCL rises before the end of the acknowledge could be held, and falls again: SDA is released when its
 * hold time is over, or at once if SCL may rise by then.
 */
static void sda_of_a_lost_message_is_held_up_to_fast_mode(void **state)
{
    (void)state;
#define LOST "10 10 " ADDRESS "00 00 10 00 10 "
    open_with(&stays, false);
    look_ns = FAST_MODE_LOOK_NS;
    watch(LOST "00 10 ");
    expect("W40 ERROR ");
    assert_true(ours.sda_low);
    open_with(&stays, false);
    look_ns = FAST_MODE_LOOK_NS;
    watch(LOST "00 00 10 ");
    assert_true(ours.sda_low);
    open_with(&stays, false);
    look_ns = FAST_MODE_LOOK_NS;
    watch(LOST "00 00 00 ");
    assert_false(ours.sda_low);
    open_with(&stays, false);
    watch(LOST "00 10 ");
    expect("W40 ERROR ");
    assert_false(ours.sda_low);
}

/* ---- the lock -------------------------------------------------------------------------------- */

static void an_event_in_a_lock_waits_for_unlock(void **state)
{
    (void)state;
    open_with(&leaves, false);
    start();
    i2ctarget_gpio_lock(&target);
    bits(0x80, 8);
    expect("");
    assert_true(ours.scl_low);
    actions[0] = '\0';
    uint64_t before_ns = time_ns;
    i2ctarget_gpio_unlock(&target);
    expect("W40 ");
    assert_string_equal(actions, "Dc");
    assert_true(time_ns - before_ns >= SETUP_NS);
}

static void an_end_in_a_lock_comes_first(void **state)
{
    (void)state;
    open_with(&leaves, false);
    start();
    (void)byte(0x80);
    expect("W40 ");
    i2ctarget_gpio_lock(&target);
    stop();
    start();
    bits(0x80, 8);
    expect("");
    i2ctarget_gpio_unlock(&target);
    expect("STOP W40 ");
}

static void an_answer_is_given_by_unlock(void **state)
{
    (void)state;
    open_with(&leaves, false);
    holds = 1;
    start();
    bits(0x80, 8);
    time_ns += 100000;
    actions[0] = '\0';
    i2ctarget_gpio_lock(&target);
    i2ctarget_gpio_answer(&target, I2CTARGET_ACK);
    assert_true(ours.scl_low);
    time_ns += SETUP_NS - 100; /* a slow processor: SDA moves that much later */
    i2ctarget_gpio_unlock(&target);
    assert_string_equal(actions, "Dc");
    assert_true(time_ns - sda_moved_ns >= SETUP_NS);
    struct i2ctarget_counters counters;
    i2ctarget_gpio_counters(&target, &counters);
    assert_int_equal(counters.stretches, 1);
    assert_true(counters.longest_stretch_us >= 100);
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void hold_for_ms(unsigned ms)
{
    open_with(&leaves, true);
    holds = 1;
    start();
    bits(0x80, 8);
    assert_true(i2ctarget_gpio_due_us(&target, now_us()) <= now_us() + 25000);
    time_ns += ms * UINT64_C(1000000);
}

static void a_limit_of_smbus_strikes_by_the_alarm(void **state)
{
    (void)state;
    hold_for_ms(24);
    i2ctarget_gpio_alarm(&target);
    expect("W40 ");
    hold_for_ms(26);
    i2ctarget_gpio_alarm(&target);
    expect("W40 TIMEOUT ");
    expect_free();
}

static void a_limit_waits_for_unlock(void **state)
{
    (void)state;
    hold_for_ms(26);
    i2ctarget_gpio_lock(&target);
    i2ctarget_gpio_alarm(&target);
    assert_true(ours.scl_low);
    assert_int_equal(i2ctarget_gpio_due_us(&target, now_us()), I2CTARGET_FOREVER);
    expect("W40 ");
    i2ctarget_gpio_unlock(&target);
    expect("TIMEOUT ");
    expect_free();
}

static void scl_low_of_others_has_the_limit_too(void **state)
{
    (void)state;
    open_with(&leaves, true);
    start();
    (void)byte(0x80);
    time_ns += 26000000;
    i2ctarget_gpio_alarm(&target);
    expect("W40 TIMEOUT ");
}

static void close_releases_the_lines(void **state)
{
    (void)state;
    open_with(&leaves, false);
    holds = 1;
    start();
    bits(0x80, 8);
    assert_true(ours.scl_low);
    i2ctarget_gpio_close(&target);
    expect_free();
    look();
    expect("W40 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_when_every_edge_interrupts),
        cmocka_unit_test(scl_is_left_alone_in_messages_for_others),
        cmocka_unit_test(scl_is_left_alone_in_seven_bits),
        cmocka_unit_test(sda_moves_while_scl_is_held),
        cmocka_unit_test(a_start_is_seen_by_looks),
        cmocka_unit_test(an_interrupt_ends_the_watch),
        cmocka_unit_test(an_event_that_was_raised_keeps_it_from_watching),
        cmocka_unit_test(an_alarm_right_before_the_watch_ends_the_wait),
        cmocka_unit_test(a_bus_that_is_not_at_rest_is_not_watched),
        cmocka_unit_test(data_is_no_start),
        cmocka_unit_test(a_start_is_recognised_until_scl_rises),
        cmocka_unit_test(a_start_is_not_recognised_when_scl_has_risen),
        cmocka_unit_test(a_blind_chip_needs_to_see_scl_high),
        cmocka_unit_test(a_late_restart_is_not_recognised),
        cmocka_unit_test(a_missed_clock_ends_the_message),
        cmocka_unit_test(three_edges_are_not_one),
        cmocka_unit_test(sda_is_released_where_scl_falls),
        cmocka_unit_test(a_pull_that_comes_too_late_is_taken_back),
        cmocka_unit_test(start_and_stop_between_two_looks),
        cmocka_unit_test(stop_and_start_between_two_looks),
        cmocka_unit_test(a_start_of_unknown_kind_is_not_taken),
        cmocka_unit_test(a_bus_that_is_high_for_50_us_is_idle),
        cmocka_unit_test(without_a_change_of_sda_there_was_no_stop),
        cmocka_unit_test(it_stays_from_start_on),
        cmocka_unit_test(it_leaves_after_the_address_of_another),
        cmocka_unit_test(a_level_that_is_seen_once_is_not_believed),
        cmocka_unit_test(it_leaves_in_a_pause),
        cmocka_unit_test(an_end_waits_for_the_next_event),
        cmocka_unit_test(a_start_behind_a_stop_of_a_quicker_bus_is_left_alone),
        cmocka_unit_test(an_unseen_start_of_a_quicker_bus_is_left_alone),
        cmocka_unit_test(a_pause_with_scl_high_is_gone_through),
        cmocka_unit_test(a_fall_that_is_seen_too_late_ends_the_message),
        cmocka_unit_test(a_bit_of_a_bus_that_is_joined_is_no_start),
        cmocka_unit_test(a_start_counts_on_a_bus_that_is_joined),
        cmocka_unit_test(it_stays_with_others_on_a_quick_bus),
        cmocka_unit_test(a_bus_that_is_too_quick_is_not_held),
        cmocka_unit_test(sda_of_a_lost_message_is_held_up_to_fast_mode),
        cmocka_unit_test(an_event_in_a_lock_waits_for_unlock),
        cmocka_unit_test(an_end_in_a_lock_comes_first),
        cmocka_unit_test(an_answer_is_given_by_unlock),
        cmocka_unit_test(a_limit_of_smbus_strikes_by_the_alarm),
        cmocka_unit_test(a_limit_waits_for_unlock),
        cmocka_unit_test(scl_low_of_others_has_the_limit_too),
        cmocka_unit_test(close_releases_the_lines),
    };
    return cmocka_run_group_tests_name("gpio", tests, NULL, NULL);
}
