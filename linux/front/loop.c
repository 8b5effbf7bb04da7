/* SPDX-License-Identifier: MIT */
#include "front/loop.h"

#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>

#include "link/link.h"

int loop_init(struct loop *loop)
{
    loop->fd = epoll_create1(EPOLL_CLOEXEC);
    loop->is_over = false;
    return loop->fd < 0 ? -errno : 0;
}

int loop_watch(struct loop *loop, int fd, struct watch *watch)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = watch};
    return epoll_ctl(loop->fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

void loop_unwatch(struct loop *loop, int fd)
{
    epoll_ctl(loop->fd, EPOLL_CTL_DEL, fd, NULL);
}

/* Rounded up, so that epoll_wait() does not return before the deadline. */
static int milliseconds_to(int64_t deadline_us)
{
    if (deadline_us == INT64_MAX)
        return -1;
    int64_t left_us = deadline_us - i2ctarget_link_now_us();
    if (left_us <= 0)
        return 0;
    return left_us / 1000 < INT_MAX ? (int)((left_us + 999) / 1000) : INT_MAX;
}

/*
 * One event at a time.  Serving one event may free the watch of another, and an event that was
 * fetched together with it would point to freed memory.
 */
void loop_turn(struct loop *loop, int64_t deadline_us)
{
    struct epoll_event event;
    if (epoll_wait(loop->fd, &event, 1, milliseconds_to(deadline_us)) == 1) {
        struct watch *watch = event.data.ptr;

        watch->ready(watch);
    }
}
