/* SPDX-License-Identifier: MIT */
/*
 * A short read shows that the socket is empty.  So a frame that fits the buffer costs one recv()
 * and no EAGAIN.  A small frame leaves with one send().  The buffers never shrink while the peer
 * exists, so in the steady state nothing is allocated.
 */
#include "server/peer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FIRST_CAPACITY = 4096 };

void peer_init(struct peer *peer, int fd, struct visits *visits, void *owner)
{
    *peer = (struct peer){.fd = fd, .visits = visits};
    visits_enter(visits, &peer->visit, owner);
}

void peer_free(struct peer *peer)
{
    visits_dismiss(peer->visits, &peer->visit);
    close(peer->fd);
    free(peer->in.bytes);
    free(peer->out.bytes);
    *peer = (struct peer){.fd = -1, .gone = true};
}

void peer_drop(struct peer *peer, const char *why)
{
    if (!peer->gone)
        peer->why = why;
    peer->gone = true;
    peer_call(peer);
}

bool peer_buffer_reserve(struct peer_buffer *buffer, size_t more)
{
    size_t have = buffer->end - buffer->begin;
    if (buffer->begin > 0) {
        if (have > 0)
            memmove(buffer->bytes, buffer->bytes + buffer->begin, have);
        buffer->begin = 0;
        buffer->end = have;
    }
    if (buffer->capacity - have >= more)
        return true;
    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
    while (capacity - have < more)
        capacity *= 2;
    uint8_t *bytes = realloc(buffer->bytes, capacity);
    if (!bytes)
        return false;
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}

/* ---- in -------------------------------------------------------------------------------------- */

/* How many more bytes the incomplete frame needs; 1: this is not known yet. */
static size_t wanted_bytes(const struct peer_buffer *in)
{
    size_t have = in->end - in->begin;
    if (have < PROTOCOL_HEADER_BYTES)
        return PROTOCOL_HEADER_BYTES - have;
    size_t length = get_u32(in->bytes + in->begin);
    size_t whole =
        PROTOCOL_HEADER_BYTES + (length < PROTOCOL_PAYLOAD_MAX ? length : PROTOCOL_PAYLOAD_MAX);
    return whole > have ? whole - have : 1;
}

/* True: the socket may have more. */
static bool fill_once(struct peer *peer, size_t wanted)
{
    struct peer_buffer *in = &peer->in;
    if (in->begin == in->end)
        in->begin = in->end = 0;
    if (in->capacity - in->end < wanted && !peer_buffer_reserve(in, wanted)) {
        peer_drop(peer, "no memory for its frame");
        return false;
    }
    size_t room = in->capacity - in->end;
    ssize_t got = recv(peer->fd, in->bytes + in->end, room, MSG_DONTWAIT);
    if (got > 0) {
        in->end += (size_t)got;
        return (size_t)got == room;
    }
    if (got == 0)
        peer->is_ended = true;
    else if (errno != EAGAIN && errno != EINTR)
        peer_drop(peer, NULL);
    return false;
}

/* Reading more than one frame's worth at a time would let one peer keep the server busy. */
void peer_fill(struct peer *peer)
{
    while (peer->in.end - peer->in.begin < PROTOCOL_PAYLOAD_MAX + PROTOCOL_HEADER_BYTES) {
        if (!fill_once(peer, wanted_bytes(&peer->in)))
            break;
    }
}

bool peer_next(struct peer *peer, struct peer_frame *frame)
{
    size_t have = peer->in.end - peer->in.begin;
    if (peer->gone || have < PROTOCOL_HEADER_BYTES)
        return false;
    const uint8_t *at = peer->in.bytes + peer->in.begin;
    frame->length = get_u32(at);
    frame->type = get_u16(at + 4);
    frame->payload = at + PROTOCOL_HEADER_BYTES;
    if (frame->length > PROTOCOL_PAYLOAD_MAX || get_u16(at + 6) != 0) {
        peer_drop(peer, "no frame of this protocol");
        return false;
    }
    if (have - PROTOCOL_HEADER_BYTES < frame->length)
        return false;
    peer->in.begin += PROTOCOL_HEADER_BYTES + frame->length;
    return true;
}

/* ---- out ------------------------------------------------------------------------------------- */

static bool is_passing(int error)
{
    return error == EAGAIN || error == EINTR || error == ENOBUFS || error == ENOMEM;
}

/* Returns how many bytes the socket took.  send() is cheaper than sendmsg() with one part. */
static size_t send_parts(struct peer *peer, struct iovec *parts, size_t count)
{
    enum { FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL };
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};
    ssize_t sent = count == 1 ? send(peer->fd, parts->iov_base, parts->iov_len, FLAGS)
                              : sendmsg(peer->fd, &message, FLAGS);
    if (sent >= 0)
        return (size_t)sent;
    if (!is_passing(errno))
        peer_drop(peer, NULL);
    return 0;
}

/*
 * Queues `part` without its first *skip bytes, which were sent.  *skip becomes the rest that is to
 * be skipped in later parts.
 */
static void queue_part(struct peer *peer, const struct iovec *part, size_t *skip)
{
    size_t skipped = *skip < part->iov_len ? *skip : part->iov_len;
    size_t left = part->iov_len - skipped;
    *skip -= skipped;
    if (left == 0)
        return;
    if (!peer_buffer_reserve(&peer->out, left)) {
        peer_drop(peer, "no memory for its queue");
        return;
    }
    memcpy(peer->out.bytes + peer->out.end, (const uint8_t *)part->iov_base + skipped, left);
    peer->out.end += left;
}

/* Sends the parts, and queues what the socket does not take. */
static void send_or_queue(struct peer *peer, struct iovec *parts, size_t count)
{
    size_t total = 0, sent = 0;
    if (peer->gone)
        return;
    for (size_t i = 0; i < count; i++)
        total += parts[i].iov_len;
    if (peer_queued_bytes(peer) == 0)
        sent = send_parts(peer, parts, count);
    if (sent == total || peer->gone)
        return;
    if (peer_queued_bytes(peer) + total - sent > PEER_QUEUE_MAX) {
        peer_drop(peer, "it does not read");
        return;
    }
    for (size_t i = 0; i < count && !peer->gone; i++)
        queue_part(peer, &parts[i], &sent);
    peer_call(peer);
}

/* A frame that is small is put together here. */
void peer_send(struct peer *peer, uint16_t type, const void *head, size_t head_bytes,
               const void *tail, size_t tail_bytes)
{
    uint8_t frame[PROTOCOL_SMALL_BYTES];
    size_t size = put_small_frame(frame, type, head, head_bytes, tail, tail_bytes);
    if (size > 0) {
        struct iovec whole = {frame, size};
        send_or_queue(peer, &whole, 1);
        return;
    }
    put_header(frame, type, head_bytes + tail_bytes);
    /* sendmsg() does not write through iov_base. */
    struct iovec parts[] = {{frame, PROTOCOL_HEADER_BYTES},
                            {(void *)(uintptr_t)head, head_bytes},
                            {(void *)(uintptr_t)tail, tail_bytes}};
    send_or_queue(peer, parts, 3);
}

void peer_send_descriptor(struct peer *peer, uint16_t type, int descriptor)
{
    union {
        struct cmsghdr header;
        uint8_t bytes[CMSG_SPACE(sizeof descriptor)];
    } control = {.header = {.cmsg_len = CMSG_LEN(sizeof descriptor),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS}};
    uint8_t header[PROTOCOL_HEADER_BYTES];
    struct iovec part = {header, sizeof header};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    put_header(header, type, 0);
    memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
    if (peer_queued_bytes(peer) > 0 ||
        sendmsg(peer->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)sizeof header)
        peer_drop(peer, "it does not read");
}

void peer_flush(struct peer *peer)
{
    if (peer->gone || peer_queued_bytes(peer) == 0)
        return;
    struct iovec part = {peer->out.bytes + peer->out.begin, peer_queued_bytes(peer)};
    peer->out.begin += send_parts(peer, &part, 1);
    if (peer->out.begin == peer->out.end)
        peer->out.begin = peer->out.end = 0;
}
