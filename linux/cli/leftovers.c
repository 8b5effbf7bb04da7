/* SPDX-License-Identifier: MIT */
#include "cli/leftovers.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

void leftovers_adopt(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/*
 * proc(5): "PID (NAME) STATE PARENT GROUP SESSION …".  A name may contain anything, so what is
 * wanted stands behind the last parenthesis.
 */
static bool is_leftover(const char *number)
{
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%.20s/stat", number);
    FILE *file = fopen(path, "re");
    size_t got = file ? fread(line, 1, sizeof line - 1, file) : 0;
    if (file)
        fclose(file);
    line[got] = '\0';
    char state;
    int parent, session;
    const char *behind_name = strrchr(line, ')');
    return behind_name && sscanf(behind_name, ") %c %d %*d %d", &state, &parent, &session) == 3 &&
           state != 'Z' && parent == getpid() && session == getsid(0);
}

static bool is_told(const struct leftovers *leftovers, pid_t pid)
{
    for (size_t i = 0; i < leftovers->count; i++) {
        if (leftovers->told[i] == pid)
            return true;
    }
    return false;
}

/* A stopped process learns of a signal only when it goes on.  False: it can not be told. */
static bool tell(struct leftovers *leftovers, pid_t pid, int signal)
{
    if (is_told(leftovers, pid))
        return true;
    pid_t *told = realloc(leftovers->told, (leftovers->count + 1) * sizeof *told);
    if (!told)
        return false;
    leftovers->told = told;
    leftovers->told[leftovers->count++] = pid;
    return kill(pid, signal) == 0 && kill(pid, SIGCONT) == 0;
}

bool leftovers_end(struct leftovers *leftovers, int signal)
{
    bool is_any = false;
    DIR *processes = opendir("/proc");
    const struct dirent *entry;
    while (processes && (entry = readdir(processes))) {
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9' && is_leftover(entry->d_name))
            is_any |= tell(leftovers, (pid_t)strtol(entry->d_name, NULL, 10), signal);
    }
    if (processes)
        closedir(processes);
    return is_any;
}
