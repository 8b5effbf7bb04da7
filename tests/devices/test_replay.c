/* SPDX-License-Identifier: MIT */
/* Devices that answer from a record: in its order (strict), or by what was written last. */
#include <stdlib.h>

#include "cli/replay/by_register.h"
#include "cli/replay/strict.h"
#include "devices/stage.h"
#include "support/rig.h"

enum { AT = 0x50, OTHER = 0x48, MESSAGES_MAX = 24, BYTES_MAX = 8 };

static struct record_message messages[MESSAGES_MAX];
static uint8_t bytes_of[MESSAGES_MAX][BYTES_MAX];
static bool acks_of[MESSAGES_MAX][BYTES_MAX];
static struct record record;
static struct replay_note notes[MESSAGES_MAX];
static struct replay_strict strict;
static struct replay_by_register by_register;
static struct replay_mismatch last;
static unsigned mismatches, ends;

static void say_mismatch(const struct replay_mismatch *mismatch)
{
    last = *mismatch;
    mismatches++;
}

static void say_end(const struct replay_strict *self)
{
    assert_ptr_equal(self, &strict);
    ends++;
}

/* ---- the record ------------------------------------------------------------------------------ */

static void forget_record(void)
{
    record = (struct record){.messages = messages};
    mismatches = ends = 0;
    last = (struct replay_mismatch){0};
}

static struct record_message *add(uint8_t address, bool is_read, bool is_restart,
                                  const uint8_t *bytes, unsigned count)
{
    size_t index = record.count++;
    struct record_message *message = &messages[index];
    *message = (struct record_message){
        .transfer = index == 0 ? 1 : messages[index - 1].transfer + !is_restart,
        .address = address,
        .is_read = is_read,
        .is_restart = is_restart,
        .is_acked = true,
        .count = count,
        .bytes = bytes_of[index],
        .acks = acks_of[index],
    };
    if (count > 0)
        memcpy(message->bytes, bytes, count);
    for (unsigned i = 0; i < count; i++)
        message->acks[i] = !is_read || i + 1 < count; /* the controller ends a read with NACK */
    return message;
}

#define RECORDED_WRITE(...) add(AT, false, false, BYTES(__VA_ARGS__))
#define RECORDED_READ(...) add(AT, true, false, BYTES(__VA_ARGS__))
#define RECORDED_READ_ON(...) add(AT, true, true, BYTES(__VA_ARGS__))

static void present_strict(void **state, bool loops)
{
    strict = (struct replay_strict){
        .record = &record, .loops = loops, .say_mismatch = say_mismatch, .say_end = say_end};
    replay_strict_init(&strict);
    if (state)
        put_on_stage_at(state, &strict.device, (const uint8_t[]){AT, OTHER}, 2);
}

static void present_by_register(void **state)
{
    by_register = (struct replay_by_register){
        .record = &record, .notes = notes, .say_mismatch = say_mismatch};
    replay_by_register_init(&by_register);
    put_on_stage_at(state, &by_register.device, (const uint8_t[]){AT, OTHER}, 2);
}

static void assert_transfers(uint64_t expected, uint64_t next)
{
    assert_int_equal(last.expected->transfer, expected);
    assert_int_equal(last.next->transfer, next);
}

/* ---- strict ---------------------------------------------------------------------------------- */

static void record_session(void)
{
    forget_record();
    RECORDED_WRITE(0x10, 1, 2);                       /* 1 */
    add(AT, false, false, NULL, 0)->is_acked = false; /* 2: busy */
    RECORDED_WRITE(0x10);                             /* 3 */
    RECORDED_READ_ON(1, 2);
    add(OTHER, true, false, BYTES(0x19)); /* 4 */
    RECORDED_WRITE(0x20, 0x55);           /* 5 */
    RECORDED_WRITE(0x20);                 /* 6 */
    RECORDED_READ_ON(0x55, 0x56, 0x57);
}

static void play_session(void)
{
    uint8_t got[3];
    assert_int_equal(WRITE(AT, 0x10, 1, 2), 3);
    assert_int_equal(WRITE(AT, 0x10), STAGE_NOBODY);
    ASSERT_FETCHED(AT, 0x10, 1, 2);
    ASSERT_READ(OTHER, 0x19);
    assert_int_equal(WRITE(AT, 0x20, 0x55), 2);
    assert_true(FETCH(AT, got, 3, 0x20));
    assert_memory_equal(got, ((uint8_t[]){0x55, 0x56, 0x57}), 3);
}

static void what_was_recorded_is_answered(void **state)
{
    record_session();
    present_strict(state, false);
    play_session();
    assert_int_equal(mismatches, 0);
    assert_int_equal(ends, 1);
    assert_int_equal(strict.begin, record.count);
}

static void behind_the_end_all_is_refused(void **state)
{
    record_session();
    present_strict(state, false);
    play_session();
    assert_int_equal(WRITE(AT, 0x10), STAGE_NOBODY);
    assert_int_equal(mismatches, 1);
    assert_null(last.expected);
    assert_true(last.is_refused);
    replay_strict_rewind(&strict);
    play_session();
    assert_int_equal(mismatches, 1);
    assert_int_equal(ends, 2);
}

static void a_loop_begins_anew(void **state)
{
    record_session();
    present_strict(state, true);
    play_session();
    play_session();
    assert_int_equal(mismatches, 0);
    assert_int_equal(ends, 2);
    assert_int_equal(strict.begin, 0);
}

static void a_wrong_byte_is_refused_and_may_be_sent_again(void **state)
{
    record_session();
    present_strict(state, false);
    assert_int_equal(WRITE(AT, 0x10, 7, 2), 1);
    assert_int_equal(mismatches, 1);
    assert_transfers(1, 1);
    assert_int_equal(last.byte, 1);
    assert_int_equal(last.got.byte, 7);
    assert_true(last.is_refused);
    play_session();
    assert_int_equal(mismatches, 1);
}

static void what_is_left_out_is_skipped(void **state)
{
    record_session();
    present_strict(state, false);
    assert_int_equal(WRITE(AT, 0x20, 0x55), 2); /* 0x20 is in transfer 5 */
    assert_int_equal(mismatches, 1);
    assert_transfers(1, 5);
    assert_false(last.is_refused);
    ASSERT_FETCHED(AT, 0x20, 0x55, 0x56, 0x57);
    assert_int_equal(mismatches, 1);
    assert_int_equal(ends, 1);
}

static void a_write_that_ends_early_waits(void **state)
{
    record_session();
    present_strict(state, false);
    assert_int_equal(WRITE(AT, 0x10, 1), 2);
    assert_int_equal(mismatches, 1);
    assert_int_equal(last.got.kind, REPLAY_END);
    assert_transfers(1, 1);
    play_session();
    assert_int_equal(mismatches, 1);
}

static void a_shorter_read_is_a_mismatch(void **state)
{
    forget_record();
    RECORDED_READ(1, 2, 3);
    RECORDED_READ(1, 9);
    present_strict(state, false);
    ASSERT_READ(AT, 1);
    assert_int_equal(last.got.kind, REPLAY_END);
    assert_int_equal(last.got.count, 1);
    assert_transfers(1, 1);
    ASSERT_READ(AT, 1, 2); /* not transfer 2: there the second byte is another one */
    assert_int_equal(mismatches, 2);
    ASSERT_READ(AT, 1, 2, 3);
    ASSERT_READ(AT, 1, 9);
    assert_int_equal(mismatches, 2);
    assert_int_equal(ends, 1);
}

static void a_longer_read_is_a_mismatch(void **state)
{
    forget_record();
    RECORDED_READ(1, 2);
    present_strict(state, false);
    ASSERT_READ(AT, 1, 2, 0xFF);
    assert_int_equal(mismatches, 1);
    assert_int_equal(last.got.kind, REPLAY_MORE);
    ASSERT_READ(AT, 1, 2);
    assert_int_equal(mismatches, 1);
    assert_int_equal(ends, 1);
}

static void a_longer_read_goes_on_where_it_was_recorded(void **state)
{
    forget_record();
    RECORDED_READ(1, 2);
    RECORDED_READ(1, 7, 3);
    RECORDED_READ(1, 2, 3);
    present_strict(state, false);
    ASSERT_READ(AT, 1, 2, 3);
    assert_int_equal(mismatches, 1);
    assert_transfers(1, 3);
    assert_int_equal(ends, 1);
}

/* A controller may ask for one byte more, and stop nevertheless. */
static void a_read_without_nack_is_as_recorded(void **state)
{
    forget_record();
    RECORDED_READ(1, 2)->acks[1] = true;
    present_strict(state, false);
    assert_true(strict.device.ops->addressed(&strict.device, AT, true, false));
    assert_int_equal(strict.device.ops->requested(&strict.device), 1);
    assert_int_equal(strict.device.ops->requested(&strict.device), 2);
    assert_int_equal(strict.device.ops->requested(&strict.device), I2CTARGET_RELEASE);
    strict.device.ops->ended(&strict.device, I2CTARGET_STOP, 2);
    assert_int_equal(mismatches, 0);
    assert_int_equal(ends, 1);
}

static void a_stop_instead_of_a_repeated_start(void **state)
{
    record_session();
    present_strict(state, false);
    assert_int_equal(WRITE(AT, 0x10, 1, 2), 3);
    assert_int_equal(WRITE(AT, 0x10), STAGE_NOBODY);
    assert_int_equal(WRITE(AT, 0x10), 1);
    uint8_t got[2];
    assert_int_equal(stage_read(AT, got, 2), STAGE_NOBODY);
    assert_int_equal(mismatches, 1);
    assert_true(last.expected->is_restart);
    assert_false(last.got.is_restart);
    assert_transfers(3, 3);
    ASSERT_FETCHED(AT, 0x10, 1, 2); /* it begins the transfer again */
    assert_int_equal(mismatches, 1);
}

/* A controller that ignores the NACK goes on with a repeated START. */
static void the_rest_of_a_refused_transfer_is_not_told(void **state)
{
    record_session();
    present_strict(state, false);
    const struct i2ctarget_device_ops *ops = strict.device.ops;
    assert_true(ops->addressed(&strict.device, AT, false, false));
    assert_false(ops->received(&strict.device, 0x99));
    ops->ended(&strict.device, I2CTARGET_RESTART, 0);
    assert_false(ops->addressed(&strict.device, AT, true, true));
    assert_false(ops->addressed(&strict.device, AT, false, true));
    assert_int_equal(mismatches, 1);
    play_session();
    assert_int_equal(mismatches, 1);
}

static void a_recorded_refusal_is_given(void **state)
{
    forget_record();
    RECORDED_WRITE(0x10, 1, 2)->acks[2] = false;
    present_strict(state, false);
    assert_int_equal(WRITE(AT, 0x10, 1, 2), 2);
    assert_int_equal(mismatches, 0);
    assert_int_equal(ends, 1);
}

/* Another target had the first message of the transfer. */
static void a_record_that_begins_with_a_repeated_start(void **state)
{
    forget_record();
    add(AT, true, true, BYTES(5));
    present_strict(state, false);
    uint8_t got[1];
    assert_int_equal(stage_read(AT, got, 1), STAGE_NOBODY);
    assert_int_equal(mismatches, 1);
    assert_true(strict.device.ops->addressed(&strict.device, AT, true, true));
    assert_int_equal(strict.device.ops->requested(&strict.device), 5);
    strict.device.ops->ended(&strict.device, I2CTARGET_STOP, 1);
    assert_int_equal(mismatches, 1);
    assert_int_equal(ends, 1);
}

static void the_end_of_the_target_is_no_mismatch(void **state)
{
    record_session();
    present_strict(NULL, false);
    (void)state;
    assert_true(strict.device.ops->addressed(&strict.device, AT, false, false));
    strict.device.ops->ended(&strict.device, I2CTARGET_CLOSED, 0);
    assert_int_equal(mismatches, 0);
}

/* ---- strict, at random ----------------------------------------------------------------------- */

static unsigned draw(unsigned limit)
{
    return (unsigned)rand() % limit;
}

/* Few values, so that transfers are alike. */
static void record_random(void)
{
    uint8_t bytes[BYTES_MAX];
    forget_record();
    while (record.count < 2 + draw(MESSAGES_MAX - 2)) {
        unsigned count = draw(5);
        for (unsigned i = 0; i < count; i++)
            bytes[i] = (uint8_t)draw(2);
        bool is_read = count > 0 && draw(2);
        struct record_message *message =
            add(AT, is_read, record.count > 0 && draw(3) == 0, bytes, count);
        if (draw(8) == 0) {
            message->is_acked = false;
            message->count = 0;
        } else if (!is_read && count > 0 && draw(8) == 0) {
            message->acks[count - 1] = false;
        }
    }
}

/* One recorded message with bare events.  `bend`: which of its steps is another one; -1: none. */
static void play(const struct record_message *message, int bend)
{
    struct i2ctarget_device *device = &strict.device;
    uint32_t moved = 0;
    if (device->ops->addressed(device, message->address, message->is_read ^ (bend == 0),
                               message->is_restart) != message->is_acked)
        assert_true(bend >= 0 || mismatches > 0);
    else if (message->is_acked && bend != 0) {
        for (int i = 0; i < (int)message->count; i++) {
            if (message->is_read) {
                int byte = device->ops->requested(device);
                assert_true(mismatches > 0 || byte == message->bytes[i]);
            } else if (device->ops->received(device, message->bytes[i] ^ (bend == i + 1)) !=
                       message->acks[i]) {
                assert_int_not_equal(mismatches, 0);
                break;
            }
            moved++;
        }
        device->ops->ended(device, I2CTARGET_STOP, moved);
    }
}

static void any_record_is_answered(void **state)
{
    (void)state;
    srand(7);
    for (unsigned round = 0; round < 3000; round++) {
        record_random();
        present_strict(NULL, false);
        for (size_t i = 0; i < record.count; i++)
            play(&messages[i], -1);
        assert_int_equal(mismatches, 0);
        assert_int_equal(ends, 1);
    }
}

static void any_change_is_told_and_harms_nothing(void **state)
{
    (void)state;
    srand(8);
    for (unsigned round = 0; round < 3000; round++) {
        record_random();
        present_strict(NULL, false);
        size_t bent = draw((unsigned)record.count);
        int steps = messages[bent].is_read ? 1 : 1 + (int)messages[bent].count;
        for (size_t i = 0; i < bent; i++)
            play(&messages[i], -1);
        assert_int_equal(mismatches, 0);
        play(&messages[bent], (int)draw((unsigned)steps));
        assert_true(mismatches > 0);
        replay_strict_rewind(&strict);
        unsigned before = mismatches;
        ends = 0;
        for (size_t i = 0; i < record.count; i++)
            play(&messages[i], -1);
        assert_int_equal(mismatches, before);
        assert_int_equal(ends, 1);
    }
}

/* ---- by register ----------------------------------------------------------------------------- */

static void record_registers(void)
{
    forget_record();
    RECORDED_READ(0xA0); /* in front of any pointer */
    RECORDED_READ(0xA1);
    RECORDED_WRITE(0x01, 0x60);
    RECORDED_WRITE(0x00);
    RECORDED_READ_ON(0x19, 0x00);
    RECORDED_WRITE(0x05);
    RECORDED_READ_ON(0x55);
    RECORDED_WRITE(0x00);
    RECORDED_READ(0x1A, 0x80);
    add(OTHER, false, false, BYTES(0x00));
    add(OTHER, true, true, BYTES(0x77));
    RECORDED_WRITE(0x09, 0x08, 0x07)->acks[1] = false;
}

static void the_pointer_chooses_the_answer(void **state)
{
    record_registers();
    present_by_register(state);
    ASSERT_FETCHED(AT, 0x05, 0x55);
    ASSERT_FETCHED(AT, 0x00, 0x19, 0x00);
    ASSERT_READ(AT, 0x1A, 0x80);
    ASSERT_FETCHED(AT, 0x05, 0x55);
    ASSERT_FETCHED(AT, 0x00, 0x1A, 0x80); /* the last one repeats */
    ASSERT_FETCHED(OTHER, 0x00, 0x77);
    ASSERT_FETCHED(AT, 0x00, 0x1A);
    assert_int_equal(WRITE(AT, 0x01, 0x60), 2);
    assert_int_equal(mismatches, 0);
    replay_by_register_rewind(&by_register);
    ASSERT_READ(AT, 0xA0);
    ASSERT_FETCHED(AT, 0x00, 0x19, 0x00);
}

static void in_front_of_any_pointer(void **state)
{
    record_registers();
    present_by_register(state);
    ASSERT_READ(AT, 0xA0);
    ASSERT_READ(AT, 0xA1);
    ASSERT_READ(AT, 0xA1);
    assert_int_equal(mismatches, 0);
    uint8_t got[1];
    assert_int_equal(stage_read(OTHER, got, 1), STAGE_NOBODY);
    assert_int_equal(mismatches, 1);
    assert_int_equal(last.got.kind, REPLAY_START);
}

static void an_unknown_write_is_told(void **state)
{
    uint8_t got[1];
    record_registers();
    present_by_register(state);
    assert_int_equal(WRITE(AT, 0x01, 0x61), 2);
    assert_int_equal(mismatches, 1);
    assert_int_equal(last.got.kind, REPLAY_WRITE);
    assert_int_equal(last.got.count, 2);
    assert_memory_equal(last.got.bytes, ((uint8_t[]){0x01, 0x61}), 2);
    assert_int_equal(stage_read(AT, got, 1), STAGE_NOBODY);
    assert_int_equal(mismatches, 2);
    assert_true(last.is_refused);
    assert_int_equal(WRITE(AT, 0x01), 1); /* only the beginning of a recorded one */
    assert_int_equal(mismatches, 3);
    ASSERT_FETCHED(AT, 0x05, 0x55);
    assert_int_equal(mismatches, 3);
}

static void a_long_unknown_write_is_told(void **state)
{
    uint8_t bytes[40] = {0x01, 0x60};
    record_registers();
    present_by_register(state);
    assert_int_equal(stage_write(AT, bytes, sizeof bytes), (int)sizeof bytes);
    assert_int_equal(mismatches, 1);
    assert_int_equal(last.got.count, sizeof bytes);
    assert_memory_equal(last.got.bytes, bytes, REPLAY_SHOWN_MAX);
}

static void reads_beyond_the_record_are_told(void **state)
{
    record_registers();
    present_by_register(state);
    ASSERT_FETCHED(AT, 0x05, 0x55, 0xFF, 0xFF);
    assert_int_equal(mismatches, 1);
    assert_int_equal(last.got.kind, REPLAY_MORE);
    assert_int_equal(last.expected->bytes[0], 0x55);
}

static void a_probe_changes_nothing(void **state)
{
    record_registers();
    present_by_register(state);
    assert_int_equal(WRITE(AT, 0x05), 1);
    assert_int_equal(stage_write(AT, NULL, 0), 0);
    ASSERT_READ(AT, 0x55);
    assert_int_equal(mismatches, 0);
}

static void a_byte_is_refused_as_recorded(void **state)
{
    record_registers();
    present_by_register(state);
    assert_int_equal(WRITE(AT, 0x09, 0x08, 0x07), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGES(what_was_recorded_is_answered),
        ON_STAGES(behind_the_end_all_is_refused),
        ON_STAGES(a_loop_begins_anew),
        ON_STAGES(a_wrong_byte_is_refused_and_may_be_sent_again),
        ON_STAGES(what_is_left_out_is_skipped),
        ON_STAGES(a_write_that_ends_early_waits),
        ON_STAGES(a_shorter_read_is_a_mismatch),
        ON_STAGES(a_longer_read_is_a_mismatch),
        ON_STAGES(a_longer_read_goes_on_where_it_was_recorded),
        ON_STAGE(a_read_without_nack_is_as_recorded, events),
        ON_STAGES(a_stop_instead_of_a_repeated_start),
        ON_STAGE(the_rest_of_a_refused_transfer_is_not_told, events),
        ON_STAGES(a_recorded_refusal_is_given),
        ON_STAGE(a_record_that_begins_with_a_repeated_start, events),
        cmocka_unit_test(the_end_of_the_target_is_no_mismatch),
        cmocka_unit_test(any_record_is_answered),
        cmocka_unit_test(any_change_is_told_and_harms_nothing),
        ON_STAGES(the_pointer_chooses_the_answer),
        ON_STAGES(in_front_of_any_pointer),
        ON_STAGES(an_unknown_write_is_told),
        ON_STAGES(a_long_unknown_write_is_told),
        ON_STAGES(reads_beyond_the_record_are_told),
        ON_STAGES(a_probe_changes_nothing),
        ON_STAGES(a_byte_is_refused_as_recorded),
    };
    return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
