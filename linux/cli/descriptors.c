/* SPDX-License-Identifier: MIT */
#include "cli/descriptors.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

void descriptors_keep(int *fds, size_t count)
{
    unsigned first = STDERR_FILENO + 1;
    qsort(fds, count, sizeof *fds, compare);
    for (size_t i = 0; i < count; i++) {
        if ((unsigned)fds[i] > first)
            close_range(first, (unsigned)fds[i] - 1, 0);
        first = (unsigned)fds[i] + 1;
    }
    close_range(first, ~0u, 0);
}

void descriptors_point_at_null(int fd)
{
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null_fd >= 0)
        dup2(null_fd, fd);
    if (null_fd > STDERR_FILENO)
        close(null_fd);
}
