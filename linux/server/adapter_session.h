/* SPDX-License-Identifier: MIT */
/*
 * An adapter's connection: a controller that makes its transfers message by message, because
 * whoever it works for does so.
 *
 *     STEP (a message: begins, goes on with, ends a transfer) ──►        ◄── STEPPED, one each
 *     GIVE_UP (nobody waits for it any more) ──►
 *
 * From one message to the next the transfer is open (bus/bus.h): the bus is its own until the last
 * message, a refusal, GIVE_UP, or until nothing has come for two seconds.
 */
#ifndef SERVER_ADAPTER_SESSION_H
#define SERVER_ADAPTER_SESSION_H

#include "server/controller_session.h"

struct adapter_session;

/* NULL: no memory. */
struct adapter_session *adapter_session_new(struct controller_context *context, struct peer *peer);
void adapter_session_free(struct adapter_session *session);
/* STEP or GIVE_UP; anything else drops the peer.  Not while it is busy. */
void adapter_session_frame(struct adapter_session *session, const struct peer_frame *frame);
/* A transfer is being ended: what follows has to wait for that. */
bool adapter_session_is_busy(const struct adapter_session *session);

#endif
