/* SPDX-License-Identifier: MIT */
/* A. Framing: START, STOP, and transfers that they end early.  UM10204 §3.1.4, §3.1.10. */
#include "contract/contract.h"

/* The first bits of a byte, as a word of line_player.h. */
static const char *first_bits(char word[16], uint8_t byte, unsigned count)
{
    word[0] = ':';
    for (unsigned i = 0; i < count; i++)
        word[1 + i] = byte << i & 0x80 ? '1' : '0';
    word[1 + count] = 0;
    return count ? word : "";
}

static void play(struct rig *rig, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char script[256];
    vsnprintf(script, sizeof script, format, arguments);
    va_end(arguments);
    rig_play(rig, script);
}

CONTRACT_TEST(a01_start_at_any_bit_of_an_address, RIG_WIRES)
{
    serve(rig);
    char bits[16];
    for (unsigned count = 0; count <= 7; count++) {
        play(rig, "S %s S 80 A 77 A P", first_bits(bits, 0x80, count));
        struct i2ctarget_request request = take(0x40, false, true);
        expect_bytes(&request, "\x77", 1);
        rig_finish_play(rig, NULL);
    }
}

CONTRACT_TEST(a01_start_at_any_bit_of_a_written_byte, RIG_WIRES)
{
    serve(rig);
    char bits[16];
    for (unsigned count = 0; count <= 7; count++) {
        play(rig, "S 80 A 11 A %s S 82 A 22 A P", first_bits(bits, 0x5A, count));
        struct i2ctarget_request request = take_write();
        expect_bytes(&request, "\x11", 1); /* the partial byte is not delivered */
        expect_end(&request, I2CTARGET_RESTART, 1);
        request = take(0x41, false, true);
        expect_bytes(&request, "\x22", 1);
        expect_end(&request, I2CTARGET_STOP, 1);
        rig_finish_play(rig, NULL);
    }
}

/* A START needs SDA high, so it is possible only where the target sends a 1. */
CONTRACT_TEST(a01_start_at_any_bit_of_a_read_byte, RIG_WIRES)
{
    serve(rig);
    for (unsigned count = 0; count <= 7; count++) {
        play(rig, "S 81 A %.*s S 80 A 33 A P", (int)(count ? count + 1 : 0), ":11111111");
        struct i2ctarget_request request = take_read();
        give_bytes(&request, "\xFF\xFF", 2, 0);
        expect_end(&request, I2CTARGET_RESTART, 0);
        request = take(0x40, false, true);
        expect_bytes(&request, "\x33", 1);
        rig_finish_play(rig, NULL);
    }
}

/*
 * STOP is not possible in the eighth bit of a write: the target answers it with an ACK, so SDA is
 * low.
 */
CONTRACT_TEST(a02_stop_at_any_bit_of_a_written_byte, RIG_WIRES)
{
    serve(rig);
    char bits[16];
    for (unsigned count = 0; count <= 7; count++) {
        play(rig, "S 80 A 11 A %s P", first_bits(bits, 0xA5, count));
        struct i2ctarget_request request = take_write();
        expect_bytes(&request, "\x11", 1);
        expect_end(&request, I2CTARGET_STOP, 1);
        rig_finish_play(rig, NULL);
        assert_true(nothing_comes());
    }
    expect_healthy(rig);
}

CONTRACT_TEST(a02_stop_at_any_bit_of_an_address, RIG_WIRES)
{
    serve(rig);
    char bits[16];
    for (unsigned count = 0; count <= 7; count++) {
        play(rig, "S %s P", first_bits(bits, 0x80, count));
        rig_finish_play(rig, NULL);
        assert_true(nothing_comes());
    }
    expect_healthy(rig);
}

CONTRACT_TEST(a02_stop_at_any_bit_of_a_read_byte, RIG_WIRES)
{
    serve(rig);
    for (unsigned count = 0; count <= 7; count++) {
        play(rig, "S 81 A %.*s P", (int)(count ? count + 1 : 0), ":11111111");
        struct i2ctarget_request request = take_read();
        give_bytes(&request, "\xFF", 1, 0);
        expect_stop_in_byte(rig, &request, 0);
        rig_finish_play(rig, NULL);
    }
    expect_healthy(rig);
}

CONTRACT_TEST(a03_restart_after_every_written_byte, 0)
{
    static const uint8_t sent[] = {0x00, 0x80, 0xFF, 0x01};
    serve(rig);
    for (size_t count = 0; count <= sizeof sent; count++) {
        struct rig_message messages[] = {write_message(0x40, sent, count),
                                         write_message(0x40, sent, count)};
        rig_start(rig, messages, 2);
        struct i2ctarget_request request = take_write();
        expect_bytes(&request, sent, count);
        expect_end(&request, I2CTARGET_RESTART, (uint32_t)count);
        request = take(0x40, false, true);
        expect_bytes(&request, sent, count);
        expect_end(&request, I2CTARGET_STOP, (uint32_t)count);
        assert_int_equal(rig_finish(rig), 2);
    }
}

CONTRACT_TEST(a03_restart_after_every_read_byte, 0)
{
    serve(rig);
    uint8_t got[4];
    for (size_t count = 1; count <= sizeof got; count++) {
        struct rig_message messages[] = {read_message(0x40, got, count),
                                         write_message(0x40, "w", 1)};
        rig_start(rig, messages, 2);
        struct i2ctarget_request request = take_read();
        give_bytes(&request, "\x00\x80\xFF\x01", 4, count);
        expect_end(&request, I2CTARGET_CONTROLLER_NACK, (uint32_t)count);
        request = take(0x40, false, true);
        expect_bytes(&request, "w", 1);
        assert_int_equal(rig_finish(rig), 2);
        assert_memory_equal(got, "\x00\x80\xFF\x01", count);
    }
}

CONTRACT_TEST(a04_start_directly_followed_by_stop, RIG_WIRES)
{
    serve(rig);
    rig_play(rig, "s P");
    rig_finish_play(rig, NULL);
    assert_true(nothing_comes());
    expect_healthy(rig);
    rig_play(rig, "S P"); /* SCL is low in between */
    rig_finish_play(rig, NULL);
    assert_true(nothing_comes());
    expect_healthy(rig);
}

/*
 * Between two STARTs without a clock SDA must rise while SCL is high, so there is also a STOP on
 * the wires.
 */
CONTRACT_TEST(a05_start_after_start_without_a_clock, RIG_WIRES)
{
    serve(rig);
    rig_play(rig, "s ^ w5000 s ^ w5000 s ^ w5000 S 80 A 44 A P");
    struct i2ctarget_request request = take_write();
    expect_bytes(&request, "\x44", 1);
    rig_finish_play(rig, NULL);
}

CONTRACT_TEST(a05_several_starts_in_a_row, RIG_WIRES)
{
    serve(rig);
    rig_play(rig, "S S S S 80 A 45 A P");
    struct i2ctarget_request request = take(0x40, false, true);
    expect_bytes(&request, "\x45", 1);
    rig_finish_play(rig, NULL);
    expect_healthy(rig);
}

/*
 * The controller releases the lines in the middle of a byte, SDA first.  So there is no STOP; the
 * target sees only the next START.
 */
CONTRACT_TEST(a06_controller_abandons_a_written_byte, RIG_WIRES)
{
    static const char *const endings[] = {"^ w1000 ~", "w1000 ~ w5000 ^", "w1000 x"};
    serve(rig);
    for (size_t i = 0; i < COUNT(endings); i++) {
        play(rig, "S 80 A 11 A :101 %s W100 S 80 A 22 A P", endings[i]);
        struct i2ctarget_request request = take_write();
        expect_bytes(&request, "\x11", 1);
        assert_true(request.end == I2CTARGET_RESTART || request.end == I2CTARGET_STOP);
        assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
        expect_bytes(&request, "\x22", 1);
        rig_finish_play(rig, NULL);
    }
    expect_healthy(rig);
}

CONTRACT_TEST(a06_controller_abandons_a_read_byte, RIG_WIRES)
{
    serve(rig);
    /* The target sends 0xC0: the next bit is 1, so SDA is free. */
    rig_play(rig, "S 81 A :1 ^ w1000 ~ W100 S 80 A 22 A P");
    struct i2ctarget_request request = take_read();
    give_bytes(&request, "\xC0", 1, 0);
    request = take(0x40, false, true);
    expect_bytes(&request, "\x22", 1);
    rig_finish_play(rig, NULL);
    expect_healthy(rig);
}

/*
 * After the bytes come two and a half clocks more.  So the bits spell our address, from whichever
 * data bit the target might start.
 */
CONTRACT_TEST(a07_enabled_while_the_bus_is_busy_is_silent, RIG_WIRES)
{
    uint32_t step_ns = 1000000000u / rig->kind->scl_hz / 7;
    for (unsigned at = 0; at < 7 * 40; at++) {
        rig_play(rig, "S 84 N 80 N 40 N 00 N :10 P");
        rig_pass_ns(rig, at * step_ns);
        serve(rig);
        rig_finish_play(rig, NULL); /* N everywhere */
        assert_true(nothing_comes());
        rig_play(rig, "S 80 A 55 A P");
        struct i2ctarget_request request = take_write();
        expect_bytes(&request, "\x55", 1);
        rig_finish_play(rig, NULL);
        rig_deinit(rig, &target);
    }
}

/* A START that comes after enabling in the middle of a transfer counts. */
CONTRACT_TEST(a07_enabled_while_busy_answers_the_next_restart, RIG_WIRES)
{
    uint32_t step_ns = 1000000000u / rig->kind->scl_hz / 7;
    uint64_t init_ns = rig_now_ns(rig);
    serve(rig);
    init_ns = rig_now_ns(rig) - init_ns; /* i2ctarget_init() takes time */
    rig_deinit(rig, &target);
    for (unsigned at = 7 * 2; at * step_ns + init_ns < 7 * 17 * (uint64_t)step_ns; at++) {
        rig_play(rig, "S 84 N 80 N S 80 A 66 A P");
        rig_pass_ns(rig, at * step_ns);
        serve(rig);
        struct i2ctarget_request request = take_write_after_restart(rig);
        expect_bytes(&request, "\x66", 1);
        rig_finish_play(rig, NULL);
        rig_deinit(rig, &target);
    }
}

static unsigned pulls_of_others(const struct wires *wires, bool scl)
{
    return scl ? wires->scl_pulls : wires->sda_pulls;
}

/* Whatever the target was doing: after deinit only the controller pulls. */
CONTRACT_TEST(a07_deinit_in_a_transfer_lets_both_lines_go, RIG_WIRES)
{
    uint8_t got[2];
    for (unsigned held = 0; held < 4; held++) {
        serve(rig);
        struct rig_message message =
            held < 2 ? write_message(0x40, "\x00\x00", 2) : read_message(0x40, got, 2);
        start_one(rig, &message);
        struct i2ctarget_request request = take(0x40, held >= 2, false);
        if (held == 1) /* its ACK is owed: it holds SCL */
            assert_int_equal(i2ctarget_read(&request, got, 1, false), 1);
        if (held == 3) /* the next byte is owed */
            assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"\x00", 1), 1);
        struct wires *wires = rig->kind->ops->wires(rig);
        rig_deinit(rig, &target);
        assert_true(pulls_of_others(wires, true) <= 1 && pulls_of_others(wires, false) <= 1);
        rig_finish(rig);
        assert_true(wires->scl && wires->sda);
    }
    serve(rig);
    expect_healthy(rig);
}
