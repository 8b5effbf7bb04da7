/* SPDX-License-Identifier: MIT */
/*
 * A connection to the server.  It begins without a role.  Its first frame makes it a controller, a
 * target, a monitor, an adapter or an open file.
 */
#ifndef SERVER_CLIENT_H
#define SERVER_CLIENT_H

#include <poll.h>
#include <sys/types.h>

#include "server/adapter_session.h"
#include "server/controller_session.h"
#include "server/monitors.h"
#include "server/target_session.h"
#include "server/watch.h"

struct client;
struct client_role;

/* What clients are served with. */
struct service {
    unsigned bus_number;
    uint32_t scl_hz;
    struct client *const *clients; /* the first one; the server's */
    struct visits visits;          /* of clients */
    struct bus bus;
    struct trace trace;
    struct monitors monitors;
    struct controller_context controllers;
    uint8_t packet[I2CDEV_LENGTH_MAX];
};

/* The role of a client: what is done with its bytes. */
struct client_role {
    const char *name; /* for people */
    uint16_t number;  /* in HELLO, or only in the answer to PEERS; 0: it is a stranger */
    bool is_file;     /* of the FILE socket, which has packets */
    /*
     * HELLO asked for this role.  0, or the errno to refuse with; after a failure nothing may be
     * left allocated.
     */
    int (*begin)(struct service *service, struct client *client);
    /* Ends what the client was doing on the bus. */
    void (*end)(struct service *service, struct client *client);
    /* Handles one whole frame.  NULL: this role has no frames. */
    void (*frame)(struct service *service, struct client *client, const struct peer_frame *frame);
    /* The client waits for an answer, so nothing more may be read from it.  NULL: never. */
    bool (*is_busy)(const struct client *client);
};

struct client {
    struct peer peer; /* first member */
    const struct client_role *role;
    char name[PROTOCOL_NAME_BYTES + 1];
    bool waits; /* its next frame can be handled when a write to an open file is done */
    union {
        struct controller_session *controller;
        struct target_session *target;
        struct monitor *monitor;
        struct file_session *file;
        struct adapter_session *adapter;
    };
    struct client *next;    /* the server's */
    struct watched watched; /* the server's */
};

/* It is due for a visit.  NULL: no memory; the caller then still owns the descriptor. */
struct client *client_new(struct service *service, int fd, bool is_file);
/*
 * Refuse the client unless its user is the owner or root.  The mode of the sockets keeps other
 * users out, too, but whoever owns the directory can change the mode.
 */
void client_check_user(struct client *client);
/* Ends what the client was doing on the bus.  bus_run() must be called next. */
void client_free(struct service *service, struct client *client);

/*
 * What the watch is to wait for.  For a busy controller that is only the end of the connection.
 * For a busy open file it is nothing: the writes that came before its close are still to be done,
 * so the close must not be seen earlier.
 */
struct pollfd client_wish(const struct client *client);
/* Handle what the watch has reported. */
void client_ready(struct service *service, struct client *client, short events);
/* The client is not busy any more: handle what it has already sent. */
void client_serve(struct service *service, struct client *client);

/* Must nothing be read from it now? */
bool client_is_busy(const struct client *client);

#endif
