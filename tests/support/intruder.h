/* SPDX-License-Identifier: MIT */
/*
 * Somebody else on the wires, who at one moment pulls for a while: a spike, a dead short, another
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
/* From `at_ns` on, for `lasting_ns`. */
void intruder_plan(struct intruder *intruder, struct line_pulls pulls, uint64_t at_ns,
                   uint64_t lasting_ns);

#endif
