/* SPDX-License-Identifier: MIT */
#include "cli/supervised.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/descriptors.h"
#include "cli/supervision.h"

struct supervised {
    int report_fd, signal_fd;
    int program_fd; /* a pidfd: signals can not reach another program of the same number */
};

const char *supervised_explain(int error)
{
    switch (error) {
    case -EOPNOTSUPP:
        return "it can not be supervised on this kind of machine";
    case -EINVAL:
        return "it can not be supervised by a kernel before Linux 5.19";
    case -EBUSY:
        return "it can not be supervised twice: this process runs under `i2ctarget exec --static` "
               "or another supervisor";
    case -EPERM:
    case -EACCES:
        return "it can not be supervised: this system or container does not let a process watch "
               "its own children (kernel.yama.ptrace_scope above 1, or a seccomp profile)";
    case -ENOSYS:
        return "it can not be supervised: this kernel has no seccomp user notification";
    default:
        return strerror(-error);
    }
}

/* ---- signals --------------------------------------------------------------------------------- */

/*
 * All signals that can be caught, except those with which a terminal stops and continues: they stop
 * this process as well.
 */
static int take_signals(void)
{
    static const int left[] = {SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGWINCH};
    sigset_t taken;
    sigfillset(&taken);
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        sigdelset(&taken, left[i]);
    sigprocmask(SIG_BLOCK, &taken, NULL);
    return signalfd(-1, &taken, SFD_CLOEXEC);
}

/*
 * The terminal sends its signals to the program as well.  So only a signal that was sent to this
 * process alone is passed on.
 */
static void pass_on(const struct supervised *supervised)
{
    struct signalfd_siginfo info;
    if (read(supervised->signal_fd, &info, sizeof info) == (ssize_t)sizeof info &&
        info.ssi_code <= 0)
        syscall(SYS_pidfd_send_signal, supervised->program_fd, (int)info.ssi_signo, NULL, 0);
}

/* The shell sees what it would see of the program; but one core file is enough. */
static int die_of(int number)
{
    const struct rlimit no_core = {0, 0};
    sigset_t set;
    setrlimit(RLIMIT_CORE, &no_core);
    signal(number, SIG_DFL);
    raise(number);
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    return CLI_SIGNAL_BASE + number;
}

/* ---- waiting --------------------------------------------------------------------------------- */

static bool receive(const struct supervised *supervised, struct supervision_report *report)
{
    ssize_t got;
    do
        got = recv(supervised->report_fd, report, sizeof *report, 0);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof *report;
}

/* stderr stays: there is a message if the supervisor is killed. */
static void let_go(const struct supervised *supervised)
{
    int kept[] = {supervised->report_fd, supervised->signal_fd, supervised->program_fd};
    descriptors_keep(kept, 3);
    descriptors_point_at_null(STDIN_FILENO);
    descriptors_point_at_null(STDOUT_FILENO);
}

static int stay(const struct supervised *supervised)
{
    struct supervision_report report;
    struct pollfd polls[] = {{.fd = supervised->report_fd, .events = POLLIN},
                             {.fd = supervised->signal_fd, .events = POLLIN}};
    for (;;) {
        if (poll(polls, 2, -1) < 0)
            continue;
        if (polls[1].revents)
            pass_on(supervised);
        if (!polls[0].revents)
            continue;
        if (!receive(supervised, &report)) {
            cli_error("exec", "the program's supervisor was killed");
            return CLI_FAILED;
        }
        return WIFSIGNALED(report.status) ? die_of(WTERMSIG(report.status))
                                          : WEXITSTATUS(report.status);
    }
}

/* 0: the program may begin. */
static int begin(struct supervised *supervised)
{
    struct supervision_report report = {.error = -EPIPE};
    if (receive(supervised, &report) && report.error == 0) {
        supervised->program_fd = (int)syscall(SYS_pidfd_open, report.pid, 0);
        supervised->signal_fd = take_signals();
        if (supervised->program_fd < 0 || supervised->signal_fd < 0)
            return -errno;
    }
    return report.error;
}

int supervised_run(int (*become)(char **command), char **command, int *status)
{
    int ends[2];
    fflush(NULL);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    pid_t supervisor = fork();
    if (supervisor == 0) {
        close(ends[0]);
        supervision_serve(become, command, ends[1]);
        _exit(CLI_OK);
    }
    close(ends[1]);
    struct supervised supervised = {.report_fd = ends[0]};
    int result = supervisor < 0 ? -errno : begin(&supervised);
    if (result == 0) {
        let_go(&supervised);
        send(supervised.report_fd, "", 1, MSG_NOSIGNAL);
        *status = stay(&supervised);
    } else {
        close(ends[0]);
        waitpid(supervisor, NULL, 0);
    }
    return result;
}
