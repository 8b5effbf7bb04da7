/* SPDX-License-Identifier: MIT */
/* The registers of ESP32-S2 that start-up touches beside the port's (espressif/svd esp32s2.svd). */
#ifndef CHIP_CHIP_H
#define CHIP_CHIP_H

/* RTC_CNTL, TIMG0, TIMG1: WDTWPROTECT, WDTCONFIG0.  The super watchdog can feed itself. */
#define WATCHDOG_KEY 0x50D83AA1u
#define SUPER_WATCHDOG_KEY 0x8F1D312Au
#define SUPER_WATCHDOG_FEEDS_ITSELF 0x80000000u
#define WATCHDOGS                                                                             \
    {                                                                                         \
        {0x3F4080ACu, 0x3F408094u, WATCHDOG_KEY, 0, 0},                                       \
            {0x3F41F064u, 0x3F41F048u, WATCHDOG_KEY, 0, 0},                                   \
            {0x3F420064u, 0x3F420048u, WATCHDOG_KEY, 0, 0},                                   \
            {0x3F4080B4u, 0x3F4080B0u, SUPER_WATCHDOG_KEY, ~0u, SUPER_WATCHDOG_FEEDS_ITSELF}, \
    }

/* The core's interrupt 16 is no peripheral's. */
#define MATRIX 0x3F4C2000u
enum { MATRIX_SOURCES = 95, MATRIX_NOWHERE = 16, SOURCE_GPIO = 23, SOURCE_TIMER = 71 };

#define CPU_PER_CONF 0x3F4C0018u
#define SYSCLK_CONF 0x3F4C008Cu
#define RTC_OPTIONS0 0x3F408000u
#define RTC_REG 0x3F408084u

#define ANALOG_ACCESS 0x6000E000u
#define ANALOG_WAYS 0x6000E044u
/* What its controller needs besides. */
#define ANALOG_MODE 0x6000E048u
#define SYSCON_WIFI_CLK_EN 0x3F426090u

#endif
