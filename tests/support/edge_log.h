/* SPDX-License-Identifier: MIT */
/* Every change of level on the wires, with its time.  For tests that examine a wave afterwards. */
#ifndef SUPPORT_EDGE_LOG_H
#define SUPPORT_EDGE_LOG_H

#include "line/wires.h"

#define EDGE_LOG_MAX 65536

struct edge {
    uint64_t at_ns;
    bool scl, sda; /* after it */
};

struct edge_log {
    struct wires_observer observer; /* first member */
    struct edge *edges;             /* on the heap; the first one is the level at the start */
    unsigned count;                 /* at most EDGE_LOG_MAX: more of them abort the test */
    unsigned room;
};

void edge_log_open(struct edge_log *log, struct wires *wires);
void edge_log_close(struct edge_log *log, struct wires *wires);
/* Forgets all but the present levels. */
void edge_log_clear(struct edge_log *log, const struct wires *wires);
/* The index of the n-th rise or fall of SCL (n from 1); `count` if there is none. */
unsigned edge_log_scl_edge(const struct edge_log *log, bool rise, unsigned n);
void edge_log_print(const struct edge_log *log);

#endif
