/* SPDX-License-Identifier: MIT */
/*
 * Unicorn's engine with the memories and the windows of a core.
 */
#ifndef EMULATOR_ENGINE_H
#define EMULATOR_ENGINE_H

#include "emulator/core.h"

struct uc_struct;

/* Maps what the setup has.  False: the engine refuses. */
bool engine_map(struct uc_struct *engine, struct core *core);

#endif
