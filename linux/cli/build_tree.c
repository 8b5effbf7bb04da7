/* SPDX-License-Identifier: MIT */
#include "cli/build_tree.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The Python package.  Its modules board and microcontroller are found only where no others of that
 * name are.
 */
#define PACKAGE "python/i2ctarget/__init__.py"
#define PATHS "%s/python:%s/python/i2ctarget/fallback"

void build_tree_offer_python(void)
{
    char own[PATH_MAX], package[PATH_MAX + sizeof PACKAGE];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    own[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(own, '/');
    if (!slash)
        return;
    *slash = '\0';
    snprintf(package, sizeof package, "%s/" PACKAGE, own);
    if (access(package, R_OK) != 0)
        return;
    const char *others = getenv("PYTHONPATH");
    if (!others)
        others = "";
    size_t size = strlen(others) + 2 * strlen(own) + sizeof PATHS + 1;
    char *path = malloc(size);
    if (!path)
        return;
    snprintf(path, size, "%s%s" PATHS, others, *others ? ":" : "", own, own);
    setenv("PYTHONPATH", path, 1);
    free(path);
}
