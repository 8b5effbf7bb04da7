/* SPDX-License-Identifier: MIT */
/*
 * The cookie of a socket is a number that the kernel never gives twice.  A mark is checked by it:
 * one system call shows that the descriptor is still the same socket, and gives the name under
 * which the server knows the open file.
 *
 * A child of vfork() shares this memory with its parent, but not the descriptors: a file that the
 * child closes is still open in the parent.  So a mark is removed only in the process that made it.
 * A mark too many does no harm.
 */
#include "shim/open_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "front/file.h"
#include "link/link.h"
#include "shim/i2c_call.h"
#include "front/place.h"

static _Atomic pid_t owner;

static bool is_owner(void)
{
    return atomic_load_explicit(&owner, memory_order_relaxed) == getpid();
}

static void forget(int fd)
{
    if (is_owner())
        marks_clear(fd);
}

/* Opening. */

static int connect_file(unsigned bus, uint64_t *cookie)
{
    int fd = file_connect(place_directory(), bus, cookie);
    /*
     * A reader that we do not see (stdio) gets end of file instead of waiting for ever.  And poll()
     * and select() find the file ready, as they always find an i2c-dev file.
     */
    if (fd >= 0)
        shutdown(fd, SHUT_RD);
    return fd;
}

int open_file_open(unsigned bus, int flags)
{
    struct mark mark = {.bus = (uint16_t)bus, .access = flags & O_ACCMODE};
    int fd = file_check_flags(flags);
    if (fd < 0)
        return fd;
    fd = connect_file(bus, &mark.cookie);
    if (fd < 0)
        return fd;
    if (!marks_set(fd, &mark)) {
        close(fd);
        return -EMFILE;
    }
    if (flags & O_NONBLOCK)
        fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
    if (!(flags & O_CLOEXEC))
        fcntl(fd, F_SETFD, 0);
    return fd;
}

/* Knowing. */

bool open_file_find(int fd, struct mark *mark)
{
    int saved = errno;
    if (!marks_get(fd, mark))
        return false;
    if (file_cookie(fd) == mark->cookie)
        return true;
    forget(fd);
    errno = saved;
    return false;
}

static bool is_packet_socket(int fd)
{
    int domain = 0, type = 0;
    socklen_t size = sizeof(int);
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX &&
           getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

/*
 * The bus whose FILE socket it may be, from the last part of the peer's address; -1: none.  (Only
 * the server understands the part before it: rendezvous.c.)
 */
static int peer_bus(int fd)
{
    struct sockaddr_un address = {0};
    socklen_t size = sizeof address;
    char path[sizeof address.sun_path + 1] = "";
    if (!is_packet_socket(fd) || getpeername(fd, (struct sockaddr *)&address, &size) < 0)
        return -1;
    memcpy(path, address.sun_path, sizeof address.sun_path);
    const char *slash = strrchr(path, '/');
    return slash ? place_number(slash + 1) : -1;
}

/* Does the server of that bus know the file?  Other programs may have sockets of that name. */
static bool is_known(const struct mark *mark)
{
    unsigned long bits;
    return i2c_call_ioctl(mark, I2C_FUNCS, (unsigned long)&bits) == 0;
}

bool open_file_recognise(int fd, struct mark *mark)
{
    int saved = errno, bus;
    if (open_file_find(fd, mark))
        return true;
    bus = place_buses(NULL) > 0 ? peer_bus(fd) : -1;
    *mark = (struct mark){.cookie = file_cookie(fd), .bus = (uint16_t)bus, .access = O_RDWR};
    if (bus >= 0 && !is_known(mark))
        bus = -1;
    if (bus >= 0)
        marks_set(fd, mark);
    errno = saved;
    return bus >= 0;
}

void open_file_copied(int from, int to)
{
    struct mark mark;
    if (open_file_find(from, &mark))
        marks_set(to, &mark);
}

/* This also looks at "." and "..", and at the directory's own descriptor.  That does no harm. */
void open_file_adopt_inherited(void)
{
    atomic_store(&owner, getpid());
    DIR *directory = place_buses(NULL) > 0 ? opendir("/proc/self/fd") : NULL;
    if (!directory)
        return;
    struct mark mark;
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL)
        open_file_recognise(atoi(entry->d_name), &mark);
    closedir(directory);
}

void open_file_forked(void)
{
    atomic_store(&owner, getpid());
}
