/* SPDX-License-Identifier: MIT */
/* The cycle counter of a processor core, in tests: that of the model that processor_select() has chosen. */
#ifndef SUPPORT_CPU_CYCLES_H
#define SUPPORT_CPU_CYCLES_H

#include <stdint.h>

/* CPU cycles, from anywhere on; wraps. */
uint32_t cpu_cycles(void);

#endif
