/* SPDX-License-Identifier: MIT */
/* The semantics table of docs/DESIGN.md: calls that must not wait for the bus. */
#include "contract/contract.h"

/* The controller still clocks for a second, but there is nothing left to read. */
CONTRACT_TEST(table_ack_false_makes_reads_empty_at_once, RIG_WIRES | RIG_VIRTUAL_TIME)
{
    serve(rig);
    rig_play(rig, "S 80 A 11 A 22 N W1000000 P");
    struct i2ctarget_request request = take_write();
    uint8_t bytes[2];
    assert_int_equal(i2ctarget_read(&request, bytes, 2, false), 2);
    assert_int_equal(i2ctarget_ack(&request, false), 0);
    uint64_t refused_ns = rig_now_ns(rig);
    for (int i = 0; i < 3; i++)
        assert_int_equal(i2ctarget_read(&request, bytes, 2, i & 1), 0);
    assert_int_equal(rig_now_ns(rig), refused_ns);
    assert_int_equal(request.end, I2CTARGET_OPEN);
    assert_int_equal(i2ctarget_close(&request), 0);
    rig_finish_play(rig, NULL);
    expect_healthy(rig);
}

/*
 * The second message comes while the application still reads the first one.  The device answers it.
 */
CONTRACT_TEST(table_attach_answers_a_call_behind_a_restart, 0)
{
    struct rig_message messages[] = {write_message(0x40, "a", 1),
                                     write_message(0x41, "\x05\x77", 2)};
    probe_device_init(&memory);
    serve(rig);
    rig_start(rig, messages, 2);
    struct i2ctarget_request request = take_write();
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
    /* The end of this message, and the next one. */
    assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
    rig_sleep_us(rig, 20000);
    assert_int_equal(i2ctarget_attach(&target, 0x41, &memory.device), 0);
    assert_int_equal(let_devices_answer(rig), 2);
    assert_int_equal(memory.memory[5], 0x77);
    assert_int_equal(memory.ended, 1);
}
