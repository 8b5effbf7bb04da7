/* SPDX-License-Identifier: MIT */
/*
 * An image in the flash of an ESP32 into its memory, as the boot ROM takes it: where the second stage
 * of booting lies otherwise (ESP-IDF, esp_app_format.h; esptool's documentation, "Firmware image
 * format").
 *
 *     header                              24 bytes: 0xE9, number of segments, entry, chip, hash or not
 *     address, length, bytes              for each segment
 *     zeros, checksum                     up to a multiple of 16; the XOR of all bytes of segments
 *     SHA-256 of all that                 if the header says so
 */
#ifndef BOARD_ESP_IMAGE_H
#define BOARD_ESP_IMAGE_H

#include "emulator/core.h"

/* chip: the number that the header has for it.  NULL, and *entry; or why it is not started. */
const char *esp_image_load(struct core *core, const char *path, uint16_t chip, uint32_t *entry);

#endif
