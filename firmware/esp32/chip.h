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

/* The interrupt matrix of the PRO and the APP core; their interrupt 16 is no peripheral's. */
#define MATRIX 0x3FF00104u
#define MATRIX_OF_SECOND 0x3FF00218u
enum { MATRIX_SOURCES = 69, MATRIX_NOWHERE = 16, SOURCE_GPIO = 22, SOURCE_TIMER = 14 };

/* The APP core's: reset, clock, stall, address. */
#define APPCPU_CTRL_A 0x3FF0002Cu
#define APPCPU_CTRL_B 0x3FF00030u
#define APPCPU_CTRL_C 0x3FF00034u
#define APPCPU_CTRL_D 0x3FF00038u

#define CPU_PER_CONF 0x3FF0003Cu
#define APB_SYSCLK_CONF 0x3FF66000u
#define APB_PLL_TICK_CONF 0x3FF66008u
#define RTC_OPTIONS0 0x3FF48000u
#define RTC_CPU_STALL 0x3FF480ACu
#define RTC_CLK_CONF 0x3FF48070u
#define RTC_REG 0x3FF4807Cu

/* The PLL is behind controller 4 of the analog bus. */
#define ANALOG_ACCESS 0x6000E010u
#define ANALOG_WAYS 0x6000E044u

#endif
