/* SPDX-License-Identifier: MIT */
/*
 * Pretends to be bus 1, and is a keyboard to a kernel that is attached to it.  Every request gets a
 * keyboard's answer.  Its socket is $I2CTARGET_DIR/bus-1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "adapter/usbip.h"
#include "link/protocol.h"

/* USB 2.0 §9.6.1, and a report of the HID class: the key A. */
static const uint8_t device[] = {18, 1,    0x10, 1, 0, 0, 0, 64, 0x6d,
                                 4,  0x1c, 0xc3, 0, 1, 1, 2, 0,  1};
static const uint8_t report[] = {0, 0, 4, 0, 0, 0, 0, 0};

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

/* HELLO brings the stream. */
static int take_stream(int link_fd)
{
    union {
        struct cmsghdr header;
        uint8_t bytes[CMSG_SPACE(sizeof(int))];
    } control;
    uint8_t hello[PROTOCOL_HEADER_BYTES + PROTOCOL_HELLO_BYTES];
    struct iovec part = {hello, sizeof hello};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    int fd = -1;
    if (recvmsg(link_fd, &message, 0) > 0 && message.msg_controllen > 0)
        memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
    return fd;
}

static bool welcome(int link_fd)
{
    uint8_t frame[PROTOCOL_HEADER_BYTES + PROTOCOL_WELCOME_BYTES] = {0};
    put_u32(frame, PROTOCOL_WELCOME_BYTES);
    put_u16(frame + 4, PROTOCOL_WELCOME);
    put_u16(frame + 8, PROTOCOL_VERSION);
    put_u32(frame + 12, 1);
    put_u32(frame + 16, 100000);
    return send(link_fd, frame, sizeof frame, 0) == (ssize_t)sizeof frame;
}

static void answer(int fd, const struct usbip_request *request)
{
    uint8_t header[USBIP_HEADER_BYTES];
    bool is_device = request->is_in && request->setup[0] == 0x80;
    const uint8_t *bytes = is_device ? device : report;
    uint32_t size = is_device ? sizeof device : sizeof report;
    usbip_put_result(header, request->seqnum, USBIP_OK, size);
    send(fd, header, sizeof header, MSG_NOSIGNAL);
    if (request->is_in)
        send(fd, bytes, size, MSG_NOSIGNAL);
}

static void serve(int fd)
{
    uint8_t bytes[USBIP_HEADER_BYTES];
    while (recv(fd, bytes, sizeof bytes, MSG_WAITALL) == (ssize_t)sizeof bytes) {
        struct usbip_request request;
        usbip_parse(bytes, &request);
        if (!request.is_unlink)
            answer(fd, &request);
    }
}

int main(void)
{
    int link_fd = listen_as_bus();
    int stream_fd = link_fd < 0 ? -1 : take_stream(link_fd);
    if (stream_fd < 0 || !welcome(link_fd))
        return EXIT_FAILURE;
    serve(stream_fd);
    return EXIT_SUCCESS;
}
