/* SPDX-License-Identifier: MIT */
/*
 * The two TCs as the port uses them: waits that end before the alarm is set, a wait that is longer
 * than the counter, the time across a wrap and over the life of a target, and the limit of our
 * stretches of each of two targets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/port.h"
#include "chips/samd5x/rig.h"

static const struct rig_kind kind =
    RIG_SAMD5X("400 kHz", samd5x_plain, 400000, 20, 2, 1, RIG_HEARS_OTHERS);
static struct rig rig;
static struct i2ctarget targets[2];

static void open_with(uint32_t access_cycles)
{
    rig_open(&rig, &kind);
    rig_samd5x_chip(&rig)->processor.access_cycles = access_cycles;
}

/* Target `index` is at 0x40 + index, on a SERCOM of its own. */
static void join(unsigned index, bool smbus)
{
    const uint8_t address = (uint8_t)(0x40 + index);
    memset(&targets[index], 0, sizeof targets[index]);
    assert_int_equal(rig_init(&rig, &targets[index], index, &address, 1, smbus), 0);
}

static int64_t now_us(void)
{
    return i2ctarget_samd5x_port.now_us(NULL);
}

/* 2^32 ticks of a third of a microsecond: 23.86 minutes. */
enum { WRAP_US = 1431655765 };

static void pass_us(uint64_t us)
{
    rig_pass_ns(&rig, us * 1000);
}

/* ---- the time -------------------------------------------------------------------------------- */

static void the_time_is_right_across_wraps(void **state)
{
    (void)state;
    open_with(20);
    join(0, false);
    int64_t base_us = now_us();
    uint64_t base_ns = rig_now_ns(&rig);
    for (unsigned wraps = 1; wraps <= 3; wraps++) {
        pass_us((uint64_t)WRAP_US * wraps - 40 - (rig_now_ns(&rig) - base_ns) / 1000);
        for (unsigned i = 0; i < 200; i++) {
            uint64_t before_us = (rig_now_ns(&rig) - base_ns) / 1000;
            int64_t read_us = now_us() - base_us;
            uint64_t after_us = (rig_now_ns(&rig) - base_ns) / 1000;
            assert_in_range(read_us + 20, before_us, after_us + 40);
            rig_pass_ns(&rig, 410);
        }
    }
    rig_close(&rig);
}

/* With interrupts off, the wrap is seen but not counted. */
static void look_around_wraps(uint32_t access_cycles, bool is_told_late)
{
    open_with(access_cycles);
    rig_samd5x_chip(&rig)->readings.overflow_is_late = is_told_late;
    join(0, false);
    int64_t begin_us = now_us();
    for (unsigned wraps = 1; wraps < 60; wraps++) {
        int64_t wrap_us = begin_us + (int64_t)wraps * WRAP_US;
        rig_pass_ns(&rig, (uint64_t)(wrap_us - 40 - now_us()) * 1000 + 130 * wraps);
        i2ctarget_lock(&targets[0]);
        int64_t last_us = now_us();
        while (last_us < wrap_us + 40) {
            int64_t read_us = now_us();
            assert_in_range(read_us - last_us, 0, 12);
            last_us = read_us;
        }
        i2ctarget_unlock(&targets[0]);
        assert_in_range(now_us() - last_us, 0, 12);
    }
    rig_close(&rig);
}

/* Only OVF tells then: the count has come as far as it was. */
static void a_wrap_in_which_nobody_has_looked_counts(void **state)
{
    (void)state;
    open_with(2);
    join(0, false);
    i2ctarget_lock(&targets[0]);
    int64_t begin_us = now_us();
    pass_us(WRAP_US + 100);
    assert_in_range(now_us() - begin_us, WRAP_US + 100, WRAP_US + 112);
    i2ctarget_unlock(&targets[0]);
    assert_in_range(now_us() - begin_us, WRAP_US + 100, WRAP_US + 124);
    rig_close(&rig);
}

static void a_wrap_that_nobody_has_counted_yet_counts(void **state)
{
    (void)state;
    look_around_wraps(30, false); /* a read of the time takes some microseconds */
}

/* The count is past the wrap already, and OVF is not set yet. */
static void a_wrap_that_is_not_told_yet_counts(void **state)
{
    (void)state;
    look_around_wraps(1, true);
    look_around_wraps(6, true);
}

static void the_time_goes_on_over_the_life_of_a_target(void **state)
{
    (void)state;
    open_with(2);
    int64_t last_us = 0;
    for (unsigned life = 0; life < 4; life++) {
        join(0, false);
        assert_in_range(now_us() - last_us, 0, life ? 100 : INT64_MAX);
        pass_us(1000);
        last_us = now_us();
        rig_deinit(&rig, &targets[0]);
    }
    assert_true(last_us >= 4000);
    rig_close(&rig);
}

/* ---- waits ----------------------------------------------------------------------------------- */

static uint64_t waited_us(int64_t us)
{
    struct i2ctarget_request request;
    uint64_t before_ns = rig_now_ns(&rig);
    assert_int_equal(i2ctarget_next_request(&targets[0], &request, us), -I2CTARGET_ETIMEDOUT);
    return (rig_now_ns(&rig) - before_ns) / 1000;
}

/* The wait ends while the alarm is being set, or before, at any access: no alarm would end it. */
static void a_wait_ends_however_short_it_is(void **state)
{
    (void)state;
    for (uint32_t access_cycles = 1; access_cycles < 130; access_cycles += 9) {
        open_with(access_cycles);
        join(0, false);
        for (int64_t us = 1; us < 24; us++)
            assert_in_range(waited_us(us), us, us + 400);
        rig_close(&rig);
    }
}

static void a_wait_of_more_than_23_minutes_is_not_shorter(void **state)
{
    static const int64_t waits_us[] = {WRAP_US - 5, WRAP_US + 5, 2 * (int64_t)WRAP_US + 70000000};
    (void)state;
    open_with(2);
    join(0, false);
    for (size_t i = 0; i < sizeof waits_us / sizeof *waits_us; i++)
        assert_in_range(waited_us(waits_us[i]), waits_us[i], waits_us[i] + 10);
    rig_close(&rig);
}

/* ---- the limit of our stretches -------------------------------------------------------------- */

static uint64_t hold_ns(unsigned index)
{
    char script[16];
    snprintf(script, sizeof script, "S %02X N P", (0x40 + index) << 1);
    rig_play(&rig, script);
    rig_finish_play(&rig, NULL);
    return rig.kind->ops->longest_stretch_ns(&rig);
}

/* The other one may hold as long as it likes. */
static void hold_for_60_ms(unsigned index)
{
    struct i2ctarget_request request;
    char script[16];
    snprintf(script, sizeof script, "S %02X A P", (0x40 + index) << 1);
    rig_play(&rig, script);
    rig_pass_ns(&rig, 60000000);
    assert_int_equal(i2ctarget_next_request(&targets[index], &request, -1), 1);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish_play(&rig, NULL);
    assert_in_range(rig.kind->ops->longest_stretch_ns(&rig), 59000000, 60100000);
}

static void only_a_target_with_limits_lets_go(void **state)
{
    (void)state;
    for (unsigned limited = 0; limited < 2; limited++) {
        open_with(2);
        for (unsigned i = 0; i < 2; i++)
            join(i, i == limited);
        assert_in_range(hold_ns(limited), 24000000, 24950000); /* before the SERCOM's own limit */
        struct i2ctarget_counters counters;
        i2ctarget_get_counters(&targets[limited], &counters);
        assert_int_equal(counters.timeouts, 1);
        assert_int_equal(counters.cancelled, 1);
        hold_for_60_ms(!limited);
        rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_time_is_right_across_wraps),
        cmocka_unit_test(a_wrap_that_nobody_has_counted_yet_counts),
        cmocka_unit_test(a_wrap_that_is_not_told_yet_counts),
        cmocka_unit_test(a_wrap_in_which_nobody_has_looked_counts),
        cmocka_unit_test(the_time_goes_on_over_the_life_of_a_target),
        cmocka_unit_test(a_wait_ends_however_short_it_is),
        cmocka_unit_test(a_wait_of_more_than_23_minutes_is_not_shorter),
        cmocka_unit_test(only_a_target_with_limits_lets_go),
    };
    return cmocka_run_group_tests_name("samd5x_alarms", tests, NULL, NULL);
}
