/* SPDX-License-Identifier: MIT */
/* The time limits of UM10204 Rev. 7, Table 10 and 11, by speed; and the ones of SMBus 3. */
#ifndef LINE_BUS_TIMING_H
#define LINE_BUS_TIMING_H

#include <stdint.h>

/* Minima in nanoseconds. */
struct bus_timing {
    uint32_t scl_hz_max;
    uint32_t low_ns, high_ns;
    uint32_t start_hold_ns;    /* t_HD;STA */
    uint32_t restart_setup_ns; /* t_SU;STA */
    uint32_t stop_setup_ns;    /* t_SU;STO */
    uint32_t free_ns;          /* t_BUF */
    uint32_t data_setup_ns;    /* t_SU;DAT */
    uint32_t data_valid_ns;    /* t_VD;DAT, t_VD;ACK: a maximum, unless the target stretches */
};

/*
 * The slowest mode that allows `scl_hz`: Standard (100 kHz), Fast (400 kHz), Fast-mode Plus (1
 * MHz).  For higher speeds also Fast-mode Plus.
 */
const struct bus_timing *i2ctarget_bus_timing_for(uint32_t scl_hz);

#define SMBUS_TIMEOUT_NS 25000000u /* t_TIMEOUT,min: SCL low for so long ends the transfer */
#define SMBUS_STRETCH_NS 25000000u /* t_LOW:SEXT: our own stretching, START to STOP */

#endif
