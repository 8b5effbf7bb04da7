/* SPDX-License-Identifier: MIT */
/*
 * The pins that a processor core has of its own, in tests: eight channels, which are connected to
 * pads by the chip's GPIO matrix.  The model of the chip that processor_select() has chosen answers.
 */
#ifndef SUPPORT_CPU_CPU_GPIO_H
#define SUPPORT_CPU_CPU_GPIO_H

#include <stdint.h>

/* The levels of the channels, a bit each. */
uint32_t cpu_gpio_in(void);
/* Channels in `mask` get the bits of `value`; all others keep theirs. */
void cpu_gpio_write(uint32_t mask, uint32_t value);

#endif
