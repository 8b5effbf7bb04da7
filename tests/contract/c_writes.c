/* SPDX-License-Identifier: MIT */
/* C. Writes: the controller writes, the target reads.  UM10204 §3.1.5, §3.1.6. */
#include "contract/contract.h"

CONTRACT_TEST(c17_an_empty_write_is_an_empty_request, 0)
{
    struct rig_message message = write_message(0x40, NULL, 0);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
    expect_end(&request, I2CTARGET_STOP, 0);
    assert_int_equal(i2ctarget_close(&request), 0);
    assert_int_equal(rig_finish(rig), 1);
    assert_true(message.addressed);
    assert_true(nothing_comes());
}

/* Every byte value, so every bit in every position.  Order and count must be exact. */
CONTRACT_TEST(c18_all_byte_values_in_order, 0)
{
    uint8_t bytes[512];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 167 + (i >> 8));
    struct rig_message message = write_message(0x40, bytes, sizeof bytes);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    expect_bytes(&request, bytes, sizeof bytes);
    assert_int_equal(rig_finish(rig), 1);
    assert_int_equal(message.moved, sizeof bytes);
    assert_false(message.nacked);
}

CONTRACT_TEST(c18_lengths_beyond_the_matrix, 0)
{
    static const size_t lengths[] = {513, 1000, 1024, 2047};
    static uint8_t bytes[2047];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i ^ i >> 8);
    serve(rig);
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct rig_message message = write_message(0x40, bytes, lengths[i]);
        start_one(rig, &message);
        struct i2ctarget_request request = take_write();
        expect_bytes(&request, bytes, lengths[i]);
        assert_int_equal(rig_finish(rig), 1);
    }
}

/* One transaction is one request, however late the application looks for it. */
CONTRACT_TEST(c18_late_polls_neither_split_nor_merge, 0)
{
    static const uint32_t late_us[] = {0, 1, 100, 1000, 10000, 50000};
    serve(rig);
    for (size_t i = 0; i < COUNT(late_us); i++) {
        struct rig_message messages[] = {write_message(0x40, "abc", 3),
                                         write_message(0x40, "d", 1)};
        uint8_t bytes[4];
        rig_start(rig, messages, 2);
        rig_sleep_us(rig, late_us[i]);
        struct i2ctarget_request request = take_write();
        rig_sleep_us(rig, late_us[i]);
        assert_int_equal(i2ctarget_read(&request, bytes, 1, true), 1);
        rig_sleep_us(rig, late_us[i]);
        assert_int_equal(i2ctarget_read(&request, bytes + 1, 3, true), 2);
        assert_memory_equal(bytes, "abc", 3);
        expect_end(&request, I2CTARGET_RESTART, 3);
        rig_sleep_us(rig, late_us[i]);
        request = take(0x40, false, true);
        expect_bytes(&request, "d", 1);
        assert_int_equal(rig_finish(rig), 2);
    }
}

CONTRACT_TEST(c19_reading_n_of_m_refuses_byte_n_plus_1, 0)
{
    static const uint8_t bytes[] = {0x11, 0x22, 0x33, 0x44, 0x55};
    serve(rig);
    uint8_t buffer[8];
    for (size_t n = 0; n < sizeof bytes; n++) {
        struct rig_message message = write_message(0x40, bytes, sizeof bytes);
        start_one(rig, &message);
        struct i2ctarget_request request = take_write();
        assert_int_equal(i2ctarget_read(&request, buffer, n, true), (int)n);
        assert_memory_equal(buffer, bytes, n);
        assert_int_equal(i2ctarget_close(&request), 0);
        expect_end(&request, I2CTARGET_CLOSED, (uint32_t)n);
        assert_int_equal(rig_finish(rig), 0);
        assert_true(message.addressed && message.nacked);
        assert_int_equal(message.moved, n + 1);
    }
    expect_healthy(rig);
}

/*
 * The controller ignores the NACK and goes on.  The rest is not acknowledged either, until START or
 * STOP.
 */
CONTRACT_TEST(c19_after_a_nack_nothing_is_accepted, RIG_WIRES)
{
    serve(rig);
    rig_play(rig, "S 80 A 11 A 22 N 33 N 80 N 44 N P S 80 A 55 A P");
    struct i2ctarget_request request = take_write();
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    assert_int_equal(byte, 0x11);
    assert_int_equal(i2ctarget_close(&request), 0);
    request = take_write();
    expect_bytes(&request, "\x55", 1);
    rig_finish_play(rig, NULL);
}

CONTRACT_TEST(c20_scl_is_held_before_the_ack_bit_until_ack, RIG_WIRES)
{
    struct wires *wires = rig->kind->ops->wires(rig);
    serve(rig);
    rig_play(rig, "S 80 A 11 A 22 A 33 A P");
    struct i2ctarget_request request = take_write();
    uint8_t bytes[2];
    assert_int_equal(i2ctarget_read(&request, bytes, 2, false), 2);
    assert_memory_equal(bytes, "\x11\x22", 2);
    for (int i = 0; i < 50; i++) {
        rig_sleep_us(rig, 1000);
        assert_false(wires->scl);
        assert_true(wires->sda); /* neither ACK nor NACK yet */
    }
    assert_int_equal(i2ctarget_ack(&request, true), 0);
    assert_int_equal(i2ctarget_read(&request, bytes, 2, true), 1);
    assert_int_equal(bytes[0], 0x33);
    expect_end(&request, I2CTARGET_STOP, 3);
    rig_finish_play(rig, NULL);
}

CONTRACT_TEST(c20_ack_false_refuses_that_very_byte, 0)
{
    static const uint8_t bytes[] = {0x11, 0x22, 0x33};
    serve(rig);
    uint8_t buffer[8];
    for (size_t n = 1; n <= sizeof bytes; n++) {
        struct rig_message message = write_message(0x40, bytes, sizeof bytes);
        start_one(rig, &message);
        struct i2ctarget_request request = take_write();
        assert_int_equal(i2ctarget_read(&request, buffer, n, false), (int)n);
        assert_memory_equal(buffer, bytes, n);
        rig_sleep_us(rig, 500);
        assert_int_equal(i2ctarget_ack(&request, false), 0);
        assert_int_equal(i2ctarget_read(&request, buffer, 8, true), 0);
        assert_int_equal(request.moved, n - 1);
        assert_int_equal(rig_finish(rig), 0);
        assert_true(message.nacked);
        assert_int_equal(message.moved, n);
        assert_int_equal(i2ctarget_close(&request), 0);
        expect_healthy(rig);
    }
}

CONTRACT_TEST(c20_the_next_read_acknowledges_the_held_byte, 0)
{
    static const uint8_t bytes[] = {0x00, 0xFF, 0x80, 0x01};
    struct rig_message message = write_message(0x40, bytes, sizeof bytes);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    uint8_t byte;
    for (size_t i = 0; i < sizeof bytes; i++) {
        assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
        assert_int_equal(byte, bytes[i]);
        assert_int_equal(request.moved, i); /* acknowledged so far */
    }
    assert_int_equal(i2ctarget_ack(&request, true), 0);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 0);
    expect_end(&request, I2CTARGET_STOP, sizeof bytes);
    assert_int_equal(rig_finish(rig), 1);
}

CONTRACT_TEST(c20_close_refuses_the_held_byte, 0)
{
    struct rig_message message = write_message(0x40, "ab", 2);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    uint8_t bytes[2];
    assert_int_equal(i2ctarget_read(&request, bytes, 2, false), 2);
    assert_int_equal(i2ctarget_close(&request), 0);
    expect_end(&request, I2CTARGET_CLOSED, 1);
    assert_int_equal(rig_finish(rig), 0);
    assert_true(message.nacked);
    assert_int_equal(message.moved, 2);
    expect_healthy(rig);
}
