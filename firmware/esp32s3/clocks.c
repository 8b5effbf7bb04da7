/* SPDX-License-Identifier: MIT */
/*
 * The clocks of ESP32-S3:
 *
 *     crystal, 40 MHz ──┬── PLL, 480 MHz ──┬── / 2 ── the core, 240 MHz
 *                       │                  └── / 6 ── APB, 80 MHz: GPIO
 *                       └── / 2.5 ──────────── SYSTIMER, 16 MHz
 *
 * The order, and what the PLL is set to, is ESP-IDF's (rtc_clk.c, clk_tree_ll.h).  The voltages are those
 * that it takes for a chip whose fuses tell none.
 */
#include "firmware/espressif/clocks.h"

#include "chip.h"
#include "firmware/espressif/analog.h"
#include "firmware/espressif/change.h"
#include "firmware/espressif/start.h"
#include "mmio.h"

enum {
    /* ANALOG_CALIBRATION */
    CALIBRATION_STOPS = 1 << 2,
    CALIBRATION_RUNS = 1 << 3,
    CALIBRATION_DONE = 1 << 24,
    CALIBRATED_US = 10,
    VOLTAGE_US = 40,
};

static const struct analog_setting pll_480mhz[] = {
    {4, 0xFF, 0x6B}, /* MODE_HF */
    {2, 0xFF, 0x50}, /* OC_DCHGP, OC_REF_DIV */
    {3, 0xFF, 8},    /* OC_DIV_7_0 */
    {5, 0x77, 0},    /* OC_DR3, OC_DR1 */
    {6, 0xFF, 0x73}, /* OC_DLREF_SEL, OC_DHREF_SEL, OC_DCUR */
    {9, 0x03, 3},    /* OC_VCO_DBIAS */
};

static const struct analog_setting voltages_240mhz[] = {
    {4, 0x1F, 28}, /* EXT_RTC_DREG */
    {6, 0x1F, 28}, /* EXT_DIG_DREG */
};

static void start_pll(void)
{
    clocks_begin_pll();
    change(ANALOG_CALIBRATION, CALIBRATION_STOPS, CALIBRATION_RUNS);
    analog_set(ANALOG_PLL, pll_480mhz, sizeof pll_480mhz / sizeof *pll_480mhz);
    while (!(mmio_read32(ANALOG_CALIBRATION) & CALIBRATION_DONE))
        ;
    chip_wait_us(CALIBRATED_US);
    change(ANALOG_CALIBRATION, CALIBRATION_RUNS, CALIBRATION_STOPS);
}

void clocks_start(void)
{
    clocks_take_crystal();
    start_pll();
    analog_set(ANALOG_REGULATOR, voltages_240mhz, sizeof voltages_240mhz / sizeof *voltages_240mhz);
    chip_wait_us(VOLTAGE_US);
    clocks_take_pll(CPU_240_MHZ);
}
