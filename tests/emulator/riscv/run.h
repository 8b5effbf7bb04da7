/* SPDX-License-Identifier: MIT */
#ifndef RISCV_RUN_H
#define RISCV_RUN_H

#include "emulator/riscv/core.h"

/* Memories, windows and callbacks into the engine.  False: it refuses. */
bool riscv_attach(struct riscv *core);

#endif
