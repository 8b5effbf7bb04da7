/* SPDX-License-Identifier: MIT */
/*
 * The directory of the sockets.  Whoever can write in that directory can pose as a bus.  So a
 * directory that others may write is refused.  In /tmp anybody may have made the directory before
 * us, so there it must be ours and closed to all others.
 *
 * A path may lead elsewhere the next time.  So a server opens the directory once and checks what it
 * has opened, and both ends of a connection check who the other end is.
 *
 * Under sudo it is the directory of the user who called sudo, because that user's own programs have
 * to find the bus.
 */
#include "link/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "link/link.h"
#include "link/text.h"

enum { LEAF_SIZE = sizeof "/bus-65535.lock" }; /* the longest name in it */

uid_t i2ctarget_link_user(void)
{
    const char *sudo = getenv("SUDO_UID");
    /* In a set-uid program the caller controls the environment. */
    if (getuid() != 0 || geteuid() != 0 || !sudo || sudo[0] < '0' || sudo[0] > '9')
        return geteuid();
    errno = 0;
    char *end;
    unsigned long uid = strtoul(sudo, &end, 10);
    return *end == '\0' && errno == 0 && uid < (uid_t)-1 ? (uid_t)uid : geteuid();
}

/* Trusted are root, the effective user, and the user who called sudo. */
static bool is_trusted(uid_t user)
{
    return user == 0 || user == geteuid() || user == i2ctarget_link_user();
}

/* Its owner is trusted, and others can not write in it. */
static bool is_private(const struct stat *status, mode_t forbidden)
{
    if (!S_ISDIR(status->st_mode) || (status->st_mode & forbidden) != 0)
        return false;
    return is_trusted(status->st_uid);
}

/*
 * $XDG_RUNTIME_DIR counts only if it belongs to this user: su and sudo -E can leave another user's
 * value behind.
 */
static const char *runtime_directory(char path[LINK_PATH_MAX])
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (!runtime && i2ctarget_link_user() != geteuid()) {
        snprintf(path, LINK_PATH_MAX, "/run/user/%u", (unsigned)i2ctarget_link_user());
        runtime = path;
    }
    struct stat status;
    if (!runtime || runtime[0] != '/' || stat(runtime, &status) < 0)
        return NULL;
    return status.st_uid == i2ctarget_link_user() ? runtime : NULL;
}

/*
 * Chooses the path, and the mode bits that it must not have.  The sticky bit does not help: nobody
 * could take back a name that another user has taken first.
 */
static int choose(char path[LINK_PATH_MAX], mode_t *forbidden)
{
    const char *given = getenv("I2CTARGET_DIR");
    *forbidden = S_IWGRP | S_IWOTH;
    int length;
    const char *runtime;
    char buffer[LINK_PATH_MAX];
    if (given && given[0] == '/') {
        length = snprintf(path, LINK_PATH_MAX, "%s", given);
    } else if (given && given[0]) {
        /*
         * The path is handed to processes with other working directories, so it must be
         * absolute.
         */
        if (!getcwd(buffer, sizeof buffer))
            return -ENAMETOOLONG;
        length = snprintf(path, LINK_PATH_MAX, "%s/%s", buffer, given);
    } else if ((runtime = runtime_directory(buffer)) != NULL) {
        length = snprintf(path, LINK_PATH_MAX, "%s/i2ctarget", runtime);
    } else if (i2ctarget_link_user() == 0) {
        length = snprintf(path, LINK_PATH_MAX, "/run/i2ctarget");
    } else {
        length =
            snprintf(path, LINK_PATH_MAX, "/tmp/i2ctarget-%u", (unsigned)i2ctarget_link_user());
        *forbidden = S_IRWXG | S_IRWXO;
    }
    return length + LEAF_SIZE > LINK_PATH_MAX ? -ENAMETOOLONG : 0;
}

static int make(const char *path)
{
    return mkdir(path, S_IRWXU) < 0 && errno != EEXIST ? -errno : 0;
}

/* In /tmp a symbolic link may be an attack; elsewhere the user has made it. */
static bool may_be_link(mode_t forbidden)
{
    return (forbidden & S_IRWXG) != S_IRWXG;
}

int i2ctarget_link_directory(char path[LINK_PATH_MAX], bool create)
{
    mode_t forbidden;
    int result = choose(path, &forbidden);
    if (result == 0 && create)
        result = make(path);
    if (result < 0)
        return result;
    struct stat status;
    if ((may_be_link(forbidden) ? stat(path, &status) : lstat(path, &status)) < 0)
        return create ? -errno : 0;
    return is_private(&status, forbidden) ? 0 : -EPERM;
}

int i2ctarget_directory_open(char path[LINK_PATH_MAX])
{
    mode_t forbidden;
    int fd, result = choose(path, &forbidden);
    if (result == 0)
        result = make(path);
    if (result < 0)
        return result;
    fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC | (may_be_link(forbidden) ? 0 : O_NOFOLLOW));
    if (fd < 0)
        return errno == ENOTDIR ? -EPERM : -errno;
    struct stat status;
    if (fstat(fd, &status) == 0 && is_private(&status, forbidden))
        return fd;
    close(fd);
    return -EPERM;
}

int i2ctarget_link_path(char path[LINK_PATH_MAX], const char *stem, unsigned bus)
{
    char directory[LINK_PATH_MAX];
    int result = i2ctarget_link_directory(directory, false);
    if (result < 0)
        return result;
    return i2ctarget_text_path(path, LINK_PATH_MAX, directory, stem, bus) ? 0 : -ENAMETOOLONG;
}

bool i2ctarget_directory_is_trusted_peer(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && is_trusted(peer.uid);
}

/* How long connect() may wait while the server's backlog is full; 0: for ever. */
static void set_patience(int fd, int64_t us)
{
    struct timeval patience = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

static int connect_until(int fd, const struct sockaddr_un *address, int64_t deadline_us)
{
    int result;
    int64_t left_us;
    do {
        left_us = deadline_us - i2ctarget_link_now_us();
        if (left_us <= 0)
            return -ETIMEDOUT;
        set_patience(fd, left_us);
        result = connect(fd, (const struct sockaddr *)address, sizeof *address);
    } while (result < 0 && errno == EINTR);
    if (result < 0)
        return errno == EAGAIN ? -ETIMEDOUT : -errno;
    set_patience(fd, 0);
    return 0;
}

int i2ctarget_link_connect(const char *path, int type, int64_t deadline_us)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *const whole[] = {path, NULL};
    if (!i2ctarget_text_join(address.sun_path, sizeof address.sun_path, whole))
        return -ENAMETOOLONG;
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int result = connect_until(fd, &address, deadline_us);
    if (result == 0 && i2ctarget_directory_is_trusted_peer(fd))
        return fd;
    if (result == 0)
        result = -EACCES;
    close(fd);
    return result == -ECONNREFUSED ? -ENOENT : result; /* a dead server left the socket file */
}
