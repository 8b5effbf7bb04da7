/* SPDX-License-Identifier: MIT */
/*
 * What the four chips have in common as emulated boards.  A chip adds its core, its memory and how it
 * is started, in a file of its own with its struct board_chip.
 */
#ifndef CHIPS_ESP32_EMULATOR_CHIP_H
#define CHIPS_ESP32_EMULATOR_CHIP_H

#include <stdio.h>

#include "chips/esp32/model/esp32x.h"

extern struct esp32x esp_chip;

/* Power on.  Returns who pulls. */
const struct wires_participant *esp_power_on(enum esp32x_kind kind, struct wires *wires,
                                             unsigned scl, unsigned sda);

/* Functions of struct board_chip. */
int esp_pin(const char *name);
uint32_t esp_clock_hz(void);
unsigned esp_finding_count(void);
void esp_finding(unsigned index, char *text, size_t size);
void esp_report_pins(FILE *file);

#endif
