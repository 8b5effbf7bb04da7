/* SPDX-License-Identifier: MIT */
/*
 * Somebody connected to the server: first a stranger, then, by his first frame, a controller, a
 * target, a monitor or an open file.
 */
#ifndef BUS_CLIENT_H
#define BUS_CLIENT_H

#include <sys/types.h>

#include "bus/controller_session.h"
#include "bus/monitors.h"
#include "bus/target_session.h"

/* What there is to be served with. */
struct service {
    unsigned bus_number;
    uint32_t scl_hz;
    struct bus bus;
    struct trace trace;
    struct monitors monitors;
    struct controller_context controllers;
    uint8_t packet[I2CDEV_LENGTH_MAX];
};

enum client_role {
    CLIENT_STRANGER, /* on the stream socket, before HELLO */
    CLIENT_CONTROLLER,
    CLIENT_TARGET,
    CLIENT_MONITOR,
    CLIENT_FILE_STRANGER, /* on the FILE socket, before its first packet */
    CLIENT_FILE,
};

struct client {
    struct peer peer; /* first member */
    enum client_role role;
    char name[PROTOCOL_NAME_BYTES + 1];
    union {
        struct controller_session *controller;
        struct target_session *target;
        struct monitor *monitor;
        struct file_session *file;
    };
    struct client *next; /* the server's */
    size_t slot;         /* the server's: its place in the poll array */
};

/* NULL: no memory; the descriptor is then still the caller's. */
struct client *client_new(int fd, bool is_file);
/* Ends whatever it was doing on the bus.  bus_run() must follow. */
void client_free(struct service *service, struct client *client);

/* The descriptor is readable; `hung_up`: and nobody is at the other end any more. */
void client_readable(struct service *service, struct client *client, bool hung_up);
/* Go on with what it sent already, now that it is not busy any more. */
void client_serve(struct service *service, struct client *client);

/* It has asked for something and must wait for the answer: nothing more is to be read from it. */
bool client_is_busy(const struct client *client);

const char *client_role_name(const struct client *client);

#endif
