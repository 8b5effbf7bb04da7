/* SPDX-License-Identifier: MIT */
/*
 * The protocol of sd_notify(3), which is stable and may be spoken without its library: one datagram
 * to the socket that $NOTIFY_SOCKET names.  A name that begins with '@' is in the abstract name
 * space.
 */
#include "cli/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void notify_ready(void)
{
    static const char message[] = "READY=1";
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || strlen(path) >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, path, strlen(path));
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    (void)sendto(fd, message, sizeof message - 1, MSG_NOSIGNAL, (const struct sockaddr *)&address,
                 size);
    close(fd);
}
