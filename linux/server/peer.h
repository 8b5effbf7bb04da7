/* SPDX-License-Identifier: MIT */
/*
 * One connection of the bus server: frames in, frames out.  Nothing that a peer does can make the
 * server wait.
 *
 * In: received bytes wait in a buffer that grows to the largest frame seen; a frame is handed out
 * in place.  Out: a frame goes directly to the socket; what the socket does not take is queued, up
 * to a limit.  A peer that breaks the framing, or does not read, is marked `gone`, with the reason.
 * The server removes it at the end of its round, so that no pointer dangles meanwhile.
 *
 * A peer that is gone, or has something to flush, calls for a visit of the server.
 */
#ifndef SERVER_PEER_H
#define SERVER_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus/visits.h"
#include "link/protocol.h"

#define PEER_QUEUE_MAX (1024u * 1024) /* bytes that may wait for a peer that does not read */

struct peer_buffer {
    uint8_t *bytes;
    size_t capacity, begin, end;
};

struct peer {
    int fd;
    bool gone;       /* to be removed */
    bool is_ended;   /* no more bytes will arrive */
    const char *why; /* the reason, if the server dropped it; NULL: it left by itself */
    struct peer_buffer in, out;
    struct visits *visits;
    struct visit visit;
};

struct peer_frame {
    uint16_t type;
    uint32_t length;
    const uint8_t *payload; /* valid until the next peer_fill() */
};

/* The peer owns `fd` from now on.  `owner` is the visit's. */
void peer_init(struct peer *peer, int fd, struct visits *visits, void *owner);
/* Closes and frees. */
void peer_free(struct peer *peer);

/* The server is to look at it: something about it has changed. */
static inline void peer_call(struct peer *peer)
{
    visits_call(peer->visits, &peer->visit);
}

/*
 * Mark the peer gone.  `why` is a string literal; NULL: it left by itself.  Only the first reason
 * is kept.
 */
void peer_drop(struct peer *peer, const char *why);

/*
 * Read what has arrived.  Marks the peer gone after an error, and is_ended at the end of the
 * stream.
 */
void peer_fill(struct peer *peer);
/* True: *frame is the next whole frame.  False: there is none, or the peer is gone. */
bool peer_next(struct peer *peer, struct peer_frame *frame);

/*
 * Send a frame of `head` and `tail`, or queue it.  Marks the peer gone if it does not read, or if
 * writing fails.
 */
void peer_send(struct peer *peer, uint16_t type, const void *head, size_t head_bytes,
               const void *tail, size_t tail_bytes);
/*
 * Send a frame without payload, together with a descriptor, which the caller still owns.  Marks the
 * peer gone if it can not be sent at once: there is no queue for descriptors.
 */
void peer_send_descriptor(struct peer *peer, uint16_t type, int descriptor);
/* The socket takes bytes again: send what is queued. */
void peer_flush(struct peer *peer);

static inline size_t peer_queued_bytes(const struct peer *peer)
{
    return peer->out.end - peer->out.begin;
}

/* Make room for `more` bytes after `end`.  What lies before `begin` is lost.  False: no memory. */
bool peer_buffer_reserve(struct peer_buffer *buffer, size_t more);

#endif
