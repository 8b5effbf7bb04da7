/* SPDX-License-Identifier: MIT */
/*
 * A program that is to run with a preloaded library: which file it is, and whether the loader will
 * preload the library.
 */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include <limits.h>
#include <stdbool.h>

enum program_reach {
    PROGRAM_REACHABLE, /* as far as this can be seen */
    /* Set-uid, set-gid or with capabilities: the loader ignores LD_PRELOAD (ld.so(8)). */
    PROGRAM_SECURE,
    PROGRAM_STATIC,  /* it does not use the loader */
    PROGRAM_RAW,     /* it makes its system calls itself: what Go's compiler made */
    PROGRAM_FOREIGN, /* built for another machine than this program */
};

/* Finds the file that execvp() would run.  0, -ENOENT, -EACCES, -ENAMETOOLONG. */
int program_find(const char *name, char path[PATH_MAX]);

/*
 * Appends the folders of system programs to $PATH.  Debian has i2c-tools there, and no such folder
 * in the $PATH of ordinary users.  False: no memory.
 */
bool program_add_system_folders(void);

/* For a script, judges its interpreter instead, and writes the interpreter's path into `path`. */
enum program_reach program_reach(char path[PATH_MAX]);

#endif
