/* SPDX-License-Identifier: MIT */
/* ESP32 (technical reference manual, table 1-1): SRAM0 for code, SRAM2 and SRAM1 for data. */
#include "chips/esp32/emulator/xtensa.h"

const struct esp_xtensa esp_xtensa = {
    .kind = ESP32X_ESP32,
    .configuration = &xtensa_esp32,
    .image_chip = 0,
    .setup = {.memories = {{.base = 0x40080000, .size = 128 << 10, .words_only = true},
                           {.base = 0x3FFAE000, .size = 0x52000, .no_code = true}},
              .windows = {{.base = 0x3FF00000, .size = 512 << 10},
                          {.base = 0x60000000, .size = 64 << 10}}},
    /* The ROM runs as on the first core: there its data and its stack are the same. */
    .second = {.rom_base = 0x3FFE0000, .rom_size = 0x4350, .ps = PS_WOE | PS_UM, .intenable = 0},
};

const struct board_chip board_chip = ESP_XTENSA_BOARD("esp32");
