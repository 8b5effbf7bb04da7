/* SPDX-License-Identifier: MIT */
#include "remote/readiness.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

void i2ctarget_readiness_close(struct readiness *readiness)
{
    if (readiness->fd >= 0)
        close(readiness->fd);
    if (readiness->mark_fd >= 0)
        close(readiness->mark_fd);
    *readiness = readiness_none;
}

static bool open_both(struct readiness *readiness, int socket)
{
    struct epoll_event readable = {.events = EPOLLIN};
    readiness->fd = epoll_create1(EPOLL_CLOEXEC);
    readiness->mark_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return readiness->fd >= 0 && readiness->mark_fd >= 0 &&
           epoll_ctl(readiness->fd, EPOLL_CTL_ADD, socket, &readable) == 0 &&
           epoll_ctl(readiness->fd, EPOLL_CTL_ADD, readiness->mark_fd, &readable) == 0;
}

int i2ctarget_readiness_open(struct readiness *readiness, int socket)
{
    if (readiness->fd >= 0 || open_both(readiness, socket))
        return 0;
    int error = -errno;
    i2ctarget_readiness_close(readiness);
    return error;
}

void i2ctarget_readiness_mark(struct readiness *readiness, bool has_news)
{
    eventfd_t count;
    if (readiness->mark_fd < 0 || has_news == readiness->is_marked)
        return;
    readiness->is_marked = has_news;
    if (has_news)
        eventfd_write(readiness->mark_fd, 1);
    else
        eventfd_read(readiness->mark_fd, &count);
}
