/* SPDX-License-Identifier: MIT */
/*
 * A program that somebody wants to run with a library preloaded: which file it is, and whether the
 * loader will do that.
 */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include <limits.h>

enum program_reach {
    PROGRAM_REACHABLE, /* as far as one can see */
    /* Set-uid, set-gid or with capabilities: the loader ignores LD_PRELOAD (ld.so(8)). */
    PROGRAM_SECURE,
    PROGRAM_STATIC,  /* there is no loader */
    PROGRAM_FOREIGN, /* for another machine than this very program */
};

/* The file that execvp() would run.  0, -ENOENT, -EACCES, -ENAMETOOLONG. */
int program_find(const char *name, char path[PATH_MAX]);

/* Looks at the interpreter instead, if it is a script.  `path`: replaced by the interpreter's. */
enum program_reach program_reach(char path[PATH_MAX]);

#endif
