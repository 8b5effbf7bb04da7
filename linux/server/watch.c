/* SPDX-License-Identifier: MIT */
/*
 * The timer is set only for a moment that is earlier than the one for which it is set.  While
 * transfers follow one another, their time-outs do not have to be set at all: a timer that was set
 * for an earlier one wakes the server once, for nothing.
 */
#include "server/watch.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { OWN = 2, ALWAYS = POLLERR | POLLHUP | POLLNVAL };

_Static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT && EPOLLRDHUP == POLLRDHUP &&
                   EPOLLERR == POLLERR && EPOLLHUP == POLLHUP,
               "wishes are poll()'s");

bool watch_open(struct watch *watch)
{
    *watch = (struct watch){.timer_ns = WATCH_NEVER};
    watch->streams_fd = epoll_create1(EPOLL_CLOEXEC);
    watch->files_fd = epoll_create1(EPOLL_CLOEXEC);
    watch->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    return watch->streams_fd >= 0 && watch->files_fd >= 0 && watch->timer_fd >= 0 &&
           watch_reserve(watch, 0) &&
           watch_wish(watch, &watch->timer, (struct pollfd){watch->timer_fd, POLLIN, 0}) &&
           watch_wish(watch, &watch->files, (struct pollfd){watch->files_fd, POLLIN, 0});
}

void watch_close(struct watch *watch)
{
    const int fds[] = {watch->streams_fd, watch->files_fd, watch->timer_fd};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }
    free(watch->events);
}

bool watch_reserve(struct watch *watch, size_t count)
{
    size_t needed = OWN + count;
    if (needed <= watch->capacity)
        return true;
    struct epoll_event *events = realloc(watch->events, 2 * needed * sizeof *events);
    if (!events)
        return false;
    watch->events = events;
    watch->capacity = 2 * needed;
    return true;
}

/* ---- wishes ---------------------------------------------------------------------------------- */

static bool change(const struct watch *watch, struct watched *item, int operation, short events)
{
    struct epoll_event event = {.events = (uint32_t)(unsigned short)events, .data.ptr = item};
    int set = item->is_file ? watch->files_fd : watch->streams_fd;
    if (epoll_ctl(set, operation, item->fd, &event) < 0)
        return false;
    item->is_in = operation != EPOLL_CTL_DEL;
    item->reported = item->is_in ? events : 0;
    return true;
}

bool watch_wish(struct watch *watch, struct watched *item, struct pollfd wish)
{
    if (wish.fd < 0 || (item->is_in && !(wish.events & ~item->reported)))
        return true;
    item->fd = wish.fd;
    return change(watch, item, item->is_in ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, wish.events);
}

short watch_take(struct watch *watch, struct watched *item, struct pollfd wish)
{
    int ready = item->ready;
    item->ready = 0;
    if (!ready)
        return 0;
    if (wish.fd < 0) {
        change(watch, item, EPOLL_CTL_DEL, 0);
        return 0;
    }
    if (ready & ~wish.events & ~ALWAYS)
        change(watch, item, EPOLL_CTL_MOD, wish.events);
    return (short)(ready & (wish.events | ALWAYS));
}

/* ---- waiting --------------------------------------------------------------------------------- */

static void set_timer(struct watch *watch, uint64_t until_ns)
{
    if (until_ns >= watch->timer_ns)
        return;
    struct itimerspec at = {.it_value = {.tv_sec = (time_t)(until_ns / 1000000000u),
                                         .tv_nsec = (long)(until_ns % 1000000000u)}};
    timerfd_settime(watch->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
    watch->timer_ns = until_ns;
}

static void clear_timer(struct watch *watch)
{
    uint64_t expirations;
    if (read(watch->timer_fd, &expirations, sizeof expirations) > 0)
        watch->timer_ns = WATCH_NEVER;
}

/* True: the files must be looked at. */
static bool add_ready(struct watch *watch, const struct epoll_event *event)
{
    struct watched *item = event->data.ptr;
    if (item == &watch->files)
        return true;
    if (item == &watch->timer) {
        clear_timer(watch);
        return false;
    }
    item->ready = (short)event->events;
    if (item->visit)
        visits_call(watch->visits, item->visit);
    return item->asks;
}

static bool add_all_ready(struct watch *watch, int count)
{
    bool has_files = false;
    for (int i = 0; i < count; i++)
        has_files |= add_ready(watch, &watch->events[i]);
    return has_files;
}

void watch_wait(struct watch *watch, uint64_t until_ns, const sigset_t *mask)
{
    if (until_ns > 0)
        set_timer(watch, until_ns);
    int count = epoll_pwait(watch->streams_fd, watch->events, (int)watch->capacity,
                            until_ns == 0 ? 0 : -1, mask);
    if (add_all_ready(watch, count)) {
        count = epoll_wait(watch->files_fd, watch->events, (int)watch->capacity, 0);
        add_all_ready(watch, count);
    }
}
