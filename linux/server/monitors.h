/* SPDX-License-Identifier: MIT */
/*
 * Each finished transfer goes to all monitors as a TRANSFER frame.
 *
 * A monitor that is too slow misses transfers, and is told how many.  It never slows the bus down.
 */
#ifndef SERVER_MONITORS_H
#define SERVER_MONITORS_H

#include "bus/bus.h"
#include "server/peer.h"
#include "bus/trace.h"

struct monitor {
    struct peer *peer;
    uint32_t missed; /* transfers missed since the last one that was sent */
    struct monitor *next;
};

struct monitors {
    struct bus_watcher watcher; /* first member */
    const struct trace *trace;
    struct monitor *first;
    struct peer_buffer record;
};

void monitors_init(struct monitors *monitors, struct bus *bus, const struct trace *trace);
void monitors_free(struct monitors *monitors);
/* NULL: no memory. */
struct monitor *monitors_add(struct monitors *monitors, struct peer *peer);
void monitors_remove(struct monitors *monitors, struct monitor *monitor);

#endif
