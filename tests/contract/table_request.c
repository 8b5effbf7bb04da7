/* SPDX-License-Identifier: MIT */
/* The semantics table of docs/DESIGN.md: read, ack, write, close. */
#include "contract/contract.h"

/* ---- read ------------------------------------------------------------------------------------ */

CONTRACT_TEST(table_read_of_nothing_is_nothing_at_once, 0)
{
    struct rig_message message = write_message(0x40, "ab", 2);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    assert_int_equal(i2ctarget_read(&request, NULL, 0, true), 0);
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 0, false), 0);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    /* This does not acknowledge anything. */
    assert_int_equal(i2ctarget_read(&request, NULL, 0, true), 0);
    assert_int_equal(request.moved, 0);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish(rig);
    assert_int_equal(message.moved, 1);
    assert_true(message.nacked);
}

CONTRACT_TEST(table_read_refuses_null, 0)
{
    struct rig_message message = write_message(0x40, "ab", 2);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    assert_int_equal(i2ctarget_read(&request, NULL, 1, true), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_read(NULL, (uint8_t[1]){0}, 1, true), -I2CTARGET_EBADF);
    expect_bytes(&request, "ab", 2); /* no byte was lost by that */
    assert_int_equal(rig_finish(rig), 1);
}

CONTRACT_TEST(table_read_returns_as_soon_as_n_are_in, RIG_WIRES | RIG_VIRTUAL_TIME)
{
    serve(rig);
    rig_play(rig, "S 80 A 11 A 22 A W1000000 33 A P");
    struct i2ctarget_request request = take_write();
    uint8_t bytes[2];
    assert_int_equal(i2ctarget_read(&request, bytes, 2, true), 2);
    assert_true(
        rig_now_ns(rig) <
        1000000); /* n bytes are acknowledged, and the read does not wait for the next one */
    assert_int_equal(request.moved, 2);
    expect_bytes(&request, "\x33", 1);
    rig_finish_play(rig, NULL);
}

CONTRACT_TEST(table_read_after_the_end_is_empty_at_once, 0)
{
    struct rig_message message = write_message(0x40, "a", 1);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(i2ctarget_read(&request, &byte, 1, i & 1), 0);
    assert_int_equal(i2ctarget_close(&request), 0);
    assert_int_equal(rig_finish(rig), 1);
}

CONTRACT_TEST(table_read_of_a_read_request_is_refused, 0)
{
    uint8_t got;
    struct rig_message message = read_message(0x40, &got, 1);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_read();
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), -I2CTARGET_EACCES);
    assert_int_equal(i2ctarget_read(&request, NULL, 0, true), -I2CTARGET_EACCES);
    assert_int_equal(i2ctarget_ack(&request, true), -I2CTARGET_EACCES);
    assert_int_equal(i2ctarget_ack(&request, false), -I2CTARGET_EACCES);
    give_bytes(&request, "z", 1, 1);
    assert_int_equal(rig_finish(rig), 1);
    assert_int_equal(got, 'z');
}

/* ---- ack ------------------------------------------------------------------------------------- */

CONTRACT_TEST(table_ack_without_a_pending_byte_has_no_effect, 0)
{
    struct rig_message message = write_message(0x40, "abc", 3);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    assert_int_equal(i2ctarget_ack(&request, false), 0); /* before any byte */
    rig_sleep_us(rig, 20000); /* the first one has arrived, but is not read yet */
    assert_int_equal(i2ctarget_ack(&request, false), 0);
    uint8_t bytes[2];
    assert_int_equal(i2ctarget_read(&request, bytes, 2, true), 2);
    assert_int_equal(i2ctarget_ack(&request, false), 0); /* both are acknowledged already */
    expect_bytes(&request, "c", 1);
    assert_int_equal(rig_finish(rig), 1);
    assert_false(message.nacked);
}

CONTRACT_TEST(table_ack_answers_once, 0)
{
    struct rig_message message = write_message(0x40, "ab", 2);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    assert_int_equal(request.moved, 0);
    assert_int_equal(i2ctarget_ack(&request, true), 0);
    assert_int_equal(i2ctarget_ack(&request, false),
                     0); /* too late for the first, too early for the second */
    expect_bytes(&request, "b", 1);
    expect_end(&request, I2CTARGET_STOP, 2);
    assert_int_equal(i2ctarget_ack(&request, true), -I2CTARGET_EBADF); /* closed */
    assert_int_equal(rig_finish(rig), 1);
}

/* ---- write ----------------------------------------------------------------------------------- */

CONTRACT_TEST(table_write_returns_when_the_next_byte_is_asked_for, RIG_WIRES)
{
    struct wires *wires = rig->kind->ops->wires(rig);
    uint8_t got[3];
    struct rig_message message = read_message(0x40, got, 3);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_read();
    assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"ab", 2), 2);
    assert_int_equal(request.moved, 2);
    assert_int_equal(request.end, I2CTARGET_OPEN);
    for (int i = 0; i < 20; i++) {
        assert_false(wires->scl && i > 0); /* held */
        rig_sleep_us(rig, 1000);
    }
    assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"cd", 2), 1);
    expect_end(&request, I2CTARGET_CONTROLLER_NACK, 3);
    assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"d", 1), 0);
    assert_int_equal(i2ctarget_close(&request), 0);
    assert_int_equal(rig_finish(rig), 1);
    assert_memory_equal(got, "abc", 3);
}

CONTRACT_TEST(table_write_of_nothing_is_nothing_at_once, 0)
{
    uint8_t got;
    struct rig_message message = read_message(0x40, &got, 1);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_read();
    assert_int_equal(i2ctarget_write(&request, NULL, 0), 0);
    assert_int_equal(i2ctarget_write(&request, NULL, 1), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_write(NULL, (const uint8_t *)"x", 1), -I2CTARGET_EBADF);
    give_bytes(&request, "x", 1, 1);
    assert_int_equal(rig_finish(rig), 1);
    assert_int_equal(got, 'x');
}

CONTRACT_TEST(table_write_to_a_write_request_is_refused, 0)
{
    struct rig_message message = write_message(0x40, "a", 1);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    assert_int_equal(i2ctarget_write(&request, (const uint8_t *)"x", 1), -I2CTARGET_EACCES);
    assert_int_equal(i2ctarget_write(&request, NULL, 0), -I2CTARGET_EACCES);
    expect_bytes(&request, "a", 1);
    assert_int_equal(rig_finish(rig), 1);
}

/* ---- close ----------------------------------------------------------------------------------- */

CONTRACT_TEST(table_close_never_blocks_and_is_idempotent, 0)
{
    uint8_t got[2];
    struct rig_message write = write_message(0x40, "ab", 2), read = read_message(0x40, got, 2);
    serve(rig);
    start_one(rig, &write);
    struct i2ctarget_request request = take_write();
    for (int i = 0; i < 3; i++)
        assert_int_equal(i2ctarget_close(&request), 0);
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_read(&request, NULL, 0, true), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_ack(&request, true), -I2CTARGET_EBADF);
    rig_finish(rig);
    assert_int_equal(write.moved, 1);
    assert_true(write.nacked);
    start_one(rig, &read);
    request = take_read();
    for (int i = 0; i < 3; i++)
        assert_int_equal(i2ctarget_close(&request), 0);
    assert_int_equal(i2ctarget_write(&request, &byte, 1), -I2CTARGET_EBADF);
    rig_finish(rig);
    assert_memory_equal(got, "\xFF\xFF", 2);
    expect_healthy(rig);
}

/* ---- a fault ends the request, and nothing else ---------------------------------------------- */

CONTRACT_TEST(table_fault_gives_the_bytes_so_far_then_none, RIG_WIRES | RIG_VIRTUAL_TIME)
{
    serve_smbus(rig);
    rig_play(rig, "S 80 A 11 A 22 A :1010 W60000 P");
    struct i2ctarget_request request = take_write();
    uint8_t bytes[8];
    assert_int_equal(i2ctarget_read(&request, bytes, 8, true), 2);
    assert_memory_equal(bytes, "\x11\x22", 2);
    for (int i = 0; i < 3; i++)
        assert_int_equal(i2ctarget_read(&request, bytes, 8, i & 1), 0);
    assert_int_equal(i2ctarget_read(&request, bytes, 0, true), 0);
    expect_end(&request, I2CTARGET_TIMEOUT, 2);
    assert_int_equal(i2ctarget_close(&request), 0);
    expect_end(&request, I2CTARGET_TIMEOUT, 2);
    rig_finish_play(rig, NULL);
    expect_healthy(rig);
}

/* One turn of the loop that people copy: it looks at no error but a negative result. */
static bool serve_one(struct rig *rig, bool is_late)
{
    struct i2ctarget_request request;
    uint8_t byte = 0x5A;
    if (i2ctarget_next_request(&target, &request, 0) != 1)
        return false;
    if (is_late)
        let_pass_ms(rig, 40);
    int result = request.is_read ? i2ctarget_write(&request, &byte, 1)
                                 : i2ctarget_read(&request, &byte, 1, true);
    assert_int_equal(request.end == I2CTARGET_TIMEOUT, is_late);
    i2ctarget_close(&request);
    return result >= 0;
}

CONTRACT_TEST(table_fault_does_not_end_the_loop_of_a_program, 0)
{
    serve_smbus(rig);
    for (unsigned turn = 0; turn < 8; turn++) {
        bool is_read = turn & 1, is_late = turn & 2;
        uint8_t got = 0;
        struct rig_message message =
            is_read ? read_message(0x40, &got, 1) : write_message(0x40, "a", 1);
        start_one(rig, &message);
        assert_true(serve_one(rig, is_late));
        rig_finish(rig);
        assert_int_equal(got, !is_read ? 0 : is_late ? 0xFF : 0x5A);
    }
    assert_int_equal(counters().timeouts, 4);
}
