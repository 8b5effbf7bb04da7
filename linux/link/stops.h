/* SPDX-License-Identifier: MIT */
/*
 * The signals that ask a program of ours to end: SIGTERM, SIGINT and SIGHUP.  One that was ignored
 * when we were started stays ignored: nohup does that, and a shell for its background jobs.
 */
#ifndef LINK_STOPS_H
#define LINK_STOPS_H

#include <signal.h>

/* Adds them to the set. */
void i2ctarget_stops_add(sigset_t *set);

/*
 * From now on they do not end the process.  They can be read from the returned descriptor, a
 * signalfd.  Or -errno.
 */
int i2ctarget_stops_open(void);

/*
 * From now on they call `handler`, but only while ppoll() waits with the mask *while_waiting.  So
 * none can come between a look at what the handler sets and the wait.
 */
void i2ctarget_stops_handle(void (*handler)(int signal), sigset_t *while_waiting);

/* In a child that its parent will end by SIGTERM, whatever the parent itself was told to ignore. */
void i2ctarget_stops_obey_parent(void);

#endif
