/* SPDX-License-Identifier: MIT */
/*
 * The directory as an open file, for who makes sockets in it; and connecting to one of them: the
 * part that the stream socket and the FILE socket have in common.
 */
#ifndef LINK_DIRECTORY_H
#define LINK_DIRECTORY_H

#include <stdbool.h>

#include "link/link.h"

/*
 * The directory, made if it is missing, as i2ctarget_link_directory() makes it.  A descriptor
 * (O_PATH, CLOEXEC) of one that is safe, whatever becomes of the path afterwards; or
 * i2ctarget_link_directory()'s errors.
 */
int i2ctarget_directory_open(char path[LINK_PATH_MAX]);

/*
 * A connected descriptor of `type` (SOCK_STREAM, SOCK_SEQPACKET), CLOEXEC; -ENOENT: no socket, or
 * nobody behind it; -EACCES: not for us, or the server is another user's; -ETIMEDOUT: it takes
 * nobody in until `deadline_us` (CLOCK_MONOTONIC); other -errno.
 */
int i2ctarget_link_connect(const char *path, int type, int64_t deadline_us);

/* Is at the other end of a socket root, we ourselves, or i2ctarget_link_user()? */
bool i2ctarget_directory_is_trusted_peer(int fd);

#endif
