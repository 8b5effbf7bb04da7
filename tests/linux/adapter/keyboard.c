/* SPDX-License-Identifier: MIT */
/*
 * Pretends to be bus 1, and is a keyboard to a kernel that is attached to it.  Every request gets a
 * keyboard's answer.  Its socket is $I2CTARGET_DIR/bus-1.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "link/protocol.h"

/* USB 2.0 §9.6.1. */
static const uint8_t device[] = {18, 1,    0x10, 1, 0, 0, 0, 64, 0x6d,
                                 4,  0x1c, 0xc3, 0, 1, 1, 2, 0,  1};

static int listen_as_bus(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/bus-1", getenv("I2CTARGET_DIR"));
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 1) < 0)
        return -1;
    puts("bus 1 ready");
    fflush(stdout);
    return accept(fd, NULL, NULL);
}

static bool say(int fd, uint16_t type, const uint8_t *payload, uint32_t size)
{
    uint8_t frame[64] = {0};
    put_u32(frame, size);
    put_u16(frame + 4, type);
    memcpy(frame + PROTOCOL_HEADER_BYTES, payload, size);
    size += PROTOCOL_HEADER_BYTES;
    return send(fd, frame, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static bool welcome(int fd)
{
    uint8_t payload[PROTOCOL_WELCOME_BYTES] = {0};
    put_u16(payload, PROTOCOL_VERSION);
    put_u32(payload + 4, 1);
    put_u32(payload + 8, 100000);
    return say(fd, PROTOCOL_WELCOME, payload, sizeof payload);
}

static bool answer(int fd)
{
    uint8_t payload[PROTOCOL_STEPPED_BYTES + sizeof device] = {0};
    memcpy(payload + PROTOCOL_STEPPED_BYTES, device, sizeof device);
    return say(fd, PROTOCOL_STEPPED, payload, sizeof payload);
}

int main(void)
{
    uint8_t bytes[PROTOCOL_HEADER_BYTES + PROTOCOL_HELLO_BYTES];
    int fd = listen_as_bus();
    if (fd < 0 || recv(fd, bytes, sizeof bytes, MSG_WAITALL) < 0 || !welcome(fd))
        return EXIT_FAILURE;
    while (recv(fd, bytes, sizeof bytes, 0) > 0 && answer(fd))
        ;
    return EXIT_SUCCESS;
}
