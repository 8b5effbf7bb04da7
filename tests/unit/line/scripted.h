/* SPDX-License-Identifier: MIT */
/* A participant that pulls by the clock: a list of times, and what it pulls from then on. */
#ifndef UNIT_LINE_SCRIPTED_H
#define UNIT_LINE_SCRIPTED_H

#include <stddef.h>

#include "line/wires.h"

struct scripted_pull {
    uint64_t at_ns;
    bool scl_low, sda_low;
};

struct scripted {
    struct wires_participant participant; /* first member */
    const struct scripted_pull *next;
    size_t left;
};

static void scripted_step(struct wires_participant *self, struct wires *wires)
{
    struct scripted *scripted = (struct scripted *)self;
    while (scripted->left && scripted->next->at_ns <= wires->now_ns) {
        struct line_pulls pulls = {scripted->next->scl_low, scripted->next->sda_low};
        i2ctarget_wires_pull(wires, self, pulls);
        scripted->next++;
        scripted->left--;
    }
    self->wake_ns = scripted->left ? scripted->next->at_ns : WIRES_NEVER;
}

/* The pulls belong to the caller.  They are in order of time, and all later than now. */
static inline void scripted_join(struct scripted *scripted, struct wires *wires,
                                 const struct scripted_pull *pulls, size_t count)
{
    *scripted = (struct scripted){
        .participant = {.step = scripted_step, .wake_ns = count ? pulls[0].at_ns : WIRES_NEVER},
        .next = pulls,
        .left = count,
    };
    i2ctarget_wires_join(wires, &scripted->participant);
}

#define SCRIPTED_JOIN(scripted, wires, ...)                                   \
    scripted_join(scripted, wires, (const struct scripted_pull[])__VA_ARGS__, \
                  sizeof((const struct scripted_pull[])__VA_ARGS__) /         \
                      sizeof(struct scripted_pull))

#endif
