/* SPDX-License-Identifier: MIT */
/*
 * A UF2 file into memory, as a boot loader takes it (UF2 specification, "Data format").
 */
#ifndef BOARD_UF2_H
#define BOARD_UF2_H

#include "emulator/core.h"

/* NULL; or why it cannot be loaded. */
const char *uf2_load(struct core *core, const char *path, uint32_t family);

#endif
