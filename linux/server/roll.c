/* SPDX-License-Identifier: MIT */
#include "server/roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

/* 0: unknown. */
static uint32_t process_of(const struct client *client)
{
    struct ucred peer = {0};
    socklen_t size = sizeof peer;
    getsockopt(client->peer.fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
    return (uint32_t)peer.pid;
}

static bool is_target(const struct client *client)
{
    return client->role->number == PROTOCOL_TARGET && client->target->is_listening;
}

struct i2ctarget_address_set roll_addresses(const struct client *client)
{
    const struct i2ctarget_address_set none = {0};
    return is_target(client) ? client->target->target.wired.driver.addresses : none;
}

/* ---- PEERS ----------------------------------------------------------------------------------- */

static void put_peer(uint8_t *at, const struct client *client)
{
    struct i2ctarget_address_set addresses = roll_addresses(client);
    put_u16(at, client->role->number);
    put_u16(at + 2, 0);
    put_u32(at + 4, process_of(client));
    put_address_set(at + 8, &addresses);
    memcpy(at + 8 + PROTOCOL_ADDRESS_SET_BYTES, client->name, PROTOCOL_NAME_BYTES);
}

/* Has it said who it is, and is it still there? */
static bool counts(const struct client *client, const struct client *asking)
{
    return client != asking && client->role->number != 0 && !client->peer.gone;
}

void roll_send(const struct service *service, struct client *asking)
{
    enum { PEERS_MAX = (PROTOCOL_PAYLOAD_MAX - PROTOCOL_REPLY_BYTES) / PROTOCOL_PEER_BYTES };
    uint8_t head[PROTOCOL_REPLY_BYTES] = {0};
    size_t count = 0, room = 0;
    for (const struct client *client = *service->clients; client; client = client->next)
        room++;
    if (room > PEERS_MAX)
        room = PEERS_MAX;
    uint8_t *peers = malloc(room * PROTOCOL_PEER_BYTES + 1);
    if (!peers) {
        peer_drop(&asking->peer, "no memory for the list of its peers");
        return;
    }
    for (const struct client *client = *service->clients; client; client = client->next) {
        if (count < room && counts(client, asking))
            put_peer(peers + count++ * PROTOCOL_PEER_BYTES, client);
    }
    peer_send(&asking->peer, PROTOCOL_REPLY, head, sizeof head, peers, count * PROTOCOL_PEER_BYTES);
    free(peers);
}

/* ---- two targets at one address -------------------------------------------------------------- */

static struct i2ctarget_address_set common(const struct i2ctarget_address_set *a,
                                           const struct i2ctarget_address_set *b)
{
    struct i2ctarget_address_set both = {0};
    for (uint16_t address = 0; address <= I2CTARGET_ADDRESS_MAX; address++) {
        if (i2ctarget_address_set_has(a, address) && i2ctarget_address_set_has(b, address))
            i2ctarget_address_set_add(&both, address);
    }
    return both;
}

static void say(const struct service *service, const struct client *newcomer,
                const struct client *other, const struct i2ctarget_address_set *both)
{
    unsigned more = i2ctarget_address_set_count(both) - 1;
    uint16_t first = 0;
    while (!i2ctarget_address_set_has(both, first))
        first++;
    fprintf(stderr,
            "i2ctarget bus: two targets listen to address 0x%02x of bus %u: \"%s\" (process %u)",
            first, service->bus_number, other->name, process_of(other));
    fprintf(stderr, " and, from now on, \"%s\" (process %u)", newcomer->name, process_of(newcomer));
    if (more > 0)
        fprintf(stderr, ", and to %u more", more);
    fputc('\n', stderr);
}

void roll_warn(const struct service *service, const struct client *newcomer,
               const struct i2ctarget_address_set *before)
{
    struct i2ctarget_address_set added = roll_addresses(newcomer);
    for (size_t i = 0; i < I2CTARGET_ADDRESS_WORDS; i++)
        added.bits[i] &= ~before->bits[i];
    for (const struct client *client = *service->clients; client; client = client->next) {
        if (client == newcomer || !counts(client, newcomer) || !is_target(client))
            continue;
        struct i2ctarget_address_set theirs = roll_addresses(client);
        struct i2ctarget_address_set both = common(&added, &theirs);
        if (!i2ctarget_address_set_is_empty(&both))
            say(service, newcomer, client, &both);
    }
}
