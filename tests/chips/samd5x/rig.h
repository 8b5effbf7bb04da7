/* SPDX-License-Identifier: MIT */
/*
 * SAM D5x/E5x as a rig: the real port on the model of the chip, its pads on simulated wires with a
 * controller and a checker.
 *
 * What no source says of the chip is a set of readings (model/samd5x.h).  A variant is one set, and
 * one way to configure the port.
 */
#ifndef CHIPS_SAMD5X_RIG_H
#define CHIPS_SAMD5X_RIG_H

#include "i2ctarget/samd5x.h"
#include "chips/samd5x/model/samd5x.h"
#include "support/bench.h"

struct samd5x_variant {
    struct bench_chip bench; /* first member */
    struct samd5x_readings readings;
    bool hear_all; /* of the port's configuration */
};

/* All of bench_chip's functions; of a variant of one's own, too. */
#define SAMD5X_BENCH                                                                        \
    {                                                                                       \
        .open = rig_samd5x_open, .close = rig_samd5x_close, .scl = rig_samd5x_scl,          \
        .sda = rig_samd5x_sda, .tap = rig_samd5x_tap, .is_excused = rig_is_broken,          \
        .check = rig_samd5x_check, .scl_hz_max = rig_samd5x_scl_hz_max,                     \
        .processor = rig_samd5x_processor, .stall_cycles_max = rig_samd5x_stall_cycles_max, \
        .assume = rig_samd5x_assume                                                         \
    }

void rig_samd5x_open(struct bench *bench);
void rig_samd5x_close(struct bench *bench);
struct i2ctarget_pin rig_samd5x_scl(struct bench *bench, unsigned chip);
struct i2ctarget_pin rig_samd5x_sda(struct bench *bench, unsigned chip);
const struct wires_participant *rig_samd5x_tap(struct bench *bench, unsigned chip);
const char *rig_samd5x_check(struct bench *bench);
uint32_t rig_samd5x_scl_hz_max(const struct rig_kind *kind);
struct processor *rig_samd5x_processor(struct bench *bench);
uint32_t rig_samd5x_stall_cycles_max(uint32_t address, bool is_write);
void rig_samd5x_assume(struct bench *bench, unsigned assumptions);

/*
 * The data sheet's plain sense; the opposite, where the contract can still be kept; one that tells
 * little of STOPs; a port that hears all addresses.
 */
extern const struct samd5x_variant samd5x_plain, samd5x_other, samd5x_secretive, samd5x_hear_all;

#define RIG_SAMD5X(title, variant, hz, latency, access, thin, without)                             \
    {                                                                                              \
        .name = title, .ops = &bench_rig_ops, .chip = &(variant).bench,                            \
        .port = &i2ctarget_samd5x_port, .scl_hz = hz,                                              \
        .abilities = RIG_WIRES | RIG_VIRTUAL_TIME | RIG_SEVERAL_TARGETS | RIG_PROMPT | RIG_FILTER, \
        .lacks = RIG_SEES_EDGES | RIG_COUNTS_SPIKES | (without), .thinning = thin,                 \
        .latency_cycles = latency, .access_cycles = access,                                        \
    }

struct samd5x *rig_samd5x_chip(struct rig *rig);
/* What it was not to do; NULL: it did nothing of that.  Only pins with a tap may ever be driven. */
const char *rig_samd5x_check_chip(const struct samd5x *chip);

#endif
