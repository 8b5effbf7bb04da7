/* SPDX-License-Identifier: MIT */
/* ESP32-S2 (technical reference manual §1.3.2): SRAM0 and SRAM1 are on both buses. */
#include "chips/esp32/emulator/xtensa.h"

const struct esp_xtensa esp_xtensa = {
    .kind = ESP32X_ESP32S2,
    .configuration = &xtensa_esp32s2,
    .image_chip = 2,
    .setup = {.memories = {{.base = 0x3FFB0000, .size = 320 << 10, .no_code = true},
                           {.base = 0x40020000,
                            .size = 320 << 10,
                            .alias_of = 0x3FFB0000,
                            .words_only = true}},
              .windows = {{.base = 0x3F400000, .size = 1 << 20},
                          {.base = 0x60000000, .size = 64 << 10}}},
};

const struct board_chip board_chip = ESP_XTENSA_BOARD("esp32s2");
