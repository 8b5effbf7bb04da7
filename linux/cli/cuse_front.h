/* SPDX-License-Identifier: MIT */
/*
 * A bus as a character device, as long as a command runs: what `i2ctarget attach --cuse` and
 * `i2ctarget bus --cuse` have in common.  i2ctarget-cuse does the work (linux/cuse).
 */
#ifndef CLI_CUSE_FRONT_H
#define CLI_CUSE_FRONT_H

#include <stdbool.h>

/*
 * The argument of --cuse, the number of the node; it may be missing.  False: it is not a number; a
 * message has been printed.
 */
bool cuse_front_number(const char *word, const char *text, long *number);

/*
 * Do we have the permissions and all that is needed?  Loads the module if it is missing.  False:
 * no; a message has been printed.
 */
bool cuse_front_prepare(const char *word);

/*
 * Make the device /dev/i2c-NUMBER (-1: the bus's own number), print "/dev/i2c-1 is bus 1" on
 * standard output, and wait for SIGTERM, SIGINT or SIGHUP.  Returns an exit status; a failure has
 * been reported.  These signals are blocked afterwards.
 */
int cuse_front_run(const char *word, unsigned bus, long number);

#endif
