/* SPDX-License-Identifier: MIT */
#include "fake_server.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PEERS = 64, FIRST_PEER = 3 };

struct peer {
    bool is_file, greeted;
};

static int listen_at(const char *path, int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    unlink(path);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 64) < 0)
        abort();
    return fd;
}

static bool hear(int fd, void *bytes, size_t size)
{
    return size == 0 || recv(fd, bytes, size, MSG_WAITALL) == (ssize_t)size;
}

static void say(int fd, uint16_t type, const void *head, size_t head_bytes, const void *tail,
                size_t tail_bytes)
{
    struct link link = {.fd = fd};
    (void)i2ctarget_link_send(&link, type, head, head_bytes, tail, tail_bytes);
}

static void welcome(const struct fake_server *server, int fd)
{
    uint8_t payload[PROTOCOL_WELCOME_BYTES] = {0};
    put_u16(payload, PROTOCOL_VERSION);
    put_u32(payload + 4, server->bus);
    say(fd, PROTOCOL_WELCOME, payload, sizeof payload, NULL, 0);
}

/* False: close the connection. */
static bool answer(struct fake_server *server, int fd)
{
    uint8_t head[PROTOCOL_REPLY_BYTES] = {0};
    server->requests++;
    while (server->mood == FAKE_WAITS)
        usleep(500);
    if (server->mood == FAKE_HANGS_UP)
        return false;
    put_u32(head, server->mood == FAKE_ECHOES ? server->request[PROTOCOL_REQUEST_BYTES]
                                              : (uint32_t)server->result);
    say(fd, server->mood == FAKE_SPEAKS_WRONG ? PROTOCOL_EVENTS : PROTOCOL_REPLY, head, sizeof head,
        server->reply, server->reply_bytes);
    return true;
}

static bool serve_link(struct fake_server *server, int fd, struct peer *peer)
{
    uint8_t header[PROTOCOL_HEADER_BYTES];
    if (!hear(fd, header, sizeof header))
        return false;
    size_t length = get_u32(header);
    if (length > sizeof server->request || !hear(fd, server->request, length))
        return false;
    server->request_bytes = length;
    if (peer->greeted)
        return get_u16(header + 4) == PROTOCOL_REQUEST && answer(server, fd);
    peer->greeted = true;
    welcome(server, fd);
    return true;
}

static bool serve_file(struct fake_server *server, int fd, struct peer *peer)
{
    uint8_t packet[64] = {0}, bytes[4];
    ssize_t got = recv(fd, packet, sizeof packet, 0);
    if (got <= 0)
        return false;
    if (peer->greeted) {
        memcpy(server->packet, packet, sizeof packet);
        server->packets++;
        return true;
    }
    peer->greeted = true;
    server->cookie = get_u64(packet + 8);
    put_u32(bytes, (uint32_t)server->file_answer);
    (void)!send(fd, bytes, sizeof bytes, MSG_NOSIGNAL);
    return got == PROTOCOL_FILE_HELLO_BYTES && get_u32(packet) == PROTOCOL_MAGIC &&
           get_u16(packet + 4) == PROTOCOL_VERSION;
}

static void hang_up(struct fake_server *server, struct pollfd *slot, const struct peer *peer)
{
    close(slot->fd);
    slot->fd = -1;
    (*(peer->is_file ? &server->files : &server->links))--;
}

static void admit(struct fake_server *server, struct pollfd *polls, struct peer *peers,
                  int listener)
{
    int slot = FIRST_PEER;
    while (polls[slot].fd >= 0)
        slot++;
    assert(slot < FIRST_PEER + PEERS);
    peers[slot] = (struct peer){.is_file = listener == server->file_fd};
    if (peers[slot].is_file) {
        server->files++;
    } else {
        server->links++;
        server->all_links++;
    }
    polls[slot] = (struct pollfd){.fd = accept(listener, NULL, NULL), .events = POLLIN};
}

static void *serve(void *argument)
{
    struct fake_server *server = argument;
    struct pollfd polls[FIRST_PEER + PEERS + 1];
    for (int i = 0; i <= FIRST_PEER + PEERS; i++)
        polls[i] = (struct pollfd){.fd = -1, .events = POLLIN};
    polls[0].fd = server->stop_pipe[0];
    polls[1].fd = server->stream_fd;
    polls[2].fd = server->file_fd;
    struct peer peers[FIRST_PEER + PEERS + 1];
    while (poll(polls, FIRST_PEER + PEERS, -1) >= 0 && !polls[0].revents) {
        for (int i = FIRST_PEER; i < FIRST_PEER + PEERS; i++) {
            if (polls[i].fd >= 0 && polls[i].revents &&
                !(peers[i].is_file ? serve_file : serve_link)(server, polls[i].fd, &peers[i]))
                hang_up(server, &polls[i], &peers[i]);
        }
        for (int i = 1; i < FIRST_PEER; i++) {
            if (polls[i].revents)
                admit(server, polls, peers, polls[i].fd);
        }
    }
    for (int i = FIRST_PEER; i < FIRST_PEER + PEERS; i++) {
        if (polls[i].fd >= 0)
            hang_up(server, &polls[i], &peers[i]);
    }
    return NULL;
}

void fake_server_start(struct fake_server *server, unsigned bus)
{
    memset(server, 0, sizeof *server);
    server->bus = bus;
    char path[LINK_PATH_MAX];
    i2ctarget_link_path(path, "bus", bus);
    server->stream_fd = listen_at(path, SOCK_STREAM);
    i2ctarget_link_path(path, "i2c", bus);
    server->file_fd = listen_at(path, SOCK_SEQPACKET);
    if (pipe(server->stop_pipe) < 0 || pthread_create(&server->thread, NULL, serve, server) != 0)
        abort();
}

void fake_server_stop(struct fake_server *server)
{
    close(server->stop_pipe[1]);
    pthread_join(server->thread, NULL);
    close(server->stop_pipe[0]);
    close(server->stream_fd);
    close(server->file_fd);
    char path[LINK_PATH_MAX];
    i2ctarget_link_path(path, "bus", server->bus);
    unlink(path);
    i2ctarget_link_path(path, "i2c", server->bus);
    unlink(path);
}
