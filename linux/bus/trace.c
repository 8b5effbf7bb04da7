/* SPDX-License-Identifier: MIT */
#include "bus/trace.h"

#include <stdio.h>
#include <string.h>

enum { TICK_NS = 100, IDLE_LIMIT_NS = 1000000 };

static void fail(struct trace *trace, int error)
{
    trace->has_failed = true;
    fprintf(stderr, "i2ctarget bus: the trace ends here, the bus goes on: %s: %s\n", trace->path,
            strerror(error));
}

static void on_finished(struct bus_watcher *watcher, const struct bus_report *report)
{
    struct trace *trace = (struct trace *)watcher;
    (void)report;
    if (!trace->is_open)
        return;
    int result = i2ctarget_vcd_flush(&trace->vcd);
    if (result == 0)
        return;
    trace->is_open = false;
    i2ctarget_vcd_close(&trace->vcd, &trace->bus->wires);
    fail(trace, -result);
}

int trace_open(struct trace *trace, struct bus *bus, const char *path)
{
    *trace = (struct trace){.watcher.finished = on_finished, .bus = bus, .path = path};
    int result = i2ctarget_vcd_open(&trace->vcd, &bus->wires, path, TICK_NS, IDLE_LIMIT_NS);
    if (result < 0)
        return result;
    trace->is_open = true;
    bus_watch(bus, &trace->watcher);
    return 0;
}

bool trace_close(struct trace *trace)
{
    if (trace->is_open) {
        trace->is_open = false;
        int result = i2ctarget_vcd_close(&trace->vcd, &trace->bus->wires);
        if (result < 0)
            fail(trace, -result);
    }
    return !trace->has_failed;
}

uint64_t trace_time_ns(const struct trace *trace, uint64_t wires_ns)
{
    return wires_ns - trace->vcd.cut_ns;
}
