/* SPDX-License-Identifier: MIT */
#include "front/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "link/directory.h"
#include "link/link.h"
#include "link/text.h"

enum { HANDSHAKE_S = 10 };

int file_check_flags(int flags)
{
    if ((flags & O_CREAT) && (flags & O_EXCL))
        return -EEXIST;
    return flags & O_DIRECTORY ? -ENOTDIR : 0;
}

uint64_t file_cookie(int fd)
{
    uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

static void set_receive_timeout(int fd, time_t seconds)
{
    struct timeval timeout = {.tv_sec = seconds};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
}

/* A signal does not interrupt open() of a device, so it does not interrupt this. */
static ssize_t receive(int fd, void *bytes, size_t size)
{
    ssize_t got;
    do
        got = recv(fd, bytes, size, 0);
    while (got < 0 && errno == EINTR);
    return got;
}

static int greet(int fd, uint64_t cookie)
{
    uint8_t hello[PROTOCOL_FILE_HELLO_BYTES] = {0}, answer[4] = {0};
    put_u32(hello, PROTOCOL_MAGIC);
    put_u16(hello + 4, PROTOCOL_VERSION);
    put_u64(hello + 8, cookie);
    set_receive_timeout(fd, HANDSHAKE_S);
    ssize_t got = send(fd, hello, sizeof hello, MSG_NOSIGNAL);
    if (got == (ssize_t)sizeof hello)
        got = receive(fd, answer, sizeof answer);
    if (got != (ssize_t)sizeof answer)
        return -ENODEV;
    set_receive_timeout(fd, 0);
    return (int32_t)get_u32(answer);
}

int file_connect(const char *directory, unsigned bus, uint64_t *cookie)
{
    char path[LINK_PATH_MAX];
    if (!i2ctarget_text_path(path, sizeof path, directory, "i2c", bus))
        return -ENODEV;
    int fd =
        i2ctarget_link_connect(path, SOCK_SEQPACKET, i2ctarget_link_now_us() + LINK_PATIENCE_US);
    if (fd < 0)
        return fd == -ENOENT ? -ENODEV : fd;
    *cookie = file_cookie(fd);
    int result = greet(fd, *cookie);
    if (result == 0)
        return fd;
    close(fd);
    return result < 0 ? result : -ENODEV;
}
