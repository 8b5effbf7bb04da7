/* SPDX-License-Identifier: MIT */
#include "server/event_log.h"

#include <stdlib.h>

enum { KIND = 0, CAUSE = 1, IS_READ = 2, IS_RESTART = 3, SERIAL = 4, NUMBER = 8 };

static bool make_room(struct event_log *log, size_t bytes)
{
    if (log->records.end + bytes > PROTOCOL_PAYLOAD_MAX - PROTOCOL_EVENTS_BYTES ||
        !peer_buffer_reserve(&log->records, bytes))
        log->has_failed = true;
    return !log->has_failed;
}

static uint8_t *new_record(struct event_log *log, uint32_t serial, uint8_t kind)
{
    if (!make_room(log, PROTOCOL_RECORD_BYTES + 1))
        return NULL;
    log->last = log->records.end;
    log->records.end += PROTOCOL_RECORD_BYTES;
    uint8_t *record = log->records.bytes + log->last;
    memset(record, 0, PROTOCOL_RECORD_BYTES);
    record[KIND] = kind;
    put_u32(record + SERIAL, serial);
    return record;
}

/* The last record, if it can count one more event of this kind; otherwise a new one. */
static uint8_t *counting_record(struct event_log *log, uint32_t serial, uint8_t kind)
{
    if (log->records.end == 0)
        return new_record(log, serial, kind);
    const uint8_t *record = log->records.bytes + log->last;
    if (record[KIND] != kind || get_u32(record + SERIAL) != serial)
        return new_record(log, serial, kind);
    return make_room(log, 1) ? log->records.bytes + log->last : NULL;
}

static void count(struct event_log *log, uint32_t serial, const struct i2ctarget_event *event)
{
    uint8_t *record = counting_record(log, serial, event->kind);
    if (!record)
        return;
    put_u32(record + NUMBER, get_u32(record + NUMBER) + 1);
    if (event->kind == I2CTARGET_RECEIVED)
        log->records.bytes[log->records.end++] = event->value;
}

void event_log_add(struct event_log *log, uint32_t serial, const struct i2ctarget_event *event)
{
    if (event->kind == I2CTARGET_RECEIVED || event->kind == I2CTARGET_REQUESTED) {
        count(log, serial, event);
        return;
    }
    uint8_t *record = new_record(log, serial, event->kind);
    if (!record)
        return;
    if (event->kind == I2CTARGET_ENDED) {
        record[CAUSE] = event->value;
        put_u32(record + NUMBER, event->moved);
    } else {
        record[IS_READ] = event->is_read;
        record[IS_RESTART] = event->is_restart;
        put_u32(record + NUMBER, event->address | (event->is_ten_bit ? PROTOCOL_TEN_BIT : 0));
    }
}

void event_log_take_back(struct event_log *log)
{
    uint8_t *record = log->records.bytes + log->last;
    uint32_t number = get_u32(record + NUMBER) - 1;
    put_u32(record + NUMBER, number);
    log->records.end -= record[KIND] == I2CTARGET_RECEIVED;
    if (number == 0)
        log->records.end = log->last;
}

bool event_log_append(struct event_log *log, const struct event_log *more)
{
    size_t bytes = event_log_bytes(more);
    if (bytes == 0)
        return true;
    if (!make_room(log, bytes))
        return false;
    memcpy(log->records.bytes + log->records.end, more->records.bytes, bytes);
    log->last = log->records.end + more->last;
    log->records.end += bytes;
    return true;
}

bool event_log_equals(const struct event_log *log, const struct event_log *other)
{
    size_t bytes = event_log_bytes(log);
    return bytes == event_log_bytes(other) &&
           (bytes == 0 || memcmp(log->records.bytes, other->records.bytes, bytes) == 0);
}

void event_log_clear(struct event_log *log)
{
    log->records.begin = log->records.end = 0;
    log->last = 0;
}

void event_log_free(struct event_log *log)
{
    free(log->records.bytes);
    *log = (struct event_log){0};
}
