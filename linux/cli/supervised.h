/* SPDX-License-Identifier: MIT */
/*
 * A program whose system calls are supervised (linux/seccomp), for programs that no preloaded
 * library reaches.
 *
 *     i2ctarget exec            waits, passes signals on, has the program's exit status
 *      └─ the supervisor        in a session of its own, until the last supervised process ends
 *          └─ the program       in the session and process group of the first
 *
 * The supervisor reads its children's memory.  Where Yama is strict (ptrace_scope 1) only an
 * ancestor may do that, so it is the program's parent, and adopts what the program leaves behind.
 * The first process ends with the program, so a daemon that the program started keeps nobody
 * waiting.
 */
#ifndef CLI_SUPERVISED_H
#define CLI_SUPERVISED_H

/*
 * Run a program, and wait until it ends.  `become` replaces the process by the program, or returns
 * an exit status after it has printed why it could not.  The buses are in the environment
 * (front/place.h).  0, and in *status the exit status.  A signal that kills the program kills this
 * process, too.  If nothing was run: -errno, for supervised_explain().
 */
int supervised_run(int (*become)(char **command), char **command, int *status);

/* Why a program can not be supervised; no newline. */
const char *supervised_explain(int error);

#endif
