/* SPDX-License-Identifier: MIT */
/* The directory in which a command finds or starts its bus. */
#ifndef CLI_BUS_DIRECTORY_H
#define CLI_BUS_DIRECTORY_H

#include <stdbool.h>

/*
 * Make the directory of all buses if it is missing, and lock it.  While one command looks for a bus
 * there and starts it, others wait here.  Returns a descriptor, to be closed; or -1: a message has
 * been printed.
 */
int bus_directory_lock(const char *word);

/*
 * Make a new directory, and name it in $I2CTARGET_DIR.  So this process and those that it starts
 * have buses that nobody else finds.  False: it could not be made; a message has been printed.
 */
bool bus_directory_make_private(const char *word);

/* Does such a directory have this name? */
bool bus_directory_is_private(const char *name);

#endif
