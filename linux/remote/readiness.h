/* SPDX-License-Identifier: MIT */
/*
 * One descriptor for poll() and similar calls.  It is readable while there is news for a target.
 *
 *     socket ──┐
 *              ├──► epoll: the descriptor
 *     eventfd ─┘     readable while marked: there is news that is not in the socket any more
 *
 * Until the descriptor is wanted, nothing is opened, and marking costs nothing.
 */
#ifndef REMOTE_READINESS_H
#define REMOTE_READINESS_H

#include <stdbool.h>

struct readiness {
    int fd;      /* the epoll; -1: not open */
    int mark_fd; /* the eventfd; -1: not open */
    bool is_marked;
};

static const struct readiness readiness_none = {-1, -1, false};

/* 0 (also if it is open already), or -errno. */
int i2ctarget_readiness_open(struct readiness *readiness, int socket);
void i2ctarget_readiness_close(struct readiness *readiness);

/* Say whether there is news outside of the socket. */
void i2ctarget_readiness_mark(struct readiness *readiness, bool has_news);

#endif
