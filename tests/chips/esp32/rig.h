/* SPDX-License-Identifier: MIT */
/*
 * ESP32, ESP32-S2, ESP32-S3 and ESP32-C3 as rigs: the real port on the model of the chip, its pads on
 * simulated wires with a controller and a checker.
 *
 * The instructions between two accesses take no time on the model.  So a look at the CPU GPIO, which
 * is one instruction, is given the price of the loop around it.
 */
#ifndef CHIPS_ESP32_RIG_H
#define CHIPS_ESP32_RIG_H

#include "chips/esp32/model/esp32x.h"
#include "chips/esp32/port/ports.h"
#include "support/bench.h"

struct esp32_variant {
    struct bench_chip bench; /* first member */
    enum esp32x_kind kind;
    unsigned core;
    uint32_t cpu_gpio_cycles;
    bool watches; /* struct i2ctarget_esp32_config */
    struct esp32x_readings readings;
};

extern const struct bench_chip esp32_bench;

struct esp32x *rig_esp32_chip(struct rig *rig);

/* Latency and access in cycles, of 4 ns on Xtensa, of 6 ns on the C3. */
#define RIG_ESP32(title, variant, with_port, hz, latency, access, without)                      \
    {                                                                                           \
        .name = title, .ops = &bench_rig_ops, .chip = &(variant).bench, .port = &(with_port),   \
        .scl_hz = hz, .abilities = RIG_WIRES | RIG_VIRTUAL_TIME | RIG_PROMPT, .lacks = without, \
        .thinning = 17, .latency_cycles = latency, .access_cycles = access                      \
    }

#endif
