/* SPDX-License-Identifier: MIT */
/*
 * The inside of a test bus, for tests that need the wires themselves.  The public interface is
 * i2ctarget/testbus.h.
 */
#ifndef TESTBUS_TESTBUS_H
#define TESTBUS_TESTBUS_H

#include "i2ctarget/testbus.h"
#include "line/checker.h"
#include "line/controller_line.h"
#include "line/faults.h"
#include "line/vcd.h"
#include "line/bystanders.h"

extern const struct i2ctarget_port_ops i2ctarget_testbus_port;

/* The port's part of a target. */
struct testbus_target {
    struct wired_target wired; /* first member */
    struct i2ctarget_testbus *bus;
    unsigned chip;
    struct i2ctarget *target;
    struct testbus_target *next;
    bool raised; /* an event was raised since wait() last returned */
};

struct i2ctarget_testbus {
    struct wires wires;
    struct bystanders bystanders; /* the targets that are not addressed */
    struct controller_line controller;
    struct wires_participant hand;    /* i2ctarget_testbus_pull() */
    struct line_driver_timing timing; /* for targets that join from now on */
    struct faults faults;
    struct vcd trace;
    bool tracing;
    /* The current transfer: the caller's messages, and their copies for controller_line. */
    struct i2ctarget_testbus_message *messages;
    struct controller_message *twins;
    size_t count;
    struct testbus_target *targets; /* the open ones */
    struct checker checker;         /* watches all of them */
    struct i2ctarget_testbus_violation violations[CHECKER_VIOLATIONS_MAX];
    unsigned noted; /* of the checker's violations, how many are among these */
};

/*
 * The checker knows targets by their memory.  So before one of them goes, what it has done is noted
 * with its chip.
 */
void i2ctarget_testbus_note_violations(struct i2ctarget_testbus *bus);

/* The open target of this chip.  NULL: there is none. */
struct testbus_target *i2ctarget_testbus_target(const struct i2ctarget_testbus *bus, unsigned chip);

#endif
