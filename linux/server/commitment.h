/* SPDX-License-Identifier: MIT */
/*
 * What the application behind a target's socket has committed itself to: the answers to the coming
 * events of one message.
 *
 * The bus runs on with it until it needs an answer that nobody has committed: then it holds.
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
    uint32_t answered; /* bytes of the message that have their answer */
    uint8_t *bytes;    /* a read message: `count` of them */
    size_t capacity;
};

enum commitment_news {
    COMMITMENT_BROKEN = -1, /* not a COMMIT: the peer is to be dropped */
    COMMITMENT_STALE = 0,   /* of a message that is over and done with */
    COMMITMENT_TAKEN = 1,
};

/* A message begins: nothing is committed yet, the address included.  The buffer is kept. */
void commitment_begin(struct commitment *commitment, uint32_t serial, bool is_read);

/*
 * A COMMIT frame's payload.  Taken also when its message has just ended: its `waiting` still
 * matters.
 */
enum commitment_news commitment_take(struct commitment *commitment, const uint8_t *payload,
                                     size_t length);

/*
 * The owed event has been answered like this, though the COMMIT that says so has not come yet.
 */
void commitment_answered(struct commitment *commitment, enum i2ctarget_event_kind kind, bool ack);

/*
 * The answer to an event of this message, I2CTARGET_HOLD included.  A byte that got another answer
 * than that is counted.
 */
int commitment_answer(struct commitment *commitment, enum i2ctarget_event_kind kind);

void commitment_free(struct commitment *commitment);

#endif
