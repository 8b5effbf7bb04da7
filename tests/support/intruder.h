/* SPDX-License-Identifier: MIT */
/*
 * Another participant on the wires that pulls once for a while: a spike, a short circuit, another
 * controller's START.
 */
#ifndef SUPPORT_INTRUDER_H
#define SUPPORT_INTRUDER_H

#include "line/wires.h"

struct intruder {
    struct wires_participant participant; /* first member */
    struct line_pulls pulls;
    uint64_t begin_ns, end_ns;
};

void intruder_join(struct intruder *intruder, struct wires *wires);
void intruder_leave(struct intruder *intruder, struct wires *wires);
/* Pull from `at_ns` on, for `lasting_ns`. */
void intruder_plan(struct intruder *intruder, struct line_pulls pulls, uint64_t at_ns,
                   uint64_t lasting_ns);

#endif
