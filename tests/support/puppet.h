/* SPDX-License-Identifier: MIT */
/*
 * A wired_target without a core, for tests of the line layer alone.  It gives fixed answers, or
 * holds, and records every event.
 */
#ifndef SUPPORT_PUPPET_H
#define SUPPORT_PUPPET_H

#include "line/wired_target.h"

#define PUPPET_EVENTS_MAX 256

struct puppet {
    struct wired_target wired;
    struct i2ctarget_event events[PUPPET_EVENTS_MAX];
    uint64_t at_ns[PUPPET_EVENTS_MAX];
    unsigned count;
    struct wires *wires;
    /* How it answers. */
    bool refuses;         /* its address */
    unsigned accepts;     /* ACKs so many bytes of a message, then NACKs */
    const uint8_t *gives; /* then RELEASE */
    unsigned give_count;
    bool holds;     /* everything */
    unsigned moved; /* of this message */
};

/* Joins at address 0x40 (and 0x41).  It accepts all bytes and gives none. */
void puppet_join(struct puppet *puppet, struct wires *wires, struct line_driver_timing timing,
                 bool smbus);
/* Gives the answer to the last event that it would have given without holding. */
void puppet_answer(struct puppet *puppet);
/* The event of that number, from 0.  Its kind is I2CTARGET_NO_EVENT if there were fewer. */
const struct i2ctarget_event *puppet_event(const struct puppet *puppet, unsigned index);

#endif
