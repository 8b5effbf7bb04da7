/* SPDX-License-Identifier: MIT */
#ifndef HARDWARE_IRQ_H
#define HARDWARE_IRQ_H

#include "sdk.h"

typedef unsigned uint;

/* RP2040 datasheet §2.3.2. */
enum { TIMER_IRQ_0 = 0, PIO0_IRQ_0 = 7, PIO1_IRQ_0 = 9 };
enum { PICO_HIGHEST_IRQ_PRIORITY = 0x00, PICO_DEFAULT_IRQ_PRIORITY = 0x80 };

irq_handler_t irq_get_exclusive_handler(uint irq);
bool irq_has_shared_handler(uint irq);
void irq_set_exclusive_handler(uint irq, irq_handler_t handler);
void irq_remove_handler(uint irq, irq_handler_t handler);
void irq_set_priority(uint irq, uint8_t priority);
void irq_set_enabled(uint irq, bool enabled);

#endif
