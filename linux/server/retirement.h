/* SPDX-License-Identifier: MIT */
/*
 * A bus that a command has started for its own use ends by itself, when the command has gone and
 * nobody else uses the bus any more.
 *
 *     starter's end of a socket closed ──► is_due ── no clients, directory locked ──► the server ends
 *                                               └── clients ──► the starter is told that the bus stays
 */
#ifndef SERVER_RETIREMENT_H
#define SERVER_RETIREMENT_H

#include <poll.h>
#include <stdbool.h>

struct retirement {
    int starter_fd;  /* -1: the starter has gone, or there is none */
    bool is_due;     /* the starter has gone */
    bool is_awaited; /* … and waits to be told whether the bus stays, or to see it end */
    int lock_fd;     /* -1: the directory is not locked */
};

/* starter_fd: a socket whose other end the starter holds; 0: there is no starter. */
void retirement_init(struct retirement *retirement, int starter_fd);

/* What the watch is to wait for, and its result. */
struct pollfd retirement_wish(const struct retirement *retirement);
void retirement_ready(struct retirement *retirement, short events);

/*
 * Lock the directory: who starts buses looks for them under this lock (cli/bus_use.c), so nobody
 * does now.  False: somebody does; try again RETIREMENT_PAUSE_NS later.  Never waits, because that
 * somebody may wait for us.
 */
bool retirement_lock(struct retirement *retirement, int directory_fd);
void retirement_unlock(struct retirement *retirement);

#define RETIREMENT_PAUSE_NS 5000000u

#endif
