/* SPDX-License-Identifier: MIT */
/* What is ESP32's own (espressif/svd esp32.svd). */
#ifndef SOC_SOC_H
#define SOC_SOC_H

#include <stdint.h>

enum { SOC_CPU_HZ = 240000000 };

/* Pads with an output, and without flash memory: 20 is there in some packages only. */
#define SOC_USABLE_PINS UINT64_C(0x30EFFF03F)

#define SOC_GPIO 0x3FF44000u
enum { SOC_GPIO_PIN = 0x88, SOC_GPIO_IN_SELECT = 0x130, SOC_GPIO_OUT_SELECT = 0x530 };
enum { SOC_PLAIN_OUTPUT = 256, SOC_ENABLE_BY_GPIO = 1 << 10, SOC_INPUT_BY_MATRIX = 1 << 7 };

/* PIN.INT_ENA has a bit for each core: the APP core is number 1. */
static inline uint32_t soc_pin_interrupt(unsigned core)
{
    return core ? 1u << 0 : 1u << 2;
}

#define SOC_IO_MUX 0x3FF49000u
enum { SOC_PAD_IS_GPIO = 2 };

/* Where a pad is in IO_MUX, in words, has no order. */
static inline uintptr_t soc_pad(unsigned pin)
{
    static const uint8_t words[] = {
        17, 34, 16, 33, 18, 27, 0,  0, 0, 0,  0,  0, 13, 14, 12, 15, 19,
        20, 28, 29, 30, 31, 32, 35, 0, 9, 10, 11, 0, 0,  0,  0,  7,  8,
    };
    return SOC_IO_MUX + 4u * words[pin];
}

/* Pads that the RTC can have, too, have their pulls in RTC_IO.  0: it is not one of them. */
static inline uintptr_t soc_rtc_pad(unsigned pin)
{
    static const uint8_t registers[] = {
        0x98, 0, 0x9C, 0, 0x94, 0, 0, 0, 0,    0,    0,    0, 0xA8, 0xA4, 0xAC, 0xA0, 0,
        0,    0, 0,    0, 0,    0, 0, 0, 0x84, 0x88, 0xB0, 0, 0,    0,    0,    0x8C, 0x8C,
    };
    return registers[pin] ? 0x3FF48400u + registers[pin] : 0;
}

/* The bit that pulls up; the next one pulls down, as it does on some after reset. */
static inline uint32_t soc_rtc_pull_up(unsigned pin)
{
    enum { OF_32 = 1 << 22, OF_OTHERS = 1 << 27 };
    return pin == 32 ? OF_32 : OF_OTHERS;
}

/* ---- TIMG0: the port's clock ----------------------------------------------------------------- */

#define TIMG0 0x3FF5F000u
#define TIMG0_CONFIG (TIMG0 + 0x00u)
#define TIMG0_LOW (TIMG0 + 0x04u)
#define TIMG0_HIGH (TIMG0 + 0x08u)
#define TIMG0_UPDATE (TIMG0 + 0x0Cu)
#define TIMG0_ALARM_LOW (TIMG0 + 0x10u)
#define TIMG0_ALARM_HIGH (TIMG0 + 0x14u)
#define TIMG0_INT_ENABLE (TIMG0 + 0x98u)
#define TIMG0_INT_CLEAR (TIMG0 + 0xA4u)

enum {
    TIMG_ALARM = 1 << 10,
    TIMG_LEVEL_INTERRUPT = 1 << 11,
    TIMG_DIVIDER_LSB = 13,
    TIMG_COUNTS_UP = 1 << 30,
    TIMG_T0 = 1 << 0 /* in the registers of interrupts */
};
#define TIMG_RUNS 0x80000000u

#endif
