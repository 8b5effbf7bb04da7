/* SPDX-License-Identifier: MIT */
/*
 * The rigs of Linux' ports, one line each.  Every suite runs on them.  Chips have their own:
 * tests/chips.
 */
#include "support/rig_remote.h"
#include "support/rig_testbus.h"

static const struct rig_kind rigs[] = {
    RIG_TESTBUS("testbus_100k", 100000, 0),
    RIG_TESTBUS("testbus_400k", 400000, 0),
    RIG_TESTBUS("testbus_1M", 1000000, 0),
    RIG_TESTBUS("testbus_100k_unfiltered", 100000, RIG_FILTER),
    RIG_TESTBUS("testbus_400k_unfiltered", 400000, RIG_FILTER),
    RIG_TESTBUS("testbus_1M_unfiltered", 1000000, RIG_FILTER),
    RIG_REMOTE("remote_100k", 100000),
    RIG_REMOTE("remote_1M", 1000000),
};

RIG_TABLE(rigs)
