/* SPDX-License-Identifier: MIT */
/*
 * A bus as an adapter of the kernel, as long as a command runs: what `i2ctarget attach` and
 * `i2ctarget bus --attach` have in common.
 */
#ifndef CLI_ATTACHMENT_H
#define CLI_ATTACHMENT_H

#include <stdbool.h>

/*
 * Do we have the permissions, and does the kernel have the modules?  Loads missing modules.  False:
 * no; a message has said why.
 */
bool attachment_prepare(const char *word);

/*
 * Attach, print "/dev/i2c-7 is bus 1" on standard output, wait for SIGTERM, SIGINT or SIGHUP, and
 * detach.  Returns an exit status; a failure has been reported.  These signals are blocked
 * afterwards.
 */
int attachment_run(const char *word, unsigned bus);

#endif
