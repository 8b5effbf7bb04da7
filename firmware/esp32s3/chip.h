/* SPDX-License-Identifier: MIT */
/* The registers of ESP32-S3 that start-up touches beside the port's (espressif/svd esp32s3.svd). */
#ifndef CHIP_CHIP_H
#define CHIP_CHIP_H

/* RTC_CNTL, TIMG0, TIMG1: WDTWPROTECT, WDTCONFIG0.  The super watchdog can feed itself. */
#define WATCHDOG_KEY 0x50D83AA1u
#define SUPER_WATCHDOG_KEY 0x8F1D312Au
#define SUPER_WATCHDOG_FEEDS_ITSELF 0x80000000u
#define WATCHDOGS                                                                             \
    {                                                                                         \
        {0x600080B0u, 0x60008098u, WATCHDOG_KEY, 0, 0},                                       \
            {0x6001F064u, 0x6001F048u, WATCHDOG_KEY, 0, 0},                                   \
            {0x60020064u, 0x60020048u, WATCHDOG_KEY, 0, 0},                                   \
            {0x600080B8u, 0x600080B4u, SUPER_WATCHDOG_KEY, ~0u, SUPER_WATCHDOG_FEEDS_ITSELF}, \
    }

/* The halves of the interrupt matrix; the cores' interrupt 16 is no peripheral's. */
#define MATRIX 0x600C2000u
#define MATRIX_OF_SECOND 0x600C2800u
enum { MATRIX_SOURCES = 99, MATRIX_NOWHERE = 16, SOURCE_GPIO = 16, SOURCE_TIMER = 57 };

#define CPU_PER_CONF 0x600C0010u
#define SYSCLK_CONF 0x600C0060u
#define RTC_OPTIONS0 0x60008000u
#define RTC_CPU_STALL 0x600080BCu
#define CORE_1_CONTROL_0 0x600C0000u
#define CORE_1_CONTROL_1 0x600C0004u

/* PLL and regulators are behind controller 1 of the analog bus. */
#define ANALOG_ACCESS 0x6000E004u
#define ANALOG_CALIBRATION 0x6000E040u
#define ANALOG_WAYS 0x6000E044u

#endif
