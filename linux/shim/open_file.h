/* SPDX-License-Identifier: MIT */
/*
 * Open files of /dev/i2c-N: a program's descriptor is a connection to the FILE socket of the bus
 * (protocol.h), so that dup(), fork() and exec share it as they share any open file, and the
 * server sees the last of them close it.
 *
 * Results are descriptors or 0, or -errno.
 */
#ifndef SHIM_OPEN_FILE_H
#define SHIM_OPEN_FILE_H

#include "shim/marks.h"

/* open() of the node.  `flags`: open()'s.  -ENODEV: nobody serves the bus any more. */
int open_file_open(unsigned bus, int flags);

/* Is the descriptor, as marked, an open file of a bus still? */
bool open_file_find(int fd, struct mark *mark);

/*
 * The same for a descriptor that need not be marked: one that came over a socket, or was made
 * inside the C library.  Costs system calls; for requests that nobody but an i2c device
 * understands.
 */
bool open_file_recognise(int fd, struct mark *mark);

/* `to` was made from `from` by dup() or one of its relatives. */
void open_file_copied(int from, int to);

/* Mark what this program inherited. */
void open_file_adopt_inherited(void);

/* After fork(), in the child. */
void open_file_forked(void);

#endif
