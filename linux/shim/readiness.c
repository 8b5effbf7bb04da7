/* SPDX-License-Identifier: MIT */
#include "shim/readiness.h"

#include "shim/open_file.h"

enum { ALWAYS = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM }; /* DEFAULT_POLLMASK */

bool readiness_concerns(const struct pollfd *fds, nfds_t count)
{
    struct mark mark;

    for (nfds_t i = 0; i < count; i++) {
        if (open_file_find(fds[i].fd, &mark))
            return true;
    }
    return false;
}

int readiness_take(struct pollfd *fds, struct pollfd *rest, nfds_t count)
{
    struct mark mark;
    int ready = 0;

    for (nfds_t i = 0; i < count; i++) {
        rest[i] = fds[i];
        if (!open_file_find(fds[i].fd, &mark))
            continue;
        rest[i].fd = -1;
        fds[i].revents = fds[i].events & ALWAYS;
        ready += fds[i].revents != 0;
    }
    return ready;
}

void readiness_merge(struct pollfd *fds, const struct pollfd *rest, nfds_t count)
{
    for (nfds_t i = 0; i < count; i++) {
        if (rest[i].fd == fds[i].fd)
            fds[i].revents = rest[i].revents;
    }
}

int readiness_take_set(fd_set *set, fd_set *ready, int limit)
{
    struct mark mark;
    int count = 0;

    FD_ZERO(ready);
    for (int fd = 0; set && fd < limit && fd < FD_SETSIZE; fd++) {
        if (!FD_ISSET(fd, set) || !open_file_find(fd, &mark))
            continue;
        FD_CLR(fd, set);
        FD_SET(fd, ready);
        count++;
    }
    return count;
}

void readiness_merge_set(fd_set *set, const fd_set *ready, int limit)
{
    for (int fd = 0; set && fd < limit && fd < FD_SETSIZE; fd++) {
        if (FD_ISSET(fd, ready))
            FD_SET(fd, set);
    }
}
