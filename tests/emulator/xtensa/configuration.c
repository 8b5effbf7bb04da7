/* SPDX-License-Identifier: MIT */
#include "emulator/xtensa/configuration.h"

/* The distance of the vectors is the same for every core that has windows and six levels. */
#define WINDOWED_VECTORS                                                             \
    {                                                                                \
        .levels = {0, 0, 0x180, 0x1C0, 0x200, 0x240, 0x280, 0x2C0}, .kernel = 0x300, \
        .user = 0x340, .double_exception = 0x3C0                                     \
    }

/* A pipeline of five or seven stages: XCHAL_DATA_PIPE_DELAY.  README.md says what is estimated. */
#define FIVE_STAGES .load_cycles = 2, .refill = 2
#define SEVEN_STAGES .load_cycles = 3, .refill = 3

/* What the three ESP chips have in common. */
#define ESP                                                                                     \
    .vectors = WINDOWED_VECTORS,                                                                \
    .levels = {0, 0x000637FF, 0x00380000, 0x28C08800, 0x53000000, 0x84010000},                  \
    .by_level = 0x8FBE333F, .by_edge = 0x50400400, .by_software = 0x20000080, .timer_count = 3, \
    .timers = {6, 15, 16}, .excm_level = 3, .epc_count = 7, .has_windows = true,                \
    .has_compare = true, .has_coprocessors = true, .misc_count = 4

const struct xtensa_configuration xtensa_esp32 = {.name = "esp32", ESP, SEVEN_STAGES};
const struct xtensa_configuration xtensa_esp32s2 = {
    .name = "esp32s2", ESP, SEVEN_STAGES, .gpio = XTENSA_GPIO_S2};
const struct xtensa_configuration xtensa_esp32s3 = {
    .name = "esp32s3", ESP, FIVE_STAGES, .gpio = XTENSA_GPIO_S3};

const struct xtensa_configuration xtensa_lx106 = {
    .name = "lx106",
    .vectors = {.levels = {0, 0, 0x10, 0x20},
                .kernel = 0x30,
                .user = 0x50,
                .double_exception = 0x70},
    .levels = {0, 0x00003FFF},
    .by_level = 0x3F,
    .by_edge = 0x3F00,
    .by_software = 0x80,
    .timer_count = 1,
    .timers = {6},
    .excm_level = 1,
    .epc_count = 3,
    FIVE_STAGES,
};

const struct xtensa_configuration xtensa_sample_controller = {
    .name = "sample_controller",
    .vectors = WINDOWED_VECTORS,
    .levels = {0, 0x001F80FF, 0x00000100, 0x00200E00, 0x00001000, 0x00002000},
    .by_level = 0x133F,
    .by_edge = 0x3F8000,
    .by_software = 0x880,
    .timer_count = 3,
    .timers = {6, 10, 13},
    .excm_level = 3,
    .epc_count = 7,
    .has_windows = true,
    .has_compare = true,
    .misc_count = 2,
    FIVE_STAGES,
};
