/* SPDX-License-Identifier: MIT */
/* The rows of the semantics table about addresses that come and go while the target lives. */
#include "contract/contract.h"

static void add(uint16_t address)
{
    assert_int_equal(i2ctarget_add_address(&target, address), 0);
}

static void drop(uint16_t address)
{
    assert_int_equal(i2ctarget_remove_address(&target, address), 0);
}

/* A write arrives as a request. */
static void expect_served(struct rig *rig, uint8_t address)
{
    struct rig_message message = write_message(address, "w", 1);
    start_one(rig, &message);
    struct i2ctarget_request request = take(address, false, false);
    expect_bytes(&request, "w", 1);
    assert_int_equal(rig_finish(rig), 1);
}

/* Nobody acknowledges it. */
static void expect_silent(struct rig *rig, uint8_t address)
{
    struct rig_message message = write_message(address, "w", 1);
    start_one(rig, &message);
    assert_true(nothing_comes());
    assert_int_equal(rig_finish(rig), 0);
    assert_false(message.addressed);
}

CONTRACT_TEST(table_address_added_while_idle, 0)
{
    serve(rig);
    expect_silent(rig, 0x33);
    add(0x33);
    expect_served(rig, 0x33);
    add(0x33); /* changes nothing */
    expect_served(rig, 0x33);
    expect_served(rig, 0x40);
    expect_healthy(rig);
}

CONTRACT_TEST(table_address_added_while_a_message_is_under_way, RIG_HEARS_OTHERS)
{
    struct rig_message messages[] = {write_message(0x40, "ab", 2), write_message(0x33, "c", 1)};
    uint8_t byte;

    serve(rig);
    rig_start(rig, messages, 2);
    struct i2ctarget_request request = take_write();
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    add(0x33);
    expect_bytes(&request, "b", 1);
    request = take(0x33, false, true);
    expect_bytes(&request, "c", 1);
    assert_int_equal(rig_finish(rig), 2);
}

CONTRACT_TEST(table_address_added_while_a_call_is_held, 0)
{
    struct rig_message message = write_message(0x41, "x", 1);

    serve(rig);
    start_one(rig, &message);
    rig_sleep_us(rig, 20000);
    add(0x33);
    struct i2ctarget_request request = take(0x41, false, false);
    expect_bytes(&request, "x", 1);
    assert_int_equal(rig_finish(rig), 1);
    assert_int_equal(counters().cancelled, 0);
    expect_served(rig, 0x33);
}

CONTRACT_TEST(table_address_removed_while_idle, 0)
{
    serve(rig);
    expect_served(rig, 0x41);
    drop(0x41);
    expect_silent(rig, 0x41);
    assert_int_equal(counters().cancelled, 0);
    expect_served(rig, 0x40);
}

CONTRACT_TEST(table_address_removed_while_its_call_is_held, 0)
{
    struct rig_message message = write_message(0x41, "x", 1);

    serve(rig);
    start_one(rig, &message);
    rig_sleep_us(rig, 20000);
    drop(0x41);
    assert_true(nothing_comes());
    assert_int_equal(rig_finish(rig), 0);
    assert_false(message.addressed);
    assert_int_equal(counters().cancelled, 1);
    expect_served(rig, 0x40);
}

CONTRACT_TEST(table_address_removed_while_another_call_is_held, 0)
{
    struct rig_message message = write_message(0x40, "x", 1);

    serve(rig);
    start_one(rig, &message);
    rig_sleep_us(rig, 20000);
    drop(0x41);
    struct i2ctarget_request request = take_write();
    expect_bytes(&request, "x", 1);
    assert_int_equal(rig_finish(rig), 1);
    assert_int_equal(counters().cancelled, 0);
}

CONTRACT_TEST(table_address_removed_while_its_message_is_under_way, 0)
{
    struct rig_message messages[] = {write_message(0x41, "abc", 3), write_message(0x41, "d", 1)};
    uint8_t byte;

    serve(rig);
    rig_start(rig, messages, 2);
    struct i2ctarget_request request = take(0x41, false, false);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    drop(0x41);
    expect_bytes(&request, "bc", 2); /* to its end */
    expect_end(&request, I2CTARGET_RESTART, 3);
    assert_true(nothing_comes());
    assert_int_equal(rig_finish(rig), 1);
    assert_false(messages[1].addressed);
    expect_served(rig, 0x40);
}

/* However far the address byte has come: once the call returns, no request comes for it. */
CONTRACT_TEST(table_address_removed_at_any_moment, 0)
{
    serve(rig);
    for (unsigned us = 0; us <= 120; us += us < 12 ? 1 : 3) {
        struct rig_message message = write_message(0x41, "x", 1);
        start_one(rig, &message);
        rig_sleep_us(rig, us);
        drop(0x41);
        assert_true(nothing_comes());
        assert_int_equal(rig_finish(rig), 0);
        assert_false(message.addressed);
        add(0x41);
    }
    expect_served(rig, 0x41);
    expect_healthy(rig);
}

CONTRACT_TEST(table_address_of_a_device_removed, 0)
{
    struct rig_message message = write_message(0x40, "\x05\x77", 2);
    struct probe_device other;

    probe_device_init(&memory);
    probe_device_init(&other);
    serve(rig);
    assert_int_equal(i2ctarget_attach(&target, 0x40, &memory.device), 0);
    assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
    drop(0x41);
    assert_int_equal(i2ctarget_attach(&target, 0x41, &other.device), -I2CTARGET_ENODEV);
    expect_silent(rig, 0x41);
    start_one(rig, &message); /* its other address stays */
    assert_int_equal(let_devices_answer(rig), 1);
    assert_int_equal(memory.memory[5], 0x77);
    add(0x41);
    expect_served(rig, 0x41); /* by the application: the device has lost it */
    assert_int_equal(i2ctarget_attach(&target, 0x41, &other.device), 0);
    drop(0x40);
    drop(0x41);
    add(0x41);
    assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
    message.address = 0x41;
    start_one(rig, &message);
    assert_int_equal(let_devices_answer(rig), 1);
    assert_int_equal(other.addressed, 0);
    rig_deinit(rig, &target); /* before `other` goes out of scope */
}

/* Long enough that on every bus it is under way after 20 ms. */
CONTRACT_TEST(table_address_of_a_device_removed_in_its_message, 0)
{
    static uint8_t got[4096];
    struct rig_message message = read_message(0x41, got, sizeof got);

    probe_device_init(&memory);
    serve(rig);
    assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
    start_one(rig, &message);
    rig_sleep_us(rig, 20000);
    drop(0x41);
    assert_int_equal(let_devices_answer(rig), 1);
    assert_int_equal(memory.ended, 1);
    assert_int_equal(memory.moved, sizeof got);
    expect_silent(rig, 0x41);
}

CONTRACT_TEST(table_address_the_last_one_may_go, 0)
{
    serve(rig);
    drop(0x40);
    drop(0x41);
    expect_silent(rig, 0x40);
    expect_silent(rig, 0x41);
    add(0x40);
    expect_served(rig, 0x40);
    expect_silent(rig, 0x41);
}

CONTRACT_TEST(table_address_all_128_come_and_go, 0)
{
    serve(rig);
    for (uint8_t address = 0; address < 128; address++)
        add(address);
    for (uint8_t address = 0; address < 128; address++)
        expect_served(rig, address);
    for (uint8_t address = 0; address < 128; address++)
        drop(address);
    for (uint8_t address = 0; address < 128; address++)
        expect_silent(rig, address);
}

CONTRACT_TEST(table_address_general_call_comes_and_goes, 0)
{
    uint8_t got;
    struct rig_message start_byte = read_message(0x00, &got, 1);

    serve(rig);
    expect_silent(rig, 0x00);
    add(0x00);
    expect_served(rig, 0x00);
    start_one(rig, &start_byte);
    assert_true(nothing_comes());
    assert_int_equal(rig_finish(rig), 0);
    assert_false(start_byte.addressed);
    drop(0x00);
    expect_silent(rig, 0x00);
}

CONTRACT_TEST(table_address_wrong_arguments, 0)
{
    serve(rig);
    assert_int_equal(i2ctarget_add_address(NULL, 0x40), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_remove_address(NULL, 0x40), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_add_address(&target, 0x80), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_add_address(&target, 0x140), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_remove_address(&target, 0x80), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_remove_address(&target, 0x140), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_remove_address(&target, 0x42), -I2CTARGET_ENODEV);
    expect_healthy(rig);
    rig_deinit(rig, &target);
    assert_int_equal(i2ctarget_add_address(&target, 0x40), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_remove_address(&target, 0x40), -I2CTARGET_EBADF);
}

CONTRACT_TEST(table_address_of_a_lost_port, RIG_CAN_BE_LOST)
{
    serve(rig);
    rig->kind->ops->lose(rig);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(i2ctarget_add_address(&target, 0x33), -I2CTARGET_EIO);
        assert_int_equal(i2ctarget_remove_address(&target, 0x41), -I2CTARGET_EIO);
    }
}
