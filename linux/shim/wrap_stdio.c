/* SPDX-License-Identifier: MIT */
/*
 * Streams.
 */
#include <errno.h>

#include "shim/open_file.h"
#include "front/place.h"
#include "shim/real.h"
#include "shim/stream.h"

static FILE *open_stream(unsigned bus, const char *mode)
{
    int flags = stream_flags(mode), fd;
    fd = flags < 0 ? -EINVAL : open_file_open(bus, flags);
    if (fd < 0) {
        errno = -fd;
        return NULL;
    }
    FILE *stream = stream_open(fd, mode);
    if (!stream)
        close(fd);
    return stream;
}

WRAPPER FILE *fopen(const char *path, const char *mode)
{
    int bus = place_node(AT_FDCWD, path);
    char buffer[PLACE_PATH_MAX];
    return bus < 0 ? REAL(fopen)(place_redirect(path, buffer), mode)
                   : open_stream((unsigned)bus, mode);
}

WRAPPER FILE *fopen64(const char *path, const char *mode)
{
    int bus = place_node(AT_FDCWD, path);
    char buffer[PLACE_PATH_MAX];
    return bus < 0 ? REAL(fopen64)(place_redirect(path, buffer), mode)
                   : open_stream((unsigned)bus, mode);
}

/* Does a file with this access mode allow these flags? */
static bool allows(int access, int flags)
{
    return flags >= 0 && (access == O_RDWR || access == (flags & O_ACCMODE));
}

WRAPPER FILE *fdopen(int fd, const char *mode)
{
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(fdopen)(fd, mode);
    if (allows(mark.access, stream_flags(mode)))
        return stream_open(fd, mode);
    errno = EINVAL;
    return NULL;
}

WRAPPER int fileno(FILE *stream)
{
    int fd = stream_fd(stream);
    return fd < 0 ? REAL(fileno)(stream) : fd;
}

WRAPPER int fileno_unlocked(FILE *stream)
{
    int fd = stream_fd(stream);
    return fd < 0 ? REAL(fileno_unlocked)(stream) : fd;
}
