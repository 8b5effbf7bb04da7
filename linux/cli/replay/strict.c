/* SPDX-License-Identifier: MIT */
#include "cli/replay/strict.h"

#include <string.h>

static struct replay_strict *self_of(struct i2ctarget_device *device)
{
    return (struct replay_strict *)device;
}

static const struct record_message *message_at(const struct replay_strict *self, size_t index)
{
    return index < self->record->count ? &self->record->messages[index] : NULL;
}

/* ---- what the record has --------------------------------------------------------------------- */

static bool is_start_of(const struct record_message *message, const struct replay_step *step)
{
    return message->address == step->address && message->is_read == step->is_read &&
           message->is_restart == step->is_restart;
}

/* May the step follow on `done` bytes of the message? */
static bool fits(const struct record_message *message, uint32_t done,
                 const struct replay_step *step)
{
    switch (step->kind) {
    case REPLAY_START:
        return is_start_of(message, step);
    case REPLAY_BYTE:
        return done < message->count && message->bytes[done] == step->byte;
    case REPLAY_MORE:
        return done < message->count || record_reads_on(message);
    default:
        return done == message->count;
    }
}

/* Do both messages begin with the same `count` bytes, and the same answers to them? */
static bool is_same(const struct record_message *a, const struct record_message *b, uint32_t count)
{
    return a->address == b->address && a->is_read == b->is_read && a->is_restart == b->is_restart &&
           a->is_acked == b->is_acked && a->count >= count && b->count >= count &&
           memcmp(a->bytes, b->bytes, count) == 0 &&
           (a->is_read || memcmp(a->acks, b->acks, count * sizeof *a->acks) == 0);
}

/* ---- a mismatch ------------------------------------------------------------------------------ */

/* Could this transfer be the one of which the controller has made `messages`, and then the step? */
static bool is_candidate(const struct replay_strict *self, size_t begin, size_t messages,
                         const struct replay_step *step)
{
    for (size_t i = 0; i <= messages; i++) {
        const struct record_message *message = message_at(self, begin + i);
        if (!message || (i > 0 && record_begins_transfer(self->record, begin + i)))
            return false;
        if (i == messages && step->kind == REPLAY_START)
            break;
        const struct record_message *expected = message_at(self, self->begin + i);
        uint32_t count = i < messages ? expected->count : self->done;
        if (!is_same(message, expected, count) || (i < messages && message->count != count))
            return false;
    }
    return fits(message_at(self, begin + messages), self->done, step);
}

static size_t next_transfer(const struct replay_strict *self, size_t begin)
{
    do
        begin++;
    while (!record_begins_transfer(self->record, begin));
    return begin;
}

/* Go to the transfer that fits.  False: there is none. */
static bool find(struct replay_strict *self, const struct replay_step *step)
{
    bool is_new = step->kind == REPLAY_START && !step->is_restart;
    size_t messages = is_new ? 0 : self->message - self->begin, begin = self->begin;
    if (begin >= self->record->count)
        return false;
    if (messages == self->message - self->begin)
        begin = next_transfer(self, begin); /* the expected one does not fit */
    while (begin < self->record->count && !is_candidate(self, begin, messages, step))
        begin = next_transfer(self, begin);
    if (begin >= self->record->count)
        return false;
    self->begin = begin;
    self->message = begin + messages;
    return true;
}

/* Does the controller do what the record has, or has later?  False: it is refused. */
static bool take(struct replay_strict *self, const struct replay_step *step)
{
    const struct record_message *expected = message_at(self, self->message);
    if (expected && fits(expected, self->done, step))
        return true;
    struct replay_mismatch mismatch = {
        .number = ++self->mismatches, .expected = expected, .byte = self->done, .got = *step};
    self->is_refused = mismatch.is_refused = !find(self, step);
    if (self->is_refused) {
        self->message = self->begin;
        self->done = 0;
    }
    mismatch.next = message_at(self, self->message);
    self->say_mismatch(&mismatch);
    return !self->is_refused;
}

/* ---- the device ------------------------------------------------------------------------------ */

static void end_message(struct replay_strict *self)
{
    self->message++;
    self->done = 0;
    if (!record_begins_transfer(self->record, self->message))
        return;
    self->begin = self->message;
    if (self->begin < self->record->count)
        return;
    self->say_end(self);
    if (self->loops)
        replay_strict_rewind(self);
}

/* After a refusal, the other messages of the transfer are refused without a word. */
static bool is_rest_of_refused(const struct replay_strict *self, bool is_restart)
{
    const struct record_message *expected = message_at(self, self->message);
    return self->is_refused && is_restart && !(expected && expected->is_restart);
}

static bool addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct replay_strict *self = self_of(device);
    const struct replay_step step = {
        .kind = REPLAY_START,
        .address = (uint8_t)address,
        .is_read = is_read,
        .is_restart = is_restart,
    };
    if (is_rest_of_refused(self, is_restart))
        return false;
    self->is_refused = false;
    self->done = 0;
    if (!take(self, &step))
        return false;
    bool is_acked = message_at(self, self->message)->is_acked;
    if (!is_acked)
        end_message(self);
    self->is_open = is_acked;
    return is_acked;
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct replay_strict *self = self_of(device);
    const struct replay_step step = {.kind = REPLAY_BYTE, .byte = byte};
    return take(self, &step) && message_at(self, self->message)->acks[self->done++];
}

static int requested(struct i2ctarget_device *device)
{
    struct replay_strict *self = self_of(device);
    const struct replay_step step = {.kind = REPLAY_MORE, .count = self->done};
    if (self->is_refused || !take(self, &step))
        return I2CTARGET_RELEASE;
    const struct record_message *message = message_at(self, self->message);
    return self->done < message->count ? message->bytes[self->done++] : I2CTARGET_RELEASE;
}

static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct replay_strict *self = self_of(device);
    self->is_open = false;
    if (self->is_refused || cause == I2CTARGET_CLOSED)
        return;
    if (message_at(self, self->message)->is_read)
        self->done = moved;
    const struct replay_step step = {.kind = REPLAY_END, .count = self->done};
    if (take(self, &step))
        end_message(self);
}

void replay_strict_rewind(struct replay_strict *self)
{
    self->begin = self->message = 0;
    self->done = 0;
}

void replay_strict_init(struct replay_strict *self)
{
    static const struct i2ctarget_device_ops ops = {
        .addressed = addressed, .received = received, .requested = requested, .ended = ended};
    self->device.ops = &ops;
    replay_strict_rewind(self);
}
