/* SPDX-License-Identifier: MIT */
/* The bare chip on simulated wires. */
#ifndef BARE_MODEL_H
#define BARE_MODEL_H

#include "chips/bare/registers.h"
#include "line/wires.h"
#include "support/processor.h"

struct bare;

struct bare_pair {
    struct wires_participant participant; /* first member */
    struct bare *chip;
    uint64_t at_ns;              /* of the last edge */
    uint32_t before, now;        /* levels of its pins before that edge, and after it */
    uint32_t rose_new, fell_new; /* what that edge has latched */
};

struct bare {
    struct processor processor;     /* first member */
    struct wires_participant clock; /* wakes it for the alarm; never pulls */
    struct bare_pair pairs[BARE_PAIRS];
    uint32_t rose, fell, enabled;
    uint64_t alarm_ns;
    uint32_t alarm_low;
    unsigned faults; /* accesses to no register */
};

void bare_init(struct bare *chip, struct wires *wires);
void bare_leave(struct bare *chip);

#endif
