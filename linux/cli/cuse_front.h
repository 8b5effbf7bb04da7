/* SPDX-License-Identifier: MIT */
/*
 * A bus as a character device, for as long as a command runs: what `i2ctarget attach --cuse` and
 * `i2ctarget bus --cuse` have in common.  i2ctarget-cuse does the work (linux/cuse).
 */
#ifndef CLI_CUSE_FRONT_H
#define CLI_CUSE_FRONT_H

#include <stdbool.h>

/*
 * The argument of --cuse, which may be missing: which node.  False: it is none, which was said.
 */
bool cuse_front_number(const char *word, const char *text, long *number);

/* May we, and is there what it takes?  Loads the module if it is missing.  False: no, which was said. */
bool cuse_front_prepare(const char *word);

/*
 * Make the device /dev/i2c-NUMBER (-1: the bus's own number), say so on standard output ("/dev/i2c-1
 * is bus 1"), and stay until SIGTERM, SIGINT or SIGHUP.  An exit status; what went wrong was said.
 * These signals are blocked afterwards.
 */
int cuse_front_run(const char *word, unsigned bus, long number);

#endif
