/* SPDX-License-Identifier: MIT */
/*
 * All files are named relative to the open directory, and links are not followed, because a path
 * may lead elsewhere by now.
 */
#include "server/rendezvous.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/systree.h"
#include "link/directory.h"

enum { LOCK_PAUSE_US = 5000, LOCK_ATTEMPTS = 200 };

static bool complain(const struct rendezvous *place, const char *what, int error)
{
    fprintf(stderr, "i2ctarget bus: bus %u: %s: %s\n", place->bus, what, strerror(error));
    return false;
}

static bool complain_of_file(const struct rendezvous *place, const char *name, int error)
{
    fprintf(stderr, "i2ctarget bus: bus %u: %s/%s: %s\n", place->bus, place->directory, name,
            error == ELOOP || error == ENOTDIR ? "something else lies there, remove it"
                                               : strerror(error));
    return false;
}

/* ---- the lock -------------------------------------------------------------------------------- */

/* Is the locked file still the one that other processes find? */
static bool is_lock_there(const struct rendezvous *place, int fd)
{
    struct stat ours, theirs;
    return fstat(fd, &ours) == 0 &&
           fstatat(place->directory_fd, place->lock_name, &theirs, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

static bool complain_taken(const struct rendezvous *place, int fd)
{
    char text[32] = "";
    ssize_t got = pread(fd, text, sizeof text - 1, 0);
    long pid = got > 0 ? strtol(text, NULL, 10) : 0;
    if (pid > 0)
        fprintf(stderr, "i2ctarget bus: bus %u is already served, by process %ld\n", place->bus,
                pid);
    else
        fprintf(stderr, "i2ctarget bus: bus %u is already served\n", place->bus);
    return false;
}

static bool complain_locked(const struct rendezvous *place, int fd, int error)
{
    return error == EWOULDBLOCK ? complain_taken(place, fd)
                                : complain_of_file(place, place->lock_name, error);
}

static void write_pid(int fd)
{
    if (ftruncate(fd, 0) == 0)
        dprintf(fd, "%ld\n", (long)getpid());
}

/* Without its stream socket, a server that holds the lock is about to end, or to begin. */
static bool is_serving(const struct rendezvous *place)
{
    return faccessat(place->directory_fd, place->stream_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The address is a path through the open directory, because there is no bind() or connect() at one. */
static void name_socket(const struct rendezvous *place, const char *name,
                        struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s",
             place->directory_fd, name);
}

/* Somebody has removed the lock's file, a cleaner of /tmp for example, and the server lives. */
static bool is_answering(const struct rendezvous *place)
{
    struct sockaddr_un address;
    name_socket(place, place->stream_name, &address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    /* EAGAIN: as many wait for it as may. */
    bool is_there =
        connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 || errno == EAGAIN;
    close(fd);
    return is_there;
}

/* 1: the lock is ours; 0: try again, a server that ended has just removed the file; -1: failed. */
static int try_lock(struct rendezvous *place, bool is_patient)
{
    int fd = openat(place->directory_fd, place->lock_name,
                    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        complain_of_file(place, place->lock_name, errno);
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        bool is_passing = is_patient && errno == EWOULDBLOCK && !is_serving(place);
        if (is_passing)
            usleep(LOCK_PAUSE_US);
        else
            complain_locked(place, fd, errno);
        close(fd);
        return is_passing ? 0 : -1;
    }
    if (!is_lock_there(place, fd)) {
        close(fd);
        return 0;
    }
    if (is_answering(place)) {
        complain_taken(place, fd);
        unlinkat(place->directory_fd, place->lock_name, 0);
        close(fd);
        return -1;
    }
    place->lock_fd = fd;
    return 1;
}

static bool lock(struct rendezvous *place)
{
    int result, attempt = 0;
    do
        result = try_lock(place, attempt++ < LOCK_ATTEMPTS);
    while (result == 0);
    if (result < 0)
        return false;
    write_pid(place->lock_fd);
    return true;
}

/* ---- sockets --------------------------------------------------------------------------------- */

/*
 * A file of this name belongs to a dead server, because the lock is ours.  The socket has the right
 * permissions from its first moment.
 */
static int bind_and_listen(const struct rendezvous *place, int fd, const char *name)
{
    struct sockaddr_un address;
    name_socket(place, name, &address);
    unlinkat(place->directory_fd, name, 0);
    mode_t mask = umask(S_IXUSR | S_IRWXG | S_IRWXO);
    int result = bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
    umask(mask);
    if (result == 0 && listen(fd, SOMAXCONN) < 0)
        result = -errno;
    return result;
}

static bool open_socket(const struct rendezvous *place, int *fd, const char *name, int type)
{
    *fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int result = *fd < 0 ? -errno : bind_and_listen(place, *fd, name);
    return result == 0 || complain_of_file(place, name, -result);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool open_directory(struct rendezvous *place)
{
    int fd = i2ctarget_directory_open(place->directory);
    if (fd == -EPERM) {
        fprintf(stderr,
                "i2ctarget bus: bus %u: %s is not safe: it must be yours, and closed to others\n",
                place->bus, place->directory);
        return false;
    }
    if (fd < 0)
        return complain(place, place->directory, -fd);
    place->directory_fd = fd;
    return true;
}

static void name_files(struct rendezvous *place)
{
    snprintf(place->stream_name, sizeof place->stream_name, "bus-%u", place->bus);
    snprintf(place->file_name, sizeof place->file_name, "i2c-%u", place->bus);
    snprintf(place->lock_name, sizeof place->lock_name, "bus-%u.lock", place->bus);
}

static bool settle(struct rendezvous *place)
{
    if (!open_socket(place, &place->file_fd, place->file_name, SOCK_SEQPACKET))
        return false;
    int result = systree_add(place->directory_fd, place->bus);
    if (result < 0)
        return complain_of_file(place, "sys/class/i2c-dev", -result);
    /* This one comes last: a client that finds it finds everything else, too. */
    return open_socket(place, &place->stream_fd, place->stream_name, SOCK_STREAM);
}

bool rendezvous_open(struct rendezvous *place, unsigned bus)
{
    *place = (struct rendezvous){
        .bus = bus, .directory_fd = -1, .lock_fd = -1, .stream_fd = -1, .file_fd = -1};
    name_files(place);
    if (open_directory(place) && lock(place) && settle(place))
        return true;
    rendezvous_close(place);
    return false;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void rendezvous_close(struct rendezvous *place)
{
    /* If our files were removed, another server may have its own files there by now. */
    if (place->lock_fd >= 0 && is_lock_there(place, place->lock_fd)) {
        unlinkat(place->directory_fd, place->stream_name, 0);
        unlinkat(place->directory_fd, place->file_name, 0);
        systree_remove(place->directory_fd, place->bus);
        unlinkat(place->directory_fd, place->lock_name, 0);
    }
    close_fd(&place->stream_fd);
    close_fd(&place->file_fd);
    close_fd(&place->lock_fd);
    close_fd(&place->directory_fd);
}
