/* SPDX-License-Identifier: MIT */
/*
 * TIMER's alarm and clock as the port uses them, and what two targets share of them: waits that end
 * before the alarm is set, waits longer than an alarm can express, a clock of two halves, and the
 * SMBus limits of either target, also when the other one leaves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/port.h"
#include "i2ctarget/rp2040.h"
#include "line/wires.h"
#include "chips/rp2040/model/rp2040.h"
#include "chips/rp2040/rig.h"

static const struct rig_kind kind = RIG_RP2040("400 kHz", 400000, 40, 2, 1, 0);
static struct rig rig;
static struct i2ctarget targets[2];

static void open_with(uint32_t access_cycles)
{
    rig_open(&rig, &kind);
    rig_rp2040_chip(&rig)->processor.access_cycles = access_cycles;
}

/* Target `index` is at 0x40 + index, on pins and a PIO block of its own. */
static void join(unsigned index, bool smbus)
{
    const uint8_t address = (uint8_t)(0x40 + index);
    memset(&targets[index], 0, sizeof targets[index]);
    assert_int_equal(rig_init(&rig, &targets[index], index, &address, 1, smbus), 0);
}

static uint64_t timer_us(const struct rp2040 *chip)
{
    return chip->timer_base_us + (chip->wires->now_ns - chip->timer_base_ns) / 1000;
}

/* From now on TIMER is that far from a carry into its high half. */
static void bring_carry_near(struct rp2040 *chip, uint64_t before_us)
{
    chip->timer_base_us = (UINT64_C(1) << 32) - before_us;
    chip->timer_base_ns = chip->wires->now_ns;
}

/* ---- the clock ------------------------------------------------------------------------------- */

static void the_clock_is_right_across_a_carry(void **state)
{
    (void)state;
    open_with(90); /* a read of one half takes most of a microsecond */
    join(0, false);
    struct rp2040 *chip = rig_rp2040_chip(&rig);
    for (uint64_t pass_ns = 0; pass_ns < 9000; pass_ns += 100) {
        bring_carry_near(chip, 5);
        rig_pass_ns(&rig, pass_ns);
        uint64_t before_us = timer_us(chip);
        int64_t read_us = i2ctarget_rp2040_port.now_us(NULL);
        assert_in_range(read_us, before_us, timer_us(chip));
    }
    rig_close(&rig);
}

/* ---- waits ----------------------------------------------------------------------------------- */

/*
 * The wait ends while the alarm is being set, or before, at any access: no alarm would ever end it.
 */
static void a_wait_ends_however_short_it_is(void **state)
{
    (void)state;
    for (uint32_t access_cycles = 1; access_cycles < 130; access_cycles += 3) {
        open_with(access_cycles);
        join(0, false);
        for (int64_t us = 1; us < 24; us++) {
            struct i2ctarget_request request;
            rig_pass_ns(&rig, (uint64_t)us * 37);
            uint64_t began_ns = rig_now_ns(&rig);
            assert_int_equal(i2ctarget_next_request(&targets[0], &request, us),
                             -I2CTARGET_ETIMEDOUT);
            assert_in_range(rig_now_ns(&rig) - began_ns, us * 1000 - 1000, 100000);
        }
        rig_close(&rig);
    }
}

/* An alarm knows the low 32 bits of the time only. */
static void a_wait_of_more_than_71_minutes_is_not_shorter(void **state)
{
    static const int64_t waits_us[] = {(INT64_C(1) << 31) + 3, (INT64_C(1) << 32) - 1,
                                       (INT64_C(1) << 32), (INT64_C(1) << 32) + 2,
                                       (INT64_C(2) << 32) + 700};
    (void)state;
    open_with(2);
    join(0, false);
    for (size_t i = 0; i < sizeof waits_us / sizeof *waits_us; i++) {
        struct i2ctarget_request request;
        uint64_t began_us = rig_now_ns(&rig) / 1000;
        assert_int_equal(i2ctarget_next_request(&targets[0], &request, waits_us[i]),
                         -I2CTARGET_ETIMEDOUT);
        assert_in_range(rig_now_ns(&rig) / 1000 - began_us, waits_us[i] - 1, waits_us[i] + 50);
    }
    rig_close(&rig);
}

static void a_wait_goes_on_over_a_carry(void **state)
{
    struct i2ctarget_request request;
    (void)state;
    open_with(2);
    join(0, false);
    bring_carry_near(rig_rp2040_chip(&rig), 300);
    uint64_t began_ns = rig_now_ns(&rig);
    assert_int_equal(i2ctarget_next_request(&targets[0], &request, 1000), -I2CTARGET_ETIMEDOUT);
    assert_in_range(rig_now_ns(&rig) - began_ns, 999000, 1050000);
    rig_close(&rig);
}

/* ---- two targets ----------------------------------------------------------------------------- */

static const char *const holds[] = {"S 80 A 11 A P", "S 82 A 11 A P"};

/* The message of target `index` gets no answer, so SCL is held: for how long? */
static uint64_t hold_ns(unsigned index)
{
    struct wires *wires = kind.ops->wires(&rig);
    uint64_t began_ns = rig_now_ns(&rig);
    rig_play(&rig, holds[index]);
    rig_pass_ns(&rig, 1000000); /* the address is through */
    while (!wires->scl && rig_now_ns(&rig) - began_ns < 60000000)
        rig_pass_ns(&rig, 100000);
    return rig_now_ns(&rig) - began_ns;
}

static void answer_late(unsigned index)
{
    uint8_t byte = 0;
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&targets[index], &request, 0), 1);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    assert_int_equal(byte, 0x11);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish_play(&rig, NULL);
}

/* It was let go in time, and its ACK is missing: what the script says of it is of no interest. */
static void forget_script(void)
{
    rig.playing = false;
    assert_true(kind.ops->finish_play(&rig));
}

static void expect_limits(unsigned index)
{
    struct i2ctarget_counters before;
    i2ctarget_get_counters(&targets[index], &before);
    assert_in_range(hold_ns(index), 24000000, 26000000);
    forget_script();
    rig_play(&rig, index ? "S 82 ^ W60000 P" : "S 80 ^ W60000 P"); /* SCL is low for too long */
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&targets[index], &request, 0), 1);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_pass_ns(&rig, 40000000);
    struct i2ctarget_counters after;
    i2ctarget_get_counters(&targets[index], &after);
    assert_int_equal(after.timeouts, before.timeouts + 2);
    rig_finish_play(&rig, NULL);
}

static void each_target_has_the_limits_that_it_asked_for(void **state)
{
    (void)state;
    for (unsigned limited = 0; limited < 2; limited++) {
        open_with(2);
        for (unsigned i = 0; i < 2; i++)
            join(i, i == limited);
        expect_limits(limited);
        assert_in_range(hold_ns(!limited), 60000000, 61000000);
        answer_late(!limited);
        rig_close(&rig);
    }
}

/* rp2040/clock.h has names of registers that the model has, too. */
void i2ctarget_rp2040_clock_set_alarm(int64_t at_us);

/* The comparison is done when the counter moves: an alarm for the microsecond that is now is missed. */
static void an_alarm_for_this_very_microsecond_comes(void **state)
{
    enum { ALARM = 1 }; /* of the rig */
    (void)state;
    for (uint64_t phase_ns = 0; phase_ns < 1000; phase_ns += 40) {
        open_with(1);
        join(0, false);
        rig_pass_ns(&rig, phase_ns);
        i2ctarget_rp2040_clock_set_alarm(targets[0].port->now_us(targets[0].instance));
        assert_true(rig_rp2040_chip(&rig)->armed >> ALARM & 1);
        rig_pass_ns(&rig, 100000);
        assert_false(rig_rp2040_chip(&rig)->armed >> ALARM & 1);
        rig_close(&rig);
    }
}

/*
 * When SCL is held again, almost nothing is left of the time that we may stretch in a message.  The
 * limit is reached before the alarm is set.
 */
static void a_limit_that_is_over_when_its_alarm_is_set_is_kept(void **state)
{
    (void)state;
    for (uint32_t first_us = 24700; first_us < 24830; first_us++) {
        struct i2ctarget_request request;
        struct i2ctarget_counters counters;
        uint8_t byte;
        open_with(20);
        join(0, true);
        rig_play(&rig, "S 80 A 11 A 22 A P");
        assert_int_equal(i2ctarget_next_request(&targets[0], &request, 0), 1);
        rig_sleep_us(&rig, first_us);
        if (i2ctarget_read(&request, &byte, 1, false) == 1) /* else its time was over already */
            (void)i2ctarget_ack(&request, true);
        rig_pass_ns(&rig, 3000000);
        i2ctarget_get_counters(&targets[0], &counters);
        assert_int_equal(counters.timeouts, 1);
        assert_int_equal(i2ctarget_close(&request), 0);
        forget_script();
        rig_close(&rig);
    }
}

/*
 * Of the time that we may stretch there is less left than until the next look at SCL; and what the
 * alarm was set to in the first hold is over before the second one begins.
 */
static void a_hold_that_is_near_its_limit_ends_in_time(void **state)
{
    enum { LIMIT_US = 24800, GAP_US = 1500, BYTE_US = 100 };
    (void)state;
    for (uint32_t first_us = LIMIT_US - GAP_US + 100; first_us < LIMIT_US - 100; first_us += 100) {
        struct i2ctarget_request request;
        struct i2ctarget_counters counters;
        uint8_t byte;
        open_with(2);
        join(0, true);
        rig_play(&rig, "S 80 A 11 A W1500 22 A P");
        assert_int_equal(i2ctarget_next_request(&targets[0], &request, 0), 1);
        rig_sleep_us(&rig, first_us);
        assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
        assert_int_equal(i2ctarget_ack(&request, true), 0);
        rig_sleep_us(&rig, GAP_US + BYTE_US + LIMIT_US - first_us);
        i2ctarget_get_counters(&targets[0], &counters);
        assert_int_equal(counters.timeouts, 1);
        assert_int_equal(i2ctarget_close(&request), 0);
        forget_script();
        rig_close(&rig);
    }
}

/* A target that leaves takes only its own things along: interrupts, alarm, engine. */
static void the_other_target_stays_when_one_goes(void **state)
{
    struct i2ctarget_request request;
    (void)state;
    for (unsigned leaver = 0; leaver < 2; leaver++) {
        open_with(2);
        join(0, true);
        join(1, true);
        rig_deinit(&rig, &targets[leaver]);
        assert_int_equal(i2ctarget_next_request(&targets[!leaver], &request, 700),
                         -I2CTARGET_ETIMEDOUT);
        expect_limits(!leaver);
        rig_play(&rig, holds[!leaver]);
        answer_late(!leaver);
        rig_close(&rig);
    }
}

/* The alarm is another's to use when no target is left. */
static void the_last_target_gives_the_alarm_back(void **state)
{
    struct rp2040 *chip;
    (void)state;
    open_with(2);
    join(0, true);
    join(1, true);
    chip = rig_rp2040_chip(&rig);
    rig_deinit(&rig, &targets[0]);
    assert_int_not_equal(chip->timer_inte, 0);
    rig_deinit(&rig, &targets[1]);
    assert_int_equal(chip->timer_inte, 0);
    uint64_t interrupts = chip->processor.interrupts;
    rig_pass_ns(&rig, 50000000);
    assert_int_equal(chip->processor.interrupts, interrupts);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_is_right_across_a_carry),
        cmocka_unit_test(a_wait_ends_however_short_it_is),
        cmocka_unit_test(a_wait_of_more_than_71_minutes_is_not_shorter),
        cmocka_unit_test(a_wait_goes_on_over_a_carry),
        cmocka_unit_test(each_target_has_the_limits_that_it_asked_for),
        cmocka_unit_test(an_alarm_for_this_very_microsecond_comes),
        cmocka_unit_test(a_limit_that_is_over_when_its_alarm_is_set_is_kept),
        cmocka_unit_test(a_hold_that_is_near_its_limit_ends_in_time),
        cmocka_unit_test(the_other_target_stays_when_one_goes),
        cmocka_unit_test(the_last_target_gives_the_alarm_back),
    };
    return cmocka_run_group_tests_name("rp2040_alarms", tests, NULL, NULL);
}
