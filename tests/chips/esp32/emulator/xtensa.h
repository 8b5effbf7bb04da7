/* SPDX-License-Identifier: MIT */
/*
 * The three chips of the family that have an Xtensa, as emulated boards: all but their memories.
 */
#ifndef CHIPS_ESP32_EMULATOR_XTENSA_H
#define CHIPS_ESP32_EMULATOR_XTENSA_H

#include "chips/esp32/emulator/chip.h"
#include "emulator/board/board.h"
#include "emulator/xtensa/core.h"

/* A chip: memories and windows of its setup, no clock. */
struct esp_xtensa {
    enum esp32x_kind kind;
    const struct xtensa_configuration *configuration;
    uint16_t image_chip; /* its number in the head of an image */
    struct core_setup setup;
    struct {
        uint32_t rom_base, rom_size; /* the memory that the ROM uses on it; 0: there is none */
        uint32_t ps, intenable;      /* as the ROM leaves them */
    } second;                        /* core */
};

/* The one that this program is linked with. */
extern const struct esp_xtensa esp_xtensa;

/* Functions of its struct board_chip; the others are those of chip.h. */
struct core *esp_xtensa_power_on(struct wires *wires, unsigned scl, unsigned sda,
                                 const struct wires_participant **pads);
const char *esp_xtensa_start(struct core *core, const char *image);
unsigned esp_xtensa_finding_count(void);
void esp_xtensa_finding(unsigned index, char *text, size_t size);

#define ESP_XTENSA_BOARD(chip)                                                    \
    {                                                                             \
        .name = (chip), .pin = esp_pin, .power_on = esp_xtensa_power_on,          \
        .start = esp_xtensa_start, .clock_hz = esp_clock_hz,                      \
        .finding_count = esp_xtensa_finding_count, .finding = esp_xtensa_finding, \
        .report_pins = esp_report_pins                                            \
    }

#endif
