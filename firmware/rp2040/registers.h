/* SPDX-License-Identifier: MIT */
/*
 * The registers that start-up alone touches; the port has the others.  Addresses and fields: RP2040
 * datasheet §2.14 (RESETS), §2.15 (CLOCKS), §2.16 (XOSC), §2.18 (PLL), §4.7 (WATCHDOG).
 */
#ifndef RP2040_REGISTERS_H
#define RP2040_REGISTERS_H

#include "mmio.h"
#include "rp2040/regs.h"

#define CLOCKS 0x40008000u
#define CLK_REF_CTRL (CLOCKS + 0x30u)
#define CLK_REF_DIV (CLOCKS + 0x34u)
#define CLK_REF_SELECTED (CLOCKS + 0x38u)
#define CLK_SYS_CTRL (CLOCKS + 0x3cu)
#define CLK_SYS_DIV (CLOCKS + 0x40u)
#define CLK_SYS_SELECTED (CLOCKS + 0x44u)

/* Of RESETS. */
enum { RESET_PLL_SYS = 1 << 12 };

#define XOSC 0x40024000u
#define XOSC_CTRL (XOSC + 0x0u)
#define XOSC_STATUS (XOSC + 0x4u)
#define XOSC_STARTUP (XOSC + 0xcu)
#define XOSC_ENABLE_1_15_MHZ (0xfabu << 12 | 0xaa0u)
#define XOSC_STABLE (1u << 31)

#define PLL_SYS 0x40028000u
#define PLL_CS (PLL_SYS + 0x0u)
#define PLL_PWR (PLL_SYS + 0x4u)
#define PLL_FBDIV_INT (PLL_SYS + 0x8u)
#define PLL_PRIM (PLL_SYS + 0xcu)
#define PLL_LOCK (1u << 31)
#define PLL_PWR_PD (1u << 0)
#define PLL_PWR_POSTDIVPD (1u << 3)
#define PLL_PWR_VCOPD (1u << 5)

#define WATCHDOG_TICK 0x4005802cu
#define WATCHDOG_TICK_ENABLE (1u << 9)

#endif
