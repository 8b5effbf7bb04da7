/* SPDX-License-Identifier: MIT */
#include "cli/supervision.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/descriptors.h"
#include "seccomp/filter.h"
#include "seccomp/supervisor.h"

static struct {
    struct supervisor supervisor;
    struct watch on_report, on_signal;
    int report_fd, signal_fd;
    pid_t program; /* 0: it has ended */
} all;

/* ---- the program begins ---------------------------------------------------------------------- */

union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

/* Sends the listener, or the error instead of it. */
static void send_listener(int fd, int listener)
{
    union control control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)),
                                        .cmsg_level = SOL_SOCKET,
                                        .cmsg_type = SCM_RIGHTS}};
    struct iovec part = {&listener, sizeof listener};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (listener >= 0) {
        memcpy(CMSG_DATA(&control.header), &listener, sizeof listener);
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
    }
    sendmsg(fd, &message, MSG_NOSIGNAL);
}

/*
 * From the moment when the filter is there, every open() and write() waits for the supervisor.
 * Until it is told that all is well, this process makes neither.
 */
static _Noreturn void begin(int (*become)(char **command), char **command, int fd)
{
    int error = -EPIPE, listener = filter_install();
    send_listener(fd, listener);
    if (listener >= 0)
        close(listener);
    recv(fd, &error, sizeof error, 0);
    _exit(error < 0 ? CLI_CANNOT_RUN : become(command));
}

/* The listener, or -errno. */
static int receive_listener(int fd)
{
    union control control;
    int error = -EPIPE, listener = -1;
    struct iovec part = {&error, sizeof error};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    if (recvmsg(fd, &message, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof error)
        return -EPIPE;
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_type != SCM_RIGHTS)
        return error < 0 ? error : -EPIPE;
    memcpy(&listener, CMSG_DATA(header), sizeof listener);
    return listener;
}

/* The child is a copy of us, so the variable is at the same place there. */
static int may_read_memory(pid_t child)
{
    static const int there = 1;
    int here = 0;
    const struct iovec to = {&here, sizeof here}, from = {(void *)(uintptr_t)&there, sizeof there};
    return process_vm_readv(child, &to, 1, &from, 1, 0) < 0 ? -errno : 0;
}

/* ---- the supervisor's own process ------------------------------------------------------------ */

static void let_go(int program_fd)
{
    int kept[] = {program_fd, all.report_fd};
    descriptors_keep(kept, 2);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        descriptors_point_at_null(fd);
}

static void report(struct supervision_report report)
{
    send(all.report_fd, &report, sizeof report, MSG_NOSIGNAL);
}

static void program_ends(int status)
{
    report((struct supervision_report){.pid = all.program, .status = status});
    all.program = 0;
    close(all.report_fd); /* this also ends its watch */
}

/* Children of the program that outlived their parents are ours, too. */
static void on_signal(struct watch *watch)
{
    struct signalfd_siginfo info;
    int status;
    (void)watch;
    while (read(all.signal_fd, &info, sizeof info) > 0)
        ;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid == all.program)
            program_ends(status);
    }
}

/* Whoever waited for the program was killed. */
static void on_report_closed(struct watch *watch)
{
    (void)watch;
    if (all.program > 0)
        kill(all.program, SIGKILL);
    loop_unwatch(&all.supervisor.loop, all.report_fd);
}

static int watch_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_BLOCK, &set, NULL);
    all.signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    all.on_signal.ready = on_signal;
    return all.signal_fd < 0 ? -errno
                             : loop_watch(&all.supervisor.loop, all.signal_fd, &all.on_signal);
}

/* 0 or -errno. */
static int prepare(int program_fd)
{
    int listener = receive_listener(program_fd);
    if (listener < 0)
        return listener;
    int result = may_read_memory(all.program);
    if (result == 0)
        result = supervisor_init(&all.supervisor, listener);
    if (result == 0)
        result = watch_signals();
    all.on_report.ready = on_report_closed;
    return result < 0 ? result : loop_watch(&all.supervisor.loop, all.report_fd, &all.on_report);
}

/* The last supervised process may have been the program, whose end we have not heard of yet. */
static void await_program(void)
{
    int status;
    if (all.program > 0 && waitpid(all.program, &status, 0) == all.program)
        program_ends(status);
}

static void serve(int program_fd)
{
    char go;
    int error = prepare(program_fd);
    report((struct supervision_report){.error = error, .pid = all.program});
    if (error == 0 && recv(all.report_fd, &go, 1, 0) != 1)
        error = -EPIPE;
    send(program_fd, &error, sizeof error, MSG_NOSIGNAL);
    close(program_fd);
    if (error == 0)
        supervisor_run(&all.supervisor);
    await_program();
}

void supervision_serve(int (*become)(char **command), char **command, int report_fd)
{
    int ends[2] = {-1, -1};
    all.report_fd = report_fd;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0)
        all.program = fork();
    if (ends[0] < 0 || all.program < 0) {
        report((struct supervision_report){.error = -errno});
        return;
    }
    if (all.program == 0)
        begin(become, command, ends[1]);
    setsid();
    prctl(PR_SET_NAME, "i2ctarget exec");
    let_go(ends[0]);
    serve(ends[0]);
}
