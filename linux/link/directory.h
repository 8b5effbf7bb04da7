/* SPDX-License-Identifier: MIT */
/*
 * The directory as an open file, for servers that make sockets in it; and connecting to a socket in
 * it, which the stream socket and the FILE socket have in common.
 */
#ifndef LINK_DIRECTORY_H
#define LINK_DIRECTORY_H

#include <stdbool.h>

#include "link/link.h"

/*
 * Opens the directory; it is made if it is missing, as i2ctarget_link_directory() makes it.
 * Returns a descriptor (O_PATH, CLOEXEC), which was checked and stays safe even if the path
 * changes; or the errors of i2ctarget_link_directory().
 */
int i2ctarget_directory_open(char path[LINK_PATH_MAX]);

/*
 * A connected descriptor of `type` (SOCK_STREAM, SOCK_SEQPACKET), CLOEXEC; -ENOENT: no socket, or
 * no server behind it; -EACCES: no permission, or the server is another user's; -ETIMEDOUT: the
 * server did not accept until `deadline_us` (CLOCK_MONOTONIC); other -errno.
 */
int i2ctarget_link_connect(const char *path, int type, int64_t deadline_us);

/* Is the process at the other end of the socket root's, ours, or i2ctarget_link_user()'s? */
bool i2ctarget_directory_is_trusted_peer(int fd);

#endif
