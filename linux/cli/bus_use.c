/* SPDX-License-Identifier: MIT */
/*
 * Several commands may start at once.  One of them holds a lock on the directory: it looks for the
 * bus, and starts it if necessary.  Only then may the next one look.
 */
#include "cli/bus_use.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/bus_directory.h"
#include "cli/cli.h"

/* Options that only a new bus can get can not be given to a bus that runs already. */
static bool fits(const struct bus_use *use, uint32_t scl_hz)
{
    if (use->bus.trace)
        cli_error(use->word, "bus %u runs already, and a trace can only begin with it",
                  use->bus.bus);
    else if (use->bus.fault_count)
        cli_error(use->word, "bus %u runs already: `i2ctarget fault` lets something go wrong on it",
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

static bool start(struct bus_use *use, enum bus_life life)
{
    return bus_child_start(&use->child, use->word, &use->bus, life);
}

/* A bus that was found is held, so that it does not end before we use it. */
static bool find_or_start(struct bus_use *use)
{
    char name[64];
    snprintf(name, sizeof name, "i2ctarget %s", use->word);
    int result = i2ctarget_link_open(&use->hold, use->bus.bus, PROTOCOL_CONTROLLER, name);
    use->is_held = result == 0;
    if (use->is_held)
        return fits(use, use->hold.scl_hz);
    if (result == -ENOENT)
        return start(use, use->keep ? BUS_STAYS : BUS_ENDS_UNUSED);
    cli_link_error(use->word, &use->hold, result);
    return false;
}

static bool begin_private(struct bus_use *use)
{
    use->bus.is_private = true;
    return bus_directory_make_private(use->word) && start(use, BUS_ENDS_WITH_US);
}

bool bus_use_begin(struct bus_use *use)
{
    if (use->is_private)
        return begin_private(use);
    int fd = bus_directory_lock(use->word);
    if (fd < 0)
        return false;
    bool is_there = find_or_start(use);
    close(fd);
    if (is_there && use->keep && use->child.pid)
        cli_error(use->word, "bus %u stays: process %ld", use->bus.bus, (long)use->child.pid);
    return is_there;
}

void bus_use_let_go(struct bus_use *use)
{
    if (use->is_held)
        i2ctarget_link_close(&use->hold);
    use->is_held = false;
}

bool bus_use_end(struct bus_use *use)
{
    bus_use_let_go(use);
    return bus_child_stop(&use->child);
}
