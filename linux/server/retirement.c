/* SPDX-License-Identifier: MIT */
#include "server/retirement.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

void retirement_init(struct retirement *retirement, int starter_fd)
{
    *retirement =
        (struct retirement){.starter_fd = starter_fd > 0 ? starter_fd : -1, .lock_fd = -1};
}

struct pollfd retirement_wish(const struct retirement *retirement)
{
    return (struct pollfd){.fd = retirement->starter_fd, .events = POLLIN};
}

/* The starter sends nothing, so what can be read is the end. */
void retirement_ready(struct retirement *retirement, short events)
{
    if (!events)
        return;
    retirement->is_due = retirement->is_awaited = true;
    retirement->starter_fd = -1;
}

bool retirement_lock(struct retirement *retirement, int directory_fd)
{
    int fd = openat(directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return true; /* the directory has gone, and nobody can find the bus any more */
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        close(fd);
        return false;
    }
    retirement->lock_fd = fd;
    return true;
}

void retirement_unlock(struct retirement *retirement)
{
    if (retirement->lock_fd >= 0)
        close(retirement->lock_fd);
    retirement->lock_fd = -1;
}
