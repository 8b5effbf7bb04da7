/* SPDX-License-Identifier: MIT */
/* What a port asks of the processor core, in tests: see support/processor.h. */
#ifndef SUPPORT_CPU_CPU_H
#define SUPPORT_CPU_CPU_H

#include <stdint.h>

/*
 * WFE: clears the event register if it is set, else waits until it is (ARMv6-M ARM §B1.5.18).
 * Interrupts are served meanwhile; entering and leaving one sets it.
 */
void cpu_wait_for_event(void);

/* DMB: what was written before is there before what comes after.  Costs a cycle. */
void cpu_barrier(void);

/* PRIMASK: no interrupt is served between the two.  save returns what to hand to restore. */
uint32_t cpu_irq_save(void);
void cpu_irq_restore(uint32_t state);

#endif
