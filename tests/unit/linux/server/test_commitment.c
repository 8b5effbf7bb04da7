/* SPDX-License-Identifier: MIT */
/* What a target has committed itself to, and the log of events that it has not received yet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "server/commitment.h"
#include "server/event_log.h"

/* ---- commitments ----------------------------------------------------------------------------- */

struct commit {
    uint32_t serial;
    uint8_t address, then, reason, waiting;
    uint32_t position, count;
    const char *bytes; /* NULL: none */
};

static enum commitment_news take(struct commitment *commitment, struct commit commit)
{
    uint8_t payload[PROTOCOL_COMMIT_BYTES + 64];
    size_t length = PROTOCOL_COMMIT_BYTES;
    put_u32(payload, commit.serial);
    payload[4] = commit.address;
    payload[5] = commit.then;
    payload[6] = commit.reason;
    payload[7] = commit.waiting;
    put_u32(payload + 8, commit.position);
    put_u32(payload + 12, commit.count);
    if (commit.bytes) {
        memcpy(payload + length, commit.bytes, strlen(commit.bytes));
        length += strlen(commit.bytes);
    }
    return commitment_take(commitment, payload, length);
}

static void nothing_is_answered_before_it_is_committed(void **state)
{
    (void)state;
    struct commitment commitment = {0};
    for (int is_read = 0; is_read <= 1; is_read++) {
        commitment_begin(&commitment, 1, is_read);
        assert_int_equal(commitment_answer(&commitment, I2CTARGET_ADDRESSED), I2CTARGET_HOLD);
        assert_int_equal(
            commitment_answer(&commitment, is_read ? I2CTARGET_REQUESTED : I2CTARGET_RECEIVED),
            I2CTARGET_HOLD);
    }
    commitment_free(&commitment);
}

static void address_is_answered_as_committed(void **state)
{
    (void)state;
    struct commitment commitment = {0};
    commitment_begin(&commitment, 7, false);
    assert_int_equal(take(&commitment, (struct commit){.serial = 7}), COMMITMENT_TAKEN);
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_ADDRESSED), I2CTARGET_HOLD);
    take(&commitment, (struct commit){.serial = 7, .address = PROTOCOL_ADDRESS_ACK});
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_ADDRESSED), I2CTARGET_ACK);
    take(&commitment, (struct commit){.serial = 7, .address = PROTOCOL_ADDRESS_NACK});
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_ADDRESSED), I2CTARGET_NACK);
    commitment_free(&commitment);
}

static void write_message_gets_so_many_acks(void **state)
{
    (void)state;
    struct commitment commitment = {0};
    commitment_begin(&commitment, 1, false);
    take(&commitment, (struct commit){.serial = 1, .count = 2});
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_ACK);
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_ACK);
    /* A held byte is asked for again and again, and counted when it is answered. */
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_HOLD);
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_HOLD);
    assert_int_equal(commitment.answered, 2);
    take(&commitment,
         (struct commit){.serial = 1, .position = 2, .count = 1, .then = PROTOCOL_THEN_REFUSE});
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_ACK);
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_NACK);
    commitment_free(&commitment);
}

static void read_message_gets_its_bytes(void **state)
{
    (void)state;
    struct commitment commitment = {0};
    commitment_begin(&commitment, 1, true);
    take(&commitment, (struct commit){.serial = 1, .count = 2, .bytes = "ab"});
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_REQUESTED), 'a');
    /* The same again, and more: answered bytes stay answered. */
    take(&commitment,
         (struct commit){.serial = 1, .count = 3, .bytes = "xyz", .then = PROTOCOL_THEN_REFUSE});
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_REQUESTED), 'y');
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_REQUESTED), 'z');
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_REQUESTED), I2CTARGET_RELEASE);
    commitment_free(&commitment);
}

static void commitment_wholly_in_the_past(void **state)
{
    (void)state;
    struct commitment commitment = {0};
    commitment_begin(&commitment, 1, false);
    take(&commitment, (struct commit){.serial = 1, .count = 3});
    for (int i = 0; i < 3; i++)
        assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_ACK);
    take(&commitment, (struct commit){.serial = 1, .position = 1, .count = 1});
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_HOLD);
    commitment_free(&commitment);
}

static void other_messages_commitments_are_stale(void **state)
{
    (void)state;
    struct commitment commitment = {0};
    commitment_begin(&commitment, 5, false);
    assert_int_equal(take(&commitment, (struct commit){.serial = 4, .count = 9}), COMMITMENT_STALE);
    assert_int_equal(take(&commitment, (struct commit){.serial = 6, .count = 9}), COMMITMENT_STALE);
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_HOLD);
    /* For a message that has ended it is still accepted, because of `waiting`. */
    commitment.is_open = false;
    assert_int_equal(take(&commitment, (struct commit){.serial = 5, .waiting = 1}),
                     COMMITMENT_TAKEN);
    assert_true(commitment.waiting);
    commitment_free(&commitment);
}

static void nonsense_is_told_from_sense(void **state)
{
    (void)state;
    static const struct {
        bool is_read;
        struct commit commit;
    } broken[] = {
        {false, {.serial = 1, .address = 3}},
        {false, {.serial = 1, .then = 2}},
        {false, {.serial = 1, .reason = PROTOCOL_REASON_COUNT}},
        {false, {.serial = 1, .waiting = 2}},
        {false, {.serial = 1, .count = 2, .bytes = "ab"}},
        {false, {.serial = 1, .position = 1}},
        {false, {.serial = 1, .position = UINT32_MAX, .count = UINT32_MAX}},
        {true, {.serial = 1, .count = 2}},
        {true, {.serial = 1, .count = 3, .bytes = "ab"}},
        {true, {.serial = 1, .count = 0, .bytes = "a"}},
        {true, {.serial = 2, .count = 3, .bytes = "ab"}},
    };
    struct commitment commitment = {0};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        commitment_begin(&commitment, 1, broken[i].is_read);
        assert_int_equal(take(&commitment, broken[i].commit), COMMITMENT_BROKEN);
    }
    uint8_t payload[PROTOCOL_COMMIT_BYTES] = {1};
    commitment_begin(&commitment, 1, false);
    for (size_t length = 0; length < sizeof payload; length++)
        assert_int_equal(commitment_take(&commitment, payload, length), COMMITMENT_BROKEN);
    assert_int_equal(commitment_take(&commitment, payload, sizeof payload), COMMITMENT_TAKEN);
    commitment_free(&commitment);
}

static void next_message_begins_clean(void **state)
{
    (void)state;
    struct commitment commitment = {0};
    commitment_begin(&commitment, 1, true);
    take(&commitment, (struct commit){.serial = 1,
                                      .address = PROTOCOL_ADDRESS_ACK,
                                      .then = PROTOCOL_THEN_REFUSE,
                                      .reason = PROTOCOL_REASON_CLOSED,
                                      .waiting = 1,
                                      .count = 2,
                                      .bytes = "ab"});
    commitment_answer(&commitment, I2CTARGET_REQUESTED);
    commitment_begin(&commitment, 2, false);
    assert_true(commitment.is_open);
    assert_false(commitment.waiting);
    assert_int_equal(commitment.answered, 0);
    assert_int_equal(commitment.reason, PROTOCOL_REASON_NONE);
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_ADDRESSED), I2CTARGET_HOLD);
    assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_HOLD);
    commitment_free(&commitment);
}

/* A claim answers one event.  It says nothing about the next one. */
static void claim_answers_one_event(void **state)
{
    (void)state;
    struct commitment commitment = {0};
    for (int ack = 0; ack <= 1; ack++) {
        commitment_begin(&commitment, 1, false);
        commitment_answered(&commitment, I2CTARGET_ADDRESSED, ack);
        assert_int_equal(commitment_answer(&commitment, I2CTARGET_ADDRESSED),
                         ack ? I2CTARGET_ACK : I2CTARGET_NACK);
        assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_HOLD);
        commitment_answered(&commitment, I2CTARGET_RECEIVED, true);
        assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_ACK);
        assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_HOLD);
        commitment_answered(&commitment, I2CTARGET_RECEIVED, false);
        assert_int_equal(commitment_answer(&commitment, I2CTARGET_RECEIVED), I2CTARGET_NACK);
    }
    commitment_free(&commitment);
}

/* ---- the log --------------------------------------------------------------------------------- */

static void add(struct event_log *log, uint32_t serial, struct i2ctarget_event event)
{
    event_log_add(log, serial, &event);
}

static void records_are_in_order_and_bytes_share_one(void **state)
{
    (void)state;
    static const uint8_t expected[] = {
        I2CTARGET_ADDRESSED,
        0,
        0,
        1,
        7,
        0,
        0,
        0,
        0x40,
        0,
        0,
        0, /* */
        I2CTARGET_RECEIVED,
        0,
        0,
        0,
        7,
        0,
        0,
        0,
        3,
        0,
        0,
        0,
        0x11,
        0x22,
        0x33, /* */
        I2CTARGET_ENDED,
        I2CTARGET_RESTART,
        0,
        0,
        7,
        0,
        0,
        0,
        0x39,
        0x30,
        0,
        0, /* */
        I2CTARGET_ADDRESSED,
        0,
        1,
        0,
        8,
        0,
        0,
        0,
        0x41,
        0,
        0,
        0, /* */
        I2CTARGET_REQUESTED,
        0,
        0,
        0,
        8,
        0,
        0,
        0,
        2,
        0,
        0,
        0, /* */
        I2CTARGET_ENDED,
        I2CTARGET_CONTROLLER_NACK,
        0,
        0,
        8,
        0,
        0,
        0,
        2,
        0,
        0,
        0, /* */
    };
    struct event_log log = {0};
    add(&log, 7,
        (struct i2ctarget_event){.kind = I2CTARGET_ADDRESSED, .address = 0x40, .is_restart = true});
    for (unsigned i = 1; i <= 3; i++)
        add(&log, 7,
            (struct i2ctarget_event){.kind = I2CTARGET_RECEIVED, .value = (uint8_t)(0x11 * i)});
    add(&log, 7,
        (struct i2ctarget_event){
            .kind = I2CTARGET_ENDED, .value = I2CTARGET_RESTART, .moved = 12345});
    add(&log, 8,
        (struct i2ctarget_event){.kind = I2CTARGET_ADDRESSED, .address = 0x41, .is_read = true});
    add(&log, 8, (struct i2ctarget_event){.kind = I2CTARGET_REQUESTED});
    add(&log, 8, (struct i2ctarget_event){.kind = I2CTARGET_REQUESTED});
    add(&log, 8,
        (struct i2ctarget_event){
            .kind = I2CTARGET_ENDED, .value = I2CTARGET_CONTROLLER_NACK, .moved = 2});
    assert_int_equal(event_log_bytes(&log), sizeof expected);
    assert_memory_equal(log.records.bytes, expected, sizeof expected);
    event_log_free(&log);
}

static void last_event_is_taken_back(void **state)
{
    (void)state;
    static const struct i2ctarget_event addressed = {.kind = I2CTARGET_ADDRESSED, .address = 0x40},
                                        byte = {.kind = I2CTARGET_RECEIVED, .value = 0x11};
    struct event_log log = {0};
    add(&log, 1, addressed);
    add(&log, 1, byte);
    add(&log, 1, byte);
    event_log_take_back(&log);
    assert_int_equal(event_log_bytes(&log), 2 * PROTOCOL_RECORD_BYTES + 1);
    assert_int_equal(get_u32(log.records.bytes + PROTOCOL_RECORD_BYTES + 8), 1);
    event_log_take_back(&log); /* nothing is left of its record */
    assert_int_equal(event_log_bytes(&log), PROTOCOL_RECORD_BYTES);
    event_log_free(&log);
}

static void cleared_log_begins_a_new_record(void **state)
{
    (void)state;
    struct event_log log = {0};
    struct i2ctarget_event byte = {.kind = I2CTARGET_RECEIVED, .value = 0xAB};
    add(&log, 1, byte);
    event_log_clear(&log);
    assert_int_equal(event_log_bytes(&log), 0);
    add(&log, 1, byte);
    assert_int_equal(event_log_bytes(&log), PROTOCOL_RECORD_BYTES + 1);
    assert_int_equal(get_u32(log.records.bytes + 8), 1);
    event_log_free(&log);
}

static void log_never_outgrows_a_frame(void **state)
{
    (void)state;
    struct event_log log = {0};
    struct i2ctarget_event byte = {.kind = I2CTARGET_RECEIVED};
    for (unsigned i = 0; i < PROTOCOL_PAYLOAD_MAX + 100; i++)
        event_log_add(&log, 1, &byte);
    assert_true(log.has_failed);
    assert_true(event_log_bytes(&log) <= PROTOCOL_PAYLOAD_MAX - PROTOCOL_EVENTS_BYTES);
    event_log_free(&log);
    /* The largest message there can be, 42 × 8192 bytes, fits. */
    for (unsigned i = 0; i < 42 * 8192; i++)
        event_log_add(&log, 1, &byte);
    assert_false(log.has_failed);
    event_log_free(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_answered_before_it_is_committed),
        cmocka_unit_test(address_is_answered_as_committed),
        cmocka_unit_test(write_message_gets_so_many_acks),
        cmocka_unit_test(read_message_gets_its_bytes),
        cmocka_unit_test(commitment_wholly_in_the_past),
        cmocka_unit_test(other_messages_commitments_are_stale),
        cmocka_unit_test(nonsense_is_told_from_sense),
        cmocka_unit_test(next_message_begins_clean),
        cmocka_unit_test(claim_answers_one_event),
        cmocka_unit_test(records_are_in_order_and_bytes_share_one),
        cmocka_unit_test(last_event_is_taken_back),
        cmocka_unit_test(cleared_log_begins_a_new_record),
        cmocka_unit_test(log_never_outgrows_a_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
