/* SPDX-License-Identifier: MIT */
/*
 * The second core of an ESP32 or ESP32-S3: when it stands still, and the boot ROM's part on it, up
 * to the jump to the address that the first core has written.
 */
#ifndef CHIPS_ESP32_EMULATOR_SECOND_CORE_H
#define CHIPS_ESP32_EMULATOR_SECOND_CORE_H

#include "emulator/xtensa/core.h"

/* As after power-on. */
void second_core_reset(void);
/* struct xtensa_chip. */
void second_core_follow(struct xtensa *core);

#endif
