/* SPDX-License-Identifier: MIT */
/*
 * Waiting for descriptors.  When one of ours is among them the others are only looked at: ours is
 * ready, so nobody waits.
 */
#include <stdlib.h>
#include <string.h>

#include "shim/open_file.h"
#include "shim/outcome.h"
#include "shim/readiness.h"
#include "shim/real.h"

enum { ON_STACK = 32 };

/* poll() or ppoll() for the rest: at once if `is_ready`. */
struct waiting {
    const struct timespec *timeout;
    const sigset_t *mask;
};

static int wait_for_rest(struct pollfd *rest, nfds_t count, const struct waiting *waiting,
                         bool is_ready)
{
    static const struct timespec at_once = {0};

    return REAL(ppoll)(rest, count, is_ready ? &at_once : waiting->timeout, waiting->mask);
}

static int poll_ours(struct pollfd *fds, nfds_t count, const struct waiting *waiting)
{
    struct pollfd on_stack[ON_STACK];
    struct pollfd *rest = count <= ON_STACK ? on_stack : malloc(count * sizeof *rest);
    int ready, result;

    if (!rest) {
        errno = ENOMEM;
        return -1;
    }
    ready = readiness_take(fds, rest, count);
    result = wait_for_rest(rest, count, waiting, ready > 0);
    if (result >= 0) {
        readiness_merge(fds, rest, count);
        result += ready;
    }
    if (rest != on_stack)
        free(rest);
    return result;
}

static int poll_ours_ms(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
    struct waiting waiting = {timeout_ms < 0 ? NULL : &timeout, NULL};

    return poll_ours(fds, count, &waiting);
}

WRAPPER int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    return readiness_concerns(fds, count) ? poll_ours_ms(fds, count, timeout)
                                          : REAL(poll)(fds, count, timeout);
}

WRAPPER int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t size)
{
    if (size / sizeof *fds < count)
        __chk_fail();
    return readiness_concerns(fds, count) ? poll_ours_ms(fds, count, timeout)
                                          : REAL(__poll_chk)(fds, count, timeout, size);
}

WRAPPER int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                  const sigset_t *mask)
{
    struct waiting waiting = {timeout, mask};

    return readiness_concerns(fds, count) ? poll_ours(fds, count, &waiting)
                                          : REAL(ppoll)(fds, count, timeout, mask);
}

WRAPPER int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                        const sigset_t *mask, size_t size)
{
    struct waiting waiting = {timeout, mask};

    if (size / sizeof *fds < count)
        __chk_fail();
    return readiness_concerns(fds, count) ? poll_ours(fds, count, &waiting)
                                          : REAL(__ppoll_chk)(fds, count, timeout, mask, size);
}

/* select() */

struct taken {
    fd_set reads, writes, exceptions;
    int ready; /* all in all */
    bool any;
};

static void take(struct taken *taken, int limit, fd_set *reads, fd_set *writes, fd_set *exceptions)
{
    taken->ready = readiness_take_set(reads, &taken->reads, limit) +
                   readiness_take_set(writes, &taken->writes, limit);
    /* Never exceptional, so simply not there. */
    taken->any = readiness_take_set(exceptions, &taken->exceptions, limit) > 0 || taken->ready > 0;
}

static int give_back(const struct taken *taken, int result, int limit, fd_set *reads,
                     fd_set *writes)
{
    if (result < 0)
        return result;
    readiness_merge_set(reads, &taken->reads, limit);
    readiness_merge_set(writes, &taken->writes, limit);
    return result + taken->ready;
}

WRAPPER int select(int limit, fd_set *reads, fd_set *writes, fd_set *exceptions,
                   struct timeval *timeout)
{
    struct timeval at_once = {0};
    struct taken taken;
    int result;

    take(&taken, limit, reads, writes, exceptions);
    result = REAL(select)(limit, reads, writes, exceptions, taken.ready > 0 ? &at_once : timeout);
    return taken.any ? give_back(&taken, result, limit, reads, writes) : result;
}

WRAPPER int pselect(int limit, fd_set *reads, fd_set *writes, fd_set *exceptions,
                    const struct timespec *timeout, const sigset_t *mask)
{
    static const struct timespec at_once = {0};
    struct taken taken;
    int result;

    take(&taken, limit, reads, writes, exceptions);
    result =
        REAL(pselect)(limit, reads, writes, exceptions, taken.ready > 0 ? &at_once : timeout, mask);
    return taken.any ? give_back(&taken, result, limit, reads, writes) : result;
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
