/* SPDX-License-Identifier: MIT */
/*
 * Processes that a command has left running in the background when it ended.
 *
 * They become our children, because we have asked for that.  So their numbers can not become those
 * of strangers before we have waited for them.  Their own children follow when they end.  A process
 * that has begun a session of its own (a daemon, setsid(1)) does not count: it wants to stay.
 */
#ifndef CLI_LEFTOVERS_H
#define CLI_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct leftovers {
    pid_t *told; /* those that have got the signal; free() it */
    size_t count;
};

/* From now on orphans among our descendants become our children. */
void leftovers_adopt(void);

/*
 * Send the signal to each that has not got it yet.  Returns whether there is still one.  Our
 * children must be waited for between two calls.
 */
bool leftovers_end(struct leftovers *leftovers, int signal);

#endif
