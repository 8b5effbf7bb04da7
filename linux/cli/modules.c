/* SPDX-License-Identifier: MIT */
#include "cli/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

/* The directory of modprobe is seldom in a user's PATH, and sudo may have kept that PATH. */
static _Noreturn void become_modprobe(const char *name)
{
    static const char *const places[] = {"/sbin/modprobe", "/usr/sbin/modprobe", "/bin/modprobe"};
    char *const environment[] = {NULL};
    char option[] = "-q";
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int null_fd = open("/dev/null", O_RDWR);
    for (int fd = STDIN_FILENO; null_fd >= 0 && fd <= STDERR_FILENO; fd++)
        dup2(null_fd, fd);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *const arguments[] = {(char *)(uintptr_t)places[i], option, (char *)(uintptr_t)name,
                                   NULL};
        execve(places[i], arguments, environment);
    }
    _exit(127);
}

void modules_load(const char *name)
{
    pid_t pid = fork();
    if (pid == 0)
        become_modprobe(name);
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}
