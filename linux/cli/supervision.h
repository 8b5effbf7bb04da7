/* SPDX-License-Identifier: MIT */
/* The supervisor's process, and how it begins (supervised.h). */
#ifndef CLI_SUPERVISION_H
#define CLI_SUPERVISION_H

#include <sys/types.h>

/*
 * What the supervisor reports: first whether the program can be supervised, later that it ended.
 * Between the two it waits for one byte, which lets the program begin.
 */
struct supervision_report {
    int error;  /* -errno; 0: it can */
    pid_t pid;  /* the program's */
    int status; /* of waitpid(); only when the program has ended */
};

/*
 * Serves until the last supervised process has ended.  `report_fd`: a SEQPACKET socket.  If its
 * other end is closed before the program ends, the program is killed, as it would be if it were the
 * process that somebody killed.
 */
void supervision_serve(int (*become)(char **command), char **command, int report_fd);

#endif
