/* SPDX-License-Identifier: MIT */
/*
 * The first part of a listing of /dev gets our nodes in front.  That it is the first part, the
 * position of the open directory tells, so nothing has to be remembered, and rewinddir() works.  The
 * supervisor reads the directory itself, through a copy of the program's descriptor, which moves the
 * position for both.
 */
#include "seccomp/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "front/place.h"

enum { BYTES_MAX = 65536, LARGEST_ENTRY = sizeof(struct dirent64) };

/* ---- the program's directory ----------------------------------------------------------------- */

static bool is_dev(const struct notified *call)
{
    char path[64];
    struct stat dev, other;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)call->thread, notified_int(call, 0));
    return stat("/dev", &dev) == 0 && stat(path, &other) == 0 && dev.st_dev == other.st_dev &&
           dev.st_ino == other.st_ino;
}

/* A descriptor belongs to a process, but the caller is a thread of it.  -1: it is gone. */
static pid_t process_of(pid_t thread)
{
    char path[64], line[128];
    int process = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)thread);
    FILE *file = fopen(path, "re");
    while (file && process < 0 && fgets(line, sizeof line, file))
        sscanf(line, "Tgid: %d", &process);
    if (file)
        fclose(file);
    return process;
}

static int copy_descriptor(const struct notified *call)
{
    int process = (int)syscall(SYS_pidfd_open, process_of(call->thread), 0);
    if (process < 0)
        return -1;
    int copy = (int)syscall(SYS_pidfd_getfd, process, notified_int(call, 0), 0);
    close(process);
    return copy;
}

/* ---- our entries ----------------------------------------------------------------------------- */

/* A node that the machine has, too, is in its own listing. */
static bool is_missing(unsigned bus)
{
    char path[32];
    snprintf(path, sizeof path, "/dev/i2c-%u", bus);
    return syscall(SYS_faccessat, AT_FDCWD, path, F_OK) < 0;
}

/* Returns the size of the entry; 0: the bus has ended. */
static size_t put_entry(uint8_t *at, unsigned bus)
{
    struct dirent64 entry = {.d_type = DT_CHR};
    struct stat status;
    if (place_status(bus, &status) < 0)
        return 0;
    int length = snprintf(entry.d_name, sizeof entry.d_name, "i2c-%u", bus);
    size_t size = offsetof(struct dirent64, d_name) + (size_t)length + 1;
    size = (size + 7) / 8 * 8;
    entry.d_ino = status.st_ino;
    entry.d_reclen = (unsigned short)size;
    memcpy(at, &entry, size);
    return size;
}

static size_t put_entries(uint8_t *bytes, size_t room)
{
    const unsigned *buses;
    size_t count = place_buses(&buses), size = 0;
    for (size_t i = 0; i < count && room - size > 2 * LARGEST_ENTRY; i++) {
        if (is_missing(buses[i]))
            size += put_entry(bytes + size, buses[i]);
    }
    return size;
}

/* ---- the call -------------------------------------------------------------------------------- */

/* The call's result. */
static int64_t list(const struct notified *call, int directory, uint8_t *bytes, size_t room)
{
    size_t ours = put_entries(bytes, room);
    long theirs = syscall(SYS_getdents64, directory, bytes + ours, room - ours);
    if (theirs < 0)
        return -errno;
    int error = notified_write(call, call->arguments[1], bytes, ours + (size_t)theirs);
    if (error == 0)
        return (int64_t)ours + theirs;
    lseek(directory, 0, SEEK_SET);
    return error;
}

/* A buffer for single entries, which no C library has, gets the kernel's listing. */
void listing_serve(const struct notified *call)
{
    size_t room = call->arguments[2] < BYTES_MAX ? (size_t)call->arguments[2] : BYTES_MAX;
    int directory = room > 2 * LARGEST_ENTRY && is_dev(call) ? copy_descriptor(call) : -1;
    uint8_t *bytes = NULL;
    if (directory >= 0 && lseek(directory, 0, SEEK_CUR) == 0)
        bytes = malloc(room);
    if (bytes)
        notified_answer(call, list(call, directory, bytes, room));
    else
        notified_pass(call);
    free(bytes);
    if (directory >= 0)
        close(directory);
}
