/* SPDX-License-Identifier: MIT */
/*
 * The clocks of ESP32-S2:
 *
 *     crystal, 40 MHz ── PLL, 480 MHz ──┬── / 2 ── the core, 240 MHz
 *                                       └── / 6 ── APB, 80 MHz: SYSTIMER, GPIO
 *
 * The order, and what the PLL is set to, is ESP-IDF's (rtc_clk.c, clk_tree_ll.h, regi2c_impl.c).
 */
#include "firmware/espressif/clocks.h"

#include "chip.h"
#include "firmware/espressif/analog.h"
#include "firmware/espressif/change.h"
#include "firmware/espressif/start.h"

enum {
    /* ANALOG_MODE */
    MODE = 0x1FFF << 4,
    MODE_IDF = 0x1C40 << 4,
    ANALOG_BUS_CLOCK = 1 << 18, /* SYSCON_WIFI_CLK_EN */
    /* RTC_REG: DIG_REG_DBIAS_WAK and DBIAS_WAK */
    VOLTAGES = 7 << 11 | 7 << 25,
    VOLTAGES_1V25 = 7 << 11 | 7 << 25,
    VOLTAGE_US = 40,
    /* Of the PLL */
    CALIBRATION = 1,
    CALIBRATION_BY_SOFTWARE = 1 << 4,
    CAPACITY = 0xF, /* also of CALIBRATED */
    CALIBRATED = 8,
};

static const struct analog_setting pll_480mhz[] = {
    {4, 0xFF, 0x6B}, /* MODE_HF */
    {2, 0xFF, 0x50}, /* OC_DCHGP, OC_REF_DIV */
    {3, 0xFF, 8},    /* OC_DIV_7_0 */
    {5, 0x77, 0},    /* OC_DR3, OC_DR1 */
    {6, 0xFF, 0x94}, /* OC_DLREF_SEL, OC_DHREF_SEL, OC_DCUR */
};

/* The first capacity with which the PLL has nothing left to correct. */
static void calibrate(void)
{
    for (uint8_t capacity = 0; capacity <= CAPACITY; capacity++) {
        struct analog_setting setting = {CALIBRATION, CALIBRATION_BY_SOFTWARE | CAPACITY,
                                         (uint8_t)(CALIBRATION_BY_SOFTWARE | capacity)};
        analog_set(ANALOG_PLL, &setting, 1);
        if ((analog_read(ANALOG_PLL, CALIBRATED) & CAPACITY) == 0)
            return;
    }
    halt();
}

void clocks_start(void)
{
    clocks_take_crystal();
    change(ANALOG_MODE, MODE, MODE_IDF);
    change(SYSCON_WIFI_CLK_EN, 0, ANALOG_BUS_CLOCK);
    clocks_begin_pll();
    analog_set(ANALOG_PLL, pll_480mhz, sizeof pll_480mhz / sizeof *pll_480mhz);
    calibrate();
    change(RTC_REG, VOLTAGES, VOLTAGES_1V25);
    chip_wait_us(VOLTAGE_US);
    clocks_take_pll(CPU_240_MHZ);
}
