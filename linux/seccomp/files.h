/* SPDX-License-Identifier: MIT */
/*
 * The files that supervised programs have opened through the node of a bus.
 *
 * A program's descriptor is the connection to the FILE socket of the bus itself, as under the shim
 * (protocol.h).  So dup(), fork(), exec(), poll() and close() work without us, and the server sees
 * when the last descriptor is closed.  What a descriptor is now, the kernel tells: the number of the
 * socket's inode is in /proc/PID/fd.
 */
#ifndef SECCOMP_FILES_H
#define SECCOMP_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct open_file {
    ino_t inode;
    uint64_t cookie; /* the server's name of the file */
    unsigned bus;
    int access; /* O_RDONLY, O_WRONLY, O_RDWR */
};

struct files {
    dev_t sockets; /* the file system of all sockets; 0: no file was ever opened */
    struct open_file *list;
    size_t count, capacity;
};

/*
 * Opens a file of the bus, as open(2) with these flags does for the node.  Returns a descriptor
 * (CLOEXEC), which the caller hands on and closes; or -errno.
 */
int files_open(struct files *files, unsigned bus, int flags);

/* Is the thread's descriptor an open file of a bus?  False: it is something else, or nothing. */
bool files_find(const struct files *files, pid_t thread, int fd, struct open_file *file);

void files_free(struct files *files);

#endif
