/* SPDX-License-Identifier: MIT */
/*
 * All buses of a user share the tree.  Another server may make or remove parts of it at the same
 * time.  So existing directories are accepted, and if a directory disappears, the work begins
 * again.
 */
#include "server/systree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ATTEMPTS = 100, I2C_MAJOR = 89, NAME_MAX_BYTES = sizeof "i2c-65535" };

static const char *const levels[] = {"sys", "class", "i2c-dev"};
enum { LEVELS = sizeof levels / sizeof *levels };

/* Returns a descriptor or -errno. */
static int open_level(int parent_fd, const char *name, bool create)
{
    if (create && mkdirat(parent_fd, name, S_IRWXU) < 0 && errno != EEXIST)
        return -errno;
    int fd = openat(parent_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/*
 * fds[0] is the directory, fds[i] that of level i - 1.  Those that could not be opened are -errno.
 */
static void open_levels(int fds[LEVELS + 1], int directory_fd, bool create)
{
    fds[0] = directory_fd;
    for (int i = 0; i < LEVELS; i++)
        fds[i + 1] = fds[i] < 0 ? fds[i] : open_level(fds[i], levels[i], create);
}

static void close_levels(const int fds[LEVELS + 1])
{
    for (int i = 1; i <= LEVELS; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }
}

static void name_bus(char name[NAME_MAX_BYTES], unsigned bus)
{
    snprintf(name, NAME_MAX_BYTES, "i2c-%u", bus);
}

/* Makes the bus's own directory.  Returns a descriptor or -errno. */
static int make_all(int directory_fd, unsigned bus)
{
    char name[NAME_MAX_BYTES];
    int fds[LEVELS + 1];
    name_bus(name, bus);
    open_levels(fds, directory_fd, true);
    int fd = fds[LEVELS] < 0 ? fds[LEVELS] : open_level(fds[LEVELS], name, true);
    close_levels(fds);
    return fd;
}

/* Replaces what a dead server has left behind, and whatever else has that name. */
static int write_file(int parent_fd, const char *leaf, const char *text)
{
    unlinkat(parent_fd, leaf, 0);
    int fd = openat(parent_fd, leaf, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return -errno;
    int result = dprintf(fd, "%s", text) < 0 ? -errno : 0;
    if (close(fd) < 0 && result == 0)
        result = -errno;
    return result;
}

int systree_add(int directory_fd, unsigned bus)
{
    char text[64];
    int fd = -ENOENT;
    for (int attempt = 0; fd == -ENOENT && attempt < ATTEMPTS; attempt++)
        fd = make_all(directory_fd, bus);
    if (fd < 0)
        return fd;
    snprintf(text, sizeof text, "i2ctarget bus %u\n", bus);
    int result = write_file(fd, "name", text);
    snprintf(text, sizeof text, "%d:%u\n", I2C_MAJOR, bus);
    if (result == 0)
        result = write_file(fd, "dev", text);
    close(fd);
    return result;
}

static void remove_bus(int parent_fd, unsigned bus)
{
    char name[NAME_MAX_BYTES];
    name_bus(name, bus);
    int fd = open_level(parent_fd, name, false);
    if (fd < 0)
        return;
    unlinkat(fd, "name", 0);
    unlinkat(fd, "dev", 0);
    close(fd);
    unlinkat(parent_fd, name, AT_REMOVEDIR);
}

void systree_remove(int directory_fd, unsigned bus)
{
    int fds[LEVELS + 1];
    open_levels(fds, directory_fd, false);
    if (fds[LEVELS] >= 0)
        remove_bus(fds[LEVELS], bus);
    for (int i = LEVELS; i-- > 0;) {
        if (fds[i] >= 0 && unlinkat(fds[i], levels[i], AT_REMOVEDIR) < 0)
            break; /* it still contains other buses */
    }
    close_levels(fds);
}
