/* SPDX-License-Identifier: MIT */
#include "seccomp/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "front/file.h"
#include "front/place.h"

enum { FIRST_CAPACITY = 64 };

/* ---- files that were closed ------------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
    ino_t one = ((const struct open_file *)a)->inode, other = ((const struct open_file *)b)->inode;
    return one < other ? -1 : one > other;
}

/* The number of the inode is the seventh word of a line of /proc/net/unix. */
static bool parse_inode(const char *line, ino_t *inode)
{
    unsigned long number;
    if (sscanf(line, "%*s %*s %*s %*s %*s %*s %lu", &number) != 1)
        return false;
    *inode = number;
    return true;
}

/*
 * Nobody tells us that a file was closed.  So when the list is full, the kernel's list of all
 * sockets shows which files still exist.  The order of the list means nothing.
 */
static void forget_closed(struct files *files)
{
    FILE *sockets = fopen("/proc/net/unix", "re");
    if (!sockets)
        return;
    char line[512];
    size_t kept = 0;
    qsort(files->list, files->count, sizeof *files->list, compare);
    while (fgets(line, sizeof line, sockets)) {
        struct open_file key = {0};
        if (!parse_inode(line, &key.inode))
            continue;
        struct open_file *found =
            bsearch(&key, files->list + kept, files->count - kept, sizeof *files->list, compare);
        if (!found)
            continue;
        key = *found;
        memmove(files->list + kept + 1, files->list + kept,
                (size_t)(found - (files->list + kept)) * sizeof *found);
        files->list[kept++] = key;
    }
    files->count = kept;
    fclose(sockets);
}

/* ---- opening --------------------------------------------------------------------------------- */

static bool make_room(struct files *files)
{
    if (files->count < files->capacity)
        return true;
    if (files->count > 0)
        forget_closed(files);
    if (files->count < files->capacity / 2)
        return true;
    size_t capacity = files->capacity ? 2 * files->capacity : FIRST_CAPACITY;
    struct open_file *grown = realloc(files->list, capacity * sizeof *grown);
    if (!grown)
        return false;
    files->list = grown;
    files->capacity = capacity;
    return true;
}

static int remember(struct files *files, int fd, struct open_file file)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return -errno;
    if (!make_room(files))
        return -ENOMEM;
    file.inode = status.st_ino;
    files->sockets = status.st_dev;
    files->list[files->count++] = file;
    return 0;
}

int files_open(struct files *files, unsigned bus, int flags)
{
    struct open_file file = {.bus = bus, .access = flags & O_ACCMODE};
    int result = file_check_flags(flags);
    if (result < 0)
        return result;
    int fd = file_connect(place_directory(), bus, &file.cookie);
    if (fd < 0)
        return fd;
    /* poll() and select() then find it ready, as they always find an i2c-dev file. */
    shutdown(fd, SHUT_RD);
    if (flags & O_NONBLOCK)
        fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
    result = remember(files, fd, file);
    if (result == 0)
        return fd;
    close(fd);
    return result;
}

/* ---- knowing --------------------------------------------------------------------------------- */

/* A number is used again after 2^32 others.  The last file of that number is the right one. */
bool files_find(const struct files *files, pid_t thread, int fd, struct open_file *file)
{
    char path[64];
    struct stat status;
    if (files->count == 0)
        return false;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)thread, fd);
    if (stat(path, &status) < 0 || !S_ISSOCK(status.st_mode) || status.st_dev != files->sockets)
        return false;
    for (size_t i = files->count; i > 0; i--) {
        if (files->list[i - 1].inode == status.st_ino) {
            *file = files->list[i - 1];
            return true;
        }
    }
    return false;
}

void files_free(struct files *files)
{
    free(files->list);
    *files = (struct files){0};
}
