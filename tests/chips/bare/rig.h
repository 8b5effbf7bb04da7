/* SPDX-License-Identifier: MIT */
/* The bare chip as a rig. */
#ifndef BARE_RIG_H
#define BARE_RIG_H

#include "chips/bare/port.h"
#include "support/bench.h"

extern const struct bench_chip bare_bench;

/* The latency is in cycles of 8 ns. */
#define RIG_BARE(title, kind, hz, latency, access, without)                                    \
    {                                                                                          \
        .name = title, .ops = &bench_rig_ops, .chip = &bare_bench, .port = &bare_##kind,       \
        .scl_hz = hz,                                                                          \
        .abilities =                                                                           \
            RIG_WIRES | RIG_VIRTUAL_TIME | RIG_SEVERAL_TARGETS | RIG_PAIRED_PINS | RIG_PROMPT, \
        .lacks = without, .thinning = 17, .latency_cycles = latency, .access_cycles = access   \
    }

#endif
