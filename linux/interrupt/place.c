/* SPDX-License-Identifier: MIT */
#include "interrupt/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

static const char descriptor_prefix[] = "fd:", gpio_prefix[] = "gpio-sim:",
                  chip_prefix[] = "gpiochip";
enum { FIFO_MODE = 0600, DIGITS_MAX = 9 };

/* Returns what is behind the prefix; NULL: the text has another one. */
static const char *behind(const char *prefix, const char *text)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

/* A whole number.  Returns what is behind it; NULL: there is none, or it is too long. */
static const char *take_number(const char *text, unsigned *number)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > DIGITS_MAX)
        return NULL;
    *number = (unsigned)strtoul(text, NULL, 10);
    return text + digits;
}

/* ---- a FIFO ---------------------------------------------------------------------------------- */

/* 0, or -errno; EEXIST: another kind of file. */
static int make_fifo(struct i2ctarget_interrupt *line, const char *path)
{
    struct stat found;
    if (mkfifo(path, FIFO_MODE) == 0) {
        line->made_path = strdup(path);
        if (line->made_path)
            return 0;
        unlink(path);
        return -ENOMEM;
    }
    if (errno != EEXIST)
        return -errno;
    if (stat(path, &found) < 0)
        return -errno;
    return S_ISFIFO(found.st_mode) ? 0 : -EEXIST;
}

/*
 * The watch is there before the writing end.  So a reader that waits in open() for a writer is seen
 * when its open() returns.
 */
static int watch(struct i2ctarget_interrupt *line, const char *path)
{
    line->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (line->watch_fd < 0)
        return -errno;
    return inotify_add_watch(line->watch_fd, path, IN_OPEN | IN_CLOSE) < 0 ? -errno : 0;
}

/* Two lines at one FIFO would mix their levels. */
static int occupy(const struct i2ctarget_interrupt *line)
{
    return flock(line->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK ? -EBUSY : 0;
}

/* Without a reader a FIFO can be opened for writing only if there is one for a moment. */
static int open_fifo(struct i2ctarget_interrupt *line, const char *path)
{
    int error = make_fifo(line, path);
    if (error == 0)
        error = watch(line, path);
    if (error)
        return error;
    int reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (reader < 0)
        return -errno;
    line->fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    error = line->fd < 0 ? -errno : occupy(line);
    close(reader);
    return error;
}

void i2ctarget_place_remove(struct i2ctarget_interrupt *line)
{
    struct stat ours, found;
    if (line->made_path && fstat(line->fd, &ours) == 0 && lstat(line->made_path, &found) == 0 &&
        ours.st_dev == found.st_dev && ours.st_ino == found.st_ino)
        unlink(line->made_path);
    free(line->made_path);
    line->made_path = NULL;
}

/* ---- a descriptor ---------------------------------------------------------------------------- */

static int open_descriptor(struct i2ctarget_interrupt *line, const char *text)
{
    unsigned number;
    const char *rest = take_number(text, &number);
    if (!rest || *rest)
        return -EINVAL;
    int flags = fcntl((int)number, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
        return -EBADF;
    line->fd = fcntl((int)number, F_DUPFD_CLOEXEC, 0);
    return line->fd < 0 ? -errno : 0;
}

/* ---- a simulated GPIO line ------------------------------------------------------------------- */

/* Linux Documentation/admin-guide/gpio/gpio-sim.rst: what pulls at a line is in its file `pull`. */
static int open_gpio(struct i2ctarget_interrupt *line, const char *text)
{
    char path[PATH_MAX];
    unsigned chip, number;
    const char *rest = behind(chip_prefix, text);
    rest = rest ? take_number(rest, &chip) : NULL;
    rest = rest && *rest == '/' ? take_number(rest + 1, &number) : NULL;
    if (!rest || *rest)
        return -EINVAL;
    snprintf(path, sizeof path, "/sys/bus/gpio/devices/gpiochip%u/sim_gpio%u/pull", chip, number);
    line->is_attribute = true;
    line->fd = open(path, O_WRONLY | O_CLOEXEC);
    return line->fd < 0 ? -errno : 0;
}

int i2ctarget_place_open(struct i2ctarget_interrupt *line, const char *place)
{
    const char *number = behind(descriptor_prefix, place), *chip = behind(gpio_prefix, place);
    if (number)
        return open_descriptor(line, number);
    if (chip)
        return open_gpio(line, chip);
    return *place ? open_fifo(line, place) : -EINVAL;
}
