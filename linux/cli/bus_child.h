/* SPDX-License-Identifier: MIT */
/*
 * A bus server as a child process: `i2ctarget run` and `device` start one where none runs.
 */
#ifndef CLI_BUS_CHILD_H
#define CLI_BUS_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "server/server.h"

/* How long the child lives. */
enum bus_life {
    BUS_ENDS_WITH_US, /* also if we are killed */
    BUS_ENDS_UNUSED, /* when we have ended, or were killed, and nobody else uses the bus any more */
    BUS_STAYS        /* until it gets a signal */
};

struct bus_child {
    const char *word; /* the command's word, for messages */
    pid_t pid;        /* 0: none */
    enum bus_life life;
    int fd; /* our end of the socket between us */
};

/*
 * Fork a process that serves, and wait until it is ready.  False: it failed, and the server has
 * printed why.  The functions in `options` are overwritten.
 */
bool bus_child_start(struct bus_child *child, const char *word, struct bus_options *options,
                     enum bus_life life);
/*
 * Has the child ended by itself?  If so, that is reported on stderr, and the structure has no child
 * any more.
 */
bool bus_child_has_ended(struct bus_child *child);
/* The same for a caller that has waited for all its children: `pid` has ended, with `status`. */
bool bus_child_was(struct bus_child *child, pid_t pid, int status);
/*
 * We need the bus no more.  Unless it is to stay, or others use it, wait for its end.  False: the
 * child reports a failure.
 */
bool bus_child_stop(struct bus_child *child);

#endif
