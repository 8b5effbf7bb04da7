/* SPDX-License-Identifier: MIT */
/*
 * One connection of the bus server: frames in, frames out, and nothing that a peer does can make
 * the server wait.
 *
 * In: what arrived waits in a buffer that grows to the largest frame seen; frames are handed out in
 * place.  Out: a frame goes straight to the socket; only what the socket does not take is queued,
 * up to a limit.  Whoever breaks the framing, or does not read, is marked `gone` with the reason;
 * the server takes it away at the end of its round, so that nobody holds a dangling pointer
 * meanwhile.
 */
#ifndef SERVER_PEER_H
#define SERVER_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link/protocol.h"

#define PEER_QUEUE_MAX (1024u * 1024) /* bytes that may wait for a peer that does not read */

struct peer_buffer {
    uint8_t *bytes;
    size_t capacity, begin, end;
};

struct peer {
    int fd;
    bool gone;             /* to be taken away */
    bool is_ended;         /* nothing more will come in */
    const char *why;       /* gone, and not of its own will: what it did */
    bool takes_descriptor; /* one may come in with the bytes: for a stranger's HELLO */
    int descriptor;        /* it, the peer's; -1: none */
    struct peer_buffer in, out;
};

struct peer_frame {
    uint16_t type;
    uint32_t length;
    const uint8_t *payload; /* valid until the next peer_fill() */
};

/* `fd`: the peer's from here on. */
void peer_init(struct peer *peer, int fd);
/* Closes and frees. */
void peer_free(struct peer *peer);
/* The descriptor that came in, the caller's from here on; -1: none.  No more will be taken. */
int peer_take_descriptor(struct peer *peer);

/* Mark it gone.  `why` is a literal; NULL: it went by itself.  The first reason stays. */
void peer_drop(struct peer *peer, const char *why);

/*
 * Read what has arrived.  Marks the peer gone on an error, and is_ended at the end of the stream.
 */
void peer_fill(struct peer *peer);
/*
 * Read what has arrived of a stream that is not made of frames, with room for `wanted` bytes more
 * at least.  What is there lies in `in`, and is consumed by moving in.begin.
 */
void peer_fill_bytes(struct peer *peer, size_t wanted);
/* The next whole frame: true.  False: none, or the peer is gone. */
bool peer_next(struct peer *peer, struct peer_frame *frame);

/*
 * Send a frame of `head` and `tail`, or queue it.  Marks the peer gone when it does not read, or
 * can not be written to.
 */
void peer_send(struct peer *peer, uint16_t type, const void *head, size_t head_bytes,
               const void *tail, size_t tail_bytes);
/* The same without a header: `head` and `tail` are all there is. */
void peer_send_bytes(struct peer *peer, const void *head, size_t head_bytes, const void *tail,
                     size_t tail_bytes);
/*
 * Send a frame without payload, and a descriptor with it, which stays the caller's.  Marks the peer
 * gone if it can not be sent at once: there is no queue for descriptors.
 */
void peer_send_descriptor(struct peer *peer, uint16_t type, int descriptor);
/* The socket takes bytes again. */
void peer_flush(struct peer *peer);

static inline size_t peer_queued_bytes(const struct peer *peer)
{
    return peer->out.end - peer->out.begin;
}

/* Room for `more` bytes behind `end`; what lies before `begin` is given up.  False: no memory. */
bool peer_buffer_reserve(struct peer_buffer *buffer, size_t more);

#endif
