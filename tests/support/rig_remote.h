/* SPDX-License-Identifier: MIT */
/*
 * A target in this process, on the wires of a bus server.  The server, `i2ctarget bus`, is started
 * for each test, and must end without an error.
 */
#ifndef SUPPORT_RIG_REMOTE_H
#define SUPPORT_RIG_REMOTE_H

#include "i2ctarget/bus.h"
#include "support/rig.h"

extern const struct rig_ops rig_remote_ops;

#define RIG_REMOTE(title, hz)                                                                   \
    {                                                                                           \
        .name = title, .ops = &rig_remote_ops, .port = &i2ctarget_remote_port, .scl_hz = hz,    \
        .abilities = RIG_SIGNALS | RIG_CONTROLLER_GIVES_UP | RIG_CAN_BE_LOST | RIG_PAIRED_PINS, \
        .thinning = 23                                                                          \
    }

#endif
