/* SPDX-License-Identifier: MIT */
/*
 * The RP2040 as a rig: the real port and the real PIO program on the model of the chip, its pads on
 * simulated wires with a controller and a checker.
 */
#ifndef CHIPS_RP2040_RIG_H
#define CHIPS_RP2040_RIG_H

#include "i2ctarget/rp2040.h"
#include "support/bench.h"

extern const struct bench_chip rp2040_chip;

#define RIG_RP2040_AT(ns, title, hz, latency, access, thin, without)                            \
    {                                                                                           \
        .name = title, .ops = &bench_rig_ops, .chip = &rp2040_chip,                             \
        .port = &i2ctarget_rp2040_port, .scl_hz = hz,                                           \
        .abilities = RIG_WIRES | RIG_VIRTUAL_TIME | RIG_SEVERAL_TARGETS | RIG_PROMPT,           \
        .lacks = without, .thinning = thin, .latency_cycles = latency, .access_cycles = access, \
        .cycle_ns = ns                                                                          \
    }
#define RIG_RP2040(title, hz, latency, access, thin, without) \
    RIG_RP2040_AT(0, title, hz, latency, access, thin, without)

struct rp2040;
struct rp2040 *rig_rp2040_chip(struct rig *rig);

#endif
