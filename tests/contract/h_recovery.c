/* SPDX-License-Identifier: MIT */
/*
 * H. Recovery, arbitration between targets, SMBus limits.  UM10204 §3.1.16, §3.1.8; SMBus 3 §4.2.5
 * (t_TIMEOUT), §4.2.7 (t_LOW:SEXT), §6.5.
 */
#include "contract/contract.h"

/*
 * The controller resets after each number of bits of a 0x00.  Nine clocks and a STOP free the bus.
 */
CONTRACT_TEST(h42_nine_clocks_free_sda_in_a_read, RIG_WIRES)
{
    struct wires *wires = rig->kind->ops->wires(rig);
    serve(rig);
    char script[80];
    for (int bits = 0; bits < 8; bits++) {
        snprintf(script, sizeof script, "S 81 A :%.*s ^ w2000 ~ W100", bits, "11111111");
        rig_play(rig, script);
        struct i2ctarget_request request = take_read();
        assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"\x00\x00", 2),
                         -I2CTARGET_EDEADLK);
        rig_finish_play(rig, NULL);
        assert_true(wires->scl);
        assert_false(wires->sda); /* the target holds SDA: the controller can make no START */
        rig_play(rig, "_ w5000 :111111111 P");
        rig_finish_play(rig, NULL);
        assert_true(wires->sda);
        expect_healthy(rig);
    }
}

CONTRACT_TEST(h42_one_clock_frees_sda_of_an_ack, RIG_WIRES)
{
    struct wires *wires = rig->kind->ops->wires(rig);
    serve(rig);
    rig_play(rig, "S 80 ^ w5000 ~ W100");
    struct i2ctarget_request request = take_write();
    assert_false(nothing_comes() && wires->sda);
    if (rig->playing)
        rig_finish_play(rig, NULL);
    assert_false(wires->sda);
    rig_play(rig, "_ w5000 :1 P");
    rig_finish_play(rig, NULL);
    assert_true(wires->sda);
    assert_int_equal(i2ctarget_close(&request), 0);
    expect_healthy(rig);
}

/* A controller that checks its STOP recovers by itself. */
CONTRACT_TEST(h42_a_zero_length_read_of_a_zero_bit_ends, 0)
{
    struct rig_message message = read_message(0x40, NULL, 0);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_read();
    assert_in_range(i2ctarget_write(&request, (const uint8_t *)"\x00\x00", 2), 0, 1);
    assert_int_not_equal(request.end, I2CTARGET_OPEN);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish(rig);
    assert_true(message.addressed);
    expect_healthy(rig);
}

/*
 * Two targets have the same address.  The one that sends the first 1 where the other sends 0 has
 * lost: it releases SDA and is silent until STOP.
 */
static void lose_or_win(struct rig *rig, const char *device_bytes, const char *wire_bytes,
                        bool device_loses)
{
    static const uint8_t shared[] = {0x40};
    probe_device_init(&memory);
    memcpy(memory.memory, device_bytes, 4);
    serve_addresses(rig, shared, 1);
    assert_int_equal(rig_init(rig, &neighbour, 1, shared, 1, false), 0);
    assert_int_equal(i2ctarget_attach(&neighbour, 0x40, &memory.device), 0);
    rig_play(rig, "S 81 A R a R a R a R n P");
    struct i2ctarget_request request = take_read();
    int taken = i2ctarget_write(&request, (const uint8_t *)"\x0F\xF0\x33\x55", 4);
    const uint8_t *got;
    assert_int_equal(rig_finish_play(rig, &got), 4);
    assert_memory_equal(got, wire_bytes, 4);
    struct i2ctarget_counters theirs;
    i2ctarget_get_counters(&neighbour, &theirs);
    assert_int_equal(theirs.arbitration_lost, device_loses);
    assert_int_equal(memory.end,
                     device_loses ? I2CTARGET_ARBITRATION_LOST : I2CTARGET_CONTROLLER_NACK);
    if (device_loses) {
        assert_int_equal(taken, 4);
        expect_end(&request, I2CTARGET_CONTROLLER_NACK, 4);
        assert_int_equal(counters().arbitration_lost, 0);
    } else {
        assert_true(taken < 4);
        expect_end(&request, I2CTARGET_ARBITRATION_LOST, (uint32_t)taken);
        assert_int_equal(counters().arbitration_lost, 1);
    }
    rig_deinit(rig, &neighbour);
    rig_deinit(rig, &target);
    serve(rig);
    expect_healthy(rig);
    rig_deinit(rig, &target);
}

CONTRACT_TEST(h43_the_target_that_sends_1_first_loses, RIG_WIRES | RIG_SEVERAL_TARGETS)
{
    lose_or_win(rig, "\x0F\xF1\x00\x00", "\x0F\xF0\x33\x55",
                true); /* in the last bit of the second byte */
    lose_or_win(rig, "\x8F\x00\x00\x00", "\x0F\xF0\x33\x55", true); /* in the first bit */
}

CONTRACT_TEST(h43_the_application_loses_too, RIG_WIRES | RIG_SEVERAL_TARGETS)
{
    lose_or_win(rig, "\x0F\xE0\x12\x34", "\x0F\xE0\x12\x34", false);
    lose_or_win(rig, "\x0E\xFF\xFF\xFF", "\x0E\xFF\xFF\xFF", false);
}

/* As long as both send the same, neither loses. */
CONTRACT_TEST(h43_the_same_bytes_are_no_conflict, RIG_WIRES | RIG_SEVERAL_TARGETS)
{
    static const uint8_t shared[] = {0x40};
    probe_device_init(&memory);
    serve_addresses(rig, shared, 1);
    assert_int_equal(rig_init(rig, &neighbour, 1, shared, 1, false), 0);
    assert_int_equal(i2ctarget_attach(&neighbour, 0x40, &memory.device), 0);
    rig_play(rig, "S 81 A R a R n P");
    struct i2ctarget_request request = take_read();
    give_bytes(&request, memory.memory, 2, 2);
    const uint8_t *got;
    assert_int_equal(rig_finish_play(rig, &got), 2);
    assert_memory_equal(got, memory.memory, 2);
    assert_int_equal(counters().arbitration_lost, 0);
    assert_int_equal(memory.end, I2CTARGET_CONTROLLER_NACK);
}

/* ---- SMBus ----------------------------------------------------------------------------------- */

/* The controller holds SCL low for too long while the target sends an ACK or a 0. */
CONTRACT_TEST(h44_scl_low_for_25_ms_ends_the_message, RIG_WIRES | RIG_VIRTUAL_TIME)
{
    static const char *const scripts[] = {"S 80 ^ W60000 P", "S 80 A 11 W60000 P",
                                          "S 81 A :11 W60000 P", "S 80 A :101 W60000 P"};
    struct wires *wires = rig->kind->ops->wires(rig);
    serve_smbus(rig);
    for (size_t i = 0; i < COUNT(scripts); i++) {
        bool is_read = i == 2;
        uint8_t byte;
        rig_play(rig, scripts[i]);
        struct i2ctarget_request request = take(0x40, is_read, false);
        int result = is_read ? i2ctarget_write(&request, (const uint8_t *)"\x00\x00", 2)
                             : i2ctarget_read(&request, &byte, 2, true);
        assert_int_equal(result, i == 1); /* the bytes that came before */
        assert_int_equal(request.end, I2CTARGET_TIMEOUT);
        assert_true(rig_now_ns(rig) < 36000000ull + 70000000ull * i);
        assert_false(wires->scl); /* the controller still holds SCL; SDA is free */
        let_pass_ms(rig, 5);
        assert_true(wires->sda);
        rig_finish_play(rig, NULL);
        assert_true(wires->scl && wires->sda);
        expect_healthy(rig); /* ready for START */
    }
    assert_int_equal(counters().timeouts, COUNT(scripts));
}

/* The message is over, the transfer is not: it ends with STOP. */
CONTRACT_TEST(h44_a_restart_behind_a_time_out_is_one, RIG_WIRES | RIG_VIRTUAL_TIME)
{
    static const char *const scripts[] = {
        "S :1 W30000 S 80 A 11 A P", "S :1000000 W30000 S 80 A 11 A P", "S 84 W30000 S 80 A 11 A P",
        "S 84 N 11 N W30000 S 80 A 11 A P"};
    serve_smbus(rig);
    for (size_t i = 0; i < COUNT(scripts); i++) {
        rig_play(rig, scripts[i]);
        struct i2ctarget_request request = take_write_after_restart(rig);
        expect_bytes(&request, "\x11", 1);
        rig_finish_play(rig, NULL);
        expect_healthy(rig); /* there the first START is none */
    }
}

/* Not before 25 ms, and not after 35 ms. */
CONTRACT_TEST(h44_the_time_out_comes_between_25_and_35_ms, RIG_WIRES | RIG_VIRTUAL_TIME)
{
    struct wires *wires = rig->kind->ops->wires(rig);
    serve_smbus(rig);
    rig_play(rig, "S 80 ^ W60000 P");
    uint64_t before_ns = rig_now_ns(rig);
    struct i2ctarget_request request = take_write();
    uint64_t taken_ns = rig_now_ns(rig);
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
    assert_int_equal(request.end, I2CTARGET_TIMEOUT);
    assert_true(rig_now_ns(rig) - before_ns >= 25000000);
    assert_true(rig_now_ns(rig) - taken_ns <= 35000000);
    assert_true(wires->sda);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish_play(rig, NULL);
    expect_healthy(rig);
}

/* A byte takes long, but none of its low phases does: nothing happens. */
CONTRACT_TEST(h44_24_ms_low_are_no_time_out, RIG_WIRES | RIG_VIRTUAL_TIME)
{
    serve_smbus(rig);
    rig_play(rig, "S 80 W24000 A W24000 55 W24000 A W24000 66 A W24000 P");
    struct i2ctarget_request request = take_write();
    expect_bytes(&request, "\x55\x66", 2);
    rig_finish_play(rig, NULL);
    assert_int_equal(counters().timeouts, 0);
}

CONTRACT_TEST(h45_our_own_stretching_ends_at_25_ms, 0)
{
    serve_smbus(rig);
    uint8_t got[2], byte;
    for (unsigned at = 0; at < 4;
         at++) { /* before request(), in it, before an ACK, before a byte */
        struct rig_message message =
            at == 3 ? read_message(0x40, got, 2) : write_message(0x40, "ab", 2);
        struct i2ctarget_request request;
        uint32_t cancelled = counters().cancelled, timeouts = counters().timeouts;
        start_one(rig, &message);
        if (at > 0)
            request = take(0x40, at == 3, false);
        if (at == 2)
            assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
        if (at == 3)
            assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"a", 1), 1);
        let_pass_ms(rig, 40);
        rig_finish(rig); /* the bus is free */
        if (at == 0) {
            assert_true(nothing_comes());
        } else {
            int result = at == 3 ? i2ctarget_write(&request, &byte, 1)
                                 : i2ctarget_read(&request, &byte, 1, true);
            assert_int_equal(result, 0);
            expect_end(&request, I2CTARGET_TIMEOUT, at == 3);
        }
        assert_int_equal(counters().timeouts, timeouts + 1);
        assert_int_equal(counters().cancelled, cancelled + (at == 0));
        if (at == 3)
            assert_memory_equal(got, "a\xFF", 2);
        expect_healthy(rig);
    }
}

/* After a time-out neither the cancelled message nor anything else becomes a request. */
CONTRACT_TEST(h45_a_cancelled_call_never_becomes_a_request, 0)
{
    struct rig_message message = write_message(0x40, "late", 4);
    serve_smbus(rig);
    start_one(rig, &message);
    let_pass_ms(rig, 40);
    assert_int_equal(rig_finish(rig), 0);
    assert_true(nothing_comes());
    assert_int_equal(counters().cancelled, 1);
    expect_healthy(rig);
}

CONTRACT_TEST(h46_the_own_address_is_always_acknowledged_and_data_refused, 0)
{
    serve(rig);
    uint8_t byte;
    for (int busy = 0; busy < 4; busy++) {
        struct rig_message message =
            write_message(0x40, "\x99\x01\x02", 3); /* an unsupported command; a wrong length */
        uint8_t accepted = 0;
        start_one(rig, &message);
        struct i2ctarget_request request = take_write();
        while (accepted < busy && i2ctarget_read(&request, &byte, 1, false) == 1) {
            accepted++;
            assert_int_equal(i2ctarget_ack(&request, true), 0);
        }
        if (i2ctarget_read(&request, &byte, 1, false) == 1)
            assert_int_equal(i2ctarget_ack(&request, false), 0);
        assert_int_equal(rig_finish(rig), busy == 3);
        assert_true(message.addressed);
        assert_int_equal(message.nacked, busy < 3);
        assert_int_equal(message.moved, busy < 3 ? busy + 1 : 3);
    }
}
