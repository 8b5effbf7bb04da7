/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "support/edge_log.h"

enum { FIRST_ROOM = 256 };

/* Most logs are short, and there are many: a sanitizer fills what it gives and takes. */
static void grow(struct edge_log *log)
{
    unsigned room = log->room ? 2 * log->room : FIRST_ROOM;
    struct edge *edges = realloc(log->edges, room * sizeof *edges);
    if (!edges || room > EDGE_LOG_MAX)
        abort();
    log->edges = edges;
    log->room = room;
}

static void keep(struct edge_log *log, const struct wires *wires)
{
    if (log->count == log->room)
        grow(log);
    log->edges[log->count++] =
        (struct edge){.at_ns = wires->now_ns, .scl = wires->scl, .sda = wires->sda};
}

static void on_edge(struct wires_observer *self, const struct wires *wires)
{
    struct edge_log *log = (struct edge_log *)self;
    const struct edge *last = &log->edges[log->count - 1];
    if (last->scl != wires->scl || last->sda != wires->sda)
        keep(log, wires);
}

void edge_log_open(struct edge_log *log, struct wires *wires)
{
    *log = (struct edge_log){.observer = {.edge = on_edge}};
    keep(log, wires);
    i2ctarget_wires_observe(wires, &log->observer);
}

void edge_log_close(struct edge_log *log, struct wires *wires)
{
    i2ctarget_wires_unobserve(wires, &log->observer);
    free(log->edges);
    log->edges = NULL;
}

void edge_log_clear(struct edge_log *log, const struct wires *wires)
{
    log->count = 0;
    keep(log, wires);
}

unsigned edge_log_scl_edge(const struct edge_log *log, bool rise, unsigned n)
{
    for (unsigned i = 1; i < log->count; i++) {
        if (log->edges[i].scl == rise && log->edges[i - 1].scl != rise && --n == 0)
            return i;
    }
    return log->count;
}

void edge_log_print(const struct edge_log *log)
{
    for (unsigned i = 0; i < log->count; i++)
        fprintf(stderr, "%12llu ns  SCL %d  SDA %d\n", (unsigned long long)log->edges[i].at_ns,
                log->edges[i].scl, log->edges[i].sda);
}
