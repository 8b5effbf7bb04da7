/* SPDX-License-Identifier: MIT */
/* J. Controllers that do not wait for a stretched clock. */
#include "contract/contract.h"
#include "line/bus_timing.h"

static uint32_t random_state;

static uint32_t next_random(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return random_state >> 8;
}

/*
 * A device like the ID EEPROM of a HAT, read by a controller that ignores stretching (BCM2835).
 * Every transfer is right.
 */
CONTRACT_TEST(j51_a_device_serves_a_controller_that_ignores_stretching,
              RIG_WIRES | RIG_DEVICES_AT_ONCE)
{
    static const uint8_t ours[] = {0x50, 0x40};
    probe_device_init(&memory);
    uint8_t mirror[256];
    memcpy(mirror, memory.memory, sizeof mirror);
    serve_addresses(rig, ours, 2);
    assert_int_equal(i2ctarget_attach(&target, 0x50, &memory.device), 0);
    rig->kind->ops->forbid_stretch(rig, &target);
    rig->kind->ops->ignore_stretch(rig, true);
    random_state = 51;
    uint8_t bytes[33], got[40];
    for (int round = 0; round < 200; round++) {
        uint8_t at = bytes[0] = (uint8_t)next_random();
        size_t count = next_random() % 33, read_count = 1 + next_random() % 40;
        for (size_t i = 0; i < count; i++)
            mirror[(uint8_t)(at + i)] = bytes[1 + i % 32] = (uint8_t)next_random();
        for (size_t i = 0; i < count; i++)
            mirror[(uint8_t)(at + i)] = bytes[1 + i % 32];
        struct rig_message store = write_message(0x50, bytes, 1 + (count < 33 ? count : 32));
        start_one(rig, &store);
        assert_int_equal(rig_finish(rig), 1);
        struct rig_message fetch[] = {write_message(0x50, &at, 1),
                                      read_message(0x50, got, read_count)};
        rig_start(rig, fetch, 2);
        assert_int_equal(rig_finish(rig), 2);
        for (size_t i = 0; i < read_count; i++)
            assert_int_equal(got[i], mirror[(uint8_t)(at + i)]);
    }
    assert_int_equal(counters().stretches, 0);
    rig->kind->ops->ignore_stretch(rig, false);
}

/* The same while the application has an open request of its own. */
CONTRACT_TEST(j51_also_while_the_application_is_busy, RIG_WIRES | RIG_DEVICES_AT_ONCE)
{
    static const uint8_t ours[] = {0x50, 0x40, 0x41};
    struct rig_message message = write_message(0x40, "a", 1);
    probe_device_init(&memory);
    serve_addresses(rig, ours, 3);
    assert_int_equal(i2ctarget_attach(&target, 0x50, &memory.device), 0);
    start_one(rig, &message);
    struct i2ctarget_request request = take_write();
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    assert_int_equal(rig_finish(rig), 1);
    uint8_t got[4];
    message = read_message(0x50, got, 4); /* the request is still open */
    start_one(rig, &message);
    assert_int_equal(rig_finish(rig), 1);
    assert_memory_equal(got, memory.memory, 4);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
    expect_end(&request, I2CTARGET_STOP, 1);
}

static void answer_after(struct rig *rig, uint64_t late_ns)
{
    uint8_t bytes[4];
    struct i2ctarget_request request;
    while (i2ctarget_next_request(&target, &request, 200) == 1) {
        rig_pass_ns(rig, late_ns);
        int result = request.is_read ? i2ctarget_write(&request, (const uint8_t *)"\x00\x7F", 2)
                                     : i2ctarget_read(&request, bytes, 2, false);
        rig_pass_ns(rig, late_ns);
        if (!request.is_read && result > 0)
            assert_int_equal(i2ctarget_ack(&request, true), 0);
    }
}

/*
 * BCM2835: a stretch that ends close to the controller's own edge leaves a clock pulse of any
 * length, down to nothing.  This test makes every length.  Data may be wrong, nothing may hang, and
 * the next transfer is right.
 */
CONTRACT_TEST(j52_short_clock_pulses_after_a_stretch, RIG_WIRES | RIG_VIRTUAL_TIME)
{
    uint32_t clock_ns = 1000000000u / rig->kind->scl_hz;
    unsigned steps = 97;
    serve(rig);
    for (unsigned step = 0; step < 2 * steps; step++) {
        rig_play(rig, step % 2 ? "i S 80 :1 11 :1 22 :1 P" : "i S 81 :1 R a R n P");
        rig_pass_ns(rig, 9 * (uint64_t)clock_ns);
        answer_after(rig, (uint64_t)clock_ns * step / steps);
        rig_finish_play(rig, NULL);
        rig_play(rig, "k S FF N P");
        rig_finish_play(rig, NULL);
        expect_healthy(rig);
    }
}
