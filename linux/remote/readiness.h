/* SPDX-License-Identifier: MIT */
/*
 * One descriptor for poll() and its like that is readable while there is news for a target.
 *
 *     socket ──┐
 *              ├──► epoll: the descriptor
 *     eventfd ─┘     readable while marked: news that the socket no longer holds
 *
 * Nothing is opened, and marking costs nothing, before somebody wants the descriptor.
 */
#ifndef REMOTE_READINESS_H
#define REMOTE_READINESS_H

#include <stdbool.h>

struct readiness {
    int fd;      /* the epoll; -1: nobody asked for it */
    int mark_fd; /* the eventfd; -1 likewise */
    bool is_marked;
};

static const struct readiness readiness_none = {-1, -1, false};

/* 0, also when it is open already, or -errno. */
int i2ctarget_readiness_open(struct readiness *readiness, int socket);
void i2ctarget_readiness_close(struct readiness *readiness);

/* Say whether there is news beside that in the socket. */
void i2ctarget_readiness_mark(struct readiness *readiness, bool has_news);

#endif
