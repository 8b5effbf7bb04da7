/* SPDX-License-Identifier: MIT */
#include "bus/client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { PACKETS_AT_A_TIME = 64 };

const char *client_role_name(const struct client *client)
{
    static const char *const names[] = {
        [CLIENT_STRANGER] = "stranger",      [CLIENT_CONTROLLER] = "controller",
        [CLIENT_TARGET] = "target",          [CLIENT_MONITOR] = "monitor",
        [CLIENT_FILE_STRANGER] = "stranger", [CLIENT_FILE] = "open file",
    };
    return names[client->role];
}

bool client_is_busy(const struct client *client)
{
    if (client->role == CLIENT_CONTROLLER)
        return controller_session_is_busy(client->controller);
    return client->role == CLIENT_FILE && file_session_is_busy(client->file);
}

/* ---- HELLO -------------------------------------------------------------------------------- */

static void refuse(struct client *client, int error, const char *text)
{
    uint8_t head[PROTOCOL_REFUSED_BYTES] = {0};
    put_u32(head, (uint32_t)error);
    put_u16(head + 4, PROTOCOL_VERSION);
    peer_send(&client->peer, PROTOCOL_REFUSED, head, sizeof head, text, strlen(text));
    peer_drop(&client->peer, "refused: its HELLO asks for what is not there");
}

static void welcome(const struct service *service, struct client *client)
{
    uint8_t payload[PROTOCOL_WELCOME_BYTES] = {0};
    put_u16(payload, PROTOCOL_VERSION);
    put_u32(payload + 4, service->bus_number);
    put_u32(payload + 8, service->scl_hz);
    peer_send(&client->peer, PROTOCOL_WELCOME, payload, sizeof payload, NULL, 0);
}

/* False: no memory, or no such role. */
static bool become(struct service *service, struct client *client, uint16_t role)
{
    switch (role) {
    case PROTOCOL_CONTROLLER:
        client->controller = controller_session_new(&service->controllers, &client->peer);
        client->role = client->controller ? CLIENT_CONTROLLER : CLIENT_STRANGER;
        break;
    case PROTOCOL_TARGET:
        client->target = target_session_new(&service->bus, &client->peer);
        client->role = client->target ? CLIENT_TARGET : CLIENT_STRANGER;
        break;
    case PROTOCOL_MONITOR:
        client->monitor = monitors_add(&service->monitors, &client->peer);
        client->role = client->monitor ? CLIENT_MONITOR : CLIENT_STRANGER;
        break;
    default:
        refuse(client, EINVAL, "there is no such role");
        return false;
    }
    if (client->role == CLIENT_STRANGER)
        refuse(client, ENOMEM, "the server is out of memory");
    return client->role != CLIENT_STRANGER;
}

/* Magic and version never move, so that every version can tell every other what is wrong. */
static void on_hello(struct service *service, struct client *client, const struct peer_frame *frame)
{
    const uint8_t *payload = frame->payload;
    if (frame->type != PROTOCOL_HELLO || frame->length < 8 || get_u32(payload) != PROTOCOL_MAGIC) {
        peer_drop(&client->peer, "no HELLO of this protocol");
        return;
    }
    uint16_t version = get_u16(payload + 4);
    if (version != PROTOCOL_VERSION) {
        char text[96];
        snprintf(text, sizeof text,
                 "the server speaks protocol %d, the client %u: one of them is out of date",
                 PROTOCOL_VERSION, version);
        refuse(client, EPROTO, text);
        return;
    }
    if (frame->length != PROTOCOL_HELLO_BYTES) {
        peer_drop(&client->peer, "no HELLO of this protocol");
        return;
    }
    memcpy(client->name, payload + 8, PROTOCOL_NAME_BYTES);
    if (become(service, client, get_u16(payload + 6)))
        welcome(service, client);
}

/* ---- frames ------------------------------------------------------------------------------- */

static void on_frame(struct service *service, struct client *client, const struct peer_frame *frame)
{
    switch (client->role) {
    case CLIENT_STRANGER:
        on_hello(service, client, frame);
        break;
    case CLIENT_CONTROLLER:
        controller_session_frame(client->controller, frame);
        break;
    case CLIENT_TARGET:
        target_session_frame(client->target, frame);
        break;
    default:
        peer_drop(&client->peer, "a monitor has nothing to say");
        break;
    }
}

/* ---- the FILE socket ---------------------------------------------------------------------- */

static void greet_file(struct service *service, struct client *client, const uint8_t *packet,
                       size_t size)
{
    int error = 0;
    uint8_t answer[4];
    if (size != PROTOCOL_FILE_HELLO_BYTES || get_u32(packet) != PROTOCOL_MAGIC) {
        peer_drop(&client->peer, "no hello of an open file");
        return;
    }
    if (get_u16(packet + 4) != PROTOCOL_VERSION)
        error = -EPROTO;
    else if (get_u64(packet + 8) == 0)
        error = -EINVAL;
    else
        client->file = file_session_new(&service->controllers, get_u64(packet + 8), &error);
    if (client->file) {
        client->role = CLIENT_FILE;
        client->file->client = client;
        error = 0;
    } else {
        peer_drop(&client->peer, "an open file that can not be");
    }
    put_u32(answer, (uint32_t)error);
    if (send(client->peer.fd, answer, sizeof answer, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        peer_drop(&client->peer, NULL);
}

static void on_packet(struct service *service, struct client *client, const uint8_t *packet,
                      size_t size)
{
    if (client->role == CLIENT_FILE_STRANGER)
        greet_file(service, client, packet, size);
    else if (!file_session_write(client->file, packet, size))
        peer_drop(&client->peer, "no memory for its write");
}

/*
 * An empty packet is an address alone, and looks like the end of the connection if nobody knows
 * better.
 */
static void read_packets(struct service *service, struct client *client, bool hung_up)
{
    for (int i = 0; i < PACKETS_AT_A_TIME && !client->peer.gone && !client_is_busy(client); i++) {
        ssize_t got = recv(client->peer.fd, service->packet, sizeof service->packet, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got < 0 || (got == 0 && hung_up))
            peer_drop(&client->peer, NULL);
        else
            on_packet(service, client, service->packet, (size_t)got);
    }
}

/*
 * A program that has printed to its descriptor and now calls ioctl() on it means this order, so what
 * was written to the file goes first.  False: there still is something to be done.  (A file that was
 * never printed to costs nothing here: the server's loop sees to its first packet.)
 */
static bool file_is_done(struct service *service, uint64_t cookie)
{
    const struct open_file *file = file_table_find(&service->controllers.files, cookie);
    const struct file_session *session = (const struct file_session *)file;
    if (!session || !session->call)
        return true;
    struct client *client = session->client;
    struct pollfd here = {.fd = client->peer.fd, .events = POLLIN | POLLRDHUP};
    if (!client_is_busy(client) && poll(&here, 1, 0) > 0)
        read_packets(service, client, here.revents & (POLLHUP | POLLRDHUP | POLLERR));
    return !client_is_busy(client);
}

static bool must_wait(struct service *service, const struct client *client,
                      const struct peer_frame *frame)
{
    return client->role == CLIENT_CONTROLLER && frame->type == PROTOCOL_REQUEST &&
           frame->length >= PROTOCOL_REQUEST_BYTES &&
           !file_is_done(service, get_u64(frame->payload));
}

void client_serve(struct service *service, struct client *client)
{
    struct peer_frame frame;
    if (client->role == CLIENT_FILE || client->role == CLIENT_FILE_STRANGER)
        return; /* what it sent is still in its socket */
    while (!client_is_busy(client)) {
        size_t begin = client->peer.in.begin;
        if (!peer_next(&client->peer, &frame))
            return;
        if (must_wait(service, client, &frame)) {
            client->peer.in.begin = begin; /* looked at again when the file's write is over */
            return;
        }
        on_frame(service, client, &frame);
    }
}

void client_readable(struct service *service, struct client *client, bool hung_up)
{
    if (client->role == CLIENT_FILE || client->role == CLIENT_FILE_STRANGER) {
        read_packets(service, client, hung_up);
        return;
    }
    if (client_is_busy(client)) {
        if (hung_up)
            peer_drop(&client->peer, NULL);
        return;
    }
    peer_fill(&client->peer);
    client_serve(service, client);
    if (client->peer.is_ended)
        peer_drop(&client->peer, NULL);
}

/* ---- coming and going ---------------------------------------------------------------------- */

struct client *client_new(int fd, bool is_file)
{
    struct client *client = calloc(1, sizeof *client);
    if (!client)
        return NULL;
    peer_init(&client->peer, fd);
    client->role = is_file ? CLIENT_FILE_STRANGER : CLIENT_STRANGER;
    return client;
}

void client_free(struct service *service, struct client *client)
{
    switch (client->role) {
    case CLIENT_CONTROLLER:
        controller_session_free(client->controller);
        break;
    case CLIENT_TARGET:
        target_session_free(client->target);
        break;
    case CLIENT_MONITOR:
        monitors_remove(&service->monitors, client->monitor);
        break;
    case CLIENT_FILE:
        file_session_free(client->file);
        break;
    case CLIENT_STRANGER:
    case CLIENT_FILE_STRANGER:
        break;
    }
    peer_free(&client->peer);
    free(client);
}
