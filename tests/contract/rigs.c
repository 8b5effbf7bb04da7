/* SPDX-License-Identifier: MIT */
/* The rigs the suite runs on: one line each. */
#include <string.h>

#include "support/rig_remote.h"
#include "support/rig_rp2040.h"
#include "support/rig_virtual.h"

const struct rig_kind rig_kinds[] = {
    RIG_VIRTUAL("virtual_100k", 100000, RIG_FILTER),
    RIG_VIRTUAL("virtual_400k", 400000, RIG_FILTER),
    RIG_VIRTUAL("virtual_1M", 1000000, RIG_FILTER),
    RIG_VIRTUAL("virtual_100k_unfiltered", 100000, 0),
    RIG_VIRTUAL("virtual_400k_unfiltered", 400000, 0),
    RIG_VIRTUAL("virtual_1M_unfiltered", 1000000, 0),
    RIG_REMOTE("remote_100k", 100000),
    RIG_REMOTE("remote_1M", 1000000),
    RIG_RP2040("rp2040_100k", 100000, 12, 1, 17, RIG_DEVICES_AT_ONCE | RIG_PROMPT),
    RIG_RP2040("rp2040_400k", 400000, 40, 2, 17, RIG_DEVICES_AT_ONCE | RIG_PROMPT),
    RIG_RP2040("rp2040_1M", 1000000, 40, 4, 17, RIG_PROMPT),
    RIG_RP2040_AT(5, "rp2040_400k_200MHz", 400000, 76, 2, 37, RIG_DEVICES_AT_ONCE | RIG_PROMPT),
    /* Slow ones: 5 us and 50 us until an interrupt is served, 20 cycles an access. */
    RIG_RP2040("rp2040_100k_slow", 100000, 6250, 20, 37, 0),
    RIG_RP2040("rp2040_400k_slow", 400000, 625, 7, 37, 0),
    RIG_RP2040("rp2040_1M_slow", 1000000, 6250, 20, 37, 0),
};
const size_t rig_kind_count = sizeof rig_kinds / sizeof *rig_kinds;

const struct rig_kind *rig_kind_named(const char *name)
{
    for (size_t i = 0; i < rig_kind_count; i++) {
        if (strcmp(rig_kinds[i].name, name) == 0)
            return &rig_kinds[i];
    }
    return NULL;
}
