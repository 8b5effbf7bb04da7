/* SPDX-License-Identifier: MIT */
/* bare_socket: how long a byte takes to another process and back over AF_UNIX, in nanoseconds. */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../measure.h"

enum { TURNS = 1000 };

static void echo(int fd)
{
    char byte;

    while (read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1)
        ;
}

int main(void)
{
    double took_ns[TURNS];
    char byte = 0;
    int fds[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) < 0) {
        perror("socketpair");
        return 1;
    }
    if (fork() == 0) {
        close(fds[0]);
        echo(fds[1]);
        _exit(0);
    }
    close(fds[1]);
    for (unsigned i = 0; i < TURNS; i++) {
        uint64_t began_ns = measure_now_ns();
        if (write(fds[0], &byte, 1) != 1 || read(fds[0], &byte, 1) != 1)
            return 1;
        took_ns[i] = (double)(measure_now_ns() - began_ns);
    }
    printf("socket turn %.0f\n", measure_median(took_ns, TURNS));
    return 0;
}
