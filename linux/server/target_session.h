/* SPDX-License-Identifier: MIT */
/*
 * A target whose application is behind a socket.  LISTEN puts it on the bus, COMMITs give its
 * answers in advance, EVENTS tell it what happened.  ADDRESSES changes what it listens to.
 *
 *     wires ──event──► commitment ──answer──► wires        no round trip while the answer is known
 *              │            ▲
 *              ▼            │ COMMIT
 *          event log ──EVENTS──► peer                      when the bus is at rest, and there is a reason
 *
 * When a time-out takes a held event back, the peer may be about to answer it.  A claim then
 * decides for both sides (link/claim.h): either the answer counts, or the event is gone.  The peer
 * is told of the fault before all others, above all before the controller.
 *
 * A peer that accepts a call says so in the claim alone, and in its next COMMIT.  If none has come
 * after a while, the session looks into the claim.  It looks once; afterwards the peer sends.
 *
 * With a call for a write the peer may get a forecast (bus/forecast.h).  If it agrees to all of it,
 * it says so in the claim, and goes through to the next call by itself.  Its next COMMIT is about
 * that call.  The session finds this in the claim, and the bus follows.
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
    bool takes_forecasts;
    bool is_following; /* the peer has gone through the forecast; the bus is on its way there */
    struct commitment commitment;
    struct event_log log;
    struct event_log forecast; /* sent with the hold; empty: none was */
    struct claim claim;
    int claim_fd;    /* the claim's memory, for the peer; -1: it has it */
    uint8_t owed;    /* enum i2ctarget_event_kind: the event that waits for its answer, if any */
    uint32_t hold;   /* the number under which the peer was told of the event; 0: not yet told */
    uint32_t holds;  /* told so far */
    bool tell;       /* send EVENTS at the next rest */
    bool is_put_off; /* they were not sent at the last one */
};

/* NULL: there is no memory, or no descriptor for the memory that is shared with the peer. */
struct target_session *target_session_new(struct bus *bus, struct peer *peer);
/* The process is gone: takes the target off the wires. */
void target_session_free(struct target_session *session);

/* Handles LISTEN, COMMIT or ADDRESSES; any other frame drops the peer. */
void target_session_frame(struct target_session *session, const struct peer_frame *frame);

#endif
