/* SPDX-License-Identifier: MIT */
/*
 * Faults on the wires: a participant that follows the bus and makes happen what its list says
 * (i2ctarget/fault.h).
 *
 *     edges ──► bus_position ──► which faults are due here? ──► dice ──► pulls, or a word to a target
 *
 * It has three hands.  It pulls lines, as any participant does.  It changes how a target is
 * connected: refuses, an inverter in SDA, no connection (wired_target.h).  And it tells the
 * controller to leave out a STOP.  SDA moves hold_ns after SCL fell, as a target's does.
 *
 * An empty list costs next to nothing: edges are not followed then.
 */
#ifndef LINE_FAULTS_H
#define LINE_FAULTS_H

#include "i2ctarget/fault.h"
#include "line/bus_position.h"
#include "line/controller_line.h"
#include "line/wired_target.h"

struct fault_entry {
    struct i2ctarget_fault_count count; /* number 0: this entry is free */
    uint32_t dice;
    bool is_decided; /* the dice were thrown for this message, where once is enough … */
    bool is_on;      /* … and this is what they said */
};

struct faults {
    struct wires_participant participant; /* first member */
    struct controller_line *controller;
    struct wired_target *targets;
    /* A fault has hit; NULL: nobody wants to know. */
    void (*on_hit)(void *owner, const struct i2ctarget_fault *fault);
    void *owner;
    uint32_t hold_ns;   /* SDA moves so long after SCL fell */
    uint32_t period_ns; /* of the bus's clock */

    struct fault_entry entries[I2CTARGET_FAULTS_MAX];
    uint32_t last_number;

    struct bus_position position;
    uint64_t fell_ns; /* SCL */
    bool is_aside;    /* the levels are our own doing and no position on the bus */
    /* WIRES_NEVER: none of these is under way. */
    uint64_t late_ns;   /* faults that move SDA are due in this bit */
    uint64_t glitch_ns; /* the glitches of this bit begin */
    uint64_t idle_ns;   /* the bus is free, and faults at idle have their turn */
    /* 0: the line is not pulled. */
    uint64_t scl_until_ns, sda_until_ns;
    struct fault_entry *contender; /* pulls SDA in this bit; the controller may send a 1 */
    struct fault_entry *unstopped; /* the controller was told to leave out its STOP */
    struct wired_target *inverted; /* in this bit */
    bool is_holding; /* SCL is pulled as by a chip that is late, not as a clock's limit */
};

/* Joins the wires.  scl_hz: the controller's. */
void i2ctarget_faults_init(struct faults *faults, struct wires *wires,
                           struct controller_line *controller, uint32_t scl_hz);
/* A target whose connection faults may change; it has joined the wires, and leaves later. */
void i2ctarget_faults_adopt(struct faults *faults, struct wired_target *target);
void i2ctarget_faults_disown(struct faults *faults, struct wired_target *target);

/*
 * Returns the fault's number, from 1; 0: `why` says what is wrong with it, or that there is no room
 * for more.  A fault at idle begins at once if the bus is free.  Handles the edges that follow.
 */
uint32_t i2ctarget_faults_add(struct faults *faults, struct wires *wires,
                              const struct i2ctarget_fault *fault,
                              char why[I2CTARGET_FAULT_WHY_MAX]);
/*
 * Removes one fault, or all (number 0).  Lines that faults pull are released.  False: there is no
 * such number.
 */
bool i2ctarget_faults_remove(struct faults *faults, struct wires *wires, uint32_t number);
/* The fault with the lowest number above `after`; NULL: there is none. */
const struct i2ctarget_fault_count *i2ctarget_faults_next(const struct faults *faults,
                                                          uint32_t after);

/* Is SCL held as by a chip that is late? */
static inline bool i2ctarget_faults_hold(const struct faults *faults)
{
    return faults->is_holding;
}
/* Lines that are pulled are released, as when a controller has waited too long. */
void i2ctarget_faults_let_go(struct faults *faults, struct wires *wires);

#endif
