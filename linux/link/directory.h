/* SPDX-License-Identifier: MIT */
/*
 * Connecting to a socket of the directory: the part that the stream socket and the FILE socket
 * have in common.
 */
#ifndef LINK_DIRECTORY_H
#define LINK_DIRECTORY_H

/*
 * A connected descriptor of `type` (SOCK_STREAM, SOCK_SEQPACKET), CLOEXEC; -ENOENT: no socket, or
 * nobody behind it; other -errno.
 */
int directory_connect(const char *path, int type);

#endif
