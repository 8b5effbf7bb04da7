/* SPDX-License-Identifier: MIT */
/*
 * The clocks of ESP32-C3:
 *
 *     crystal, 40 MHz ──┬── PLL, 480 MHz ──┬── / 3 ── the core, 160 MHz
 *                       │                  └── / 6 ── APB, 80 MHz: GPIO
 *                       └── / 2.5 ──────────── SYSTIMER, 16 MHz
 *
 * The order, and what the PLL is set to, is ESP-IDF's (rtc_clk.c, clk_tree_ll.h).
 */
#include "firmware/espressif/clocks.h"

#include "chip.h"
#include "counter.h"
#include "firmware/espressif/analog.h"
#include "firmware/espressif/change.h"
#include "firmware/espressif/start.h"

enum {
    /* ANALOG_CALIBRATION */
    CALIBRATION_STOPS = 1 << 2,
    CALIBRATION_RUNS = 1 << 3,
    PLL_LOCKS_US = 100,
};

static const struct analog_setting pll_480mhz[] = {
    {4, 0xFF, 0x6B}, /* MODE_HF */
    {2, 0xFF, 0x50}, /* OC_DCHGP, OC_REF_DIV */
    {3, 0xFF, 8},    /* OC_DIV_7_0 */
    {5, 0x77, 0},    /* OC_DR3, OC_DR1 */
    {6, 0xFF, 0x93}, /* OC_DLREF_SEL, OC_DHREF_SEL, OC_DCUR */
    {9, 0x03, 2},    /* OC_VCO_DBIAS */
    {6, 0xF0, 0x60}, /* OC_DLREF_SEL, OC_DHREF_SEL */
};

void clocks_start(void)
{
    clocks_take_crystal();
    clocks_begin_pll();
    change(ANALOG_CALIBRATION, CALIBRATION_STOPS, CALIBRATION_RUNS);
    analog_set(ANALOG_PLL, pll_480mhz, sizeof pll_480mhz / sizeof *pll_480mhz);
    chip_wait_us(PLL_LOCKS_US);
    clocks_take_pll(CPU_160_MHZ);
    core_counts_clocks();
}
