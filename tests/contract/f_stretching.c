/* SPDX-License-Identifier: MIT */
/*
 * F. Clock stretching: when, how long, and what a controller sees that does not expect it.  UM10204
 * §3.1.9, §4.2.2, Table 10 notes 3 and 4.
 */
#include "contract/contract.h"
#include "support/edge_log.h"

/*
 * The checker reports a target that pulls SCL while it is high, in every run of every test.  This
 * test looks at it separately.
 */
CONTRACT_TEST(f31_scl_is_pulled_only_while_it_is_low, RIG_WIRES)
{
    unsigned rises = 0;
    serve(rig);
    struct edge_log log;
    edge_log_open(&log, rig->kind->ops->wires(rig));
    rig_play(rig, "S 80 A 11 A 22 A P");
    struct i2ctarget_request request = take_write();
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    rig_sleep_us(rig, 1000);
    expect_bytes(&request, "\x22", 1);
    rig_finish_play(rig, NULL);
    for (unsigned i = 1; i < log.count; i++)
        rises += log.edges[i].scl && !log.edges[i - 1].scl;
    assert_int_equal(rises,
                     9 * 3 + 1); /* SCL rises only for the controller's clocks, and once for STOP */
    edge_log_close(&log, rig->kind->ops->wires(rig));
}

/*
 * Before the address ACK, after it, before each data ACK, before each byte read: 0 to 25 ms each.
 * The data must be right.
 */
CONTRACT_TEST(f32_stretches_of_0_to_25_ms_at_every_point, 0)
{
    static const uint32_t stretches_us[] = {0, 1, 10, 100, 1000, 5000, 25000};
    serve(rig);
    uint8_t got[3], byte;
    for (size_t i = 0; i < COUNT(stretches_us); i++) {
        uint32_t us = stretches_us[i];
        struct rig_message messages[] = {write_message(0x40, "\x00\xA5\xFF", 3),
                                         read_message(0x40, got, 3)};
        rig_start(rig, messages, 2);
        rig_sleep_us(rig, us);
        struct i2ctarget_request request = take_write();
        for (int n = 0; n < 3; n++) {
            rig_sleep_us(rig, us);
            assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
            assert_int_equal(byte, "\x00\xA5\xFF"[n] & 0xFF);
            rig_sleep_us(rig, us);
            assert_int_equal(i2ctarget_ack(&request, true), 0);
        }
        assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
        request = take(0x40, true, true);
        for (int n = 0; n < 3; n++) {
            rig_sleep_us(rig, us);
            assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"\x80\x00\x7F" + n, 1), 1);
        }
        assert_int_equal(i2ctarget_close(&request), 0);
        assert_int_equal(rig_finish(rig), 2);
        assert_memory_equal(got, "\x80\x00\x7F", 3);
    }
}

/*
 * After a stretch the target's bit is on SDA t_SU;DAT before SCL rises (the checker demands that,
 * too).
 */
CONTRACT_TEST(f33_data_is_valid_before_a_held_scl_rises, RIG_WIRES)
{
    uint32_t scl_hz = rig->kind->scl_hz;
    uint64_t setup_ns = scl_hz <= 100000 ? 250 : scl_hz <= 400000 ? 100 : 50;
    unsigned looked = 0;
    serve(rig);
    struct edge_log log;
    edge_log_open(&log, rig->kind->ops->wires(rig));
    rig_play(rig, "S 80 A 00 A S 81 A R a R n P");
    rig_sleep_us(rig, 1000);
    struct i2ctarget_request request = take_write();
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    rig_sleep_us(rig, 1000);
    assert_int_equal(i2ctarget_ack(&request, true), 0);
    rig_sleep_us(rig, 1000);
    request = take(0x40, true, true);
    for (int i = 0; i < 2; i++) {
        rig_sleep_us(rig, 1000);
        assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"\x00\x80" + i, 1), 1);
    }
    rig_finish_play(rig, NULL);
    for (unsigned i = 2; i < log.count; i++) {
        bool rose = log.edges[i].scl && !log.edges[i - 1].scl;
        bool moved_before = log.edges[i - 1].sda != log.edges[i - 2].sda && !log.edges[i - 2].scl;
        if (!rose || !moved_before)
            continue;
        assert_true(log.edges[i].at_ns - log.edges[i - 1].at_ns >= setup_ns);
        looked++;
    }
    assert_true(looked >= 4);
    edge_log_close(&log, rig->kind->ops->wires(rig));
}

CONTRACT_TEST(f34_a_device_is_never_seen_to_stretch, RIG_WIRES | RIG_DEVICES_AT_ONCE)
{
    static const uint8_t ours[] = {0x50};
    probe_device_init(&memory);
    serve_addresses(rig, ours, 1);
    assert_int_equal(i2ctarget_attach(&target, 0x50, &memory.device), 0);
    rig->kind->ops->forbid_stretch(rig, &target);
    rig_play(rig, "S A0 A 10 A 11 A 22 A 33 A P S A0 A 10 A S A1 A R a R a R n P");
    const uint8_t *got;
    assert_int_equal(rig_finish_play(rig, &got), 3);
    assert_memory_equal(got, "\x11\x22\x33", 3);
    assert_int_equal(rig->kind->ops->longest_stretch_ns(rig), 0);
    assert_int_equal(counters().stretches, 0);
}

/*
 * The sum of our stretching from START to STOP is at most 25 ms.  Then come NACK or 0xFF, and the
 * target releases SCL.
 */
CONTRACT_TEST(f34_with_smbus_the_sum_of_stretches_is_bounded, RIG_WIRES | RIG_VIRTUAL_TIME)
{
    serve_smbus(rig);
    rig_play(rig, "S 80 A 11 A 22 A 33 N 44 N P");
    rig_sleep_us(rig, 8000);
    struct i2ctarget_request request = take_write();
    uint8_t byte;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
        rig_sleep_us(rig, 8000);
        assert_int_equal(i2ctarget_ack(&request, true), 0);
    }
    /* 24 ms are used up, so the third byte may be held for one. */
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    rig_sleep_us(rig, 8000);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
    expect_end(&request, I2CTARGET_TIMEOUT, 2);
    rig_finish_play(rig, NULL);
    assert_true(rig->kind->ops->longest_stretch_ns(rig) < 9000000);
    assert_int_equal(counters().timeouts, 1);
    expect_healthy(rig);
}

/*
 * The controller ignores stretching.  What it gets may be wrong, but nothing hangs, and the next
 * transfer of a patient controller is right.
 */
CONTRACT_TEST(f35_a_controller_that_ignores_stretching, RIG_WIRES)
{
    serve(rig);
    struct rig_message unanswered = write_message(0x40, "\x00\x55", 2);
    rig->kind->ops->ignore_stretch(rig, true);
    start_one(rig, &unanswered);
    rig_finish(rig); /* it has not waited for an application that never came */
    uint8_t got[4];
    for (uint32_t late_us = 0; late_us < 400; late_us += 7) {
        struct rig_message messages[] = {write_message(0x40, "\x00\x55\xAA", 3),
                                         read_message(0x40, got, 4)};
        struct i2ctarget_request request;
        rig->kind->ops->ignore_stretch(rig, true);
        rig_start(rig, messages, 2);
        rig_sleep_us(rig, late_us);
        while (i2ctarget_next_request(&target, &request, 500) == 1) {
            uint8_t bytes[4];
            rig_sleep_us(rig, late_us / 3);
            int result = request.is_read
                             ? i2ctarget_write(&request, (const uint8_t *)"\x00\xFF\x00", 3)
                             : i2ctarget_read(&request, bytes, 2, true);
            assert_true(result >= -I2CTARGET_EDEADLK);
        }
        rig_finish(rig);
        rig->kind->ops->ignore_stretch(rig, false);
        rig_play(rig, "S FF N P"); /* START in any state; nine clocks free SDA */
        rig_finish_play(rig, NULL);
        expect_healthy(rig);
    }
}

/* Without smbus there are no time-outs: each line may stay at its level for a second, anywhere. */
CONTRACT_TEST(f36_the_bus_may_pause_for_a_second_anywhere, RIG_WIRES | RIG_VIRTUAL_TIME)
{
    static const char *const scripts[] = {
        "S W1000000 80 A 11 A 22 A P",
        "S 80 W1000000 A 11 A 22 A P",
        "S 80 A W1000000 11 A 22 A P",
        "S 80 A :000 W1000000 :10001 A 22 A P",
        "S 80 A 11 A :0 ^ w1000 ~ h W1000000 _ :100010 A P",
        "S 80 A 11 W1000000 A 22 A P",
        "S 80 A 11 A 22 A W1000000 P",
    };
    serve(rig);
    for (size_t i = 0; i < COUNT(scripts); i++) {
        rig_play(rig, scripts[i]);
        struct i2ctarget_request request = take_write();
        if (i == 4) /* the pause is in the high phase of a bit of the second byte */
            expect_bytes(&request, "\x11\x62", 2);
        else
            expect_bytes(&request, "\x11\x22", 2);
        expect_end(&request, I2CTARGET_STOP, 2);
        rig_finish_play(rig, NULL);
    }
    assert_int_equal(counters().timeouts, 0);
}

/* The application may pause for just as long. */
CONTRACT_TEST(f36_the_target_may_pause_for_a_second_anywhere, RIG_VIRTUAL_TIME)
{
    uint8_t got[2];
    struct rig_message messages[] = {write_message(0x40, "p", 1), read_message(0x40, got, 2)};
    serve(rig);
    rig_start(rig, messages, 2);
    rig_sleep_us(rig, 1000000);
    struct i2ctarget_request request = take_write();
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    rig_sleep_us(rig, 1000000);
    expect_bytes(&request, "", 0);
    request = take(0x40, true, true);
    rig_sleep_us(rig, 1000000);
    assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"q", 1), 1);
    rig_sleep_us(rig, 1000000);
    assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"r", 1), 1);
    assert_int_equal(rig_finish(rig), 2);
    assert_memory_equal(got, "qr", 2);
}
