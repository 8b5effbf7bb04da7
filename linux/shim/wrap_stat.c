/* SPDX-License-Identifier: MIT */
/*
 * The type of a file: the node of a bus, and a file opened through it, are character device 89:N.
 */
#include <string.h>
#include <sys/sysmacros.h>

#include "shim/open_file.h"
#include "shim/outcome.h"
#include "front/place.h"
#include "shim/real.h"

static bool stat_fd(int fd, struct stat *status)
{
    int saved = errno;
    struct mark mark;
    if (!open_file_find(fd, &mark))
        return false;
    place_open_status(mark.bus, status);
    errno = saved;
    return true;
}

/* True: it is the node, and *result is what the call returns. */
static bool stat_node(int directory, const char *path, struct stat *status, int *result)
{
    int saved = errno, bus = place_node(directory, path);
    if (bus < 0)
        return false;
    *result = (int)outcome(place_status((unsigned)bus, status), saved);
    return true;
}

static bool stat_at(int directory, const char *path, struct stat *status, int flags, int *result)
{
    *result = 0;
    if ((flags & AT_EMPTY_PATH) && (!path || path[0] == '\0'))
        return stat_fd(directory, status);
    return stat_node(directory, path, status, result);
}

WRAPPER int stat(const char *path, struct stat *status)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return stat_node(AT_FDCWD, path, status, &result)
               ? result
               : REAL(stat)(place_redirect(path, buffer), status);
}

WRAPPER int stat64(const char *path, struct stat64 *status)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return stat_node(AT_FDCWD, path, (struct stat *)status, &result)
               ? result
               : REAL(stat64)(place_redirect(path, buffer), status);
}

WRAPPER int lstat(const char *path, struct stat *status)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return stat_node(AT_FDCWD, path, status, &result)
               ? result
               : REAL(lstat)(place_redirect(path, buffer), status);
}

WRAPPER int lstat64(const char *path, struct stat64 *status)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return stat_node(AT_FDCWD, path, (struct stat *)status, &result)
               ? result
               : REAL(lstat64)(place_redirect(path, buffer), status);
}

WRAPPER int fstat(int fd, struct stat *status)
{
    return stat_fd(fd, status) ? 0 : REAL(fstat)(fd, status);
}

WRAPPER int fstat64(int fd, struct stat64 *status)
{
    return stat_fd(fd, (struct stat *)status) ? 0 : REAL(fstat64)(fd, status);
}

WRAPPER int fstatat(int directory, const char *path, struct stat *status, int flags)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return stat_at(directory, path, status, flags, &result)
               ? result
               : REAL(fstatat)(directory, place_redirect(path, buffer), status, flags);
}

WRAPPER int fstatat64(int directory, const char *path, struct stat64 *status, int flags)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return stat_at(directory, path, (struct stat *)status, flags, &result)
               ? result
               : REAL(fstatat64)(directory, place_redirect(path, buffer), status, flags);
}

/* These are the entry points of programs built before glibc 2.33. */

WRAPPER int __xstat(int version, const char *path, struct stat *status)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return stat_node(AT_FDCWD, path, status, &result)
               ? result
               : REAL(__xstat)(version, place_redirect(path, buffer), status);
}

WRAPPER int __xstat64(int version, const char *path, struct stat64 *status)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return stat_node(AT_FDCWD, path, (struct stat *)status, &result)
               ? result
               : REAL(__xstat64)(version, place_redirect(path, buffer), status);
}

WRAPPER int __lxstat(int version, const char *path, struct stat *status)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return stat_node(AT_FDCWD, path, status, &result)
               ? result
               : REAL(__lxstat)(version, place_redirect(path, buffer), status);
}

WRAPPER int __lxstat64(int version, const char *path, struct stat64 *status)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return stat_node(AT_FDCWD, path, (struct stat *)status, &result)
               ? result
               : REAL(__lxstat64)(version, place_redirect(path, buffer), status);
}

WRAPPER int __fxstat(int version, int fd, struct stat *status)
{
    return stat_fd(fd, status) ? 0 : REAL(__fxstat)(version, fd, status);
}

WRAPPER int __fxstat64(int version, int fd, struct stat64 *status)
{
    return stat_fd(fd, (struct stat *)status) ? 0 : REAL(__fxstat64)(version, fd, status);
}

WRAPPER int __fxstatat(int version, int directory, const char *path, struct stat *status, int flags)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return stat_at(directory, path, status, flags, &result)
               ? result
               : REAL(__fxstatat)(version, directory, place_redirect(path, buffer), status, flags);
}

WRAPPER int __fxstatat64(int version, int directory, const char *path, struct stat64 *status,
                         int flags)
{
    int result;
    char buffer[PLACE_PATH_MAX];
    return stat_at(directory, path, (struct stat *)status, flags, &result)
               ? result
               : REAL(__fxstatat64)(version, directory, place_redirect(path, buffer), status,
                                    flags);
}

/* statx() */

WRAPPER int statx(int directory, const char *path, int flags, unsigned mask, struct statx *to)
{
    int result;
    struct stat status;
    char buffer[PLACE_PATH_MAX];
    if (!stat_at(directory, path, &status, flags, &result))
        return REAL(statx)(directory, place_redirect(path, buffer), flags, mask, to);
    if (result == 0)
        place_statx(&status, to);
    return result;
}
