/* SPDX-License-Identifier: MIT */
/*
 * New descriptors: open(), dup(), fcntl() and similar calls; and the start of this library.
 * Closing is not watched: a mark is checked when it is used (open_file.h).
 */
#include <pthread.h>
#include <stdarg.h>

#include "shim/channel.h"
#include "shim/lock.h"
#include "shim/open_file.h"
#include "shim/outcome.h"
#include "front/place.h"
#include "shim/real.h"

/*
 * A child must not see a half-changed list.  Nor may a signal disturb it before it has repaired its
 * state.
 */
static void in_child(void)
{
    channel_forked();
    open_file_forked();
    lock_give();
}

__attribute__((constructor)) static void wake_up(void)
{
    int saved = errno;
    real_find_all();
    if (place_buses(NULL) > 0) {
        place_directory();
        open_file_adopt_inherited();
        pthread_atfork(lock_take, lock_give, in_child);
    }
    errno = saved;
}

/* open() */

static mode_t mode_of(int flags, va_list arguments)
{
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

/* True: it is the node, and was opened by us. */
static bool open_node(int directory, const char *path, int flags, int *result)
{
    int saved = errno, bus = place_node(directory, path);
    if (bus < 0)
        return false;
    *result = (int)outcome(open_file_open((unsigned)bus, flags), saved);
    return true;
}

WRAPPER int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    int result;
    if (open_node(AT_FDCWD, path, flags, &result))
        return result;
    char buffer[PLACE_PATH_MAX];
    return REAL(open)(place_redirect(path, buffer), flags, mode);
}

WRAPPER int open64(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    int result;
    if (open_node(AT_FDCWD, path, flags, &result))
        return result;
    char buffer[PLACE_PATH_MAX];
    return REAL(open64)(place_redirect(path, buffer), flags, mode);
}

WRAPPER int openat(int directory, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    int result;
    if (open_node(directory, path, flags, &result))
        return result;
    char buffer[PLACE_PATH_MAX];
    return REAL(openat)(directory, place_redirect(path, buffer), flags, mode);
}

WRAPPER int openat64(int directory, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    int result;
    if (open_node(directory, path, flags, &result))
        return result;
    char buffer[PLACE_PATH_MAX];
    return REAL(openat64)(directory, place_redirect(path, buffer), flags, mode);
}

WRAPPER int __open_2(const char *path, int flags)
{
    int result;
    if (open_node(AT_FDCWD, path, flags, &result))
        return result;
    char buffer[PLACE_PATH_MAX];
    return REAL(__open_2)(place_redirect(path, buffer), flags);
}

WRAPPER int __open64_2(const char *path, int flags)
{
    int result;
    if (open_node(AT_FDCWD, path, flags, &result))
        return result;
    char buffer[PLACE_PATH_MAX];
    return REAL(__open64_2)(place_redirect(path, buffer), flags);
}

WRAPPER int __openat_2(int directory, const char *path, int flags)
{
    int result;
    if (open_node(directory, path, flags, &result))
        return result;
    char buffer[PLACE_PATH_MAX];
    return REAL(__openat_2)(directory, place_redirect(path, buffer), flags);
}

WRAPPER int __openat64_2(int directory, const char *path, int flags)
{
    int result;
    if (open_node(directory, path, flags, &result))
        return result;
    char buffer[PLACE_PATH_MAX];
    return REAL(__openat64_2)(directory, place_redirect(path, buffer), flags);
}

WRAPPER int creat(const char *path, mode_t mode)
{
    int result;
    return open_node(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, &result)
               ? result
               : REAL(creat)(path, mode);
}

WRAPPER int creat64(const char *path, mode_t mode)
{
    int result;
    return open_node(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, &result)
               ? result
               : REAL(creat64)(path, mode);
}

/* dup() */

static int copied(int from, int to)
{
    if (to >= 0)
        open_file_copied(from, to);
    return to;
}

WRAPPER int dup(int fd)
{
    return copied(fd, REAL(dup)(fd));
}

WRAPPER int dup2(int fd, int copy)
{
    return copied(fd, REAL(dup2)(fd, copy));
}

WRAPPER int dup3(int fd, int copy, int flags)
{
    return copied(fd, REAL(dup3)(fd, copy, flags));
}

static bool makes_copy(int command)
{
    return command == F_DUPFD || command == F_DUPFD_CLOEXEC;
}

WRAPPER int fcntl(int fd, int command, ...)
{
    va_list arguments;
    void *argument;
    int result;

    va_start(arguments, command);
    argument = va_arg(arguments, void *); /* no argument of another type is wider */
    va_end(arguments);
    result = REAL(fcntl)(fd, command, argument);
    return makes_copy(command) ? copied(fd, result) : result;
}

WRAPPER int fcntl64(int fd, int command, ...)
{
    va_list arguments;
    void *argument;
    int result;

    va_start(arguments, command);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    result = REAL(fcntl64)(fd, command, argument);
    return makes_copy(command) ? copied(fd, result) : result;
}
