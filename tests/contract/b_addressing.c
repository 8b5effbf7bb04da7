/* SPDX-License-Identifier: MIT */
/*
 * B. Addressing: which addresses the target answers.  UM10204 §3.1.6, §3.1.10, §3.1.12 to §3.1.15,
 * Table 4.
 */
#include "contract/contract.h"
#include "i2ctarget/port.h"
#include "support/edge_log.h"

static bool is_one_of(const uint8_t *addresses, size_t count, unsigned address)
{
    for (size_t i = 0; i < count; i++) {
        if (addresses[i] == address)
            return true;
    }
    return false;
}

/* START, each of the 256 address bytes, and STOP. */
CONTRACT_TEST(b08_all_256_address_bytes, RIG_WIRES)
{
    static const uint8_t ours[] = {0x40, 0x41, 0x77};
    serve_addresses(rig, ours, COUNT(ours));
    char script[40];
    for (unsigned byte = 0; byte < 256; byte++) {
        bool is_ours = is_one_of(ours, COUNT(ours), byte >> 1);
        snprintf(script, sizeof script, "S %02X %s %s P", byte, is_ours ? "A" : "N",
                 is_ours && byte & 1 ? "R n" : "");
        rig_play(rig, script);
        if (is_ours) {
            struct i2ctarget_request request = take((uint8_t)(byte >> 1), byte & 1, false);
            assert_int_equal(i2ctarget_close(&request), 0);
        } else {
            assert_true(nothing_comes());
        }
        rig_finish_play(rig, NULL);
    }
}

/*
 * The same with data: the target neither touches nor stretches the traffic of other targets,
 * whatever its bytes are.
 */
CONTRACT_TEST(b08_strangers_traffic_is_never_stretched_or_touched, RIG_WIRES | RIG_PROMPT)
{
    serve(rig);
    bool is_too_fast = rig->kind->scl_hz > rig_scl_hz_max(rig->kind);
    uint32_t bound_ns = is_too_fast ? i2ctarget_get_capabilities(&target)->stranger_stretch_ns : 0;
    if (bound_ns == 0)
        rig->kind->ops->forbid_stretch(rig, &target); /* a checker rule */
    char script[80];
    for (unsigned byte = 0; byte < 256; byte++) {
        if (byte >> 1 == 0x40 || byte >> 1 == 0x41)
            continue;
        snprintf(script, sizeof script, "S %02X N 80 N 81 N 00 N FF N S %02X N 40 N P", byte,
                 byte ^ 1);
        rig_play(rig, (byte ^ 1) >> 1 == byte >> 1 ? script : "s P");
        rig_finish_play(rig, NULL);
    }
    assert_true(nothing_comes());
    assert_in_range(rig->kind->ops->longest_stretch_ns(rig), 0, bound_ns);
    assert_int_equal(counters().stretches, 0);
}

/*
 * SDA is low before the ninth clock rises, stays low as long as SCL is high, and is released only
 * after SCL has fallen.  (The next bit is a 1, so the release is visible.)
 */
CONTRACT_TEST(b09_ack_is_low_through_the_whole_ninth_clock, RIG_WIRES)
{
    static const char *const scripts[] = {"S 80 A D5 N P", "S 80 A 80 A FF N P"};
    serve(rig);
    for (unsigned acks = 1; acks <= 2; acks++) {
        struct edge_log log;
        uint8_t byte;
        edge_log_open(&log, rig->kind->ops->wires(rig));
        rig_play(rig, scripts[acks - 1]);
        struct i2ctarget_request request = take_write();
        if (acks == 2)
            assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 1);
        assert_int_equal(i2ctarget_close(&request), 0);
        rig_finish_play(rig, NULL);
        for (unsigned n = 1; n <= acks; n++) {
            unsigned rise = edge_log_scl_edge(&log, true, 9 * n),
                     fall = edge_log_scl_edge(&log, false, 9 * n + 1);
            assert_true(rise < fall && fall < log.count);
            assert_false(log.edges[rise - 1].sda); /* before */
            for (unsigned i = rise; i <= fall; i++)
                assert_false(log.edges[i].sda);
            assert_true(log.edges[fall + 1].sda && !log.edges[fall + 1].scl); /* after */
        }
        edge_log_close(&log, rig->kind->ops->wires(rig));
    }
}

static void call_all(struct rig *rig, const uint8_t *ours, size_t count)
{
    for (unsigned address = 0; address < 128; address++) {
        struct rig_message message = write_message((uint8_t)address, NULL, 0);
        bool is_ours = is_one_of(ours, count, address);
        start_one(rig, &message);
        if (is_ours) {
            struct i2ctarget_request request = take((uint8_t)address, false, false);
            expect_bytes(&request, "", 0);
        }
        assert_int_equal(rig_finish(rig), is_ours);
        assert_int_equal(message.addressed, is_ours);
    }
}

CONTRACT_TEST(b10_one_two_three_many_addresses, 0)
{
    static const uint8_t ours[] = {0x55, 0x2A, 0x7F, 0x01, 0x54, 0x40, 0x20, 0x10, 0x08, 0x68};
    for (size_t count = 1; count <= COUNT(ours); count += count < 3 ? 1 : 7) {
        serve_addresses(rig, ours, count);
        call_all(rig, ours, count);
        rig_deinit(rig, &target);
    }
}

CONTRACT_TEST(b10_all_128_addresses_and_both_directions, 0)
{
    uint8_t all[128];
    for (unsigned i = 0; i < 128; i++)
        all[i] = (uint8_t)(127 - i);
    serve_addresses(rig, all, 128);
    uint8_t got;
    for (unsigned address = 0; address < 128; address++) {
        struct rig_message messages[] = {write_message((uint8_t)address, NULL, 0),
                                         read_message((uint8_t)address, &got, 1)};
        uint8_t mine = (uint8_t)(address ^ 0x5A);
        rig_start(rig, messages, address ? 2 : 1); /* 0x01 is the START byte, not a read of 0x00 */
        struct i2ctarget_request request = take((uint8_t)address, false, false);
        expect_bytes(&request, "", 0);
        if (address) {
            request = take((uint8_t)address, true, true);
            give_bytes(&request, &mine, 1, 1);
        }
        assert_int_equal(rig_finish(rig), address ? 2 : 1);
        if (address)
            assert_int_equal(got, mine);
    }
}

/* Every address that differs from ours in one bit. */
CONTRACT_TEST(b10_neighbours_are_not_answered, 0)
{
    static const uint8_t ours[] = {0x40, 0x41};
    serve(rig);
    for (unsigned bit = 0; bit < 7; bit++) {
        for (size_t i = 0; i < COUNT(ours); i++) {
            uint8_t similar = (uint8_t)(ours[i] ^ 1u << bit);
            struct rig_message message = write_message(similar, "x", 1);
            if (is_one_of(ours, COUNT(ours), similar))
                continue;
            start_one(rig, &message);
            assert_int_equal(rig_finish(rig), 0);
            assert_false(message.addressed);
        }
    }
    assert_true(nothing_comes());
}

CONTRACT_TEST(b11_general_call_is_not_answered_unless_configured, 0)
{
    struct rig_message message = write_message(0x00, "\x06", 1);
    serve(rig);
    start_one(rig, &message);
    assert_int_equal(rig_finish(rig), 0);
    assert_false(message.addressed);
    assert_true(nothing_comes());
}

CONTRACT_TEST(b11_general_call_reaches_the_application_byte_by_byte, 0)
{
    static const uint8_t ours[] = {0x00, 0x40};
    struct rig_message message = write_message(0x00, "\x06\x04", 2);
    serve_addresses(rig, ours, COUNT(ours));
    start_one(rig, &message);
    struct i2ctarget_request request = take(0x00, false, false);
    expect_bytes(&request, "\x06\x04", 2);
    assert_int_equal(rig_finish(rig), 1);

    message = write_message(0x00, "\x06\x07", 2); /* the application knows only 0x06 */
    start_one(rig, &message);
    request = take(0x00, false, false);
    uint8_t byte;
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    assert_int_equal(i2ctarget_ack(&request, byte == 0x06), 0);
    assert_int_equal(i2ctarget_read(&request, &byte, 1, false), 1);
    assert_int_equal(i2ctarget_ack(&request, byte == 0x06), 0);
    assert_int_equal(rig_finish(rig), 0);
    assert_true(message.addressed && message.nacked);
    assert_int_equal(message.moved, 2);
}

CONTRACT_TEST(b12_start_byte_is_never_acknowledged, RIG_WIRES)
{
    static const uint8_t ours[] = {0x00, 0x40};
    for (size_t first = 0; first < 2; first++) { /* with the general call configured, and without */
        serve_addresses(rig, ours + first, COUNT(ours) - first);
        rig_play(rig, "S 01 N S 80 A 5C A P");
        struct i2ctarget_request request = take(0x40, false, true);
        expect_bytes(&request, "\x5C", 1);
        rig_finish_play(rig, NULL);
        rig_deinit(rig, &target);
    }
}

/* CBUS, other bus formats, Hs-mode codes, 10-bit and Device ID: 0000 XXX and 1111 XXX. */
CONTRACT_TEST(b13_reserved_addresses_are_silent_unless_configured, 0)
{
    size_t count = 0;
    uint8_t reserved[15];
    for (unsigned address = 1; address < 128; address++) {
        if (address >> 3 == 0 || address >> 3 == 15)
            reserved[count++] = (uint8_t)address;
    }
    serve(rig);
    for (size_t i = 0; i < count; i++) {
        struct rig_message message = write_message(reserved[i], "x", 1);
        start_one(rig, &message);
        assert_int_equal(rig_finish(rig), 0);
        assert_false(message.addressed);
    }
    assert_true(nothing_comes());
    rig_deinit(rig, &target);

    serve_addresses(rig, reserved, count);
    for (size_t i = 0; i < count; i++) {
        struct rig_message message = write_message(reserved[i], "x", 1);
        start_one(rig, &message);
        struct i2ctarget_request request = take(reserved[i], false, false);
        expect_bytes(&request, "x", 1);
        assert_int_equal(rig_finish(rig), 1);
    }
}
