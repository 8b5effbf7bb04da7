/* SPDX-License-Identifier: MIT */
/*
 * Somebody connected to the server: first a stranger, then, by his first frame, a controller, a
 * target, a monitor, an open file, or whatever else the server was given roles for.
 */
#ifndef SERVER_CLIENT_H
#define SERVER_CLIENT_H

#include <poll.h>
#include <sys/types.h>

#include "server/controller_session.h"
#include "server/monitors.h"
#include "server/target_session.h"

struct client;
struct client_role;

/* What there is to be served with. */
struct service {
    unsigned bus_number;
    uint32_t scl_hz;
    struct bus bus;
    struct trace trace;
    struct monitors monitors;
    struct controller_context controllers;
    /* Roles that others bring along, ended by NULL; NULL: none. */
    const struct client_role *const *more_roles;
    struct client *arrivals; /* clients made by clients, for the server to take over */
    uint8_t packet[I2CDEV_LENGTH_MAX];
};

/*
 * What a client is, and so what becomes of its bytes.  The server has some, and is given the rest:
 * it knows sockets and frames, not what they are good for.
 */
struct client_role {
    const char *name; /* for people */
    uint16_t number;  /* in HELLO; 0: nobody asks for it */
    bool is_file;     /* of the FILE socket: packets */
    /* HELLO asked for it.  0, or the errno to refuse with; nothing is left behind then. */
    int (*begin)(struct service *service, struct client *client);
    /* Ends whatever it was doing on the bus. */
    void (*end)(struct service *service, struct client *client);
    /* One whole frame, of those that have come.  NULL: there are none. */
    void (*frame)(struct service *service, struct client *client, const struct peer_frame *frame);
    /*
     * Instead of frames: look at the bytes that have come (peer.in), of which up to stream_bytes
     * are read at a time.  NULL: there are frames, or packets.
     */
    void (*bytes)(struct service *service, struct client *client);
    size_t stream_bytes;
    /*
     * It has asked for something and must wait for the answer: nothing more is to be read from it.
     * NULL: never.
     */
    bool (*is_busy)(const struct client *client);
};

struct client {
    struct peer peer; /* first member */
    const struct client_role *role;
    char name[PROTOCOL_NAME_BYTES + 1];
    union {
        struct controller_session *controller;
        struct target_session *target;
        struct monitor *monitor;
        struct file_session *file;
        void *guest; /* of a role that others brought along */
    };
    struct client *next; /* the server's */
    size_t slot;         /* the server's: its place in the poll array */
};

/* NULL: no memory; the descriptor is then still the caller's. */
struct client *client_new(int fd, bool is_file);
/*
 * Turn it away unless it is the owner's or root's.  The mode of the sockets keeps others out, too,
 * but who has the directory can change it.
 */
void client_check_user(struct client *client);
/*
 * A connection that another client brought along, of a role that needs no HELLO; the server serves
 * it from its next round on.  NULL: no memory; the descriptor is then still the caller's.
 */
struct client *client_introduce(struct service *service, int fd, const struct client_role *role,
                                void *guest);
/* Ends whatever it was doing on the bus.  bus_run() must follow. */
void client_free(struct service *service, struct client *client);

/*
 * What poll() is to watch for.  A busy controller is only watched for its end.  A busy open file is
 * not even that: what was written to it before it was closed is still to be done, and its end is
 * not to be seen before.
 */
struct pollfd client_wish(const struct client *client);
/* What poll() saw: `revents`. */
void client_ready(struct service *service, struct client *client, short events);
/* Go on with what it sent already, now that it is not busy any more. */
void client_serve(struct service *service, struct client *client);

/* Nothing more is to be read from it for now. */
bool client_is_busy(const struct client *client);

#endif
