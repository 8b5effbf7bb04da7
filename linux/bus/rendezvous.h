/* SPDX-License-Identifier: MIT */
/*
 * The place in the file system where a bus is found: its lock, its two sockets, its entry in the
 * sys/ tree.
 *
 *     bus-1.lock   flock()ed while the server lives: if the lock can be had, whoever made the
 *                  sockets is dead
 *     bus-1        SOCK_STREAM
 *     i2c-1        SOCK_SEQPACKET
 */
#ifndef BUS_RENDEZVOUS_H
#define BUS_RENDEZVOUS_H

#include <stdbool.h>

#include "link/link.h"

struct rendezvous {
    unsigned bus;
    char directory[LINK_PATH_MAX];
    char lock_path[LINK_PATH_MAX], stream_path[LINK_PATH_MAX], file_path[LINK_PATH_MAX];
    int lock_fd, stream_fd, file_fd; /* -1: none */
};

/* Take the place.  On failure says why on stderr, leaves nothing behind, and returns false. */
bool rendezvous_open(struct rendezvous *place, unsigned bus);
/* Leave it, and remove what is ours. */
void rendezvous_close(struct rendezvous *place);

#endif
