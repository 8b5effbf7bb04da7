/* SPDX-License-Identifier: MIT */
/*
 * A controller that is driven by hand: one START, one clock, one STOP at a time.
 *
 * controller_line.h needs the whole transfer before it begins.  A program that repeats a transfer
 * of another bus learns of it event by event, and stops the emulated time between the events.
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
    uint64_t due_ns; /* time at which the phase acts */
    bool sda_low;    /* the bit of the clock is 0 */
    bool sampled;    /* the level of SDA in the clock */
    bool busy;
};

/* Joins the wires.  scl_hz: i2ctarget_bus_timing_for() must have a mode for it. */
void hand_init(struct hand *hand, struct wires *wires, uint32_t scl_hz);

/*
 * Each action is over when `busy` is false.  No other action may be under way.  SCL stays low until
 * STOP.
 */
void hand_start(struct hand *hand, struct wires *wires); /* or repeated START */
void hand_clock(struct hand *hand, struct wires *wires, bool bit);
void hand_stop(struct hand *hand, struct wires *wires);

#endif
