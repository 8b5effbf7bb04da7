/* SPDX-License-Identifier: MIT */
/*
 * An event register for processors that have none, made of a flag.
 *
 * On a Cortex-M every interrupt sets the event register.  Here the interrupt handlers of the port
 * call cpu_send_event().
 */
#ifndef CPU_EVENT_H
#define CPU_EVENT_H

#include <stdbool.h>

extern volatile bool i2ctarget_cpu_event;

static inline void cpu_send_event(void)
{
    i2ctarget_cpu_event = true;
}

#endif
