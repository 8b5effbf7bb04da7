/* SPDX-License-Identifier: MIT */
/*
 * The inside of a test bus, for tests that need the wires themselves.  The public interface is
 * i2ctarget/testbus.h.
 */
#ifndef TESTBUS_TESTBUS_H
#define TESTBUS_TESTBUS_H

#include "i2ctarget/testbus.h"
#include "line/controller_line.h"
#include "line/vcd.h"
#include "line/wired_target.h"

extern const struct i2ctarget_port_ops i2ctarget_testbus_port;

struct i2ctarget_testbus {
    struct wires wires;
    struct controller_line controller;
    struct line_driver_timing timing; /* for targets that join from now on */
    struct vcd trace;
    bool tracing;
    /* The current transfer: the caller's messages, and their copies for controller_line. */
    struct i2ctarget_testbus_message *messages;
    struct controller_message *twins;
    size_t count;
    struct testbus_target *targets; /* the open ones */
};

#endif
