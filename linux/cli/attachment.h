/* SPDX-License-Identifier: MIT */
/*
 * A bus as an adapter of the kernel's, for as long as a command runs: what `i2ctarget attach` and
 * `i2ctarget bus --attach` have in common.
 */
#ifndef CLI_ATTACHMENT_H
#define CLI_ATTACHMENT_H

#include <stdbool.h>

/*
 * May we, and has the kernel what it takes?  Loads modules that are missing.  False: no, which was
 * said.
 */
bool attachment_prepare(const char *word);

/*
 * Attach, say so on standard output ("/dev/i2c-7 is bus 1"), stay until SIGTERM, SIGINT or SIGHUP,
 * and detach.  An exit status; what went wrong was said.  These signals are blocked afterwards.
 */
int attachment_run(const char *word, unsigned bus);

#endif
