/* SPDX-License-Identifier: MIT */
#include "server/owner.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "link/link.h"

/* $SUDO_GID.  False: it is not set, or is not a number. */
static bool find_group(gid_t *group)
{
    const char *text = getenv("SUDO_GID");
    char *end;
    if (!text || text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    *group = (gid_t)number;
    return *end == '\0' && errno == 0 && number < (gid_t)-1;
}

/* A user without a name has only this one group. */
static bool take_groups(uid_t user, gid_t group)
{
    const struct passwd *entry = getpwuid(user);
    int result = entry ? initgroups(entry->pw_name, group) : setgroups(1, &group);
    return result == 0 && setresgid(group, group, group) == 0;
}

bool owner_become(void)
{
    uid_t user = i2ctarget_link_user();
    gid_t group;
    if (user == geteuid())
        return true;
    if (!find_group(&group)) {
        fprintf(stderr, "i2ctarget: SUDO_UID is set and SUDO_GID is not: as whom shall it work?\n");
        return false;
    }
    if (take_groups(user, group) && setresuid(user, user, user) == 0)
        return true;
    fprintf(stderr, "i2ctarget: cannot become user %u: %s\n", (unsigned)user, strerror(errno));
    return false;
}

int owner_does(int (*act)(void))
{
    int status;
    if (i2ctarget_link_user() == geteuid())
        return act();
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        return -errno;
    if (pid == 0)
        _exit(owner_become() ? -act() : EPERM);
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}
