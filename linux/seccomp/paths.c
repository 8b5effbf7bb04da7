/* SPDX-License-Identifier: MIT */
/*
 * A path is read once.  If it names a node, or a file of sysfs that the bus has, the whole call is
 * made here; else the kernel makes it.
 */
#include "seccomp/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "front/place.h"

enum { NONE = -1 };

/* Where a call has its arguments. */
static const struct shape {
    bool names_a_file;
    int directory, path, flags;
} shapes[ABI_KINDS] = {
    [ABI_OPEN] = {true, NONE, 0, 1},       [ABI_CREAT] = {true, NONE, 0, NONE},
    [ABI_OPENAT] = {true, 0, 1, 2},        [ABI_OPENAT2] = {true, 0, 1, NONE},
    [ABI_ACCESS] = {true, NONE, 0, NONE},  [ABI_FACCESSAT] = {true, 0, 1, NONE},
    [ABI_STAT] = {true, NONE, 0, NONE},    [ABI_FSTATAT] = {true, 0, 1, 3},
    [ABI_STATX] = {true, 0, 1, 2},         [ABI_READLINK] = {true, NONE, 0, NONE},
    [ABI_READLINKAT] = {true, 0, 1, NONE}, [ABI_XATTR] = {true, NONE, 0, NONE},
};

bool paths_has(enum abi_kind kind)
{
    return shapes[kind].names_a_file;
}

/* ---- which file ------------------------------------------------------------------------------ */

static int directory_of(const struct notified *call)
{
    int argument = shapes[call->kind].directory;
    return argument == NONE ? AT_FDCWD : notified_int(call, (unsigned)argument);
}

/* The directory of the caller from which a relative path begins. */
static int open_directory(const struct notified *call)
{
    int directory = directory_of(call);
    char name[64];
    if (directory == AT_FDCWD)
        snprintf(name, sizeof name, "/proc/%d/cwd", (int)call->thread);
    else
        snprintf(name, sizeof name, "/proc/%d/fd/%d", (int)call->thread, directory);
    return open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* The bus whose node it is, or -1. */
static int node_of(const struct notified *call, const char *path)
{
    if (place_named(path) < 0)
        return -1;
    if (path[0] == '/')
        return place_node(AT_FDCWD, path);
    int directory = open_directory(call), bus = -1;
    if (directory >= 0) {
        bus = place_node(directory, path);
        close(directory);
    }
    return bus;
}

/* ---- open() ---------------------------------------------------------------------------------- */

/* The flags, or -errno. */
static int open_flags(const struct notified *call)
{
    int argument = shapes[call->kind].flags;
    if (call->kind == ABI_CREAT)
        return O_CREAT | O_WRONLY | O_TRUNC;
    if (argument != NONE)
        return notified_int(call, (unsigned)argument);
    struct open_how how = {0};
    if (call->arguments[3] < sizeof how)
        return -EINVAL;
    int result = notified_read(call, call->arguments[2], &how, sizeof how);
    return result < 0 ? result : (int)how.flags;
}

/* Gives the descriptor to the caller, and closes ours. */
static void hand_over(const struct notified *call, int fd, int flags)
{
    if (fd < 0) {
        notified_answer(call, fd);
        return;
    }
    notified_give(call, fd, flags);
    close(fd);
}

static int open_elsewhere(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0);
    return fd < 0 ? -errno : fd;
}

/* ---- stat() ---------------------------------------------------------------------------------- */

static int write_status(const struct notified *call, uint64_t to, const struct stat *status)
{
    uint8_t bytes[ABI_STATUS_MAX];
    size_t size = call->abi->pack_status(status, bytes);
    return notified_write(call, to, bytes, size);
}

static int write_statx(const struct notified *call, uint64_t to, const struct stat *status)
{
    struct statx extended;
    place_statx(status, &extended);
    return notified_write(call, to, &extended, sizeof extended);
}

static int answer_status(const struct notified *call, const struct stat *status)
{
    if (call->kind == ABI_STATX)
        return write_statx(call, call->arguments[4], status);
    return write_status(call, call->arguments[call->kind == ABI_FSTATAT ? 2 : 1], status);
}

void paths_fstat(const struct notified *call, unsigned bus, uint64_t to)
{
    struct stat status;
    place_open_status(bus, &status);
    notified_answer(call, write_status(call, to, &status));
}

/* fstat() is fstatat() of an empty path in many C libraries.  True: it was that, of our file. */
static bool serve_empty_path(const struct supervisor *supervisor, const struct notified *call)
{
    struct open_file file;
    struct stat status;
    int argument = shapes[call->kind].flags;
    if (argument == NONE || !(notified_int(call, (unsigned)argument) & AT_EMPTY_PATH))
        return false;
    if (!files_find(&supervisor->files, call->thread, directory_of(call), &file))
        return false;
    place_open_status(file.bus, &status);
    notified_answer(call, answer_status(call, &status));
    return true;
}

static bool is_stat(enum abi_kind kind)
{
    return kind == ABI_STAT || kind == ABI_FSTATAT || kind == ABI_STATX;
}

/* ---- all ------------------------------------------------------------------------------------- */

static int access_mode(const struct notified *call)
{
    if (call->kind == ABI_ACCESS)
        return notified_int(call, 1);
    return call->kind == ABI_FACCESSAT ? notified_int(call, 2) : F_OK;
}

/* access(); or what a call answers for a file that is no link and has no extended attributes. */
static int answer_access(enum abi_kind kind, int result)
{
    if (result < 0 || kind == ABI_ACCESS || kind == ABI_FACCESSAT)
        return result;
    return kind == ABI_XATTR ? -EOPNOTSUPP : -EINVAL;
}

static bool opens(enum abi_kind kind)
{
    return kind == ABI_OPEN || kind == ABI_CREAT || kind == ABI_OPENAT || kind == ABI_OPENAT2;
}

static void serve_node(struct supervisor *supervisor, const struct notified *call, unsigned bus)
{
    struct stat status;
    if (opens(call->kind)) {
        int flags = open_flags(call);

        hand_over(call, flags < 0 ? flags : files_open(&supervisor->files, bus, flags), flags);
    } else if (is_stat(call->kind)) {
        int result = place_status(bus, &status);

        notified_answer(call, result < 0 ? result : answer_status(call, &status));
    } else {
        notified_answer(call, answer_access(call->kind, place_access(bus, access_mode(call))));
    }
}

/* A file of the bus's own sysfs. */
static void serve_elsewhere(const struct notified *call, const char *path)
{
    struct stat status;
    if (opens(call->kind)) {
        int flags = open_flags(call);

        hand_over(call, flags < 0 ? flags : open_elsewhere(path, flags), flags);
    } else if (is_stat(call->kind)) {
        int result = stat(path, &status) < 0 ? -errno : 0;

        notified_answer(call, result < 0 ? result : answer_status(call, &status));
    } else {
        int result = access(path, access_mode(call)) < 0 ? -errno : 0;

        notified_answer(call, answer_access(call->kind, result));
    }
}

void paths_serve(struct supervisor *supervisor, const struct notified *call)
{
    char path[PLACE_PATH_MAX], buffer[PLACE_PATH_MAX];
    uint64_t at = call->arguments[shapes[call->kind].path];
    bool is_known = at != 0 && notified_text(call, at, path, sizeof path);
    if (!is_known || path[0] == '\0') {
        if ((at != 0 && !is_known) || !is_stat(call->kind) || !serve_empty_path(supervisor, call))
            notified_pass(call);
        return;
    }
    int bus = node_of(call, path);
    const char *elsewhere = bus >= 0 ? path : place_redirect(path, buffer);
    if (bus >= 0)
        serve_node(supervisor, call, (unsigned)bus);
    else if (elsewhere != path)
        serve_elsewhere(call, elsewhere);
    else
        notified_pass(call);
}
