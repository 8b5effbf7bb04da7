/* SPDX-License-Identifier: MIT */
/* UM10204 Rev. 7, Table 10 (Sm, Fm, Fm+). */
#include "line/bus_timing.h"

static const struct bus_timing modes[] = {
    {
        .scl_hz_max = 100000,
        .low_ns = 4700,
        .high_ns = 4000,
        .start_hold_ns = 4000,
        .restart_setup_ns = 4700,
        .stop_setup_ns = 4000,
        .free_ns = 4700,
        .data_setup_ns = 250,
        .data_valid_ns = 3450,
    },
    {
        .scl_hz_max = 400000,
        .low_ns = 1300,
        .high_ns = 600,
        .start_hold_ns = 600,
        .restart_setup_ns = 600,
        .stop_setup_ns = 600,
        .free_ns = 1300,
        .data_setup_ns = 100,
        .data_valid_ns = 900,
    },
    {
        .scl_hz_max = 1000000,
        .low_ns = 500,
        .high_ns = 260,
        .start_hold_ns = 260,
        .restart_setup_ns = 260,
        .stop_setup_ns = 260,
        .free_ns = 500,
        .data_setup_ns = 50,
        .data_valid_ns = 450,
    },
};

const struct bus_timing *i2ctarget_bus_timing_for(uint32_t scl_hz)
{
    if (scl_hz <= modes[0].scl_hz_max)
        return &modes[0];
    if (scl_hz <= modes[1].scl_hz_max)
        return &modes[1];
    return &modes[2];
}
