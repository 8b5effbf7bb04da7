/* SPDX-License-Identifier: MIT */
/* The RP2040's rigs that every suite runs on, one line each. */
#include "chips/rp2040/rig.h"

static const struct rig_kind rigs[] = {
    RIG_RP2040("rp2040_100k", 100000, 12, 1, 17, 0),
    RIG_RP2040("rp2040_400k", 400000, 40, 2, 17, 0),
    RIG_RP2040("rp2040_1M", 1000000, 40, 4, 17, 0),
    RIG_RP2040_AT(5, "rp2040_400k_200MHz", 400000, 76, 2, 37, 0),
    /* Slow ones: 5 us and 50 us until an interrupt is served, 20 cycles an access. */
    RIG_RP2040("rp2040_100k_slow", 100000, 6250, 20, 37, RIG_PROMPT),
    RIG_RP2040("rp2040_400k_slow", 400000, 625, 7, 37, RIG_PROMPT),
    RIG_RP2040("rp2040_1M_slow", 1000000, 6250, 20, 37, RIG_PROMPT),
};

RIG_TABLE(rigs)
