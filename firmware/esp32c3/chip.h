/* SPDX-License-Identifier: MIT */
/* The registers of ESP32-C3 that start-up touches beside the port's (espressif/svd esp32c3.svd). */
#ifndef CHIP_CHIP_H
#define CHIP_CHIP_H

/*
 * RTC_CNTL, TIMG0, TIMG1: WDTWPROTECT, WDTCONFIG0.  Those of TIMG take over what was written when they
 * are told to (WDT_CONF_UPDATE_EN).  The super watchdog can feed itself.
 */
#define WATCHDOG_KEY 0x50D83AA1u
#define WATCHDOG_UPDATE (1u << 22)
#define SUPER_WATCHDOG_KEY 0x8F1D312Au
#define SUPER_WATCHDOG_FEEDS_ITSELF 0x80000000u
#define WATCHDOGS                                                                             \
    {                                                                                         \
        {0x600080A8u, 0x60008090u, WATCHDOG_KEY, 0, 0},                                       \
            {0x6001F064u, 0x6001F048u, WATCHDOG_KEY, 0, 0},                                   \
            {0x6001F064u, 0x6001F048u, WATCHDOG_KEY, 0, WATCHDOG_UPDATE},                     \
            {0x60020064u, 0x60020048u, WATCHDOG_KEY, 0, 0},                                   \
            {0x60020064u, 0x60020048u, WATCHDOG_KEY, 0, WATCHDOG_UPDATE},                     \
            {0x600080B0u, 0x600080ACu, SUPER_WATCHDOG_KEY, ~0u, SUPER_WATCHDOG_FEEDS_ITSELF}, \
    }

/* The core has no interrupt 0. */
#define MATRIX 0x600C2000u
enum { MATRIX_SOURCES = 62, MATRIX_NOWHERE = 0, SOURCE_GPIO = 16, SOURCE_TIMER = 37 };

/* INTERRUPT_CORE0: what belongs to the core's interrupts. */
#define CPU_INT_ENABLE 0x600C2104u
#define CPU_INT_TYPE 0x600C2108u
#define CPU_INT_CLEAR 0x600C210Cu
#define CPU_INT_PRI(number) (0x600C2114u + 4u * (number))
#define CPU_INT_THRESH 0x600C2194u

#define CPU_PER_CONF 0x600C0008u
#define SYSCLK_CONF 0x600C0058u
#define RTC_OPTIONS0 0x60008000u

/* The PLL is behind controller 0 of the analog bus. */
#define ANALOG_ACCESS 0x6000E000u
#define ANALOG_CALIBRATION 0x6000E040u
#define ANALOG_WAYS 0x6000E044u

#endif
