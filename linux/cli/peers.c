/* SPDX-License-Identifier: MIT */
#include "cli/peers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/question.h"

static const char own_name[] = "i2ctarget list";

/* ---- asking ---------------------------------------------------------------------------------- */

static pid_t process_behind(int fd)
{
    struct ucred server = {0};
    socklen_t size = sizeof server;
    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &server, &size);
    return server.pid;
}

static int ask(struct link *link, struct link_frame *frame)
{
    int result = question_ask(link, frame, PROTOCOL_OP_PEERS, 0, NULL);
    if (result < 0)
        return result;
    return (frame->length - PROTOCOL_REPLY_BYTES) % PROTOCOL_PEER_BYTES == 0 ? 0 : -EPROTO;
}

static void take_peer(struct peer *peer, const uint8_t *at)
{
    peer->role = get_u16(at);
    peer->pid = (pid_t)get_u32(at + 4);
    peer->addresses = get_address_set(at + 8);
    memcpy(peer->name, at + 8 + PROTOCOL_ADDRESS_SET_BYTES, PROTOCOL_NAME_BYTES);
    peer->name[PROTOCOL_NAME_BYTES] = '\0';
}

static int take_peers(struct peers *peers, const struct link_frame *frame)
{
    peers->count = (frame->length - PROTOCOL_REPLY_BYTES) / PROTOCOL_PEER_BYTES;
    peers->list = calloc(peers->count + 1, sizeof *peers->list);
    if (!peers->list)
        return -ENOMEM;
    for (size_t i = 0; i < peers->count; i++)
        take_peer(&peers->list[i], frame->payload + PROTOCOL_REPLY_BYTES + i * PROTOCOL_PEER_BYTES);
    return 0;
}

/* ---- order ----------------------------------------------------------------------------------- */

static const struct {
    unsigned role;
    const char *name;
} roles[] = {{PROTOCOL_TARGET, "target"},
             {PROTOCOL_ADAPTER, "adapter"},
             {PROTOCOL_OPEN_FILE, "open file"},
             {PROTOCOL_CONTROLLER, "controller"},
             {PROTOCOL_MONITOR, "monitor"}};
enum { ROLES = sizeof roles / sizeof *roles };

static int rank(const struct peer *peer)
{
    int i = 0;
    while (i < ROLES && roles[i].role != peer->role)
        i++;
    return i;
}

const char *peers_role(const struct peer *peer)
{
    int i = rank(peer);
    return i < ROLES ? roles[i].name : "other";
}

static int lowest(const struct peer *peer)
{
    int address = 0;
    while (address <= I2CTARGET_ADDRESS_MAX &&
           !i2ctarget_address_set_has(&peer->addresses, (uint16_t)address))
        address++;
    return address;
}

static int compare(const void *a, const void *b)
{
    int difference = rank(a) - rank(b);
    if (difference == 0)
        difference = lowest(a) - lowest(b);
    return difference ? difference : ((const struct peer *)a)->pid - ((const struct peer *)b)->pid;
}

static void find_shared(struct peers *peers)
{
    struct i2ctarget_address_set once = {0};
    for (size_t i = 0; i < peers->count; i++) {
        const struct i2ctarget_address_set *set = &peers->list[i].addresses;

        for (size_t k = 0; k < I2CTARGET_ADDRESS_WORDS; k++)
            peers->shared.bits[k] |= once.bits[k] & set->bits[k];
        i2ctarget_address_set_merge(&once, set);
    }
}

/* ---- the doors ------------------------------------------------------------------------------- */

bool peers_fetch(const char *word, struct peers *peers, const char *directory, unsigned bus)
{
    struct link link;
    struct link_frame frame = {0};
    *peers = (struct peers){.directory = directory, .bus = bus};
    int result = directory
                     ? i2ctarget_link_open_in(&link, directory, bus, PROTOCOL_CONTROLLER, own_name)
                     : i2ctarget_link_open(&link, bus, PROTOCOL_CONTROLLER, own_name);
    if (result == 0) {
        peers->scl_hz = link.scl_hz;
        peers->server = process_behind(link.fd);
        result = ask(&link, &frame);
        if (result == 0)
            result = take_peers(peers, &frame);
        i2ctarget_link_close(&link);
    }
    if (result < 0) {
        cli_link_error(word, &link, result);
        return false;
    }
    qsort(peers->list, peers->count, sizeof *peers->list, compare);
    find_shared(peers);
    return true;
}

void peers_free(struct peers *peers)
{
    free(peers->list);
}

void peers_command(pid_t pid, char command[PEERS_COMMAND_MAX])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    int fd = pid > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t got = fd < 0 ? 0 : read(fd, command, PEERS_COMMAND_MAX - 2);
    size_t length = got > 0 ? (size_t)got : 0;
    command[length] = command[length + 1] = '\0';
    if (fd >= 0)
        close(fd);
}
