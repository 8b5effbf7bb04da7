/* SPDX-License-Identifier: MIT */
#include "remote/session.h"

/*
 * Bytes of a long write() that are sent at once.  The rest follows when the server asks for more.
 */
enum { AHEAD_MAX_BYTES = 256 * 1024 };
/*
 * Bytes that a device is asked for ahead: first as many as the longest SMBus block has, with its
 * count and its PEC.  Who reads more than these reads a memory.
 */
enum { FIRST_PEEK_BYTES = 34, PEEK_BYTES = 1024 };

static void raise_event(struct remote_target *self, const struct i2ctarget_event *event,
                        int *answer)
{
    self->raised = true;
    *answer = i2ctarget_raise_event(self->target, event);
}

/* The server is gone.  An open message ends, and no more events come. */
void i2ctarget_remote_lose(struct remote_target *self)
{
    if (self->lost)
        return;
    self->lost = true;
    if (!self->open)
        return;
    struct i2ctarget_commitment commitment;
    int answer;
    i2ctarget_get_commitment(self->target, &commitment);
    struct i2ctarget_event ended = {
        .kind = I2CTARGET_ENDED, .value = I2CTARGET_PORT_LOST, .moved = commitment.moved};
    self->open = false;
    raise_event(self, &ended, &answer);
}

/* ---- COMMIT ---------------------------------------------------------------------------------- */

static enum protocol_reason reason_of(const struct i2ctarget_commitment *commitment)
{
    if (commitment->then == I2CTARGET_HOLD)
        return PROTOCOL_REASON_NONE;
    return commitment->closed ? PROTOCOL_REASON_CLOSED : PROTOCOL_REASON_APPLICATION;
}

/*
 * If an answer comes too late, the hold does not change, so every later answer to it is too late as
 * well.
 */
bool i2ctarget_remote_claim(struct remote_target *self, bool ack)
{
    if (self->hold && !i2ctarget_claim_take(&self->claim, self->hold, ack ? CLAIM_ACK : CLAIM_NACK))
        return false;
    self->is_looked_for =
        self->hold && ack && i2ctarget_claim_is_looked_for(&self->claim, self->hold);
    self->hold = 0;
    return true;
}

static void send_commit(struct remote_target *self, const uint8_t head[], size_t head_bytes,
                        const struct i2ctarget_commitment *commitment)
{
    int error = i2ctarget_link_send(&self->link, PROTOCOL_COMMIT, head, head_bytes,
                                    commitment->bytes, commitment->bytes ? commitment->count : 0);
    if (error)
        i2ctarget_remote_lose(self);
}

/* Adds what a device is going to give next. */
static void peek(const struct remote_target *self, struct i2ctarget_commitment *commitment,
                 uint8_t bytes[PEEK_BYTES])
{
    size_t size = commitment->moved == 0 ? FIRST_PEEK_BYTES : PEEK_BYTES;
    size_t count = i2ctarget_device_peek(self->target, bytes, size);
    if (count == 0)
        return;
    commitment->bytes = bytes;
    commitment->count = (uint32_t)count;
}

/*
 * Sends everything that the application has committed itself to.  `answer` is the answer just given
 * to the owed event; I2CTARGET_HOLD: none was owed.  The core has already counted the answered
 * byte, but the server has not, so the commitment begins with that byte.  A forecast is out of date
 * then, because the server goes on by itself.
 */
void i2ctarget_remote_commit(struct remote_target *self, int answer)
{
    struct i2ctarget_commitment commitment;
    uint8_t head[PROTOCOL_COMMIT_BYTES + 1] = {0}, bytes[PEEK_BYTES];
    self->forecast_bytes = 0;
    i2ctarget_get_commitment(self->target, &commitment);
    peek(self, &commitment, bytes);
    if (commitment.count > AHEAD_MAX_BYTES)
        commitment.count = AHEAD_MAX_BYTES;
    bool is_byte = answer <= 0xFF;
    bool is_dealt_with = is_byte || (answer == I2CTARGET_ACK && commitment.moved > 0);
    bool is_refused = answer == I2CTARGET_NACK || answer == I2CTARGET_RELEASE;
    self->asked = commitment.waiting || (self->serving && commitment.by_device);
    put_u32(head, self->serial);
    head[4] = self->open ? PROTOCOL_ADDRESS_ACK : PROTOCOL_ADDRESS_NACK;
    head[5] =
        is_refused || commitment.then != I2CTARGET_HOLD ? PROTOCOL_THEN_REFUSE : PROTOCOL_THEN_HOLD;
    head[6] = (uint8_t)(is_refused && !commitment.closed ? PROTOCOL_REASON_APPLICATION
                                                         : reason_of(&commitment));
    head[7] = self->asked;
    put_u32(head + 8, commitment.moved - is_dealt_with);
    put_u32(head + 12, (commitment.bytes ? commitment.count : commitment.acks) + is_dealt_with);
    head[PROTOCOL_COMMIT_BYTES] = (uint8_t)answer;
    send_commit(self, head, PROTOCOL_COMMIT_BYTES + is_byte, &commitment);
}

/* ---- EVENTS ---------------------------------------------------------------------------------- */

static int play_addressed(struct remote_target *self, const uint8_t *record)
{
    struct i2ctarget_event event = {
        .kind = I2CTARGET_ADDRESSED,
        .address = (uint16_t)get_u32(record + 8),
        .is_read = record[2] != 0,
        .is_restart = record[3] != 0,
    };
    int answer;
    self->serial = get_u32(record + 4);
    self->open = true;
    raise_event(self, &event, &answer);
    self->open = answer != I2CTARGET_NACK;
    self->called = answer == I2CTARGET_HOLD;
    return answer;
}

/*
 * The request was closed, but the server had ACKs or bytes of it, and used them before it knew.  The
 * core has refused the first of these events, and expects only the end.
 */
static bool is_refused_by_close(const struct remote_target *self, int answer)
{
    if (answer != I2CTARGET_NACK && answer != I2CTARGET_RELEASE)
        return false;
    struct i2ctarget_commitment commitment;
    i2ctarget_get_commitment(self->target, &commitment);
    return commitment.closed;
}

static int play_received(struct remote_target *self, const uint8_t *bytes, uint32_t count)
{
    int answer = I2CTARGET_HOLD;
    for (uint32_t i = 0; i < count && !is_refused_by_close(self, answer); i++) {
        struct i2ctarget_event event = {.kind = I2CTARGET_RECEIVED, .value = bytes[i]};
        raise_event(self, &event, &answer);
    }
    return answer;
}

static int play_requested(struct remote_target *self, uint32_t count)
{
    struct i2ctarget_event event = {.kind = I2CTARGET_REQUESTED};
    int answer = I2CTARGET_HOLD;
    for (uint32_t i = 0; i < count && !is_refused_by_close(self, answer); i++)
        raise_event(self, &event, &answer);
    return answer;
}

static int play_ended(struct remote_target *self, const uint8_t *record)
{
    struct i2ctarget_event event = {
        .kind = I2CTARGET_ENDED, .value = record[1], .moved = get_u32(record + 8)};
    int answer;
    /* Otherwise a device's NACK came too late, and the core has finished the message. */
    if (self->open)
        raise_event(self, &event, &answer);
    self->open = false;
    self->called = false;
    return I2CTARGET_HOLD;
}

/*
 * Raises the events of one record.  Returns its length, or 0 if it is invalid.  *answer: the core's
 * answer to its (last) event.
 */
static size_t play_record(struct remote_target *self, const uint8_t *record, size_t left,
                          int *answer)
{
    if (left < PROTOCOL_RECORD_BYTES)
        return 0;
    uint32_t number = get_u32(record + 8);
    switch (record[0]) {
    case I2CTARGET_ADDRESSED:
        if (number > I2CTARGET_ADDRESS_MAX)
            return 0;
        *answer = play_addressed(self, record);
        return PROTOCOL_RECORD_BYTES;
    case I2CTARGET_RECEIVED:
        if (number > left - PROTOCOL_RECORD_BYTES)
            return 0;
        *answer = play_received(self, record + PROTOCOL_RECORD_BYTES, number);
        return PROTOCOL_RECORD_BYTES + number;
    case I2CTARGET_REQUESTED:
        *answer = play_requested(self, number);
        return PROTOCOL_RECORD_BYTES;
    case I2CTARGET_ENDED:
        *answer = play_ended(self, record);
        return PROTOCOL_RECORD_BYTES;
    default:
        return 0;
    }
}

/*
 * A byte that was given can not be taken back.  The end of the message reports how many were
 * clocked.
 */
static bool is_in_time(struct remote_target *self, int answer)
{
    return (answer != I2CTARGET_ACK && answer != I2CTARGET_NACK) ||
           i2ctarget_remote_claim(self, answer == I2CTARGET_ACK);
}

/*
 * Raises the events of all records.  `hold`: the last one waits for its answer.  Returns that answer if
 * it was given at once and is in time, so that it is to be sent; or I2CTARGET_HOLD.
 */
static int play_records(struct remote_target *self, const uint8_t *records, size_t length,
                        uint32_t hold)
{
    int answer = I2CTARGET_HOLD;
    for (size_t at = 0; at < length;) {
        size_t bytes = play_record(self, records + at, length - at, &answer);
        if (bytes == 0) {
            i2ctarget_remote_lose(self);
            return I2CTARGET_HOLD;
        }
        at += bytes;
    }
    self->hold = hold;
    return hold && is_in_time(self, answer) ? answer : I2CTARGET_HOLD;
}

/* ---- forecasts ------------------------------------------------------------------------------- */

/* It begins with RECEIVED and all of its bytes. */
static bool is_forecast(const uint8_t *records, size_t bytes)
{
    if (bytes <= PROTOCOL_RECORD_BYTES || records[0] != I2CTARGET_RECEIVED)
        return false;
    uint32_t count = get_u32(records + 8);
    return count > 0 && count <= bytes - PROTOCOL_RECORD_BYTES;
}

/* One that is longer than any is none. */
static void keep_forecast(struct remote_target *self, const uint8_t *records, size_t bytes,
                          uint32_t hold)
{
    if (hold == 0 || bytes > sizeof self->forecast)
        bytes = 0;
    memcpy(self->forecast, records, bytes);
    self->forecast_bytes = bytes;
    self->forecast_hold = hold;
}

/* The bytes of data are those of the first record, which is RECEIVED. */
static bool agrees_to_forecast(const struct remote_target *self)
{
    struct i2ctarget_commitment commitment;
    if (self->forecast_bytes == 0)
        return false;
    i2ctarget_get_commitment(self->target, &commitment);
    if (commitment.moved > 0)
        return false;
    const uint8_t *bytes = self->forecast + PROTOCOL_RECORD_BYTES;
    uint32_t count = get_u32(self->forecast + 8);
    if (commitment.by_device)
        return i2ctarget_device_accepts(self->target, bytes, count);
    return commitment.waiting && commitment.acks >= count;
}

/*
 * The server knows by the claim alone that we have gone to the next call.  *answer becomes the answer
 * to that one.
 */
static bool go_through(struct remote_target *self, int *answer)
{
    if (!agrees_to_forecast(self) || !i2ctarget_claim_go_through(&self->claim, self->forecast_hold))
        return false;
    size_t bytes = self->forecast_bytes;
    self->forecast_bytes = 0;
    *answer = play_records(self, self->forecast, bytes, i2ctarget_claim_next(self->forecast_hold));
    return true;
}

/* Tells the server how we go on, as far as it can not know. */
static void go_on(struct remote_target *self, int answer)
{
    if (!go_through(self, &answer) || answer != I2CTARGET_HOLD)
        i2ctarget_remote_commit(self, answer);
}

/* ---- frames ---------------------------------------------------------------------------------- */

/* An EVENTS whose forecast, if it has one, is at its end. */
static bool is_sound(const struct link_frame *frame)
{
    if (frame->type != PROTOCOL_EVENTS || frame->length < PROTOCOL_EVENTS_BYTES)
        return false;
    size_t bytes = get_u32(frame->payload + 16);
    return bytes <= frame->length - PROTOCOL_EVENTS_BYTES &&
           (bytes == 0 || is_forecast(frame->payload + frame->length - bytes, bytes));
}

void i2ctarget_remote_play(struct remote_target *self, const struct link_frame *frame)
{
    if (!is_sound(frame)) {
        i2ctarget_remote_lose(self);
        return;
    }
    const uint8_t *records = frame->payload + PROTOCOL_EVENTS_BYTES;
    uint32_t hold = get_u32(frame->payload + 12);
    size_t forecast_bytes = get_u32(frame->payload + 16);
    size_t bytes = frame->length - PROTOCOL_EVENTS_BYTES - forecast_bytes;
    self->asked = false;
    self->glitches = get_u32(frame->payload);
    self->stretches = get_u32(frame->payload + 4);
    self->longest_stretch_us = get_u32(frame->payload + 8);
    self->hold = 0;
    keep_forecast(self, records + bytes, forecast_bytes, hold);
    int answer = play_records(self, records, bytes, hold);
    if (answer != I2CTARGET_HOLD)
        go_on(self, answer);
}

void i2ctarget_remote_ask(struct remote_target *self)
{
    struct i2ctarget_commitment commitment;
    if (!self->open || self->asked)
        return;
    i2ctarget_get_commitment(self->target, &commitment);
    if (commitment.waiting || commitment.by_device)
        go_on(self, I2CTARGET_HOLD);
}
