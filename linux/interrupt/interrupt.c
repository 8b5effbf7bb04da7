/* SPDX-License-Identifier: MIT */
/*
 * A FIFO is held open for writing only.  So poll() tells whether it has a reader (POLLERR: none), and
 * a reader's open() returns at once.  While there is none, nothing is written: the next one would take
 * it for news.  inotify tells that a reader has come, and it gets the level.
 *
 *     a reader opens  ──► inotify ──► serve(): the level, unless some lies there unread
 *     set()           ──► a line, if there is a reader
 *     a reader closes ──► inotify ──► serve(): what it has left is thrown away
 *
 * A descriptor of the caller's has a reader from the beginning, and a simulated GPIO line needs none.
 */
#include "i2ctarget/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "interrupt/place.h"

static const struct i2ctarget_interrupt closed = {.fd = -1, .watch_fd = -1, .wait_fd = -1};

/* ---- writing --------------------------------------------------------------------------------- */

/* A pipe without a reader must not end the program: write() raises SIGPIPE in this thread only. */
static ssize_t write_quietly(int fd, const char *text, size_t length)
{
    static const struct timespec at_once = {0, 0};
    sigset_t pipe_signal, before, pending;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t written = write(fd, text, length);
    int error = errno;
    if (written < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE))
        sigtimedwait(&pipe_signal, NULL, &at_once);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return written;
}

static short state_of(int fd)
{
    struct pollfd look = {.fd = fd, .events = POLLOUT};
    return poll(&look, 1, 0) < 0 ? 0 : look.revents;
}

static bool has_reader(const struct i2ctarget_interrupt *line)
{
    return !(state_of(line->fd) & (POLLERR | POLLHUP));
}

/* While it is full, and only then: without a reader it would always be ready. */
static void await_room(struct i2ctarget_interrupt *line, bool is_behind)
{
    struct epoll_event room = {.events = EPOLLOUT};
    if (is_behind != line->is_behind)
        epoll_ctl(line->wait_fd, is_behind ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, line->fd, &room);
    line->is_behind = is_behind;
}

static void write_pull(const struct i2ctarget_interrupt *line)
{
    const char *text = line->is_high ? "pull-up" : "pull-down";
    if (pwrite(line->fd, text, strlen(text), 0) < 0)
        return; /* the chip was taken away */
}

/* The descriptor may be shared, so it is not made non-blocking; one line fits where poll() sees room. */
static void tell(struct i2ctarget_interrupt *line)
{
    if (line->is_attribute) {
        write_pull(line);
        return;
    }
    bool is_full = state_of(line->fd) == 0;
    if (!is_full && has_reader(line))
        is_full = write_quietly(line->fd, line->is_high ? "1\n" : "0\n", 2) < 0 && errno == EAGAIN;
    if (!is_full)
        line->was_high = line->is_high;
    await_room(line, is_full);
}

/* ---- readers of a FIFO ----------------------------------------------------------------------- */

/* Nobody is there, so what lies there is nobody's.  The file may have another name by now, or none. */
static void empty(const struct i2ctarget_interrupt *line)
{
    char path[32], waste[4096];
    snprintf(path, sizeof path, "/proc/self/fd/%d", line->fd);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    while (fd >= 0 && read(fd, waste, sizeof waste) > 0)
        ;
    if (fd >= 0)
        close(fd);
}

static int unread(const struct i2ctarget_interrupt *line)
{
    int bytes = 0;
    ioctl(line->fd, FIONREAD, &bytes);
    return bytes;
}

/* Into `has_opened`: has somebody opened it?  False: nothing has happened. */
static bool take_news(const struct i2ctarget_interrupt *line, bool *has_opened)
{
    char news[sizeof(struct inotify_event) * 64];
    bool has_news = false;
    ssize_t length;
    while ((length = read(line->watch_fd, news, sizeof news)) > 0) {
        const struct inotify_event *event;
        has_news = true;
        for (const char *at = news; at < news + length; at += sizeof *event + event->len) {
            event = (const struct inotify_event *)(const void *)at;
            *has_opened |= (event->mask & (IN_OPEN | IN_Q_OVERFLOW)) != 0;
        }
    }
    return has_news;
}

static void serve_readers(struct i2ctarget_interrupt *line)
{
    bool has_opened = false;
    if (line->watch_fd < 0 || !take_news(line, &has_opened))
        return;
    if (!has_reader(line)) {
        await_room(line, false);
        if (unread(line))
            empty(line); /* which is news, too */
    } else if (has_opened && unread(line) == 0) {
        tell(line);
    }
}

void i2ctarget_interrupt_serve(struct i2ctarget_interrupt *line)
{
    serve_readers(line);
    if (!line->is_behind || state_of(line->fd) == 0)
        return;
    await_room(line, false);
    if (line->was_high != line->is_high)
        tell(line);
}

/* ---- the line -------------------------------------------------------------------------------- */

void i2ctarget_interrupt_set(struct i2ctarget_interrupt *line, bool is_high)
{
    i2ctarget_interrupt_serve(line); /* who has come meanwhile sees the change as one */
    bool is_change = is_high != line->is_high;
    line->is_high = is_high;
    if (is_change && !line->is_behind)
        tell(line);
}

int i2ctarget_interrupt_descriptor(const struct i2ctarget_interrupt *line)
{
    return line->wait_fd;
}

static int open_wait(struct i2ctarget_interrupt *line)
{
    struct epoll_event readable = {.events = EPOLLIN};
    line->wait_fd = epoll_create1(EPOLL_CLOEXEC);
    if (line->wait_fd < 0)
        return -errno;
    if (line->watch_fd >= 0 &&
        epoll_ctl(line->wait_fd, EPOLL_CTL_ADD, line->watch_fd, &readable) < 0)
        return -errno;
    return 0;
}

int i2ctarget_interrupt_open(struct i2ctarget_interrupt *line, const char *place, bool is_high)
{
    *line = closed;
    line->is_high = is_high;
    int error = i2ctarget_place_open(line, place);
    if (error == 0)
        error = open_wait(line);
    if (error) {
        i2ctarget_interrupt_close(line);
        return error;
    }
    serve_readers(line); /* our own opening was news */
    tell(line);
    return 0;
}

void i2ctarget_interrupt_close(struct i2ctarget_interrupt *line)
{
    i2ctarget_place_remove(line);
    if (line->fd >= 0)
        close(line->fd);
    if (line->watch_fd >= 0)
        close(line->watch_fd);
    if (line->wait_fd >= 0)
        close(line->wait_fd);
    *line = closed;
}
