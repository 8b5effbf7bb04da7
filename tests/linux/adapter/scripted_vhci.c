/* SPDX-License-Identifier: MIT */
/*
 * A vhci-hcd simulated by the process at the other end of a socket ($SCRIPT_FD).  Every call of
 * adapter/vhci.h is a packet of words to that process, and its answer is another packet.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapter/vhci.h"

enum { ANSWER_MAX = 128 };

static int script_fd(void)
{
    return atoi(getenv("SCRIPT_FD"));
}

static void send_question(const char *question, int passed_fd)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof passed_fd)];
    } control = {.header = {.cmsg_len = CMSG_LEN(sizeof passed_fd),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS}};
    struct iovec part = {(char *)(size_t)question, strlen(question)};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (passed_fd >= 0) {
        memcpy(CMSG_DATA(&control.header), &passed_fd, sizeof passed_fd);
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
    }
    sendmsg(script_fd(), &message, MSG_NOSIGNAL);
}

static void ask(char answer[ANSWER_MAX], int passed_fd, const char *format, ...)
{
    char question[128];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(question, sizeof question, format, arguments);
    va_end(arguments);
    send_question(question, passed_fd);
    ssize_t got = recv(script_fd(), answer, ANSWER_MAX - 1, 0);
    if (got <= 0)
        _exit(99); /* the other process has gone */
    answer[got] = '\0';
}

bool vhci_exists(const struct vhci *vhci)
{
    (void)vhci;
    return true;
}

bool vhci_is_writable(const struct vhci *vhci)
{
    (void)vhci;
    return true;
}

bool vhci_has_driver(const struct vhci *vhci)
{
    (void)vhci;
    return true;
}

bool vhci_has_nodes(const struct vhci *vhci)
{
    (void)vhci;
    return !getenv("NO_NODES");
}

int vhci_attach(const struct vhci *vhci, int stream_fd, unsigned device_id)
{
    char answer[ANSWER_MAX];
    (void)vhci;
    ask(answer, stream_fd, "attach %u", device_id);
    return atoi(answer);
}

int vhci_detach(const struct vhci *vhci, unsigned port)
{
    char answer[ANSWER_MAX];
    (void)vhci;
    ask(answer, -1, "detach %u", port);
    return atoi(answer);
}

int vhci_look(const struct vhci *vhci, unsigned port, struct vhci_port *found)
{
    char answer[ANSWER_MAX];
    int state = VHCI_FREE;
    (void)vhci;
    ask(answer, -1, "look %u", port);
    *found = (struct vhci_port){.number = port};
    sscanf(answer, "%d %31s", &state, found->device);
    found->state = (enum vhci_state)state;
    return 0;
}

int vhci_adapter(const struct vhci *vhci, const char *device)
{
    char answer[ANSWER_MAX];
    (void)vhci;
    ask(answer, -1, "adapter %s", device);
    return atoi(answer);
}
