/* SPDX-License-Identifier: MIT */
#include "bus/rendezvous.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bus/systree.h"

static bool complain(const struct rendezvous *place, const char *what, int error)
{
    fprintf(stderr, "i2ctarget bus: bus %u: %s: %s\n", place->bus, what, strerror(error));
    return false;
}

/* ---- the lock ----------------------------------------------------------------------------- */

static bool is_same_file(int fd, const char *path)
{
    struct stat ours, theirs;
    return fstat(fd, &ours) == 0 && stat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
           ours.st_ino == theirs.st_ino;
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

static void write_pid(int fd)
{
    if (ftruncate(fd, 0) == 0)
        dprintf(fd, "%ld\n", (long)getpid());
}

/* 1: ours; 0: again, a server that went has just removed the file; -1: no. */
static int try_lock(struct rendezvous *place)
{
    int fd = open(place->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        complain(place, place->lock_path, errno);
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno == EWOULDBLOCK)
            complain_taken(place, fd);
        else
            complain(place, place->lock_path, errno);
        close(fd);
        return -1;
    }
    if (!is_same_file(fd, place->lock_path)) {
        close(fd);
        return 0;
    }
    place->lock_fd = fd;
    return 1;
}

static bool lock(struct rendezvous *place)
{
    int result;
    do
        result = try_lock(place);
    while (result == 0);
    if (result < 0)
        return false;
    write_pid(place->lock_fd);
    if (link_user() != geteuid() && fchown(place->lock_fd, link_user(), (gid_t)-1) < 0)
        return complain(place, place->lock_path, errno);
    return true;
}

/* ---- sockets ------------------------------------------------------------------------------ */

/*
 * Whatever lies there belongs to a dead server: the lock is ours.  Its permissions are right from
 * the first moment on.
 */
static int bind_and_listen(int fd, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path) + 1);
    unlink(path);
    mode_t mask = umask(S_IXUSR | S_IRWXG | S_IRWXO);
    int result = bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
    umask(mask);
    if (result == 0 && link_user() != geteuid() && lchown(path, link_user(), (gid_t)-1) < 0)
        result = -errno;
    if (result == 0 && listen(fd, SOMAXCONN) < 0)
        result = -errno;
    return result;
}

static bool open_socket(const struct rendezvous *place, int *fd, const char *path, int type)
{
    *fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int result = *fd < 0 ? -errno : bind_and_listen(*fd, path);
    return result == 0 || complain(place, path, -result);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static bool find_paths(struct rendezvous *place)
{
    int result = link_directory(place->directory, true);
    if (result == -EPERM) {
        fprintf(stderr,
                "i2ctarget bus: bus %u: %s is not safe: it must be yours, and closed to others\n",
                place->bus, place->directory);
        return false;
    }
    if (result < 0)
        return complain(place, place->directory, -result);
    result = link_path(place->stream_path, "bus", place->bus);
    if (result == 0)
        result = link_path(place->file_path, "i2c", place->bus);
    if (result == 0 &&
        snprintf(place->lock_path, LINK_PATH_MAX, "%s.lock", place->stream_path) >= LINK_PATH_MAX)
        result = -ENAMETOOLONG;
    return result == 0 || complain(place, place->directory, -result);
}

static bool settle(struct rendezvous *place)
{
    if (!open_socket(place, &place->file_fd, place->file_path, SOCK_SEQPACKET))
        return false;
    int result = systree_add(place->directory, place->bus);
    if (result < 0)
        return complain(place, "sys/class/i2c-dev", -result);
    /* Last: who finds it finds everything. */
    return open_socket(place, &place->stream_fd, place->stream_path, SOCK_STREAM);
}

bool rendezvous_open(struct rendezvous *place, unsigned bus)
{
    *place = (struct rendezvous){.bus = bus, .lock_fd = -1, .stream_fd = -1, .file_fd = -1};
    if (find_paths(place) && lock(place) && settle(place))
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
    /*
     * Should somebody have removed the directory under us, another server may live at these paths
     * by now.
     */
    if (place->lock_fd >= 0 && is_same_file(place->lock_fd, place->lock_path)) {
        unlink(place->stream_path);
        unlink(place->file_path);
        systree_remove(place->directory, place->bus);
        unlink(place->lock_path);
    }
    close_fd(&place->stream_fd);
    close_fd(&place->file_fd);
    close_fd(&place->lock_fd);
}
