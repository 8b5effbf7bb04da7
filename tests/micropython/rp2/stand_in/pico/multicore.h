/* SPDX-License-Identifier: MIT */
#ifndef PICO_MULTICORE_H
#define PICO_MULTICORE_H

void multicore_lockout_start_blocking(void);
void multicore_lockout_end_blocking(void);

#endif
