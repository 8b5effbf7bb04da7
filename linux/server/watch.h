/* SPDX-License-Identifier: MIT */
/*
 * What the server waits for: descriptors, and one moment.  With a hundred connections this costs no
 * more than with one: they are in epoll sets, and a wish changes them only where something is to be
 * reported that is not yet.  What is reported and not wished any more is taken out then.
 *
 * Open files are in a set of their own, which is looked at last.  So whoever has seen a REQUEST on
 * a stream has also seen what the same program printed into the file before.
 *
 *     streams ◄── epoll ──► files
 *        └─ connections, listeners, timer, the set of files
 */
#ifndef SERVER_WATCH_H
#define SERVER_WATCH_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus/visits.h"

#define WATCH_NEVER UINT64_MAX

/* One descriptor; a part of whatever has it. */
struct watched {
    bool is_in;     /* a set */
    bool is_file;   /* set before the first wish */
    bool asks;      /* a program may ask here for what it has printed into a file before */
    short reported; /* the events that the set reports, besides errors and hang-ups */
    short ready;    /* what was reported, and not taken yet */
    int fd;
    struct visit *visit; /* whoever has it is called when something is reported; NULL: nobody */
};

struct watch {
    int streams_fd, files_fd, timer_fd;
    uint64_t timer_ns; /* CLOCK_MONOTONIC; WATCH_NEVER: not set */
    struct watched timer, files;
    struct visits *visits; /* set before the first wish for an item that has a visit */
    size_t capacity;
    struct epoll_event *events;
};

/* False: errno. */
bool watch_open(struct watch *watch);
void watch_close(struct watch *watch);
/* Makes room for `count` descriptors.  False: no memory. */
bool watch_reserve(struct watch *watch, size_t count);

/* Reports these events from now on.  False: errno. */
bool watch_wish(struct watch *watch, struct watched *item, struct pollfd wish);
/* Of what was reported, that which is wished.  The rest is not reported again. */
short watch_take(struct watch *watch, struct watched *item, struct pollfd wish);

/*
 * Waits until something is ready, a signal that `mask` lets through has come, or it is `until_ns`
 * or earlier (CLOCK_MONOTONIC; 0: looks once; WATCH_NEVER).
 */
void watch_wait(struct watch *watch, uint64_t until_ns, const sigset_t *mask);

#endif
