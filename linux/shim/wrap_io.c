/* SPDX-License-Identifier: MIT */
/*
 * The use of an open file: ioctl(), read(), write() and similar calls.  poll() and select() need no
 * wrapper: open_file.c has shut the receiving half of the socket.  So the socket is always ready,
 * like a device without a poll operation.
 */
#include <stdarg.h>

#include "shim/i2c_call.h"
#include "shim/open_file.h"
#include "shim/outcome.h"
#include "shim/real.h"

/* ioctls that the kernel answers for every file, without asking its driver. */
static bool is_for_every_file(unsigned request)
{
    return request == FIOCLEX || request == FIONCLEX || request == FIONBIO;
}

WRAPPER int ioctl(int fd, unsigned long request, ...)
{
    struct mark mark;
    va_list arguments;
    void *argument;
    int saved = errno;
    bool is_ours;

    va_start(arguments, request);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    is_ours = i2c_call_knows((unsigned)request) ? open_file_recognise(fd, &mark)
                                                : open_file_find(fd, &mark);
    if (!is_ours || is_for_every_file((unsigned)request))
        return REAL(ioctl)(fd, request, argument);
    return (int)outcome(i2c_call_ioctl(&mark, (unsigned)request, (unsigned long)argument), saved);
}

WRAPPER ssize_t read(int fd, void *buffer, size_t count)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(read)(fd, buffer, count);
    return outcome(i2c_call_read(&mark, buffer, count), saved);
}

WRAPPER ssize_t __read_chk(int fd, void *buffer, size_t count, size_t size)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(__read_chk)(fd, buffer, count, size);
    if (count > size)
        __chk_fail();
    return outcome(i2c_call_read(&mark, buffer, count), saved);
}

WRAPPER ssize_t write(int fd, const void *buffer, size_t count)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(write)(fd, buffer, count);
    return outcome(i2c_call_write(&mark, buffer, count), saved);
}

WRAPPER ssize_t readv(int fd, const struct iovec *parts, int count)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(readv)(fd, parts, count);
    return outcome(i2c_call_readv(&mark, parts, count), saved);
}

WRAPPER ssize_t writev(int fd, const struct iovec *parts, int count)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(writev)(fd, parts, count);
    return outcome(i2c_call_writev(&mark, parts, count), saved);
}

/*
 * A device that can not seek has no file position.  i2c-dev does not forbid a position; it is
 * ignored.
 */

static ssize_t read_at(const struct mark *mark, void *buffer, size_t count, off_t offset)
{
    return offset < 0 ? -EINVAL : i2c_call_read(mark, buffer, count);
}

static ssize_t write_at(const struct mark *mark, const void *buffer, size_t count, off_t offset)
{
    return offset < 0 ? -EINVAL : i2c_call_write(mark, buffer, count);
}

WRAPPER ssize_t pread(int fd, void *buffer, size_t count, off_t offset)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(pread)(fd, buffer, count, offset);
    return outcome(read_at(&mark, buffer, count, offset), saved);
}

WRAPPER ssize_t pread64(int fd, void *buffer, size_t count, off64_t offset)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(pread64)(fd, buffer, count, offset);
    return outcome(read_at(&mark, buffer, count, offset), saved);
}

WRAPPER ssize_t __pread_chk(int fd, void *buffer, size_t count, off_t offset, size_t size)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(__pread_chk)(fd, buffer, count, offset, size);
    if (count > size)
        __chk_fail();
    return outcome(read_at(&mark, buffer, count, offset), saved);
}

WRAPPER ssize_t __pread64_chk(int fd, void *buffer, size_t count, off64_t offset, size_t size)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(__pread64_chk)(fd, buffer, count, offset, size);
    if (count > size)
        __chk_fail();
    return outcome(read_at(&mark, buffer, count, offset), saved);
}

WRAPPER ssize_t pwrite(int fd, const void *buffer, size_t count, off_t offset)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(pwrite)(fd, buffer, count, offset);
    return outcome(write_at(&mark, buffer, count, offset), saved);
}

WRAPPER ssize_t pwrite64(int fd, const void *buffer, size_t count, off64_t offset)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(pwrite64)(fd, buffer, count, offset);
    return outcome(write_at(&mark, buffer, count, offset), saved);
}

WRAPPER ssize_t preadv(int fd, const struct iovec *parts, int count, off_t offset)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(preadv)(fd, parts, count, offset);
    return outcome(offset < 0 ? -EINVAL : i2c_call_readv(&mark, parts, count), saved);
}

WRAPPER ssize_t preadv64(int fd, const struct iovec *parts, int count, off64_t offset)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(preadv64)(fd, parts, count, offset);
    return outcome(offset < 0 ? -EINVAL : i2c_call_readv(&mark, parts, count), saved);
}

WRAPPER ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(pwritev)(fd, parts, count, offset);
    return outcome(offset < 0 ? -EINVAL : i2c_call_writev(&mark, parts, count), saved);
}

WRAPPER ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(pwritev64)(fd, parts, count, offset);
    return outcome(offset < 0 ? -EINVAL : i2c_call_writev(&mark, parts, count), saved);
}

/* Files without a poll operation can not be watched: ep_insert() of fs/eventpoll.c. */
WRAPPER int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return REAL(epoll_ctl)(epoll, operation, fd, event);
    errno = EPERM;
    return -1;
}
