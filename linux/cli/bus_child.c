/* SPDX-License-Identifier: MIT */
/*
 * The child is in a session of its own, so that a Ctrl-C meant for the program does not end the
 * bus.  Between the two is a socket.  The child writes a byte when it is ready.  A child that ends
 * when it is unused keeps the socket: when our end is closed, also because we were killed, we are
 * gone; if others use the bus then, it writes another byte, and stays.  A child that stays closes
 * everything that another process may wait for, such as the pipe that collects our output.
 */
#include "cli/bus_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/owner.h"
#include "cli/cli.h"
#include "cli/descriptors.h"
#include "link/stops.h"

static struct {
    int fd; /* of the socket */
    enum bus_life life;
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

static bool tell_parent(void)
{
    return send(to_parent.fd, "1", 1, MSG_NOSIGNAL) == 1;
}

static bool say_ready(const struct bus_options *options)
{
    (void)options;
    if (to_parent.life == BUS_STAYS)
        let_go_of_stderr();
    bool is_told = tell_parent();
    if (to_parent.life != BUS_ENDS_UNUSED)
        close(to_parent.fd);
    return is_told;
}

/* The parent may have been killed, and then nobody listens. */
static void say_stays(void)
{
    let_go_of_stderr();
    (void)tell_parent();
    close(to_parent.fd);
}

/* Closes all descriptors but stdio and the socket, which becomes descriptor 3. */
static void let_go_of_descriptors(int socket_fd)
{
    int kept_fd = STDERR_FILENO + 1;
    descriptors_point_at_null(STDIN_FILENO);
    descriptors_point_at_null(STDOUT_FILENO);
    if (socket_fd != kept_fd)
        dup2(socket_fd, kept_fd);
    close_range((unsigned)kept_fd + 1, ~0u, 0);
    to_parent.fd = kept_fd;
}

static int serve(struct bus_options *options, int socket_fd, enum bus_life life, pid_t parent)
{
    sigset_t none;
    setsid();
    prctl(PR_SET_NAME, "i2ctarget bus");
    /* This must come first: the kernel would forget an earlier PR_SET_PDEATHSIG. */
    if (!owner_become())
        return CLI_FAILED;
    if (life == BUS_ENDS_WITH_US) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            return CLI_FAILED;
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    i2ctarget_stops_obey_parent();
    let_go_of_descriptors(socket_fd);
    to_parent.life = life;
    options->ready = say_ready;
    options->stays = say_stays;
    options->starter_fd = life == BUS_ENDS_UNUSED ? to_parent.fd : 0;
    return bus_serve(options);
}

/* Waits for the child.  True: it has written its byte.  False: it has ended. */
static bool hear(int socket_fd)
{
    char byte;
    ssize_t got;
    do
        got = read(socket_fd, &byte, 1);
    while (got < 0 && errno == EINTR);
    return got == 1;
}

bool bus_child_start(struct bus_child *child, const char *word, struct bus_options *options,
                     enum bus_life life)
{
    int ends[2];
    pid_t parent = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        cli_error(word, "cannot start bus %u: %s", options->bus, strerror(errno));
        return false;
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(serve(options, ends[1], life, parent));
    close(ends[1]);
    bool ready = pid > 0 && hear(ends[0]);
    if (!ready)
        close(ends[0]);
    if (pid < 0)
        cli_error(word, "cannot start bus %u: %s", options->bus, strerror(errno));
    else if (!ready)
        waitpid(pid, NULL, 0);
    *child = (struct bus_child){.word = word, .pid = ready ? pid : 0, .life = life, .fd = ends[0]};
    return ready;
}

/* The structure has no child any more. */
static void forget(struct bus_child *child)
{
    child->pid = 0;
    close(child->fd);
}

bool bus_child_was(struct bus_child *child, pid_t pid, int status)
{
    if (child->pid == 0 || child->pid != pid)
        return false;
    forget(child);
    if (WIFSIGNALED(status))
        cli_error(child->word, "the bus has ended: killed by signal %d", WTERMSIG(status));
    else
        cli_error(child->word, "the bus has ended, with status %d", WEXITSTATUS(status));
    return true;
}

bool bus_child_has_ended(struct bus_child *child)
{
    int status;
    if (child->pid == 0 || waitpid(child->pid, &status, WNOHANG) != child->pid)
        return false;
    return bus_child_was(child, child->pid, status);
}

/* Takes leave of the bus.  True: it stays. */
static bool stays_without_us(const struct bus_child *child)
{
    if (child->life == BUS_ENDS_WITH_US)
        kill(child->pid, SIGTERM);
    if (child->life != BUS_ENDS_UNUSED)
        return child->life == BUS_STAYS;
    shutdown(child->fd, SHUT_WR);
    return hear(child->fd);
}

bool bus_child_stop(struct bus_child *child)
{
    int status = 0;
    pid_t pid = child->pid;
    if (pid == 0)
        return true;
    bool stays = stays_without_us(child);
    forget(child);
    if (stays)
        return true;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
