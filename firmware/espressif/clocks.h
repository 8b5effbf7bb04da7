/* SPDX-License-Identifier: MIT */
/* What the clocks of S2, S3 and C3 have in common; "chip.h" has the addresses.  ESP32's are its own. */
#ifndef ESPRESSIF_CLOCKS_H
#define ESPRESSIF_CLOCKS_H

/* From here on the core has CRYSTAL_MHZ, and the PLL may be changed. */
void clocks_take_crystal(void);

/* The PLL has power, will have 480 MHz, and its settings can be reached. */
void clocks_begin_pll(void);

/* What CPU_PER_CONF.CPUPERIOD_SEL makes of 480 MHz. */
enum cpu_period { CPU_160_MHZ = 1, CPU_240_MHZ = 2 };
void clocks_take_pll(enum cpu_period period);

#endif
