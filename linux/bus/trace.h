/* SPDX-License-Identifier: MIT */
/*
 * The trace of a bus: a VCD file, which is complete whenever no transfer is under way.
 *
 * A full disk ends the trace, with one line on stderr.  The bus goes on.
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

/* 0 or -errno.  The string `path` must stay valid. */
int trace_open(struct trace *trace, struct bus *bus, const char *path);
/* False: a part of the trace was lost; a message on stderr has said so. */
bool trace_close(struct trace *trace);
/*
 * Turns a time of the wires into a time of the trace, which has no idle gaps longer than the limit.
 * It works on a trace that was never open, too.
 */
uint64_t trace_time_ns(const struct trace *trace, uint64_t wires_ns);

#endif
