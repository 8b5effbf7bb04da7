/* SPDX-License-Identifier: MIT */
/* Directories are made by the owner of the buses, who under sudo is another user (server/owner.h). */
#include "cli/bus_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/owner.h"
#include "cli/cli.h"
#include "link/link.h"

/* A directory of a name may be left from a process that was killed. */
enum { NAMES_TRIED = 100, LONGEST_LEAF = sizeof "/run-4194304-99/bus-65535.lock" };

static int make_common(void)
{
    char directory[LINK_PATH_MAX];
    return i2ctarget_link_directory(directory, true);
}

static bool complain(const char *word, const char *directory, int error)
{
    if (error == EPERM)
        cli_error(word, "%s is not safe: it must be yours, and closed to others", directory);
    else
        cli_error(word, "%s: %s", directory, strerror(error));
    return false;
}

/* The directory of all buses. */
static bool find_common(const char *word, char directory[LINK_PATH_MAX])
{
    directory[0] = '\0';
    int made = owner_does(make_common), found = i2ctarget_link_directory(directory, false);
    int result = made < 0 ? made : found;
    return result >= 0 || complain(word, directory, -result);
}

int bus_directory_lock(const char *word)
{
    char directory[LINK_PATH_MAX];
    if (!find_common(word, directory))
        return -1;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX) == 0)
        return fd;
    complain(word, directory, errno);
    if (fd >= 0)
        close(fd);
    return -1;
}

/* ---- private --------------------------------------------------------------------------------- */

static char private_directory[LINK_PATH_MAX];

static int make_private(void)
{
    return mkdir(private_directory, S_IRWXU) < 0 ? -errno : 0;
}

/* It lies in the common one, or in /tmp if it would not fit there. */
static void name_private(const char *common, int number)
{
    bool fits = strlen(common) + LONGEST_LEAF <= LINK_PATH_MAX;
    snprintf(private_directory, sizeof private_directory, "%.*s/%srun-%ld-%d",
             fits ? LINK_PATH_MAX - LONGEST_LEAF : 4, fits ? common : "/tmp",
             fits ? "" : "i2ctarget-", (long)getpid(), number);
}

bool bus_directory_is_private(const char *name)
{
    return strncmp(name, "run-", 4) == 0;
}

bool bus_directory_make_private(const char *word)
{
    char common[LINK_PATH_MAX];
    int result = -EEXIST;
    if (!find_common(word, common))
        return false;
    for (int i = 0; i < NAMES_TRIED && result == -EEXIST; i++) {
        name_private(common, i);
        result = owner_does(make_private);
    }
    if (result < 0)
        return complain(word, private_directory, -result);
    return setenv("I2CTARGET_DIR", private_directory, 1) == 0;
}
