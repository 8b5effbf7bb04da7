/* SPDX-License-Identifier: MIT */
/* The registers of ESP32 that start-up touches beside the port's (espressif/svd esp32.svd). */
#ifndef CHIP_CHIP_H
#define CHIP_CHIP_H

/* RTC_CNTL, TIMG0, TIMG1: WDTWPROTECT, WDTCONFIG0. */
#define WATCHDOG_KEY 0x50D83AA1u
#define WATCHDOGS                                           \
    {                                                       \
        {0x3FF480A4u, 0x3FF4808Cu, WATCHDOG_KEY, 0, 0},     \
            {0x3FF5F064u, 0x3FF5F048u, WATCHDOG_KEY, 0, 0}, \
            {0x3FF60064u, 0x3FF60048u, WATCHDOG_KEY, 0, 0}, \
    }

/* The interrupt matrix of the PRO core; the core's interrupt 16 is no peripheral's. */
#define MATRIX_MAP(source) (0x3FF00104u + 4u * (source))
enum { MATRIX_SOURCES = 69, MATRIX_NOWHERE = 16, SOURCE_GPIO = 22, SOURCE_TIMER = 14 };

#define CPU_PER_CONF 0x3FF0003Cu
#define APB_SYSCLK_CONF 0x3FF66000u
#define APB_PLL_TICK_CONF 0x3FF66008u
#define RTC_OPTIONS0 0x3FF48000u
#define RTC_CLK_CONF 0x3FF48070u
#define RTC_REG 0x3FF4807Cu

/* The PLL is behind controller 4 of the analog bus. */
#define ANALOG_ACCESS 0x6000E010u
#define ANALOG_WAYS 0x6000E044u

#endif
