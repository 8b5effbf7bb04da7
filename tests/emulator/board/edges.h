/* SPDX-License-Identifier: MIT */
/*
 * How many cycles of the processor an edge takes: from a fall of SCL to the end of what the program
 * does for it, in messages of one controller.
 *
 *     SCL ‾‾\______________/‾‾‾        quiet: to the look behind the one that sees the fall
 *           |   look  look             moved, event: to where the target lets SCL go
 */
#ifndef BOARD_EDGES_H
#define BOARD_EDGES_H

#include <stdio.h>

#include "line/wires.h"

struct board;

struct edge_cycles {
    uint64_t longest, sum;
    unsigned count;
};

struct edges {
    struct wires_observer observer; /* first member */
    struct board *board;
    bool scl, sda, pulled;
    unsigned clocks; /* since START */
    unsigned looks;  /* accesses to registers since SCL fell */
    uint64_t fell_cycle;
    struct edge_cycles quiet; /* nothing is pulled, a bit comes in */
    struct edge_cycles moved; /* SCL is held while SDA moves */
    struct edge_cycles event; /* SCL is held, behind the eighth and the ninth clock */
};

/* Begins to watch the only target of the board. */
void edges_watch(struct edges *edges, struct board *board);
/* In JSON: "edges", of each kind the longest and the mean. */
void edges_report(const struct edges *edges, FILE *file);

#endif
