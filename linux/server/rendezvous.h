/* SPDX-License-Identifier: MIT */
/*
 * The place in the file system where a bus is found: its lock, its two sockets, its entry in the
 * sys/ tree.
 *
 *     bus-1.lock   flock()ed while the server lives: if the lock can be taken, and nobody answers at
 *                  bus-1, the process that made the sockets is dead
 *     bus-1        SOCK_STREAM
 *     i2c-1        SOCK_SEQPACKET
 */
#ifndef SERVER_RENDEZVOUS_H
#define SERVER_RENDEZVOUS_H

#include <stdbool.h>

#include "link/link.h"

enum { RENDEZVOUS_NAME_MAX = sizeof "bus-65535.lock" };

struct rendezvous {
    unsigned bus;
    char directory[LINK_PATH_MAX]; /* for people */
    int directory_fd;              /* -1: not open; the same is true of the other descriptors */
    char lock_name[RENDEZVOUS_NAME_MAX], stream_name[RENDEZVOUS_NAME_MAX],
        file_name[RENDEZVOUS_NAME_MAX];
    int lock_fd, stream_fd, file_fd;
};

/*
 * Make the files, as the owner (server/owner.h).  On failure prints the reason on stderr, leaves
 * nothing behind, and returns false.
 */
bool rendezvous_open(struct rendezvous *place, unsigned bus);
/* Remove our files and close all. */
void rendezvous_close(struct rendezvous *place);

#endif
