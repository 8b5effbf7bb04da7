/* SPDX-License-Identifier: MIT */
/*
 * A controller by hand: one START, one clock, one STOP at a time.
 *
 * controller_line.h wants to know a whole transfer before it begins.  Whoever passes on what
 * somebody else does on another bus learns of it event by event, and stops the emulated time in
 * between.
 */
#ifndef EMULATOR_HAND_H
#define EMULATOR_HAND_H

#include "line/bus_timing.h"
#include "line/wires.h"

struct hand {
    struct wires_participant participant; /* first member */
    const struct bus_timing *timing;
    uint32_t low_ns, high_ns, data_ns;
    uint8_t move; /* enum in hand.c */
    uint8_t phase;
    uint64_t due_ns; /* when the phase acts */
    bool sda_low;    /* the clock's bit is 0 */
    bool sampled;    /* what SDA was in the clock */
    bool busy;
};

/* Joins the wires.  scl_hz: at most what i2ctarget_bus_timing_for() has a mode for. */
void hand_init(struct hand *hand, struct wires *wires, uint32_t scl_hz);

/* Each is over once `busy` is false; nothing may be under way.  SCL stays low until the STOP. */
void hand_start(struct hand *hand, struct wires *wires); /* or repeated START */
void hand_clock(struct hand *hand, struct wires *wires, bool bit);
void hand_stop(struct hand *hand, struct wires *wires);

#endif
