/* SPDX-License-Identifier: MIT */
/*
 * A bus server as a child process: `i2ctarget run` and `device` start one where none runs.
 */
#ifndef CLI_BUS_CHILD_H
#define CLI_BUS_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "server/server.h"

struct bus_child {
    const char *word; /* of the command, for what is said */
    pid_t pid;        /* 0: none */
    bool keep;        /* it stays when we end, and when we are killed */
};

/*
 * Fork a process that serves, and wait until it is ready.  False: it could not (the server has said
 * why).  options->ready is overwritten.
 */
bool bus_child_start(struct bus_child *child, const char *word, struct bus_options *options,
                     bool keep);
/* Has it ended by itself?  Then it is said on stderr, and the child is none any more. */
bool bus_child_has_ended(struct bus_child *child);
/* End it, unless it is to stay.  False: it says that it did not do well. */
bool bus_child_stop(struct bus_child *child);

#endif
