/* SPDX-License-Identifier: MIT */
/*
 * A connection to a bus's FILE socket.  It stands for one open file of /dev/i2c-N.  The server
 * keeps the file's state until its last descriptor is closed.
 */
#ifndef FRONT_FILE_H
#define FRONT_FILE_H

#include <stdint.h>

/*
 * Connect and shake hands (10 s at most).  Returns a descriptor (CLOEXEC), and in *cookie the name
 * under which the server knows the file; -ENODEV: no server; other -errno.
 */
int file_connect(const char *directory, unsigned bus, uint64_t *cookie);

/*
 * May the node be opened with these flags of open(2)?  0, -EEXIST, -ENOTDIR.  It exists, and is no
 * directory.
 */
int file_check_flags(int flags);

/* SO_COOKIE, a number that the kernel never gives twice; 0: not a socket. */
uint64_t file_cookie(int fd);

#endif
