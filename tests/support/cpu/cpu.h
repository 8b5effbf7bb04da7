/* SPDX-License-Identifier: MIT */
/* What a port asks of the processor core, in tests: see support/processor.h. */
#ifndef SUPPORT_CPU_CPU_H
#define SUPPORT_CPU_CPU_H

#include <stdbool.h>
#include <stdint.h>

/*
 * WFE: clears the event register if it is set; otherwise waits until it is set (ARMv6-M ARM
 * §B1.5.18).  Interrupts are served meanwhile.  Entering and leaving one sets the event register.
 */
void cpu_wait_for_event(void);

/* For handlers on processors whose interrupts do not set it: sets the event register. */
void cpu_send_event(void);

/* DMB: earlier writes are complete before later accesses.  Costs a cycle. */
void cpu_barrier(void);

/* PRIMASK: no interrupt is served between save and restore.  save returns the value for restore. */
uint32_t cpu_irq_save(void);
void cpu_irq_restore(uint32_t state);

/*
 * While interrupts are masked: is one pending that would be served?  It is asked in loops, so if
 * nothing else will ever happen, that is a deadlock, as in cpu_wait_for_event().
 */
bool cpu_irq_is_pending(void);

/* The core that executes this: the setting of struct processor. */
unsigned cpu_core(void);

#endif
