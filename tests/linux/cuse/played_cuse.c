/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into i2ctarget-cuse.  A test (cuse_kernel.py) is at the other end of /dev/cuse instead
 * of the kernel.  libfuse is the real one; its read() and writev() use a socket that keeps packets
 * apart, as the device does.
 *
 *   PLAYED_CUSE    three descriptors: the device; orders for its next read(), and for its next writev()
 *   PLAYED_ROOT    a directory in which /dev/i2c-N and the contents of /sys/class/cuse are looked for
 *
 * An order is a number: the errno of the call, or one of enum order.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum order {
    NO_ORDER = 0,
    STEAL = -1, /* remove the packet before it is read */
    HEAP = -2,  /* report on the same socket how many bytes of the heap are in use */
};

static int device = -1, read_orders, write_orders;

static int next_order(int orders)
{
    int32_t order;
    return recv(orders, &order, sizeof order, MSG_DONTWAIT) == (ssize_t)sizeof order ? order
                                                                                     : NO_ORDER;
}

static void say_heap(void)
{
    uint64_t bytes = mallinfo2().uordblks + mallinfo2().hblkhd;
    (void)!send(read_orders, &bytes, sizeof bytes, 0);
}

int open64(const char *path, int flags, ...)
{
    const char *fds = getenv("PLAYED_CUSE");
    if (strcmp(path, "/dev/cuse") != 0 || !fds)
        return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0);
    if (sscanf(fds, "%d,%d,%d", &device, &read_orders, &write_orders) != 3)
        abort();
    (void)!send(read_orders, "", 1, 0); /* it is open */
    return device;
}

ssize_t read(int fd, void *bytes, size_t size)
{
    int order = fd == device ? next_order(read_orders) : NO_ORDER;
    if (order == HEAP)
        say_heap();
    uint8_t stolen;
    if (order == STEAL)
        (void)!recv(fd, &stolen, sizeof stolen, MSG_DONTWAIT);
    if (order > 0) {
        errno = order;
        return -1;
    }
    return syscall(SYS_read, fd, bytes, size);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    int order = fd == device ? next_order(write_orders) : NO_ORDER;
    if (order > 0) {
        errno = order;
        return -1;
    }
    return syscall(SYS_writev, fd, parts, count);
}

/* The place to which a path leads. */
static const char *place(const char *path, char played[4096])
{
    const char *root = getenv("PLAYED_ROOT");
    if (!root || (strncmp(path, "/dev/i2c-", 9) != 0 && strncmp(path, "/sys/class/cuse/", 16) != 0))
        return path;
    snprintf(played, 4096, "%s%s", root, path);
    return played;
}

int access(const char *path, int mode)
{
    char played[4096];
    return faccessat(AT_FDCWD, place(path, played), mode, 0);
}

FILE *fopen(const char *path, const char *mode)
{
    FILE *(*next)(const char *path, const char *mode);
    *(void **)&next = dlsym(RTLD_NEXT, "fopen");
    char played[4096];
    return next(place(path, played), mode);
}
