/* SPDX-License-Identifier: MIT */
/* The test bus as a rig: wires, virtual time, and a checker in every run. */
#ifndef SUPPORT_RIG_TESTBUS_H
#define SUPPORT_RIG_TESTBUS_H

#include "support/bench.h"
#include "testbus/testbus.h"

extern const struct bench_chip virtual_chip;

#define RIG_TESTBUS(title, hz, without)                                                        \
    {                                                                                          \
        .name = title, .ops = &bench_rig_ops, .chip = &virtual_chip,                           \
        .port = &i2ctarget_testbus_port, .scl_hz = hz,                                         \
        .abilities =                                                                           \
            RIG_WIRES | RIG_VIRTUAL_TIME | RIG_SEVERAL_TARGETS | RIG_PAIRED_PINS | RIG_PROMPT, \
        .lacks = without, .thinning = 1                                                        \
    }

#endif
