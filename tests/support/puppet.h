/* SPDX-License-Identifier: MIT */
/*
 * A wired_target without a core: it answers by rote, or holds, and writes down every event.  For
 * tests of the line layer alone.
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
    unsigned accepts;     /* that many bytes of a message; then NACK */
    const uint8_t *gives; /* then RELEASE */
    unsigned give_count;
    bool holds;     /* everything */
    unsigned moved; /* of this message */
};

/* Joins at address 0x40 (and 0x41), accepting everything, giving nothing. */
void puppet_join(struct puppet *puppet, struct wires *wires, struct line_driver_timing timing,
                 bool smbus);
/* The answer it would have given to the last event, now. */
void puppet_answer(struct puppet *puppet);
/* The event of that number, from 0; of kind I2CTARGET_NO_EVENT if there were not so many. */
const struct i2ctarget_event *puppet_event(const struct puppet *puppet, unsigned index);

#endif
