/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into i2ctarget: the parts of the machine that it looks at before it asks the kernel for
 * an adapter or a device lie in a directory of the test (machine.py).
 *
 *   PLAYED_MACHINE    that directory
 *   PLAYED_USER       the effective user, if it is not to be the real one
 */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const played[] = {"/sys/devices/platform/vhci_hcd.0/",
                                     "/sys/bus/usb/",
                                     "/sys/class/i2c-dev",
                                     "/dev/cuse",
                                     "/sbin/modprobe",
                                     "/usr/sbin/modprobe",
                                     "/bin/modprobe"};

/* The place to which a path leads. */
static const char *place(const char *path, char buffer[PATH_MAX])
{
    const char *machine = getenv("PLAYED_MACHINE");
    for (size_t i = 0; machine && i < sizeof played / sizeof *played; i++) {
        if (strncmp(path, played[i], strlen(played[i])) == 0) {
            snprintf(buffer, PATH_MAX, "%s%s", machine, path);
            return buffer;
        }
    }
    return path;
}

static void *next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

int access(const char *path, int mode)
{
    char buffer[PATH_MAX];
    return faccessat(AT_FDCWD, place(path, buffer), mode, 0);
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    char buffer[PATH_MAX];
    return (int)syscall(SYS_openat, AT_FDCWD, place(path, buffer), flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    FILE *(*next_fopen)(const char *path, const char *mode);
    *(void **)&next_fopen = next("fopen");
    char buffer[PATH_MAX];
    return next_fopen(place(path, buffer), mode);
}

DIR *opendir(const char *path)
{
    DIR *(*next_opendir)(const char *path);
    *(void **)&next_opendir = next("opendir");
    char buffer[PATH_MAX];
    return next_opendir(place(path, buffer));
}

int execve(const char *path, char *const arguments[], char *const environment[])
{
    char buffer[PATH_MAX];
    return (int)syscall(SYS_execve, place(path, buffer), arguments, environment);
}

uid_t geteuid(void)
{
    const char *user = getenv("PLAYED_USER");
    return user ? (uid_t)atoi(user) : (uid_t)syscall(SYS_geteuid);
}
