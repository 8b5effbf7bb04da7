/* SPDX-License-Identifier: MIT */
/* The rigs the suite runs on: one line each. */
#include "support/rig_remote.h"
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
};
const size_t rig_kind_count = sizeof rig_kinds / sizeof *rig_kinds;
