/* SPDX-License-Identifier: MIT */
/*
 * A frame is sent with one system call.  A small one arrives with one recv().  Bytes that were read
 * and not yet consumed wait in a buffer, which grows to the largest frame seen.
 *
 * A reader waits in ppoll(), not in recv(), for two reasons.  Every signal handler ends ppoll(),
 * with SA_RESTART or without (signal(7)): a target's application needs that for its own Ctrl-C.
 * And a thread asleep in recv() wakes up for nothing whenever the peer consumes what was sent to it
 * (unix_write_space() wakes all waiters of the socket); a thread that waits for POLLIN does not.
 */
#include "link/link.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "link/directory.h"
#include "link/text.h"

enum { FIRST_CAPACITY = 4096 };

int64_t i2ctarget_link_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Frames out. */

static int error_of_peer(void)
{
    return errno == ECONNRESET || errno == ENOTCONN ? -EPIPE : -errno;
}

/* Removes the first `sent` bytes, and parts at the front that are empty then. */
static void advance(struct msghdr *message, size_t sent)
{
    while (message->msg_iovlen > 0 && sent >= message->msg_iov->iov_len) {
        sent -= message->msg_iov->iov_len;
        message->msg_iov++;
        message->msg_iovlen--;
    }
    if (message->msg_iovlen > 0) {
        message->msg_iov->iov_base = (uint8_t *)message->msg_iov->iov_base + sent;
        message->msg_iov->iov_len -= sent;
    }
}

/* send() is cheaper than sendmsg() with one part. */
static ssize_t send_some(const struct link *link, const struct msghdr *message)
{
    const struct iovec *part = message->msg_iov;
    return message->msg_iovlen == 1 ? send(link->fd, part->iov_base, part->iov_len, MSG_NOSIGNAL)
                                    : sendmsg(link->fd, message, MSG_NOSIGNAL);
}

static int send_message(const struct link *link, struct msghdr *message)
{
    while (message->msg_iovlen > 0) {
        ssize_t sent = send_some(link, message);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return error_of_peer();
        advance(message, (size_t)sent);
    }
    return 0;
}

/* The bytes of all parts, or -EMSGSIZE. */
static int64_t length_of(const struct iovec *parts, size_t count)
{
    size_t length = 0;
    if (count > LINK_PARTS_MAX)
        return -EMSGSIZE;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].iov_len > PROTOCOL_PAYLOAD_MAX - length)
            return -EMSGSIZE;
        length += parts[i].iov_len;
    }
    return (int64_t)length;
}

int i2ctarget_link_send_parts(struct link *link, uint16_t type, const struct iovec *parts,
                              size_t count)
{
    uint8_t start[PROTOCOL_SMALL_BYTES];
    struct iovec all[1 + LINK_PARTS_MAX] = {{start, PROTOCOL_HEADER_BYTES}};
    int64_t length = length_of(parts, count);
    if (length < 0)
        return (int)length;
    size_t copied = 0;
    put_header(start, type, (size_t)length);
    if (count > 0 && parts[0].iov_len <= sizeof start - PROTOCOL_HEADER_BYTES) {
        memcpy(start + PROTOCOL_HEADER_BYTES, parts[0].iov_base, parts[0].iov_len);
        all[0].iov_len += parts[0].iov_len;
        copied = 1;
    }
    if (count > copied)
        memcpy(&all[1], parts + copied, (count - copied) * sizeof *parts);
    struct msghdr message = {.msg_iov = all, .msg_iovlen = 1 + count - copied};
    return send_message(link, &message);
}

int i2ctarget_link_send(struct link *link, uint16_t type, const void *head, size_t head_bytes,
                        const void *tail, size_t tail_bytes)
{
    uint8_t frame[PROTOCOL_SMALL_BYTES];
    size_t size = put_small_frame(frame, type, head, head_bytes, tail, tail_bytes);
    if (size > 0) {
        struct iovec whole = {frame, size};
        return send_message(link, &(struct msghdr){.msg_iov = &whole, .msg_iovlen = 1});
    }
    /* sendmsg() does not write through iov_base. */
    const struct iovec parts[] = {{(void *)(uintptr_t)head, head_bytes},
                                  {(void *)(uintptr_t)tail, tail_bytes}};

    return i2ctarget_link_send_parts(link, type, parts, 2);
}

/* Frames in. */

/* 1: *frame is the first frame of the buffer, and consumed; 0: it is not complete; -EPROTO. */
static int parse(struct link *link, struct link_frame *frame)
{
    size_t have = link->end - link->begin;
    if (have < PROTOCOL_HEADER_BYTES)
        return 0;
    const uint8_t *at = link->buffer + link->begin;
    frame->length = get_u32(at);
    frame->type = get_u16(at + 4);
    frame->payload = at + PROTOCOL_HEADER_BYTES;
    if (frame->length > PROTOCOL_PAYLOAD_MAX || get_u16(at + 6) != 0)
        return -EPROTO;
    if (have - PROTOCOL_HEADER_BYTES < frame->length)
        return 0;
    link->begin += PROTOCOL_HEADER_BYTES + frame->length;
    return 1;
}

/*
 * The buffer is made of pages, not of the heap, because the shim receives in signal handlers.
 * NULL: no memory; the old buffer stays.
 */
static uint8_t *grow(uint8_t *buffer, size_t had, size_t size)
{
    void *grown =
        buffer ? mremap(buffer, had, size, MREMAP_MAYMOVE)
               : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return grown == MAP_FAILED ? NULL : grown;
}

/* Makes room for the whole frame that has begun to arrive, or for the header of the next one. */
static int make_room(struct link *link)
{
    size_t have = link->end - link->begin, need = FIRST_CAPACITY;
    if (link->begin > 0 && have > 0)
        memmove(link->buffer, link->buffer + link->begin, have);
    link->begin = 0;
    link->end = have;
    if (have >= PROTOCOL_HEADER_BYTES)
        need = PROTOCOL_HEADER_BYTES + (size_t)get_u32(link->buffer);
    if (need <= link->capacity)
        return 0;
    uint8_t *grown = grow(link->buffer, link->capacity, need);
    if (!grown)
        return -ENOMEM;
    link->buffer = grown;
    link->capacity = need;
    return 0;
}

/* There is room for one descriptor.  The kernel closes any others (unix(7)). */
static ssize_t receive_bytes(struct link *link, void *bytes, size_t size, int flags)
{
    union {
        struct cmsghdr header;
        uint8_t bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {bytes, size};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = CMSG_LEN(sizeof(int))};
    const struct cmsghdr *header;
    ssize_t got;

    if (!link->descriptor || *link->descriptor >= 0)
        return recv(link->fd, bytes, size, flags);
    got = recvmsg(link->fd, &message, flags | MSG_CMSG_CLOEXEC);
    header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header && header->cmsg_type == SCM_RIGHTS)
        memcpy(link->descriptor, CMSG_DATA(header), sizeof(int));
    else if (got > 0 && (message.msg_flags & MSG_CTRUNC))
        *link->descriptor = -EMFILE;
    return got;
}

/* 1: something arrived; 0: nothing (would block, or the socket's own time-out); -errno. */
static int fill(struct link *link, int flags)
{
    int result = make_room(link);
    if (result < 0)
        return result;
    ssize_t got = receive_bytes(link, link->buffer + link->end, link->capacity - link->end, flags);
    if (got > 0) {
        link->end += (size_t)got;
        return 1;
    }
    if (got == 0)
        return -EPIPE;
    return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : error_of_peer();
}

int i2ctarget_link_next(struct link *link, struct link_frame *frame)
{
    return parse(link, frame);
}

int i2ctarget_link_poll(struct link *link, struct link_frame *frame)
{
    int result = parse(link, frame);
    while (result == 0) {
        result = fill(link, MSG_DONTWAIT);
        if (result == 0 || (result < 0 && result != -EINTR))
            return result;
        result = parse(link, frame);
    }
    return result;
}

/* 0 when there is something to read; -ETIMEDOUT, -EINTR or another -errno. */
static int wait_until(const struct link *link, int64_t deadline_us)
{
    struct pollfd ready = {.fd = link->fd, .events = POLLIN};
    int64_t left = deadline_us - i2ctarget_link_now_us();
    if (left < 0)
        left = 0;
    struct timespec timeout;
    timeout.tv_sec = (time_t)(left / 1000000);
    timeout.tv_nsec = (long)(left % 1000000) * 1000;
    int result = ppoll(&ready, 1, deadline_us == INT64_MAX ? NULL : &timeout, NULL);
    if (result < 0)
        return -errno;
    return result > 0 ? 0 : -ETIMEDOUT;
}

int i2ctarget_link_receive(struct link *link, struct link_frame *frame, int64_t deadline_us)
{
    int result = parse(link, frame);
    while (result == 0) {
        result = wait_until(link, deadline_us);
        if (result == 0)
            result = fill(link, MSG_DONTWAIT);
        if (result < 0)
            return result;
        result = parse(link, frame);
    }
    return result;
}

int i2ctarget_link_receive_descriptor(struct link *link, struct link_frame *frame,
                                      int64_t deadline_us, int *descriptor)
{
    *descriptor = -EPROTO;
    link->descriptor = descriptor;
    int result;
    do
        result = i2ctarget_link_receive(link, frame, deadline_us);
    while (result == -EINTR);
    link->descriptor = NULL;
    return result;
}

/* The handshake. */

static int say_hello(struct link *link, enum protocol_role role, const char *name)
{
    uint8_t hello[PROTOCOL_HELLO_BYTES] = {0};
    put_u32(hello, PROTOCOL_MAGIC);
    put_u16(hello + 4, PROTOCOL_VERSION);
    put_u16(hello + 6, (uint16_t)role);
    if (!name)
        name = program_invocation_short_name;
    memcpy(hello + 8, name, strnlen(name, PROTOCOL_NAME_BYTES - 1));
    return i2ctarget_link_send(link, PROTOCOL_HELLO, hello, sizeof hello, NULL, 0);
}

static int refused(struct link *link, const struct link_frame *frame)
{
    if (frame->length < PROTOCOL_REFUSED_BYTES)
        return -EPROTO;
    size_t size = frame->length - PROTOCOL_REFUSED_BYTES;
    if (size > sizeof link->refusal - 1)
        size = sizeof link->refusal - 1;
    memcpy(link->refusal, frame->payload + PROTOCOL_REFUSED_BYTES, size);
    link->refusal[size] = '\0';
    uint32_t code = get_u32(frame->payload);
    return code >= 1 && code <= 4095 ? -(int)code : -EPROTO;
}

static int hear_welcome(struct link *link, int64_t deadline_us)
{
    int result;
    struct link_frame frame;
    do
        result = i2ctarget_link_receive(link, &frame, deadline_us);
    while (result == -EINTR);
    if (result < 0)
        return result;
    if (frame.type == PROTOCOL_REFUSED)
        return refused(link, &frame);
    if (frame.type != PROTOCOL_WELCOME || frame.length != PROTOCOL_WELCOME_BYTES)
        return -EPROTO;
    if (get_u16(frame.payload) != PROTOCOL_VERSION)
        return -EPROTO;
    link->scl_hz = get_u32(frame.payload + 8);
    return get_u32(frame.payload + 4) == link->bus ? 0 : -EPROTO;
}

static int shake_hands(struct link *link, enum protocol_role role, const char *name,
                       int64_t deadline_us)
{
    int result = say_hello(link, role, name);
    /*
     * A server that refuses may have closed its end before our HELLO was sent.  Its REFUSED can
     * still be read.
     */
    return result == 0 || result == -EPIPE ? hear_welcome(link, deadline_us) : result;
}

static int try_to_open(struct link *link, const char *path, enum protocol_role role,
                       const char *name)
{
    int64_t deadline_us = i2ctarget_link_now_us() + LINK_PATIENCE_US;
    link->fd = i2ctarget_link_connect(path, SOCK_STREAM, deadline_us);
    int result = link->fd < 0 ? link->fd : shake_hands(link, role, name, deadline_us);
    if (result < 0)
        i2ctarget_link_close(link);
    return result;
}

/*
 * A server that hangs up without a word was just ending.  The second attempt finds no bus any more,
 * or the next one.
 */
int i2ctarget_link_open_in(struct link *link, const char *directory, unsigned bus,
                           enum protocol_role role, const char *name)
{
    *link = (struct link){.fd = -1, .bus = bus};
    char path[LINK_PATH_MAX];
    if (!i2ctarget_text_path(path, sizeof path, directory, "bus", bus))
        return -ENAMETOOLONG;
    int result = try_to_open(link, path, role, name);
    return result == -EPIPE ? try_to_open(link, path, role, name) : result;
}

int i2ctarget_link_open(struct link *link, unsigned bus, enum protocol_role role, const char *name)
{
    char directory[LINK_PATH_MAX];
    int result = i2ctarget_link_directory(directory, false);
    *link = (struct link){.fd = -1, .bus = bus};
    return result < 0 ? result : i2ctarget_link_open_in(link, directory, bus, role, name);
}

void i2ctarget_link_close(struct link *link)
{
    if (link->fd >= 0)
        close(link->fd);
    if (link->buffer)
        munmap(link->buffer, link->capacity);
    link->fd = -1;
    link->buffer = NULL;
    link->capacity = link->begin = link->end = 0;
}
