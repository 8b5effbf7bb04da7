/* SPDX-License-Identifier: MIT */
/*
 * A line_driver on simulated wires.  Levels and time of the wires go in, its pulls come out.
 *
 * Used by ports/testbus and by the bus server.  The answerer is the core there and a socket here.
 */
#ifndef LINE_WIRED_TARGET_H
#define LINE_WIRED_TARGET_H

#include "line/bus_timing.h"
#include "line/line_driver.h"
#include "line/wires.h"

struct bystanders;

struct wired_target {
    struct wires_participant participant; /* first member */
    struct line_driver driver;
    line_driver_answerer *answerer;
    void *owner;
    /* Faults (faults.h). */
    bool refuses;      /* the next ADDRESSED or RECEIVED gets NACK, and the answerer is not asked */
    bool sda_inverted; /* an inverter is between it and SDA */
    struct wired_target *next_with_faults;
    struct bystanders *bystanders; /* NULL: it never sleeps */
    bool is_asleep;                /* then the ear's state is the driver's */
    struct wired_target *next_asleep;
};

/*
 * Joins the wires and listens.  timing and addresses are copied.  The answerer is called from
 * inside i2ctarget_wires_step().
 */
void i2ctarget_wired_target_init(struct wired_target *target, struct wires *wires,
                                 const struct line_driver_timing *timing,
                                 const struct i2ctarget_address_set *addresses, bool smbus,
                                 line_driver_answerer *answerer, void *owner);

/* While it waits for its address, it may sleep: bystanders.h.  They outlive it. */
void i2ctarget_wired_target_stand_by(struct wired_target *target, struct bystanders *bystanders);

/* Spikes that its filter has rejected. */
uint32_t i2ctarget_wired_target_glitches(const struct wired_target *target);

/* Not from inside a step(), and not while it sleeps: i2ctarget_bystanders_wake_all(). */
void i2ctarget_wired_target_set_filter(struct wired_target *target, const struct wires *wires,
                                       uint32_t filter_ns);

/* Other addresses, from the next address byte on that is complete. */
void i2ctarget_wired_target_set_addresses(struct wired_target *target,
                                          const struct i2ctarget_address_set *addresses);

/*
 * The late answer to an event that was answered with I2CTARGET_HOLD.  Ignored if none is owed.
 * Handles the edges that follow.
 */
void i2ctarget_wired_target_answer(struct wired_target *target, struct wires *wires, int answer);

/*
 * Release both lines now, and hear nothing until the next START.  An open message, or a held
 * address, ends: the answerer gets ENDED with `cause`.  Handles the edges that follow.
 */
void i2ctarget_wired_target_cut(struct wired_target *target, struct wires *wires,
                                enum i2ctarget_end cause);

/* The same from inside a step() of another participant: the edges are left to the wires. */
void i2ctarget_wired_target_drop(struct wired_target *target, struct wires *wires,
                                 enum i2ctarget_end cause);

/*
 * Put an inverter between the target and SDA, in both directions, or take it away; from inside a
 * step().  While SCL is low, and no longer than one bit: the target believes that its bit is on the
 * wire, and it is its opposite.
 */
void i2ctarget_wired_target_invert_sda(struct wired_target *target, struct wires *wires,
                                       bool invert);

/* Its wires_participant.step(), for the ear of bystanders.h. */
void i2ctarget_wired_target_step(struct wires_participant *self, struct wires *wires);

/* Leave the wires permanently.  No event. */
void i2ctarget_wired_target_leave(struct wired_target *target, struct wires *wires);

#endif
