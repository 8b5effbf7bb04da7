/* SPDX-License-Identifier: MIT */
#include "cli/stops.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

#include "cli/cli.h"

int stops_open(const char *word)
{
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGHUP);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    int fd = signalfd(-1, &stops, SFD_CLOEXEC);
    if (fd < 0)
        cli_error(word, "signalfd: %s", strerror(errno));
    return fd;
}
