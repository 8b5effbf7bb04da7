/* SPDX-License-Identifier: MIT */
#include "cli/devices/memory_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/devices/model.h"

enum { ERASED = 0xFF, ANY_WRITE_PERMISSION = S_IWUSR | S_IWGRP | S_IWOTH };

static bool fail(const struct memory_file *file, const char *why)
{
    cli_error(model_word, "%s: %s", file->path, why);
    return false;
}

static const char *why_short(ssize_t count)
{
    return strerror(count < 0 ? errno : ENOSPC);
}

/* ---- opening --------------------------------------------------------------------------------- */

/* An error of open() that reading need not have. */
static bool is_refused(int error)
{
    return error == EACCES || error == EPERM || error == EROFS || error == ETXTBSY;
}

/* A file that is to be created is not there to be read. */
static void open_any_way(struct memory_file *file, int flags)
{
    if (!file->is_only_read)
        file->fd = open(file->path, O_RDWR | O_CLOEXEC | flags, 0666);
    bool is_kept = file->fd < 0 && !(flags & O_CREAT) && is_refused(errno);
    file->is_read_only = file->is_only_read || is_kept;
    if (file->is_read_only)
        file->fd = open(file->path, O_RDONLY | O_CLOEXEC);
}

/* Several devices may serve a file that none of them writes. */
static bool lock(const struct memory_file *file)
{
    return flock(file->fd, (file->is_read_only ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 ||
           fail(file, "another device has it");
}

/*
 * Until the end, because files of sysfs do not tell their size.  A file that does not end before the
 * memory does is at least a byte longer.
 */
static bool read_all(struct memory_file *file, off_t size)
{
    uint8_t more;
    ssize_t got = 1;
    while (file->length < file->memory_bytes && got > 0) {
        got = pread(file->fd, file->memory + file->length, file->memory_bytes - file->length,
                    (off_t)file->length);
        file->length += got > 0 ? (size_t)got : 0;
    }
    if (got > 0 && pread(file->fd, &more, 1, (off_t)file->length) == 1)
        file->length = size > (off_t)file->length ? (size_t)size : file->length + 1;
    return got >= 0 || fail(file, strerror(errno));
}

static bool take(struct memory_file *file, int flags)
{
    struct stat status;
    open_any_way(file, flags);
    if (file->fd < 0 && errno == ENOENT && !(flags & O_CREAT) && !file->is_only_read)
        return true; /* memory_file_begin() creates it */
    if (file->fd < 0 || fstat(file->fd, &status) < 0)
        return fail(file, strerror(errno));
    if (S_ISDIR(status.st_mode))
        return fail(file, strerror(EISDIR));
    if (!S_ISREG(status.st_mode))
        return fail(file, "is no regular file");
    if (status.st_size > 0 && !(status.st_mode & ANY_WRITE_PERMISSION))
        file->is_read_only = true; /* root could write to it */
    return lock(file) && read_all(file, status.st_size);
}

bool memory_file_open(struct memory_file *file, const char *path)
{
    memset(file->memory, ERASED, file->memory_bytes);
    file->path = path;
    file->fd = -1;
    signal(SIGXFSZ, SIG_IGN); /* a file size limit is then an error like a full disk */
    return !path || take(file, 0);
}

/* ---- writing --------------------------------------------------------------------------------- */

bool memory_file_begin(struct memory_file *file, size_t size_bytes)
{
    if (file->path && file->fd < 0 && !take(file, O_CREAT))
        return false;
    if (!file->path || file->is_read_only || file->length)
        return true;
    ssize_t written = pwrite(file->fd, file->memory, size_bytes, 0);
    if (written == (ssize_t)size_bytes) {
        file->length = size_bytes;
        return true;
    }
    const char *why = why_short(written);
    (void)!ftruncate(file->fd, 0);
    return fail(file, why);
}

/* What lies between the end of the file and the change is written with it: a hole would be zeros. */
void memory_file_keep(struct memory_file *file, size_t offset, size_t count)
{
    if (!file->path)
        return;
    size_t end = offset + count, begin = offset < file->length ? offset : file->length;
    ssize_t written = pwrite(file->fd, file->memory + begin, end - begin, (off_t)begin);
    if (written == (ssize_t)(end - begin)) {
        file->length = end > file->length ? end : file->length;
        return;
    }
    cli_error(model_word, "%s: %zu bytes at 0x%zx were not written: %s", file->path, count, offset,
              why_short(written));
    file->is_lost = true;
}

bool memory_file_close(struct memory_file *file)
{
    if (file->path && file->fd >= 0)
        close(file->fd);
    return !file->is_lost;
}
