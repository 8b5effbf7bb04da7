/* SPDX-License-Identifier: MIT */
#include "server/client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "link/directory.h"
#include "server/roll.h"

enum { PACKETS_AT_A_TIME = 64 };

/* ---- roles ----------------------------------------------------------------------------------- */

static int begin_controller(struct service *service, struct client *client)
{
    client->controller = controller_session_new(&service->controllers, &client->peer);
    return client->controller ? 0 : ENOMEM;
}

static void end_controller(struct service *service, struct client *client)
{
    (void)service;
    controller_session_free(client->controller);
}

static bool asks_for_peers(const struct peer_frame *frame)
{
    return frame->type == PROTOCOL_REQUEST && frame->length == PROTOCOL_REQUEST_BYTES &&
           get_u32(frame->payload + 8) == PROTOCOL_OP_PEERS;
}

static void on_controller_frame(struct service *service, struct client *client,
                                const struct peer_frame *frame)
{
    if (asks_for_peers(frame))
        roll_send(service, client);
    else
        controller_session_frame(client->controller, frame);
}

static bool is_controller_busy(const struct client *client)
{
    return controller_session_is_busy(client->controller);
}

static const struct client_role controller_role = {
    .name = "controller",
    .number = PROTOCOL_CONTROLLER,
    .begin = begin_controller,
    .end = end_controller,
    .frame = on_controller_frame,
    .is_busy = is_controller_busy,
};

static int begin_target(struct service *service, struct client *client)
{
    client->target = target_session_new(&service->bus, &client->peer);
    return client->target ? 0 : ENOMEM;
}

static void end_target(struct service *service, struct client *client)
{
    (void)service;
    target_session_free(client->target);
}

static void on_target_frame(struct service *service, struct client *client,
                            const struct peer_frame *frame)
{
    struct i2ctarget_address_set before = roll_addresses(client);
    target_session_frame(client->target, frame);
    if (frame->type == PROTOCOL_LISTEN || frame->type == PROTOCOL_ADDRESSES)
        roll_warn(service, client, &before);
}

static const struct client_role target_role = {
    .name = "target",
    .number = PROTOCOL_TARGET,
    .begin = begin_target,
    .end = end_target,
    .frame = on_target_frame,
};

static int begin_monitor(struct service *service, struct client *client)
{
    client->monitor = monitors_add(&service->monitors, &client->peer);
    return client->monitor ? 0 : ENOMEM;
}

static void end_monitor(struct service *service, struct client *client)
{
    monitors_remove(&service->monitors, client->monitor);
}

static void on_monitor_frame(struct service *service, struct client *client,
                             const struct peer_frame *frame)
{
    (void)service;
    (void)frame;
    peer_drop(&client->peer, "a monitor has nothing to say");
}

static const struct client_role monitor_role = {
    .name = "monitor",
    .number = PROTOCOL_MONITOR,
    .begin = begin_monitor,
    .end = end_monitor,
    .frame = on_monitor_frame,
};

static int begin_adapter(struct service *service, struct client *client)
{
    client->adapter = adapter_session_new(&service->controllers, &client->peer);
    return client->adapter ? 0 : ENOMEM;
}

static void end_adapter(struct service *service, struct client *client)
{
    (void)service;
    adapter_session_free(client->adapter);
}

static void on_adapter_frame(struct service *service, struct client *client,
                             const struct peer_frame *frame)
{
    (void)service;
    adapter_session_frame(client->adapter, frame);
}

static bool is_adapter_busy(const struct client *client)
{
    return adapter_session_is_busy(client->adapter);
}

static const struct client_role adapter_role = {
    .name = "adapter",
    .number = PROTOCOL_ADAPTER,
    .begin = begin_adapter,
    .end = end_adapter,
    .frame = on_adapter_frame,
    .is_busy = is_adapter_busy,
};

static void end_file(struct service *service, struct client *client)
{
    (void)service;
    file_session_free(client->file);
}

static bool is_file_busy(const struct client *client)
{
    return file_session_is_busy(client->file);
}

static const struct client_role file_role = {.name = "open file",
                                             .number = PROTOCOL_OPEN_FILE,
                                             .is_file = true,
                                             .end = end_file,
                                             .is_busy = is_file_busy};

/* The role of a client before its HELLO. */
static void on_hello(struct service *service, struct client *client,
                     const struct peer_frame *frame);
static const struct client_role stranger_role = {.name = "stranger", .frame = on_hello};
static const struct client_role file_stranger_role = {.name = "stranger", .is_file = true};

static const struct client_role *find_role(uint16_t number)
{
    static const struct client_role *const roles[] = {&controller_role, &target_role, &monitor_role,
                                                      &adapter_role, NULL};
    const struct client_role *const *role = roles;
    while (*role && (*role)->number != number)
        role++;
    return *role;
}

bool client_is_busy(const struct client *client)
{
    return client->role->is_busy && client->role->is_busy(client);
}

/* ---- HELLO ----------------------------------------------------------------------------------- */

/* `text`: for the peer.  `why`: for peer_drop(). */
static void refuse(struct client *client, int error, const char *text, const char *why)
{
    uint8_t head[PROTOCOL_REFUSED_BYTES] = {0};
    put_u32(head, (uint32_t)error);
    put_u16(head + 4, PROTOCOL_VERSION);
    peer_send(&client->peer, PROTOCOL_REFUSED, head, sizeof head, text, strlen(text));
    peer_drop(&client->peer, why);
}

static void welcome(const struct service *service, struct client *client)
{
    uint8_t payload[PROTOCOL_WELCOME_BYTES] = {0};
    put_u16(payload, PROTOCOL_VERSION);
    put_u32(payload + 4, service->bus_number);
    put_u32(payload + 8, service->scl_hz);
    peer_send(&client->peer, PROTOCOL_WELCOME, payload, sizeof payload, NULL, 0);
}

static void become(struct service *service, struct client *client, uint16_t number)
{
    const struct client_role *role = find_role(number);
    if (!role) {
        refuse(client, EINVAL, "there is no such role", "refused: there is no such role");
        return;
    }
    int error = role->begin(service, client);
    if (error != 0) {
        refuse(client, error, "the server is out of memory", "refused: no memory for it");
        return;
    }
    client->role = role;
    welcome(service, client);
}

/*
 * Magic and version keep their place in all versions, so that any two versions can report a
 * mismatch.
 */
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
        refuse(client, EPROTO, text, "refused: it speaks another version");
        return;
    }
    if (frame->length != PROTOCOL_HELLO_BYTES) {
        peer_drop(&client->peer, "no HELLO of this protocol");
        return;
    }
    memcpy(client->name, payload + 8, PROTOCOL_NAME_BYTES);
    become(service, client, get_u16(payload + 6));
}

/* ---- the FILE socket ------------------------------------------------------------------------- */

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
        client->file =
            file_session_new(&service->controllers, &client->peer, get_u64(packet + 8), &error);
    if (client->file) {
        client->role = &file_role;
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
    if (client->role == &file_stranger_role)
        greet_file(service, client, packet, size);
    else if (!file_session_write(client->file, packet, size))
        peer_drop(&client->peer, "no memory for its write");
}

/*
 * An empty packet brings only an address.  Without that address it would look like the end of the
 * connection.
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
 * A program that prints to its descriptor and then calls ioctl() on it expects this order.  So
 * writes to the file are done first.  False: some are not done yet.  (A file that was never printed
 * to costs nothing here: the server's loop serves its first packet.)
 */
static bool file_is_done(struct service *service, uint64_t cookie)
{
    const struct open_file *file = file_table_find(&service->controllers.files, cookie);
    const struct file_session *session = (const struct file_session *)file;
    if (!session || !session->exchange)
        return true;
    struct client *client = (struct client *)session->peer;
    struct pollfd here = {.fd = client->peer.fd, .events = POLLIN | POLLRDHUP};
    if (!client_is_busy(client) && poll(&here, 1, 0) > 0)
        read_packets(service, client, here.revents & (POLLHUP | POLLRDHUP | POLLERR));
    return !client_is_busy(client);
}

static bool must_wait(struct service *service, const struct client *client,
                      const struct peer_frame *frame)
{
    return client->role == &controller_role && frame->type == PROTOCOL_REQUEST &&
           frame->length >= PROTOCOL_REQUEST_BYTES &&
           !file_is_done(service, get_u64(frame->payload));
}

void client_serve(struct service *service, struct client *client)
{
    struct peer_frame frame;
    if (client->role->is_file)
        return; /* its bytes are still in its socket */
    client->waits = false;
    while (!client_is_busy(client)) {
        size_t begin = client->peer.in.begin;
        if (!peer_next(&client->peer, &frame))
            return;
        if (must_wait(service, client, &frame)) {
            client->peer.in.begin = begin; /* handled when the write is done */
            client->waits = true;
            return;
        }
        client->role->frame(service, client, &frame);
    }
}

static void on_readable(struct service *service, struct client *client, bool hung_up)
{
    if (client->role->is_file) {
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

/* ---- what is waited for ---------------------------------------------------------------------- */

struct pollfd client_wish(const struct client *client)
{
    struct pollfd wish = {.fd = client->peer.fd};
    if (!client_is_busy(client))
        wish.events = POLLIN | POLLRDHUP;
    else if (client->role->is_file)
        wish.fd = -1;
    if (peer_queued_bytes(&client->peer) > 0)
        wish.events |= POLLOUT;
    return wish;
}

void client_ready(struct service *service, struct client *client, short events)
{
    enum { GONE = POLLHUP | POLLRDHUP | POLLERR | POLLNVAL };
    if (events & POLLOUT)
        peer_flush(&client->peer);
    if (events & (POLLIN | GONE))
        on_readable(service, client, events & GONE);
}

/* ---- coming and going ------------------------------------------------------------------------ */

struct client *client_new(struct service *service, int fd, bool is_file)
{
    struct client *client = calloc(1, sizeof *client);
    if (!client)
        return NULL;
    peer_init(&client->peer, fd, &service->visits, client);
    client->role = is_file ? &file_stranger_role : &stranger_role;
    client->watched.visit = &client->peer.visit;
    peer_call(&client->peer);
    return client;
}

void client_check_user(struct client *client)
{
    if (i2ctarget_directory_is_trusted_peer(client->peer.fd))
        return;
    if (client->role->is_file)
        peer_drop(&client->peer, "it is another user's");
    else
        refuse(client, EACCES, "it belongs to another user", "refused: it is another user's");
}

void client_free(struct service *service, struct client *client)
{
    if (client->role->end)
        client->role->end(service, client);
    peer_free(&client->peer);
    free(client);
}
