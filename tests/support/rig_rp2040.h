/* SPDX-License-Identifier: MIT */
/*
 * The RP2040 as a rig: the real port and the real PIO program on the model of the chip, its pads on
 * simulated wires with a controller and a checker.
 *
 * The kind's settings: how long an interrupt takes to be served, what a register access costs, and
 * clk_sys (0: 125 MHz).  The environment can overrule the first two for long sweeps:
 *
 *     I2CTARGET_RP2040_LATENCY, I2CTARGET_RP2040_ACCESS      in cycles of 8 ns
 *     I2CTARGET_RP2040_STALL=N,C    the N-th access of every handler takes C cycles more
 */
#ifndef SUPPORT_RIG_RP2040_H
#define SUPPORT_RIG_RP2040_H

#include "support/bench.h"

extern const struct bench_chip rp2040_chip;

#define RIG_RP2040_AT(ns, title, hz, latency, access, thin, more)                            \
    {                                                                                        \
        .name = title, .ops = &bench_rig_ops, .chip = &rp2040_chip, .scl_hz = hz,            \
        .abilities = RIG_WIRES | RIG_VIRTUAL_TIME | RIG_SEVERAL_TARGETS | (more),            \
        .thinning = thin, .latency_cycles = latency, .access_cycles = access, .cycle_ns = ns \
    }
#define RIG_RP2040(title, hz, latency, access, thin, more) \
    RIG_RP2040_AT(0, title, hz, latency, access, thin, more)

struct rp2040;
struct rp2040 *rig_rp2040_chip(struct rig *rig);

#endif
