/* SPDX-License-Identifier: MIT */
#include "emulator/board/edges.h"

#include <inttypes.h>

#include "emulator/board/board.h"

enum { CLOCKS = 9 };

static void note(struct edge_cycles *kind, uint64_t cycles)
{
    if (cycles > kind->longest)
        kind->longest = cycles;
    kind->sum += cycles;
    kind->count++;
}

static uint64_t cycles_since_fall(const struct edges *edges)
{
    return core_serving(edges->board->core)->cycles - edges->fell_cycle;
}

static bool is_event(const struct edges *edges)
{
    return edges->clocks % CLOCKS == 0 || edges->clocks % CLOCKS == CLOCKS - 1;
}

static void on_edge(struct wires_observer *observer, const struct wires *wires)
{
    struct edges *edges = (struct edges *)observer;
    bool pulled = edges->board->checker.targets[0].target->pulls.scl_low;
    if (edges->pulled && !pulled)
        note(is_event(edges) ? &edges->event : &edges->moved, cycles_since_fall(edges));
    if (wires->scl && edges->scl && edges->sda && !wires->sda)
        edges->clocks = 0;
    edges->clocks += wires->scl && !edges->scl;
    if (!wires->scl && edges->scl) {
        edges->fell_cycle = core_serving(edges->board->core)->cycles;
        edges->looks = 0;
    }
    edges->scl = wires->scl;
    edges->sda = wires->sda;
    edges->pulled = pulled;
}

/* The first access behind a fall sees it.  If the second one pulls SCL, it is none to be noted. */
static void on_access(struct core *core)
{
    struct edges *edges = &((struct board *)core->owner)->edges;
    bool is_quiet = !edges->scl && !edges->pulled && !is_event(edges);
    if (core == core_serving(core) && is_quiet && ++edges->looks == 2)
        note(&edges->quiet, cycles_since_fall(edges));
}

void edges_watch(struct edges *edges, struct board *board)
{
    edges->board = board;
    edges->scl = board->wires.scl;
    edges->sda = board->wires.sda;
    edges->observer.edge = on_edge;
    i2ctarget_wires_observe(&board->wires, &edges->observer);
    core_serving(board->core)->reaches_chip = on_access;
}

static void report(const struct edge_cycles *kind, const char *name, const char *end, FILE *file)
{
    fprintf(file, "\"%s\": [%" PRIu64 ", %" PRIu64 "]%s", name, kind->longest,
            kind->count ? kind->sum / kind->count : 0, end);
}

void edges_report(const struct edges *edges, FILE *file)
{
    fprintf(file, ", \"edges\": {");
    report(&edges->quiet, "quiet", ", ", file);
    report(&edges->moved, "moved", ", ", file);
    report(&edges->event, "event", "}", file);
}
