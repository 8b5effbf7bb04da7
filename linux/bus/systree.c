/* SPDX-License-Identifier: MIT */
/*
 * All buses of a user share the tree, so a server may find it in the middle of being made or
 * removed by another: directories that exist are fine, and one that vanished under its feet makes
 * it begin again.
 */
#include "bus/systree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "link/link.h"

enum { ATTEMPTS = 100, I2C_MAJOR = 89 };

static const char *const levels[] = {"sys", "sys/class", "sys/class/i2c-dev"};
enum { LEVELS = sizeof levels / sizeof *levels };

static int own(const char *path)
{
    return link_user() == geteuid() || lchown(path, link_user(), (gid_t)-1) == 0 ? 0 : -errno;
}

static int make_directory(const char *path)
{
    if (mkdir(path, S_IRWXU) < 0 && errno != EEXIST)
        return -errno;
    return own(path);
}

static int make_levels(const char *directory, const char *bus_directory)
{
    char path[PATH_MAX];
    for (int i = 0; i < LEVELS; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, levels[i]);
        int result = make_directory(path);
        if (result < 0)
            return result;
    }
    return make_directory(bus_directory);
}

static int write_file(const char *directory, const char *leaf, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, leaf);
    FILE *file = fopen(path, "we");
    if (!file)
        return -errno;
    int result = fputs(text, file) < 0 ? -EIO : 0;
    if (fclose(file) != 0)
        result = -errno;
    return result < 0 ? result : own(path);
}

static void bus_path(char path[PATH_MAX], const char *directory, unsigned bus)
{
    snprintf(path, PATH_MAX, "%s/%s/i2c-%u", directory, levels[LEVELS - 1], bus);
}

int systree_add(const char *directory, unsigned bus)
{
    char path[PATH_MAX], text[64];
    int result = -ENOENT;
    bus_path(path, directory, bus);
    for (int attempt = 0; result == -ENOENT && attempt < ATTEMPTS; attempt++)
        result = make_levels(directory, path);
    if (result < 0)
        return result;
    snprintf(text, sizeof text, "i2ctarget bus %u\n", bus);
    result = write_file(path, "name", text);
    if (result < 0)
        return result;
    snprintf(text, sizeof text, "%d:%u\n", I2C_MAJOR, bus);
    return write_file(path, "dev", text);
}

void systree_remove(const char *directory, unsigned bus)
{
    char path[PATH_MAX], file[PATH_MAX + 8];
    bus_path(path, directory, bus);
    snprintf(file, sizeof file, "%s/name", path);
    unlink(file);
    snprintf(file, sizeof file, "%s/dev", path);
    unlink(file);
    rmdir(path);
    for (int i = LEVELS; i-- > 0;) {
        snprintf(path, sizeof path, "%s/%s", directory, levels[i]);
        if (rmdir(path) < 0)
            break; /* other buses are in it */
    }
}
