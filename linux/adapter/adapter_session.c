/* SPDX-License-Identifier: MIT */
/*
 *              BEGIN                    more follow
 *     IDLE ────────────► ON_WIRES ──────────────────► PAUSED
 *       ▲                 │  ▲ │ UNLINK                │ │
 *       │  last, NACK     │  │ ▼          BEGIN again  │ │
 *       ├─────────────────┘  │ ENDING ◄────────────────┘ │
 *       │ wires are done     └─┼─────────────────────────┘
 *       └──────────────────────┘        next message
 *
 * While it is ENDING nothing is read from the kernel; that takes no time, because the bus ends a
 * transfer that is given up at once.  In all other states every request is looked at as it comes, so
 * a target that holds the clock keeps only its own message waiting.
 */
#include "adapter/adapter_session.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "adapter/tiny_usb.h"
#include "adapter/usbip.h"

/* The driver's own time-out (i2c-tiny-usb.c), which the kernel keeps with an UNLINK. */
#define PATIENCE_NS UINT64_C(2000000000)

enum state { IDLE, ON_WIRES, PAUSED, ENDING };

struct adapter_session {
    struct bus_transfer transfer; /* first member */
    struct bus *bus;
    bool *has_answered;            /* somebody's request is over: he may have more to ask */
    struct client *owner, *stream; /* NULL: gone */
    struct tiny_usb device;
    enum state state;
    uint32_t seqnum; /* ON_WIRES: the request whose message it is */
    struct controller_message messages[BUS_MESSAGES_MAX];
};

/* ---- answers ------------------------------------------------------------------------------- */

static void send_result(struct adapter_session *session, uint32_t seqnum, int32_t status,
                        uint32_t moved, const uint8_t *data, size_t size)
{
    uint8_t header[USBIP_HEADER_BYTES];
    usbip_put_result(header, seqnum, status, moved);
    peer_send_bytes(&session->stream->peer, header, sizeof header, data, size);
}

static void stall(struct adapter_session *session, uint32_t seqnum)
{
    send_result(session, seqnum, USBIP_STALL, 0, NULL, 0);
}

/* The message on the wires is over: its request gets all its bytes, or none. */
static void answer_message(struct adapter_session *session, enum controller_result result)
{
    const struct controller_message *message = &session->messages[session->transfer.count - 1];
    bool is_read = message->flags & CONTROLLER_READ;
    if (!tiny_usb_finish(&session->device, result))
        stall(session, session->seqnum);
    else
        send_result(session, session->seqnum, USBIP_OK, message->length,
                    is_read ? message->buffer : NULL, is_read ? message->length : 0);
    *session->has_answered = true;
}

/* ---- transfers ----------------------------------------------------------------------------- */

static void forget_messages(struct adapter_session *session)
{
    for (size_t i = 0; i < BUS_MESSAGES_MAX; i++)
        free(session->messages[i].buffer);
    memset(session->messages, 0, sizeof session->messages);
    session->transfer.count = 0;
    session->state = IDLE;
}

static void on_paused(struct bus_transfer *transfer)
{
    struct adapter_session *session = (struct adapter_session *)transfer;
    session->state = PAUSED;
    answer_message(session, CONTROLLER_DONE);
}

static void on_done(struct bus_transfer *transfer, const struct bus_report *report)
{
    struct adapter_session *session = (struct adapter_session *)transfer;
    if (session->stream && session->state == ON_WIRES)
        answer_message(session, report->result);
    *session->has_answered = true; /* what came meanwhile can be looked at now */
    forget_messages(session);
    if (!session->stream)
        free(session);
}

/* One more message, with its bytes or room for them.  False: no memory. */
static bool add_message(struct adapter_session *session, const struct controller_message *asked,
                        const uint8_t *data)
{
    struct controller_message *message = &session->messages[session->transfer.count];
    uint8_t *buffer = calloc(1, asked->length + 1);
    if (!buffer)
        return false;
    if (!(asked->flags & CONTROLLER_READ))
        memcpy(buffer, data, asked->length);
    *message = *asked;
    message->buffer = buffer;
    return true;
}

static void begin_transfer(struct adapter_session *session, bool is_open)
{
    session->transfer.count = 1;
    session->transfer.is_open = is_open;
    bus_submit(session->bus, &session->transfer);
}

/* STOP, without a message that would ask for it. */
static void end_pause(struct adapter_session *session)
{
    session->state = ENDING;
    bus_go_on(session->bus, &session->transfer, session->transfer.count, false);
}

/* The kernel takes that for the end of its transfer, and will not come back to it. */
static void refuse_message(struct adapter_session *session, uint32_t seqnum)
{
    stall(session, seqnum);
    if (session->state == PAUSED)
        end_pause(session);
}

/* Can the message follow on what there is? */
static bool fits(const struct adapter_session *session, const struct tiny_usb_request *asked)
{
    if (asked->begins)
        return session->state == IDLE;
    return session->state == PAUSED && session->transfer.count < BUS_MESSAGES_MAX;
}

static void on_message(struct adapter_session *session, const struct usbip_request *request,
                       const struct tiny_usb_request *asked)
{
    bool is_sound = request->length == asked->length && fits(session, asked) &&
                    add_message(session, &asked->message, request->data);
    if (!is_sound) {
        refuse_message(session, request->seqnum);
        return;
    }
    if (session->state == IDLE)
        begin_transfer(session, !asked->ends);
    else
        bus_go_on(session->bus, &session->transfer, session->transfer.count + 1, !asked->ends);
    session->state = ON_WIRES;
    session->seqnum = request->seqnum;
}

/* ---- requests ------------------------------------------------------------------------------ */

static void answer_setup(struct adapter_session *session, const struct usbip_request *request,
                         const struct tiny_usb_request *asked)
{
    size_t size = asked->answer_bytes < request->length ? asked->answer_bytes : request->length;
    if (request->is_in)
        send_result(session, request->seqnum, USBIP_OK, (uint32_t)size, asked->answer, size);
    else
        send_result(session, request->seqnum, USBIP_OK, request->length, NULL, 0);
}

/* False: not yet, the request is to be looked at again when the transfer before it has ended. */
static bool on_submit(struct adapter_session *session, const struct usbip_request *request)
{
    struct tiny_usb_request asked = {0};
    enum tiny_usb_action action = TINY_USB_STALL;
    if (request->endpoint == 0)
        action = tiny_usb_setup(&session->device, request->setup, request->is_in, &asked);
    if (action == TINY_USB_MESSAGE && asked.begins && session->state == PAUSED) {
        end_pause(session);
        return false;
    }
    switch (action) {
    case TINY_USB_STALL:
        if (asked.is_message)
            refuse_message(session, request->seqnum);
        else
            stall(session, request->seqnum);
        break;
    case TINY_USB_ANSWER:
        answer_setup(session, request, &asked);
        break;
    case TINY_USB_MESSAGE:
        on_message(session, request, &asked);
        break;
    }
    return true;
}

/* Whoever waited for it has given up; what is on the wires ends as by a time-out. */
static void on_unlink(struct adapter_session *session, const struct usbip_request *request)
{
    uint8_t header[USBIP_HEADER_BYTES];
    bool is_in_time = session->state == ON_WIRES && session->seqnum == request->unlinked;
    usbip_put_unlinked(header, request->seqnum, is_in_time ? USBIP_UNLINKED : USBIP_OK);
    peer_send_bytes(&session->stream->peer, header, sizeof header, NULL, 0);
    if (!is_in_time)
        return;
    session->state = ENDING;
    if (bus_cancel(session->bus, &session->transfer))
        forget_messages(session);
}

/* A whole request, or 0. */
static size_t next_request(struct peer *peer, struct usbip_request *request)
{
    const struct peer_buffer *in = &peer->in;
    size_t have = in->end - in->begin;
    if (have == 0)
        return 0; /* and maybe no buffer yet */
    size_t whole = usbip_request_bytes(in->bytes + in->begin, have);
    if (whole == 0)
        peer_drop(peer, "no request of USB/IP");
    if (whole == 0 || have < whole)
        return 0;
    usbip_parse(in->bytes + in->begin, request);
    return whole;
}

static void on_bytes(struct service *service, struct client *client)
{
    struct adapter_session *session = client->guest;
    struct peer *peer = &client->peer;
    struct usbip_request request;
    size_t size;
    (void)service;
    while (!peer->gone && session->state != ENDING && (size = next_request(peer, &request)) > 0) {
        if (request.is_unlink)
            on_unlink(session, &request);
        else if (!on_submit(session, &request))
            return;
        peer->in.begin += size;
    }
}

/* ---- coming and going ---------------------------------------------------------------------- */

static bool is_ending(const struct client *client)
{
    const struct adapter_session *session = client->guest;
    return session->state == ENDING;
}

static void end_stream(struct service *service, struct client *client)
{
    struct adapter_session *session = client->guest;
    (void)service;
    session->stream = NULL;
    if (session->owner) {
        session->owner->guest = NULL;
        peer_drop(&session->owner->peer, NULL);
    }
    if (session->state != IDLE && !bus_withdraw(session->bus, &session->transfer))
        return; /* on_done() frees it */
    forget_messages(session);
    free(session);
}

static const struct client_role stream_role = {
    .name = "kernel",
    .stream_bytes = USBIP_HEADER_BYTES + USBIP_DATA_MAX,
    .end = end_stream,
    .bytes = on_bytes,
    .is_busy = is_ending,
};

/*
 * The peer may have passed anything.  Of a connected stream socket in this family it is known that it
 * never makes us wait when we say so; and the other end must not be ours, or it would never end.
 */
static bool is_stream(int fd)
{
    int domain = 0, type = 0;
    struct ucred peer = {0};
    struct sockaddr_un address;
    socklen_t size = sizeof(int), peer_size = sizeof peer, address_size = sizeof address;
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX &&
           getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM &&
           getpeername(fd, (struct sockaddr *)&address, &address_size) == 0 &&
           getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_size) == 0 && peer.pid != getpid();
}

static struct adapter_session *session_new(struct service *service, struct client *owner, int fd)
{
    struct adapter_session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    *session = (struct adapter_session){
        .transfer = {.messages = session->messages,
                     .timeout_ns = PATIENCE_NS,
                     .paused = on_paused,
                     .done = on_done},
        .bus = &service->bus,
        .has_answered = &service->controllers.has_answered,
        .owner = owner,
    };
    tiny_usb_init(&session->device, service->bus_number);
    session->stream = client_introduce(service, fd, &stream_role, session);
    if (session->stream)
        return session;
    free(session);
    return NULL;
}

static int begin_owner(struct service *service, struct client *client)
{
    int fd = peer_take_descriptor(&client->peer);
    if (fd < 0)
        return EINVAL;
    bool is_good = is_stream(fd);
    client->guest = is_good ? session_new(service, client, fd) : NULL;
    if (client->guest)
        return 0;
    close(fd);
    return is_good ? ENOMEM : EINVAL;
}

static void end_owner(struct service *service, struct client *client)
{
    struct adapter_session *session = client->guest;
    (void)service;
    if (!session)
        return;
    session->owner = NULL;
    peer_drop(&session->stream->peer, NULL);
}

static void on_owner_frame(struct service *service, struct client *client,
                           const struct peer_frame *frame)
{
    (void)service;
    (void)frame;
    peer_drop(&client->peer, "an adapter has nothing to say here");
}

const struct client_role adapter_role = {
    .name = "adapter",
    .number = PROTOCOL_ADAPTER,
    .begin = begin_owner,
    .end = end_owner,
    .frame = on_owner_frame,
};
