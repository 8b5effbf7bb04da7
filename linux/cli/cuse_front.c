/* SPDX-License-Identifier: MIT */
/*
 * The device's process is a child that prints one line and then serves.  It ends when we end, even
 * if we are killed.  When its standard output ends, it has ended.
 */
#include "cli/cuse_front.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/companion.h"
#include "cli/modules.h"
#include "cli/notify.h"
#include "link/stops.h"

enum { NUMBER_MAX = (1 << 20) - 1 };

static const char program_name[] = "i2ctarget-cuse";
static const char cuse_path[] = "/dev/cuse";

bool cuse_front_number(const char *word, const char *text, long *number)
{
    unsigned long value = 0;
    *number = -1;
    if (!text)
        return true;
    if (!cli_number(text, 0, NUMBER_MAX, &value)) {
        cli_misuse(word, "--cuse=%s: 0 to %d", text, NUMBER_MAX);
        return false;
    }
    *number = (long)value;
    return true;
}

bool cuse_front_prepare(const char *word)
{
    char path[PATH_MAX];
    if (!companion_find(word, program_name, LIBEXEC_FROM_BIN, path))
        return false;
    if (access(cuse_path, F_OK) != 0 && geteuid() == 0)
        modules_load("cuse");
    if (access(cuse_path, R_OK | W_OK) == 0)
        return true;
    if (geteuid() != 0)
        cli_error(word, "only root can make a device: try sudo");
    else if (errno == ENOENT)
        cli_error(word,
                  "this kernel has no CUSE (CONFIG_CUSE), or its module could not be loaded, or "
                  "%s does not come into this container",
                  cuse_path);
    else
        cli_error(word, "%s: %s", cuse_path, strerror(errno));
    return false;
}

/* ---- the child ------------------------------------------------------------------------------- */

struct front {
    const char *word;
    pid_t pid;
    int said_fd;     /* the child's standard output */
    int signal_fd;   /* ours */
    bool is_unheard; /* what it said could not be passed on */
};

static _Noreturn void become_front(const char *word, unsigned bus, unsigned number, int said_fd,
                                   pid_t parent)
{
    char path[PATH_MAX], bus_text[16], number_text[16];
    sigset_t none;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    i2ctarget_stops_obey_parent();
    dup2(said_fd, STDOUT_FILENO);
    snprintf(bus_text, sizeof bus_text, "%u", bus);
    snprintf(number_text, sizeof number_text, "%u", number);
    if (getppid() == parent && companion_find(word, program_name, LIBEXEC_FROM_BIN, path)) {
        execl(path, program_name, bus_text, number_text, (char *)NULL);
        cli_error(word, "%s: %s", path, strerror(errno));
    }
    _exit(CLI_FAILED);
}

static bool start(struct front *front, unsigned bus, unsigned number)
{
    int ends[2];
    pid_t parent = getpid();
    if (pipe2(ends, O_CLOEXEC) < 0) {
        cli_error(front->word, "pipe: %s", strerror(errno));
        return false;
    }
    fflush(NULL);
    front->pid = fork();
    if (front->pid == 0)
        become_front(front->word, bus, number, ends[1], parent);
    close(ends[1]);
    front->said_fd = ends[0];
    if (front->pid > 0)
        return true;
    cli_error(front->word, "fork: %s", strerror(errno));
    close(ends[0]);
    return false;
}

/* Passes on what the child prints.  False: it has ended. */
static bool pass_on(struct front *front)
{
    char text[256];
    ssize_t got = read(front->said_fd, text, sizeof text);
    if (got <= 0)
        return got < 0 && errno == EINTR;
    if (fwrite(text, 1, (size_t)got, stdout) != (size_t)got || fflush(stdout) != 0) {
        cli_error(front->word, "cannot say which device it is: %s", strerror(errno));
        kill(front->pid, SIGTERM);
        front->is_unheard = true;
    }
    if (!front->is_unheard)
        notify_ready();
    return true;
}

static void stay(struct front *front)
{
    struct pollfd polls[] = {{.fd = front->said_fd, .events = POLLIN},
                             {.fd = front->signal_fd, .events = POLLIN}};
    for (;;) {
        if (poll(polls, 2, -1) < 0)
            continue;
        if (polls[1].revents) {
            kill(front->pid, SIGTERM);
            polls[1].fd = -1;
        }
        if (polls[0].revents && !pass_on(front))
            return;
    }
}

static int end(const struct front *front)
{
    int status = 0;
    while (waitpid(front->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status))
        return front->is_unheard ? CLI_FAILED : WEXITSTATUS(status);
    cli_error(front->word, "%s was killed by signal %d", program_name, WTERMSIG(status));
    return CLI_FAILED;
}

int cuse_front_run(const char *word, unsigned bus, long number)
{
    struct front front = {.word = word};
    int status = CLI_FAILED;
    front.signal_fd = cli_open_stops(word);
    if (front.signal_fd < 0)
        return CLI_FAILED;
    if (start(&front, bus, number < 0 ? bus : (unsigned)number)) {
        stay(&front);
        status = end(&front);
        close(front.said_fd);
    }
    close(front.signal_fd);
    return status;
}
