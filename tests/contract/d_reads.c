/* SPDX-License-Identifier: MIT */
/* D. Reads: the controller reads, the target writes.  UM10204 §3.1.5, §3.1.6, §3.1.10. */
#include "contract/contract.h"
#include "support/edge_log.h"

/*
 * The checker sees every change of SDA.  This test also sees that SDA is released for the ninth
 * bit, after every byte.
 */
CONTRACT_TEST(d21_sda_is_free_for_the_ninth_bit, RIG_WIRES)
{
    serve(rig);
    struct edge_log log;
    edge_log_open(&log, rig->kind->ops->wires(rig));
    const uint8_t *got;
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t mine = (uint8_t)byte;
        edge_log_clear(&log, rig->kind->ops->wires(rig));
        rig_play(rig, "S 81 A R n P");
        struct i2ctarget_request request = take_read();
        give_bytes(&request, &mine, 1, 1);
        assert_int_equal(rig_finish_play(rig, &got), 1);
        assert_int_equal(got[0], byte);
        assert_true(log.edges[edge_log_scl_edge(&log, true, 18)].sda);
    }
    edge_log_close(&log, rig->kind->ops->wires(rig));
}

/* There are more zeroes to send, but no clock after the NACK may get them. */
CONTRACT_TEST(d21_after_a_controller_nack_clocks_are_ignored, RIG_WIRES)
{
    serve(rig);
    rig_play(rig, "S 81 A R n R R n R P S 80 A 12 A P");
    struct i2ctarget_request request = take_read();
    give_bytes(&request, "\x00\x00\x00\x00", 4, 1);
    expect_end(&request, I2CTARGET_CONTROLLER_NACK, 1);
    request = take_write();
    expect_bytes(&request, "\x12", 1);
    const uint8_t *got;
    assert_int_equal(rig_finish_play(rig, &got), 4);
    assert_memory_equal(got, "\x00\xFF\xFF\xFF", 4);
}

CONTRACT_TEST(d22_over_read_is_filled_with_ff, 0)
{
    serve(rig);
    uint8_t got[300];
    for (size_t given = 0; given <= 3; given++) {
        struct rig_message message = read_message(0x40, got, sizeof got);
        memset(got, 0, sizeof got);
        start_one(rig, &message);
        struct i2ctarget_request request = take_read();
        give_bytes(&request, "\x00\x00\x00", given, given);
        expect_end(&request, I2CTARGET_CLOSED, (uint32_t)given);
        assert_int_equal(rig_finish(rig), 1);
        for (size_t i = 0; i < sizeof got; i++)
            assert_int_equal(got[i], i < given ? 0 : 0xFF);
    }
    expect_healthy(rig);
}

CONTRACT_TEST(d23_leftovers_never_show_up_later, 0)
{
    serve(rig);
    uint8_t got[2];
    for (int i = 0; i < 3; i++) {
        struct rig_message message = read_message(0x40, got, 2);
        start_one(rig, &message);
        struct i2ctarget_request request = take_read();
        give_bytes(&request, "ab-never-", 9, 2);
        assert_int_equal(rig_finish(rig), 1);
        assert_memory_equal(got, "ab", 2);

        message = read_message(0x40, got, 1);
        start_one(rig, &message);
        request = take_read();
        give_bytes(&request, "c", 1, 1);
        assert_int_equal(rig_finish(rig), 1);
        assert_int_equal(got[0], 'c');
    }
}

/* After a read of k bytes a memory's pointer has advanced by exactly k. */
CONTRACT_TEST(d24_a_device_pointer_advances_by_what_was_clocked, 0)
{
    static const uint8_t ours[] = {0x50};
    uint8_t got[9], pointer = 0x10, expected = 0x10;
    probe_device_init(&memory);
    serve_addresses(rig, ours, 1);
    assert_int_equal(i2ctarget_attach(&target, 0x50, &memory.device), 0);
    struct rig_message message = write_message(0x50, &pointer, 1);
    start_one(rig, &message);
    assert_int_equal(let_devices_answer(rig), 1);
    for (size_t k = 1; k <= sizeof got; k++) {
        message = read_message(0x50, got, k);
        start_one(rig, &message);
        assert_int_equal(let_devices_answer(rig), 1);
        for (size_t i = 0; i < k; i++)
            assert_int_equal(got[i], memory.memory[expected++]);
        assert_int_equal(memory.moved, k);
        assert_int_equal(memory.pointer, expected);
    }
}

CONTRACT_TEST(d24_an_application_pointer_advances_by_what_write_returns, 0)
{
    uint8_t bytes[64], got[9], pointer = 0;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i ^ 0x3C);
    serve(rig);
    for (size_t k = 1; k <= sizeof got; k++) {
        struct rig_message message = read_message(0x40, got, k);
        start_one(rig, &message);
        struct i2ctarget_request request = take_read();
        int taken = i2ctarget_write(&request, bytes + pointer, sizeof bytes - pointer);
        assert_int_equal(taken, k);
        assert_int_equal(i2ctarget_close(&request), 0);
        assert_int_equal(rig_finish(rig), 1);
        assert_memory_equal(got, bytes + pointer, k);
        pointer = (uint8_t)(pointer + taken);
    }
}

/*
 * After an ACK the target has put out the next bit.  STOP and Sr are possible only if that bit is a
 * 1.
 */
CONTRACT_TEST(d25_stop_after_an_ack_without_nack, RIG_WIRES)
{
    serve(rig);
    rig_play(rig, "S 81 A R a P");
    struct i2ctarget_request request = take_read();
    give_bytes(&request, "\x42\x80\x00", 3, 1);
    expect_stop_in_byte(rig, &request, 1);
    const uint8_t *got;
    assert_int_equal(rig_finish_play(rig, &got), 1);
    assert_int_equal(got[0], 0x42);
    expect_healthy(rig);
}

CONTRACT_TEST(d25_restart_after_an_ack_without_nack, RIG_WIRES)
{
    serve(rig);
    rig_play(rig, "S 81 A R a S 82 A 99 A P");
    struct i2ctarget_request request = take_read();
    give_bytes(&request, "\x42\xC0", 2, 1);
    expect_end(&request, I2CTARGET_RESTART, 1);
    request = take(0x41, false, true);
    expect_bytes(&request, "\x99", 1);
    rig_finish_play(rig, NULL);
}

/* A closed request reads as 0xFF, so STOP is possible at once, too. */
CONTRACT_TEST(d25_stop_after_an_ack_in_the_fill, RIG_WIRES)
{
    serve(rig);
    rig_play(rig, "S 81 A R a R a P");
    struct i2ctarget_request request = take_read();
    give_bytes(&request, "\x00", 1, 1);
    const uint8_t *got;
    assert_int_equal(rig_finish_play(rig, &got), 2);
    assert_memory_equal(got, "\x00\xFF", 2);
    expect_healthy(rig);
}

CONTRACT_TEST(d26_a_read_probe_without_data_gets_ff, 0)
{
    uint8_t got = 0;
    struct rig_message message = read_message(0x40, &got, 1);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_read();
    assert_int_equal(i2ctarget_close(&request), 0);
    assert_int_equal(rig_finish(rig), 1);
    assert_int_equal(got, 0xFF);
    expect_healthy(rig);
}

CONTRACT_TEST(d26_a_read_probe_stopped_after_the_address, RIG_WIRES)
{
    serve(rig);
    rig_play(rig, "S 81 A P");
    struct i2ctarget_request request = take_read();
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish_play(rig, NULL);
    assert_true(rig->kind->ops->wires(rig)->sda); /* else there was no STOP */
    expect_healthy(rig);
}

/*
 * The application never answers, before or after request().  With smbus the bus is free within 35
 * ms after SCL fell.
 */
CONTRACT_TEST(d26_a_read_probe_nobody_answers_frees_an_smbus_bus, RIG_WIRES | RIG_VIRTUAL_TIME)
{
    struct wires *wires = rig->kind->ops->wires(rig);
    serve_smbus(rig);
    for (int taken = 0; taken < 2; taken++) {
        rig_play(rig, taken ? "S 81 A R n P" : "S 81 N R n P");
        struct i2ctarget_request request;
        if (taken)
            request = take_read();
        for (int i = 0; i < 36; i++)
            rig_sleep_us(rig, 1000);
        assert_true(wires->scl && wires->sda);
        rig_finish_play(rig, NULL);
        if (taken) {
            assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"x", 1), 0);
            assert_int_equal(request.end, I2CTARGET_TIMEOUT);
        }
    }
    assert_int_equal(counters().cancelled, 1);
    expect_healthy(rig);
}
