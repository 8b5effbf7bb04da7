/* SPDX-License-Identifier: MIT */
#include "cli/replay/by_register.h"

#include <string.h>

#define NONE SIZE_MAX

static struct replay_by_register *self_of(struct i2ctarget_device *device)
{
    return (struct replay_by_register *)device;
}

/* ---- the record ------------------------------------------------------------------------------ */

static bool is_write(const struct record_message *message, uint8_t address)
{
    return message->address == address && !message->is_read && message->is_acked &&
           message->count > 0;
}

static bool is_same_write(const struct record_message *a, const struct record_message *b)
{
    return is_write(a, b->address) && a->count == b->count &&
           memcmp(a->bytes, b->bytes, a->count) == 0;
}

/* The first write with the same bytes. */
static size_t first_of(const struct record *record, size_t write)
{
    size_t first = 0;
    while (!is_same_write(&record->messages[first], &record->messages[write]))
        first++;
    return first;
}

static void note(struct replay_by_register *self, size_t index)
{
    const struct record_message *message = &self->record->messages[index];
    size_t *pointer = &self->pointers[message->address];
    if (is_write(message, message->address))
        *pointer = first_of(self->record, index);
    if (!message->is_read || !message->is_acked)
        return;
    if (*pointer == NONE)
        *pointer = self->bare[message->address] = index;
    self->notes[index].pointer = *pointer;
}

static bool is_answer(const struct replay_by_register *self, size_t index, size_t pointer)
{
    const struct record_message *message = &self->record->messages[index];
    return message->is_read && message->is_acked && self->notes[index].pointer == pointer;
}

/* The read that answers next; NONE: this pointer is never read. */
static size_t answer_of(const struct replay_by_register *self, size_t pointer)
{
    if (pointer == NONE)
        return NONE;
    size_t given = self->notes[pointer].given;
    for (size_t i = given == NONE ? pointer : given + 1; i < self->record->count; i++) {
        if (is_answer(self, i, pointer))
            return i;
    }
    return given; /* the last one repeats */
}

/* ---- what comes ------------------------------------------------------------------------------ */

static void report(struct replay_by_register *self, const struct record_message *expected,
                   enum replay_step_kind kind, bool is_refused)
{
    struct replay_mismatch mismatch = {
        .number = ++self->mismatches,
        .expected = expected,
        .byte = self->done,
        .got = {.kind = kind,
                .address = self->address,
                .is_read = self->is_read,
                .is_restart = self->is_restart,
                .count = self->done},
        .is_refused = is_refused,
    };
    memcpy(mismatch.got.bytes, self->written, sizeof mismatch.got.bytes);
    self->say_mismatch(&mismatch);
}

static bool addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct replay_by_register *self = self_of(device);
    self->address = (uint8_t)address;
    self->is_read = is_read;
    self->is_restart = is_restart;
    self->done = 0;
    self->message = is_read ? answer_of(self, self->pointers[address]) : 0;
    self->is_open = !is_read || self->message != NONE;
    if (self->is_open)
        return true;
    report(self, NULL, REPLAY_START, true);
    return false;
}

/* Does a recorded write have the bytes so far of `like`, and then this one? */
static bool begins_so(const struct replay_by_register *self, size_t index, size_t like,
                      uint8_t byte)
{
    const struct record_message *message = &self->record->messages[index];
    return is_write(message, self->address) && message->count > self->done &&
           message->bytes[self->done] == byte &&
           memcmp(message->bytes, self->record->messages[like].bytes, self->done) == 0;
}

/* A byte is refused if the first recorded write that begins so has it refused. */
static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct replay_by_register *self = self_of(device);
    size_t index = self->message;
    if (self->done < REPLAY_SHOWN_MAX)
        self->written[self->done] = byte;
    while (index < self->record->count && !begins_so(self, index, self->message, byte))
        index++;
    self->message = index < self->record->count ? index : NONE;
    bool is_acked = self->message == NONE || self->record->messages[self->message].acks[self->done];
    self->done++;
    return is_acked;
}

static int requested(struct i2ctarget_device *device)
{
    struct replay_by_register *self = self_of(device);
    const struct record_message *message = &self->record->messages[self->message];
    if (self->done < message->count)
        return message->bytes[self->done++];
    if (!record_reads_on(message))
        report(self, message, REPLAY_MORE, true);
    return I2CTARGET_RELEASE;
}

/* Does this recorded write have exactly the bytes so far? */
static bool is_written(const struct replay_by_register *self, size_t index)
{
    const struct record_message *message = &self->record->messages[index];
    return is_write(message, self->address) && message->count == self->done &&
           memcmp(message->bytes, self->record->messages[self->message].bytes, self->done) == 0;
}

static void end_write(struct replay_by_register *self)
{
    size_t index = self->message;
    if (self->done == 0)
        return;
    while (index < self->record->count && !is_written(self, index))
        index++;
    self->pointers[self->address] = index < self->record->count ? index : NONE;
    if (index >= self->record->count)
        report(self, NULL, REPLAY_WRITE, false);
}

static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct replay_by_register *self = self_of(device);
    self->is_open = false;
    if (cause == I2CTARGET_CLOSED)
        return;
    if (!self->is_read)
        end_write(self);
    else if (moved > 0)
        self->notes[self->pointers[self->address]].given = self->message;
}

/* ---- the beginning --------------------------------------------------------------------------- */

void replay_by_register_rewind(struct replay_by_register *self)
{
    memcpy(self->pointers, self->bare, sizeof self->pointers);
    for (size_t i = 0; i < self->record->count; i++)
        self->notes[i].given = NONE;
}

void replay_by_register_init(struct replay_by_register *self)
{
    static const struct i2ctarget_device_ops ops = {
        .addressed = addressed, .received = received, .requested = requested, .ended = ended};
    self->device.ops = &ops;
    for (unsigned i = 0; i < REPLAY_ADDRESSES; i++)
        self->pointers[i] = self->bare[i] = NONE;
    for (size_t i = 0; i < self->record->count; i++)
        note(self, i);
    replay_by_register_rewind(self);
}
