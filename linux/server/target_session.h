/* SPDX-License-Identifier: MIT */
/*
 * A target whose application sits behind a socket: LISTEN puts it on the bus, COMMITs give its
 * answers ahead, EVENTS tell it what happened.
 *
 *     wires ──event──► commitment ──answer──► wires        no round trip while the answer is known
 *              │            ▲
 *              ▼            │ COMMIT
 *          event log ──EVENTS──► peer                      when the bus rests, and there is reason
 *
 * When a held event is taken back, by a time-out, the peer may be about to answer it.  Then the two
 * are in one order for everybody (link/claim.h): either the answer counts, or the event is gone.
 * And the peer is told of the fault before anybody else is, the controller above all.
 */
#ifndef SERVER_TARGET_SESSION_H
#define SERVER_TARGET_SESSION_H

#include "bus/bus.h"
#include "server/commitment.h"
#include "server/event_log.h"
#include "server/peer.h"
#include "link/claim.h"

struct target_session {
    struct bus_target target; /* first member */
    struct bus *bus;
    struct peer *peer;
    bool is_listening;
    struct commitment commitment;
    struct event_log log;
    struct claim claim;
    uint8_t owed;    /* enum i2ctarget_event_kind: which event waits for its answer, if any */
    uint32_t hold;   /* the peer was told of it, under this number; 0: not yet */
    uint32_t holds;  /* told so far */
    bool tell;       /* at the next rest */
    bool is_put_off; /* it was not told at the last one */
};

struct target_session *target_session_new(struct bus *bus, struct peer *peer);
/* Its process is gone: off the wires. */
void target_session_free(struct target_session *session);

/* LISTEN or COMMIT; anything else drops the peer. */
void target_session_frame(struct target_session *session, const struct peer_frame *frame);

#endif
