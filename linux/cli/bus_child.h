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
    const char *word; /* the command's word, for messages */
    pid_t pid;        /* 0: none */
    bool keep;        /* the child stays when we end or are killed */
};

/*
 * Fork a process that serves, and wait until it is ready.  False: it failed, and the server has
 * printed why.  options->ready is overwritten.
 */
bool bus_child_start(struct bus_child *child, const char *word, struct bus_options *options,
                     bool keep);
/*
 * Has the child ended by itself?  If so, that is reported on stderr, and the structure has no child
 * any more.
 */
bool bus_child_has_ended(struct bus_child *child);
/* End the child, unless it is to stay.  False: the child reports a failure. */
bool bus_child_stop(struct bus_child *child);

#endif
