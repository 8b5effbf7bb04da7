/* SPDX-License-Identifier: MIT */
#include "link/stops.h"

#include <errno.h>
#include <stddef.h>
#include <sys/signalfd.h>

static const int stops[] = {SIGTERM, SIGINT, SIGHUP};
enum { STOPS = sizeof stops / sizeof *stops };

void i2ctarget_stops_add(sigset_t *set)
{
    struct sigaction action;
    for (size_t i = 0; i < STOPS; i++) {
        if (sigaction(stops[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(set, stops[i]);
    }
}

int i2ctarget_stops_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    i2ctarget_stops_add(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int fd = signalfd(-1, &set, SFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

void i2ctarget_stops_handle(void (*handler)(int signal), sigset_t *while_waiting)
{
    sigset_t set;
    const struct sigaction action = {.sa_handler = handler};
    sigemptyset(&set);
    i2ctarget_stops_add(&set);
    sigprocmask(SIG_BLOCK, &set, while_waiting);
    for (size_t i = 0; i < STOPS; i++) {
        if (!sigismember(&set, stops[i]))
            continue;
        sigdelset(while_waiting, stops[i]);
        sigaction(stops[i], &action, NULL);
    }
}

void i2ctarget_stops_obey_parent(void)
{
    signal(SIGTERM, SIG_DFL);
}
