/* SPDX-License-Identifier: MIT */
#include "support/intruder.h"

static void step(struct wires_participant *self, struct wires *wires)
{
    struct intruder *intruder = (struct intruder *)self;
    if (wires->now_ns >= intruder->end_ns) {
        i2ctarget_wires_pull(wires, self, (struct line_pulls){false, false});
        intruder->begin_ns = intruder->end_ns = self->wake_ns = WIRES_NEVER;
    } else if (wires->now_ns >= intruder->begin_ns) {
        i2ctarget_wires_pull(wires, self, intruder->pulls);
        self->wake_ns = intruder->end_ns;
    } else {
        self->wake_ns = intruder->begin_ns;
    }
}

void intruder_join(struct intruder *intruder, struct wires *wires)
{
    *intruder = (struct intruder){.participant = {.step = step, .wake_ns = WIRES_NEVER},
                                  .begin_ns = WIRES_NEVER,
                                  .end_ns = WIRES_NEVER};
    i2ctarget_wires_join(wires, &intruder->participant);
}

void intruder_leave(struct intruder *intruder, struct wires *wires)
{
    i2ctarget_wires_leave(wires, &intruder->participant);
}

void intruder_plan(struct intruder *intruder, struct line_pulls pulls, uint64_t at_ns,
                   uint64_t lasting_ns)
{
    intruder->pulls = pulls;
    intruder->begin_ns = intruder->participant.wake_ns = at_ns;
    intruder->end_ns = at_ns + lasting_ns;
}
