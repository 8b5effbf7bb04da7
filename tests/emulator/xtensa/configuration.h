/* SPDX-License-Identifier: MIT */
/*
 * How an Xtensa was configured: each chip has its own.
 *
 * Those of the ESP chips are from ESP-IDF's xtensa/config/core-isa.h, those of QEMU's cores from
 * the headers of the same name in QEMU's target/xtensa.
 */
#ifndef XTENSA_CONFIGURATION_H
#define XTENSA_CONFIGURATION_H

#include <stdbool.h>
#include <stdint.h>

enum { XTENSA_LEVELS = 8, XTENSA_TIMERS_MAX = 3 };

/* Instructions of the CPU's own GPIO (dedicated GPIO). */
enum xtensa_gpio_set { XTENSA_NO_GPIO, XTENSA_GPIO_S2, XTENSA_GPIO_S3 };

struct xtensa_vectors { /* offsets from VECBASE */
    uint16_t levels[XTENSA_LEVELS];
    uint16_t kernel, user, double_exception;
};

struct xtensa_configuration {
    const char *name;
    struct xtensa_vectors vectors;
    uint32_t levels[XTENSA_LEVELS]; /* the interrupts of each level, from 1 on */
    /* Kinds of interrupts: a request that lasts, one that is latched, one of INTSET's. */
    uint32_t by_level, by_edge, by_software;
    uint8_t timer_count, timers[XTENSA_TIMERS_MAX]; /* the interrupt of each CCOMPARE */
    uint8_t excm_level;                             /* PS.EXCM masks interrupts up to this one */
    uint8_t epc_count;                              /* EPC1 … EPCn, EPS2 … EPSn, EXCSAVE1 … */
    bool has_windows;                               /* WINDOWBASE, WINDOWSTART */
    bool has_compare;                               /* S32C1I, SCOMPARE1, ATOMCTL */
    bool has_coprocessors;                          /* CPENABLE */
    uint8_t misc_count;                             /* MISC0 … */
    uint8_t gpio;                                   /* enum xtensa_gpio_set */
    uint8_t load_cycles;                            /* a load, and what waits for it */
    uint8_t refill;                                 /* cycles in addition, for going on elsewhere */
};

extern const struct xtensa_configuration xtensa_esp32, xtensa_esp32s2, xtensa_esp32s3;
/* QEMU's, to be compared with. */
extern const struct xtensa_configuration xtensa_lx106, xtensa_sample_controller;

#endif
