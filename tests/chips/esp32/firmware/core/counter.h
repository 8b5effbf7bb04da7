/* SPDX-License-Identifier: MIT */
/* In place of firmware/riscv/counter.h: the model's counter of clocks always runs. */
#ifndef CORE_COUNTER_H
#define CORE_COUNTER_H

void core_counts_clocks(void);

#endif
