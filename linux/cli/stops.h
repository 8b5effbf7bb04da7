/* SPDX-License-Identifier: MIT */
#ifndef CLI_STOPS_H
#define CLI_STOPS_H

#include <signal.h>

/*
 * The signals that end a command: SIGTERM, SIGINT and SIGHUP.  One that was ignored at our start
 * (nohup, a shell's background job) stays ignored.
 */

/* Adds them to the set. */
void stops_add(sigset_t *set);

/*
 * From now on they do not end the process.  They can be read from the returned descriptor, a
 * signalfd.  Negative: it could not be made; a message has been printed.
 */
int stops_open(const char *word);

#endif
