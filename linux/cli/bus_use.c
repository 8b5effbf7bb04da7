/* SPDX-License-Identifier: MIT */
/*
 * Several commands may start at once.  One of them holds a lock on the directory: it looks for the
 * bus, and starts it if necessary.  Only then may the next one look.
 */
#include "cli/bus_use.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "server/owner.h"
#include "cli/cli.h"
#include "link/link.h"

static int make_directory(void)
{
    char directory[LINK_PATH_MAX];
    return i2ctarget_link_directory(directory, true);
}

/*
 * While one command looks for the bus and starts it, others wait here.  Returns a descriptor, or
 * -1.
 */
static int lock_directory(const char *word)
{
    char directory[LINK_PATH_MAX] = "";
    int made = owner_does(make_directory), found = i2ctarget_link_directory(directory, false);
    int result = made < 0 ? made : found;
    int fd = result < 0 ? -1 : open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX) == 0)
        return fd;
    if (result == -EPERM)
        cli_error(word, "%s is not safe: it must be yours, and closed to others", directory);
    else
        cli_error(word, "%s: %s", directory, strerror(result < 0 ? -result : errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Options that only a new bus can get can not be given to a bus that runs already. */
static bool fits(const struct bus_use *use, uint32_t scl_hz)
{
    if (use->bus.trace)
        cli_error(use->word, "bus %u runs already, and a trace can only begin with it",
                  use->bus.bus);
    else if (use->bus.timeout_ms)
        cli_error(use->word, "bus %u runs already, and has its time-out: set I2C_TIMEOUT",
                  use->bus.bus);
    else if (use->has_speed && use->bus.scl_hz != scl_hz)
        cli_error(use->word, "bus %u runs already, at %u Hz", use->bus.bus, (unsigned)scl_hz);
    else
        return true;
    return false;
}

static bool find_or_start(struct bus_use *use)
{
    struct link link;
    char name[64], text[256];
    snprintf(name, sizeof name, "i2ctarget %s", use->word);
    int result = i2ctarget_link_open(&link, use->bus.bus, PROTOCOL_CONTROLLER, name);
    if (result == 0) {
        bool is_fit = fits(use, link.scl_hz);
        i2ctarget_link_close(&link);
        return is_fit;
    }
    if (result == -ENOENT)
        return bus_child_start(&use->child, use->word, &use->bus, use->keep);
    cli_error(use->word, "%s", i2ctarget_link_explain(&link, result, text, sizeof text));
    return false;
}

bool bus_use_begin(struct bus_use *use)
{
    int fd = lock_directory(use->word);
    if (fd < 0)
        return false;
    bool is_there = find_or_start(use);
    close(fd);
    if (is_there && use->keep && use->child.pid)
        cli_error(use->word, "bus %u stays: process %ld", use->bus.bus, (long)use->child.pid);
    return is_there;
}
