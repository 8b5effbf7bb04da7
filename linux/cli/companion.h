/* SPDX-License-Identifier: MIT */
#ifndef CLI_COMPANION_H
#define CLI_COMPANION_H

#include <limits.h>
#include <stdbool.h>

/*
 * The path of a file that comes with this program.  In the build tree it is in the program's
 * directory; installed it is in `from_bin`, relative to that directory.  False: it is in neither; a
 * message has been printed.
 */
bool companion_find(const char *word, const char *name, const char *from_bin, char path[PATH_MAX]);

#endif
