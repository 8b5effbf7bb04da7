/* SPDX-License-Identifier: MIT */
/*
 * The insides of an in-process bus, for tests that want the wires themselves.  The public face is
 * i2ctarget/virtual.h.
 */
#ifndef VIRTUAL_VIRTUAL_BUS_H
#define VIRTUAL_VIRTUAL_BUS_H

#include "i2ctarget/virtual.h"
#include "line/controller_line.h"
#include "line/vcd.h"
#include "line/wired_target.h"

struct virtual_bus {
    struct wires wires;
    struct controller_line controller;
    struct wired_target_timing timing; /* for targets that join from now on */
    struct vcd trace;
    bool tracing;
    /* The transfer under way: the caller's messages and their twins for controller_line. */
    struct virtual_message *messages;
    struct controller_message *twins;
    size_t count;
    struct virtual_target *targets; /* the open ones */
};

#endif
