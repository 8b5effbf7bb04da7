/* SPDX-License-Identifier: MIT */
/*
 * The semantics table of docs/DESIGN.md: constructor, deinit, request, and devices together with
 * the request API.
 */
#include "contract/contract.h"

static const uint8_t two[] = {0x40, 0x41};

/* ---- constructor ----------------------------------------------------------------------------- */

CONTRACT_TEST(table_constructor_refuses_wrong_arguments, 0)
{
    static const uint8_t good[129] = {0x40}, too_high[] = {0x40, 0x80}, highest[] = {0x40, 0xFF};
    struct i2ctarget_pin scl = rig->kind->ops->scl(rig, 0), sda = rig->kind->ops->sda(rig, 0);
    assert_int_equal(i2ctarget_init(NULL, &scl, &sda, two, 2, false), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_init(&target, NULL, &sda, two, 2, false), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_init(&target, &scl, NULL, two, 2, false), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_init(&target, &scl, &sda, NULL, 2, false), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_init(&target, &scl, &sda, two, 0, false), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_init(&target, &scl, &sda, good, 129, false), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_init(&target, &scl, &sda, good, (size_t)-1, false),
                     -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_init(&target, &scl, &sda, too_high, 2, false), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_init(&target, &scl, &sda, highest, 2, false), -I2CTARGET_EINVAL);
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&target, &request, -1), -I2CTARGET_EBADF);
    serve(rig); /* nothing was taken */
    expect_healthy(rig);
}

CONTRACT_TEST(table_constructor_refuses_pins_that_are_no_pair, RIG_PAIRED_PINS)
{
    struct i2ctarget_pin scl = rig->kind->ops->scl(rig, 0), sda = rig->kind->ops->sda(rig, 0),
                         other = rig->kind->ops->sda(rig, 1);
    assert_int_equal(i2ctarget_init(&target, &sda, &scl, two, 2, false), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_init(&target, &scl, &scl, two, 2, false), -I2CTARGET_EINVAL);
    if (other.number != sda.number || other.unit != sda.unit)
        assert_int_equal(i2ctarget_init(&target, &scl, &other, two, 2, false), -I2CTARGET_EINVAL);
}

CONTRACT_TEST(table_constructor_refuses_pins_in_use, 0)
{
    serve(rig);
    assert_int_equal(rig_init(rig, &neighbour, 0, two, 2, false), -I2CTARGET_EBUSY);
    expect_healthy(rig);
    rig_deinit(rig, &target);
    serve(rig);
    expect_healthy(rig);
}

CONTRACT_TEST(table_constructor_takes_any_set_of_addresses, 0)
{
    uint8_t many[128];
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = 0x40; /* the same address again and again */
    serve_addresses(rig, many, sizeof many);
    memset(many, 0x41, sizeof many); /* they were copied */
    struct rig_message message = write_message(0x40, "x", 1), other = write_message(0x41, "x", 1);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    expect_bytes(&request, "x", 1);
    assert_int_equal(rig_finish(rig), 1);
    start_one(rig, &other);
    assert_int_equal(rig_finish(rig), 0);
}

CONTRACT_TEST(table_smbus_off_means_no_limit, RIG_VIRTUAL_TIME)
{
    struct rig_message message = write_message(0x40, "x", 1);
    serve(rig);
    start_one(rig, &message);
    for (int i = 0; i < 3600; i++) /* an hour */
        rig_sleep_us(rig, 1000000);
    struct i2ctarget_request request = take_write();
    expect_bytes(&request, "x", 1);
    assert_int_equal(rig_finish(rig), 1);
}

/* ---- deinit ---------------------------------------------------------------------------------- */

CONTRACT_TEST(table_deinit_is_idempotent_and_final, 0)
{
    struct rig_message message = write_message(0x40, "abc", 3);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    rig_deinit(rig, &target);
    i2ctarget_deinit(&target);
    i2ctarget_deinit(NULL);
    rig_finish(rig);
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_write(&request, &byte, 1), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_ack(&request, true), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_close(&request), 0); /* the call that never fails */
    assert_int_equal(i2ctarget_next_request(&target, &request, -1), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), -I2CTARGET_EBADF);
    probe_device_init(&memory);
    assert_int_equal(i2ctarget_attach(&target, 0x40, &memory.device), -I2CTARGET_EBADF);
    struct i2ctarget_counters after;
    i2ctarget_get_counters(&target, &after);
    assert_memory_equal(&after, &(struct i2ctarget_counters){0}, sizeof after);
}

/* A request from before deinit is not valid after the next init of the same struct. */
CONTRACT_TEST(table_deinit_ends_the_life_of_requests, 0)
{
    struct i2ctarget_request old = {0};
    uint8_t byte;
    for (int life = 0; life < 10; life++) {
        struct rig_message message = write_message(0x40, "a", 1);
        serve(rig);
        if (life > 0)
            assert_int_equal(i2ctarget_read(&old, &byte, 1, true), -I2CTARGET_EBADF);
        start_one(rig, &message);
        struct i2ctarget_request request = take_write();
        if (life > 0)
            assert_int_equal(i2ctarget_read(&old, &byte, 1, true), -I2CTARGET_EBADF);
        assert_int_equal(i2ctarget_close(&old), life > 0 ? 0 : 0);
        assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
        old = request;
        rig_deinit(rig, &target);
        rig_finish(rig);
    }
}

/* A target that was never initialised. */
CONTRACT_TEST(table_deinit_of_a_zeroed_target, 0)
{
    struct i2ctarget nothing = {0};
    struct i2ctarget_request request = {0};
    (void)rig;
    i2ctarget_deinit(&nothing);
    assert_int_equal(i2ctarget_next_request(&nothing, &request, 0), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_ack(&request, true), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_close(&request), 0);
}

/* ---- request --------------------------------------------------------------------------------- */

CONTRACT_TEST(table_request_refuses_null, 0)
{
    serve(rig);
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(NULL, &request, 0), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_next_request(&target, NULL, 0), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_close(NULL), -I2CTARGET_EINVAL);
}

CONTRACT_TEST(table_request_negative_looks_once, 0)
{
    struct rig_message message = write_message(0x40, "a", 1);
    int looks = 0, result;
    serve(rig);
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&target, &request, -1), 0);
    assert_int_equal(i2ctarget_next_request(&target, &request, INT64_MIN), 0);
    start_one(rig, &message);
    while ((result = i2ctarget_next_request(&target, &request, -1)) == 0 && looks++ < 100000)
        rig_sleep_us(rig, 5);
    assert_int_equal(result, 1);
    expect_bytes(&request, "a", 1);
    assert_int_equal(rig_finish(rig), 1);
}

CONTRACT_TEST(table_has_request_only_looks, 0)
{
    struct rig_message message = write_message(0x40, "ab", 2);
    int looks = 0, result;
    serve(rig);
    assert_int_equal(i2ctarget_has_request(&target), 0);
    start_one(rig, &message);
    while ((result = i2ctarget_has_request(&target)) == 0 && looks++ < 100000)
        rig_sleep_us(rig, 5);
    assert_int_equal(result, 1);
    assert_int_equal(i2ctarget_has_request(&target), 1); /* it is still there */
    struct i2ctarget_request request = take_write();
    assert_int_equal(i2ctarget_has_request(&target), 0);
    expect_bytes(&request, "ab", 2); /* the open one was not closed */
    assert_int_equal(rig_finish(rig), 1);
    assert_int_equal(i2ctarget_has_request(NULL), -I2CTARGET_EINVAL);
    i2ctarget_deinit(&target);
    assert_int_equal(i2ctarget_has_request(&target), -I2CTARGET_EBADF);
}

/* A program that only polls still gets its request. */
CONTRACT_TEST(table_request_looking_alone_gets_on, 0)
{
    struct rig_message message = write_message(0x40, "a", 1);
    long looks = 0;
    serve(rig);
    start_one(rig, &message);
    int result;
    struct i2ctarget_request request;
    while ((result = i2ctarget_next_request(&target, &request, -1)) == 0 && looks++ < 50000000)
        ;
    assert_int_equal(result, 1);
    expect_bytes(&request, "a", 1);
    assert_int_equal(rig_finish(rig), 1);
}

CONTRACT_TEST(table_request_positive_waits_that_long_and_never_less, 0)
{
    static const int64_t timeouts_us[] = {1, 2, 3, 7, 100, 999, 1000, 1001, 20001};
    serve(rig);
    struct i2ctarget_request request;
    for (size_t i = 0; i < COUNT(timeouts_us); i++) {
        if (rig_can(rig, RIG_WIRES)) { /* start at any fraction of a microsecond */
            rig_pass_ns(rig, 130 + 230 * i);
        }
        uint64_t before_ns = rig_now_ns(rig);
        assert_int_equal(i2ctarget_next_request(&target, &request, timeouts_us[i]),
                         -I2CTARGET_ETIMEDOUT);
        uint64_t waited_ns = rig_now_ns(rig) - before_ns;
        assert_true(waited_ns >= (uint64_t)timeouts_us[i] * 1000);
        if (rig_can(rig, RIG_VIRTUAL_TIME | RIG_PROMPT))
            assert_true(waited_ns <
                        (uint64_t)timeouts_us[i] * 1000 + 5000); /* not rounded to milliseconds */
    }
}

CONTRACT_TEST(table_request_huge_timeouts_do_not_wrap, 0)
{
    static const int64_t timeouts_us[] = {
        INT64_MAX,           INT64_MAX - 1,   INT64_MAX / 2,      INT64_MAX / 1000 + 1,
        INT64_MAX / 500 - 1, INT64_MAX / 999, 0x40000000000000ll, 0x4189374BC6A7F0ll,
        86400000000ll};
    serve(rig);
    for (size_t i = 0; i < COUNT(timeouts_us); i++) {
        struct rig_message message = write_message(0x40, "a", 1);
        struct i2ctarget_request request;
        start_one(rig, &message);
        assert_int_equal(i2ctarget_next_request(&target, &request, timeouts_us[i]), 1);
        expect_bytes(&request, "a", 1);
        assert_int_equal(rig_finish(rig), 1);
    }
}

CONTRACT_TEST(table_request_comes_within_its_time, 0)
{
    struct rig_message message = write_message(0x41, "a", 1);
    serve(rig);
    start_one(rig, &message);
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&target, &request, 2000000), 1);
    assert_int_equal(request.address, 0x41);
    expect_bytes(&request, "a", 1);
    assert_int_equal(rig_finish(rig), 1);
}

/* Nothing can happen any more, so waiting for ever would never end. */
CONTRACT_TEST(table_request_for_ever_on_a_dead_bus, RIG_VIRTUAL_TIME)
{
    serve(rig);
    struct i2ctarget_request request;
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), -I2CTARGET_EDEADLK);
    expect_healthy(rig);
}

CONTRACT_TEST(table_request_closes_the_open_one_first, 0)
{
    struct rig_message messages[] = {write_message(0x40, "ab", 2)},
                       next = write_message(0x41, "c", 1);
    serve(rig);
    rig_start(rig, messages, 1);
    struct i2ctarget_request first = take_write(), second;
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&first, &byte, 1, false), 1);
    assert_int_equal(i2ctarget_next_request(&target, &second, 500),
                     -I2CTARGET_ETIMEDOUT); /* even when no request comes */
    assert_int_equal(rig_finish(rig), 0);
    assert_true(messages[0].nacked);
    assert_int_equal(messages[0].moved, 1);
    assert_int_equal(i2ctarget_read(&first, &byte, 1, true), -I2CTARGET_EBADF);
    start_one(rig, &next);
    second = take(0x41, false, false);
    assert_int_equal(i2ctarget_ack(&first, true), -I2CTARGET_EBADF);
    assert_int_equal(i2ctarget_close(&first), 0); /* this does not touch the second one */
    expect_bytes(&second, "c", 1);
    assert_int_equal(rig_finish(rig), 1);
}

/* ---- devices beside the request API ---------------------------------------------------------- */

CONTRACT_TEST(table_attach_refuses_wrong_arguments, RIG_SEVERAL_TARGETS)
{
    probe_device_init(&memory);
    struct probe_device other;
    probe_device_init(&other);
    serve(rig);
    assert_int_equal(i2ctarget_attach(NULL, 0x40, &memory.device), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_attach(&target, 0x40, NULL), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_attach(&target, 0x80, &memory.device), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_attach(&target, 0x42, &memory.device), -I2CTARGET_ENODEV);
    assert_int_equal(i2ctarget_attach(&target, 0x40, &memory.device), 0);
    assert_int_equal(i2ctarget_attach(&target, 0x40, &memory.device), -I2CTARGET_EBUSY);
    assert_int_equal(i2ctarget_attach(&target, 0x40, &other.device), -I2CTARGET_EBUSY);
    assert_int_equal(rig_init(rig, &neighbour, 1, (const uint8_t[]){0x50}, 1, false), 0);
    assert_int_equal(i2ctarget_attach(&neighbour, 0x50, &memory.device), -I2CTARGET_EBUSY);
    rig_deinit(rig, &target);
    assert_int_equal(i2ctarget_attach(&neighbour, 0x50, &memory.device), 0); /* free again */
    rig_deinit(rig, &neighbour);
}

CONTRACT_TEST(table_attach_one_device_on_several_addresses, 0)
{
    static const uint8_t three[] = {0x50, 0x51, 0x40};
    probe_device_init(&memory);
    struct probe_device other;
    probe_device_init(&other);
    serve_addresses(rig, three, 3);
    assert_int_equal(i2ctarget_attach(&target, 0x50, &memory.device), 0);
    assert_int_equal(i2ctarget_attach(&target, 0x51, &memory.device), 0);
    assert_int_equal(i2ctarget_attach(&target, 0x40, &other.device), 0);
    uint8_t got;
    for (size_t i = 0; i < COUNT(three); i++) {
        struct rig_message messages[] = {write_message(three[i], "\x07", 1),
                                         read_message(three[i], &got, 1)};
        rig_start(rig, messages, 2);
        assert_int_equal(let_devices_answer(rig), 2);
        assert_int_equal(got, 0x07 ^ 0xA5);
    }
    assert_int_equal(memory.addressed, 4);
    assert_int_equal(memory.ended, 4);
    assert_int_equal(memory.restarts, 2);
    assert_int_equal(memory.last_address, 0x51);
    assert_int_equal(other.addressed, 2);
    rig_deinit(rig, &target); /* before `other` goes out of scope */
}

CONTRACT_TEST(table_attach_a_device_may_say_no, 0)
{
    probe_device_init(&memory);
    serve(rig);
    assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
    struct rig_message message = write_message(0x41, "\x00\x11\x22", 3);
    memory.busy = true; /* its address */
    start_one(rig, &message);
    assert_int_equal(let_devices_answer(rig), 0);
    assert_false(message.addressed);
    assert_int_equal(memory.ended, 0); /* there is no other callback after it */
    assert_int_equal(memory.received, 0);
    memory.busy = false;
    memory.accept_max = 2; /* a byte */
    start_one(rig, &message);
    assert_int_equal(let_devices_answer(rig), 0);
    assert_true(message.nacked);
    assert_int_equal(message.moved, 3);
    assert_int_equal(memory.received, 3);
    assert_int_equal(memory.ended, 1);
    assert_int_equal(memory.moved, 2);
    memory.pointer = 0x20;
    memory.give_max = 1; /* any more bytes */
    uint8_t got[3];
    message = read_message(0x41, got, 3);
    start_one(rig, &message);
    assert_int_equal(let_devices_answer(rig), 1);
    assert_int_equal(got[0], 0x20 ^ 0xA5);
    assert_int_equal(got[1], 0xFF);
    assert_int_equal(got[2], 0xFF);
    assert_int_equal(memory.requested, 2); /* after RELEASE the device is not asked again */
    assert_int_equal(memory.moved, 1);
    memory.refusal = -1; /* every value that is no byte is a refusal */
    start_one(rig, &message);
    assert_int_equal(let_devices_answer(rig), 1);
    assert_memory_equal(got + 1, "\xFF\xFF", 2);
    assert_int_equal(memory.requested, 4);
    assert_int_equal(memory.moved, 1);
}

CONTRACT_TEST(table_attach_answers_a_call_that_is_held, 0)
{
    struct rig_message message = write_message(0x41, "\x05\x77", 2);
    probe_device_init(&memory);
    serve(rig);
    start_one(rig, &message);
    rig_sleep_us(rig, 20000); /* called and held */
    assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
    assert_int_equal(let_devices_answer(rig), 1);
    assert_int_equal(memory.memory[5], 0x77);
    assert_int_equal(memory.ended, 1);
}

CONTRACT_TEST(table_attach_a_device_lives_while_a_request_is_open, 0)
{
    uint8_t got[2];
    struct rig_message mine = write_message(0x40, "a", 1), theirs = read_message(0x41, got, 2);
    probe_device_init(&memory);
    serve(rig);
    assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
    start_one(rig, &mine);
    struct i2ctarget_request request = take_write();
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
    assert_int_equal(rig_finish(rig), 1);
    start_one(rig, &theirs); /* the request has ended but is not closed */
    rig_sleep_us(rig, 20000);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
    assert_int_equal(i2ctarget_ack(&request, false), 0);
    expect_end(&request, I2CTARGET_STOP, 1);
    assert_int_equal(i2ctarget_close(&request), 0);
    assert_int_equal(let_devices_answer(rig), 1);
    assert_memory_equal(got, memory.memory, 2);
    assert_int_equal(memory.end, I2CTARGET_CONTROLLER_NACK);
    assert_int_equal(memory.moved, 2);
}
