/* SPDX-License-Identifier: MIT */
/*
 * The trace of a bus: a VCD file that can be looked at whenever no transfer is under way.
 *
 * A disk that is full ends the trace, with one line on stderr, and not the bus.
 */
#ifndef BUS_TRACE_H
#define BUS_TRACE_H

#include "bus/bus.h"
#include "line/vcd.h"

struct trace {
    struct bus_watcher watcher; /* first member */
    struct bus *bus;
    const char *path;
    struct vcd vcd;
    bool is_open;
    bool has_failed;
};

/* 0 or -errno; the path must stay. */
int trace_open(struct trace *trace, struct bus *bus, const char *path);
/* False: something of the trace was lost, which has been said on stderr. */
bool trace_close(struct trace *trace);
/*
 * The trace's time at a moment of the wires: without the idle gaps that were cut.  Works on a trace
 * that was never open.
 */
uint64_t trace_time_ns(const struct trace *trace, uint64_t wires_ns);

#endif
