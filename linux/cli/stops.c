/* SPDX-License-Identifier: MIT */
#include "cli/stops.h"

#include <errno.h>
#include <string.h>
#include <sys/signalfd.h>

#include "cli/cli.h"

void stops_add(sigset_t *set)
{
    static const int stops[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction action;
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        if (sigaction(stops[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(set, stops[i]);
    }
}

int stops_open(const char *word)
{
    sigset_t stops;
    sigemptyset(&stops);
    stops_add(&stops);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    int fd = signalfd(-1, &stops, SFD_CLOEXEC);
    if (fd < 0)
        cli_error(word, "signalfd: %s", strerror(errno));
    return fd;
}
