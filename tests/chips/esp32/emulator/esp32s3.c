/* SPDX-License-Identifier: MIT */
/* ESP32-S3 (technical reference manual §4.3.2): SRAM1 is on both buses. */
#include "chips/esp32/emulator/xtensa.h"

const struct esp_xtensa esp_xtensa = {
    .kind = ESP32X_ESP32S3,
    .configuration = &xtensa_esp32s3,
    .image_chip = 9,
    .setup = {.memories = {{.base = 0x3FC88000, .size = 416 << 10, .no_code = true},
                           {.base = 0x40378000,
                            .size = 416 << 10,
                            .alias_of = 0x3FC88000,
                            .words_only = true}},
              .windows = {{.base = 0x60000000, .size = 1 << 20}}},
    .second = {.rom_base = 0x3FCE9710,
               .rom_size = 0x3FCF0000 - 0x3FCE9710,
               .ps = PS_WOE | PS_UM | PS_INTLEVEL,
               .intenable = UINT32_MAX},
};

const struct board_chip board_chip = ESP_XTENSA_BOARD("esp32s3");
