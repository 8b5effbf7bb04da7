/* SPDX-License-Identifier: MIT */
#include "cli/companion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

bool companion_find(const char *word, const char *name, const char *from_bin, char path[PATH_MAX])
{
    const char *const places[] = {".", from_bin};
    char own[PATH_MAX], candidate[2 * PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    own[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(own, '/');
    if (slash)
        *slash = '\0';
    for (size_t i = 0; slash && i < sizeof places / sizeof *places; i++) {
        snprintf(candidate, sizeof candidate, "%s/%s/%s", own, places[i], name);
        if (realpath(candidate, path))
            return true;
    }
    cli_error(word, "%s is missing: it belongs into %s or %s/%s", name, own, own, from_bin);
    return false;
}
