/* SPDX-License-Identifier: MIT */
#ifndef CLI_COMPANION_H
#define CLI_COMPANION_H

#include <limits.h>
#include <stdbool.h>

/*
 * A file that comes with this program: in the build tree it lies beside it, installed in `from_bin`
 * as seen from there.  False: it is in neither, which was said.
 */
bool companion_find(const char *word, const char *name, const char *from_bin, char path[PATH_MAX]);

#endif
