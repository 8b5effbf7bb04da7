/* SPDX-License-Identifier: MIT */
/*
 * What the application behind a target's socket has committed itself to: the answers to the next
 * events of one message.
 *
 * The bus runs until it needs an answer that is not committed.  Then it holds.
 *
 *     byte            0   1   2   3   4   …
 *     COMMIT          position = 1, count = 3, then
 *     answers         -   A   A   A   then …     A: ACK, or the byte given
 */
#ifndef SERVER_COMMITMENT_H
#define SERVER_COMMITMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "i2ctarget/event.h"
#include "link/protocol.h"

struct commitment {
    uint32_t serial; /* of the message */
    bool is_open;    /* the message is on the bus */
    bool is_read;
    uint8_t address; /* enum protocol_address */
    uint8_t then;    /* enum protocol_then */
    uint8_t reason;  /* enum protocol_reason */
    bool waiting;
    uint32_t position, count;
    uint32_t answered; /* the number of bytes of the message that have been answered */
    uint8_t *bytes;    /* for a read message: `count` of them */
    size_t capacity;
};

enum commitment_news {
    COMMITMENT_BROKEN = -1, /* not a valid COMMIT: the peer is to be dropped */
    COMMITMENT_STALE = 0,   /* of a message that is over */
    COMMITMENT_TAKEN = 1,
};

/* A message begins.  Nothing is committed yet, not even the address.  The buffer is kept. */
void commitment_begin(struct commitment *commitment, uint32_t serial, bool is_read);

/*
 * Handles the payload of a COMMIT frame.  A COMMIT is also accepted when its message has just
 * ended: its `waiting` still matters.
 */
enum commitment_news commitment_take(struct commitment *commitment, const uint8_t *payload,
                                     size_t length);

/* The owed event was answered like this.  The COMMIT with this answer has not come yet. */
void commitment_answered(struct commitment *commitment, enum i2ctarget_event_kind kind, bool ack);

/* The call was acknowledged, and so are the first `count` bytes.  There is no COMMIT with this. */
void commitment_gone_through(struct commitment *commitment, uint32_t count);

/*
 * The answer to an event of this message; it may be I2CTARGET_HOLD.  A byte with another answer
 * than that counts as answered.
 */
int commitment_answer(struct commitment *commitment, enum i2ctarget_event_kind kind);

void commitment_free(struct commitment *commitment);

#endif
