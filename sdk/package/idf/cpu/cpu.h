/* SPDX-License-Identifier: MIT */
/* What the port needs of the processor core, under FreeRTOS. */
#ifndef CPU_CPU_H
#define CPU_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "freertos/FreeRTOS.h"

/* No interrupt that C can serve comes between save and restore. */
static inline uint32_t cpu_irq_save(void)
{
    return (uint32_t)portSET_INTERRUPT_MASK_FROM_ISR();
}

static inline void cpu_irq_restore(uint32_t state)
{
    portCLEAR_INTERRUPT_MASK_FROM_ISR(state);
}

/* Somebody else may always want the core: so nobody watches the lines instead of sleeping. */
static inline bool cpu_irq_is_pending(void)
{
    return true;
}

/* An event register is a binary semaphore: start.c has it.  The wait lasts a tick at most. */
void i2ctarget_esp_idf_send_event(void);
void i2ctarget_esp_idf_wait_for_event(void);

static inline void cpu_send_event(void)
{
    i2ctarget_esp_idf_send_event();
}

static inline void cpu_wait_for_event(void)
{
    i2ctarget_esp_idf_wait_for_event();
}

static inline unsigned cpu_core(void)
{
    return (unsigned)xPortGetCoreID();
}

#endif
