/* SPDX-License-Identifier: MIT */
/*
 * The buffer has the size that it has for a device file (st_blksize).  A device can see that size:
 * it is the length of the read that one getc() makes.
 */
#include "shim/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shim/lock.h"

enum { BUFFER_BYTES = 4096 };

struct stream {
    struct stream *next;
    FILE *file;
    int fd;
    char buffer[BUFFER_BYTES];
};

static struct stream *streams;
static atomic_size_t count;

int stream_flags(const char *mode)
{
    int flags = mode[0] == 'r'   ? 0
                : mode[0] == 'w' ? O_CREAT | O_TRUNC
                : mode[0] == 'a' ? O_CREAT | O_APPEND
                                 : -1;
    if (flags < 0)
        return -1;
    flags |= strchr(mode, '+') ? O_RDWR : mode[0] == 'r' ? O_RDONLY : O_WRONLY;
    for (const char *at = mode + 1; *at && *at != ','; at++)
        flags |= *at == 'e' ? O_CLOEXEC : *at == 'x' ? O_EXCL : 0;
    return flags;
}

static ssize_t stream_read(void *cookie, char *buffer, size_t size)
{
    return read(((struct stream *)cookie)->fd, buffer, size);
}

/* fopencookie(3) forbids a negative result here. */
static ssize_t stream_write(void *cookie, const char *buffer, size_t size)
{
    ssize_t result = write(((struct stream *)cookie)->fd, buffer, size);
    return result < 0 ? 0 : result;
}

static int stream_seek(void *cookie, off64_t *offset, int whence)
{
    (void)cookie;
    (void)offset;
    (void)whence;
    errno = ESPIPE;
    return -1;
}

static int stream_close(void *cookie)
{
    struct stream *stream = cookie, **at = &streams;
    int result = close(stream->fd);
    lock_take();
    while (*at && *at != stream)
        at = &(*at)->next;
    if (*at) {
        *at = stream->next;
        atomic_fetch_sub(&count, 1);
    }
    lock_give();
    free(stream);
    return result;
}

FILE *stream_open(int fd, const char *mode)
{
    static const cookie_io_functions_t functions = {stream_read, stream_write, stream_seek,
                                                    stream_close};
    struct stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return NULL;
    stream->fd = fd;
    stream->file = fopencookie(stream, mode, functions);
    if (!stream->file) {
        free(stream);
        return NULL;
    }
    setvbuf(stream->file, stream->buffer, _IOFBF, sizeof stream->buffer);
    lock_take();
    stream->next = streams;
    streams = stream;
    atomic_fetch_add(&count, 1);
    lock_give();
    return stream->file;
}

int stream_fd(FILE *file)
{
    int fd = -1;
    if (atomic_load(&count) == 0)
        return -1;
    lock_take();
    const struct stream *stream;
    for (stream = streams; stream; stream = stream->next) {
        if (stream->file == file)
            fd = stream->fd;
    }
    lock_give();
    return fd;
}
