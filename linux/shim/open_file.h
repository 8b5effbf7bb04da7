/* SPDX-License-Identifier: MIT */
/*
 * Open files of /dev/i2c-N.  A program's descriptor is a connection to the FILE socket of the bus
 * (protocol.h).  So dup(), fork() and exec share it like any open file, and the server sees when
 * the last descriptor is closed.
 *
 * Results are descriptors or 0, or -errno.
 */
#ifndef SHIM_OPEN_FILE_H
#define SHIM_OPEN_FILE_H

#include "shim/marks.h"

/* open() of the node.  `flags`: open()'s.  -ENODEV: no server serves the bus any more. */
int open_file_open(unsigned bus, int flags);

/* Is the descriptor still an open file of a bus, as its mark says? */
bool open_file_find(int fd, struct mark *mark);

/*
 * The same question for a descriptor that may have no mark: one that came over a socket, or was
 * made inside the C library.  It costs system calls, so it is asked only for requests that only i2c
 * devices understand.
 */
bool open_file_recognise(int fd, struct mark *mark);

/* `to` was made from `from` by dup() or a similar call. */
void open_file_copied(int from, int to);

/* Mark the open files that this program inherited. */
void open_file_adopt_inherited(void);

/* After fork(), in the child. */
void open_file_forked(void);

#endif
