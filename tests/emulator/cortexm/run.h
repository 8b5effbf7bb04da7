/* SPDX-License-Identifier: MIT */
/*
 * What core.c, run.c, frames.c and scs.c need of each other.
 */
#ifndef CORTEXM_RUN_H
#define CORTEXM_RUN_H

#include "emulator/cortexm/core.h"

/* ---- run.c ----------------------------------------------------------------------------------- */

/* The engine's callbacks.  False: it refuses. */
bool cortexm_attach(struct cortexm *core);
/* So many instructions from `pc` on are conditional (IT). */
void cortexm_begin_block(struct cortexm *core, uint32_t pc, unsigned count);
/* What LDREX began is over. */
void cortexm_end_exclusive(struct cortexm *core);

/* ---- core.c ---------------------------------------------------------------------------------- */

/* The wires, the chip's requests and SysTick come up to the core's cycle. */
void cortexm_catch_up(struct cortexm *core);
/* The core is busy for so many cycles, and all else goes on. */
void cortexm_spend(struct cortexm *core, unsigned cycles);
/* When something happens by itself; UINT64_MAX: never. */
uint64_t cortexm_next_event_cycle(const struct cortexm *core);

/* IPSR, with the mode and the stack that go with it. */
void cortexm_set_exception(struct cortexm *core, unsigned number);
void cortexm_set_control(struct cortexm *core, uint32_t control);

#endif
