/* SPDX-License-Identifier: MIT */
/*
 * The child is in a session of its own, so that a Ctrl-C meant for the program does not end the
 * bus.  The child ends when we end, even if we are killed, unless it is to stay.  A child that
 * stays closes everything that another process may wait for, such as the pipe that collects our
 * output.
 */
#include "cli/bus_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/owner.h"
#include "cli/cli.h"
#include "cli/descriptors.h"
#include "link/stops.h"

static struct {
    int fd; /* of the pipe that the parent reads */
    bool keep;
} to_parent;

/*
 * A terminal or a file may still receive warnings.  A pipe must be closed, or its reader would wait
 * for ever.
 */
static void let_go_of_stderr(void)
{
    struct stat status;
    if (fstat(STDERR_FILENO, &status) == 0 &&
        (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)))
        descriptors_point_at_null(STDERR_FILENO);
}

static bool say_ready(const struct bus_options *options)
{
    (void)options;
    if (to_parent.keep)
        let_go_of_stderr();
    bool is_told = write(to_parent.fd, "1", 1) == 1;
    close(to_parent.fd);
    return is_told;
}

/* Closes all descriptors but stdio and the pipe, which becomes descriptor 3. */
static void let_go_of_descriptors(int pipe_fd)
{
    int kept_fd = STDERR_FILENO + 1;
    descriptors_point_at_null(STDIN_FILENO);
    descriptors_point_at_null(STDOUT_FILENO);
    if (pipe_fd != kept_fd)
        dup2(pipe_fd, kept_fd);
    close_range((unsigned)kept_fd + 1, ~0u, 0);
    to_parent.fd = kept_fd;
}

static int serve(struct bus_options *options, int pipe_fd, bool keep, pid_t parent)
{
    sigset_t none;
    setsid();
    prctl(PR_SET_NAME, "i2ctarget bus");
    /* This must come first: the kernel would forget an earlier PR_SET_PDEATHSIG. */
    if (!owner_become())
        return CLI_FAILED;
    if (!keep) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            return CLI_FAILED;
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    i2ctarget_stops_obey_parent();
    let_go_of_descriptors(pipe_fd);
    to_parent.keep = keep;
    options->ready = say_ready;
    return bus_serve(options);
}

/* True: the child has reported that it serves. */
static bool is_ready(int pipe_fd)
{
    char byte;
    ssize_t got;
    do
        got = read(pipe_fd, &byte, 1);
    while (got < 0 && errno == EINTR);
    return got == 1;
}

bool bus_child_start(struct bus_child *child, const char *word, struct bus_options *options,
                     bool keep)
{
    int ends[2];
    pid_t parent = getpid();
    if (pipe2(ends, O_CLOEXEC) < 0) {
        cli_error(word, "cannot start bus %u: %s", options->bus, strerror(errno));
        return false;
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(serve(options, ends[1], keep, parent));
    close(ends[1]);
    bool ready = pid > 0 && is_ready(ends[0]);
    close(ends[0]);
    if (pid < 0)
        cli_error(word, "cannot start bus %u: %s", options->bus, strerror(errno));
    else if (!ready)
        waitpid(pid, NULL, 0);
    *child = (struct bus_child){.word = word, .pid = ready ? pid : 0, .keep = keep};
    return ready;
}

bool bus_child_has_ended(struct bus_child *child)
{
    int status;
    if (child->pid == 0 || waitpid(child->pid, &status, WNOHANG) != child->pid)
        return false;
    child->pid = 0;
    if (WIFSIGNALED(status))
        cli_error(child->word, "the bus has ended: killed by signal %d", WTERMSIG(status));
    else
        cli_error(child->word, "the bus has ended, with status %d", WEXITSTATUS(status));
    return true;
}

bool bus_child_stop(struct bus_child *child)
{
    int status = 0;
    pid_t pid = child->pid;
    child->pid = 0;
    if (pid == 0 || child->keep)
        return true;
    kill(pid, SIGTERM);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
