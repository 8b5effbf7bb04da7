/* SPDX-License-Identifier: MIT */
/*
 * The events that a target has not received yet: the records of an EVENTS frame, in the order in
 * which they happened.
 *
 * Consecutive bytes share one RECEIVED record, and consecutive requests for bytes share one
 * REQUESTED record: a message of 8192 bytes is three records.  The log can not grow without limit:
 * an ADDRESSED always holds the bus until the log has been sent.
 */
#ifndef SERVER_EVENT_LOG_H
#define SERVER_EVENT_LOG_H

#include <stdbool.h>

#include "server/peer.h"
#include "i2ctarget/event.h"

struct event_log {
    struct peer_buffer records;
    size_t last;     /* offset of the last record */
    bool has_failed; /* no memory, or more than a frame can carry */
};

void event_log_add(struct event_log *log, uint32_t serial, const struct i2ctarget_event *event);
/* Removes the last event, a RECEIVED or REQUESTED.  Only for an event that was not sent yet. */
void event_log_take_back(struct event_log *log);
/* Adds the records of another log.  False: there is no room for them. */
bool event_log_append(struct event_log *log, const struct event_log *more);
void event_log_clear(struct event_log *log);
void event_log_free(struct event_log *log);

/* Do both have the same records? */
bool event_log_equals(const struct event_log *log, const struct event_log *other);

static inline size_t event_log_bytes(const struct event_log *log)
{
    return log->records.end;
}

#endif
