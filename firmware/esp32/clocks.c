/* SPDX-License-Identifier: MIT */
/*
 * The clocks of ESP32:
 *
 *     crystal, 40 MHz ── PLL, 480 MHz ──┬── / 2 ── the core, 240 MHz
 *                                       └── / 6 ── APB, 80 MHz: timers, GPIO
 *
 * All ESP32 of our boards are in modules with a crystal of 40 MHz.  The ROM leaves the core on it, with
 * the PLL off.  The order, and what the PLL is set to, is ESP-IDF's (rtc_clk.c, clk_tree_ll.h).
 */
#include "chip.h"
#include "firmware/espressif/analog.h"
#include "firmware/espressif/change.h"
#include "firmware/espressif/start.h"
#include "mmio.h"

enum {
    DIVIDER = 0x3FF, /* APB_SYSCLK_CONF: of the crystal's clock, less one */
    /* RTC_CLK_CONF */
    SOURCE = 3 << 27,
    SOURCE_CRYSTAL = 0 << 27,
    SOURCE_PLL = 1 << 27,
    /* RTC_OPTIONS0 */
    PLL_IS_OFF = 1 << 6 | 1 << 8 | 1 << 10, /* BB_I2C, BBPLL_I2C, BBPLL: FORCE_PD */
    ANALOG_BUS_IS_OFF = 1 << 18,            /* BIAS_I2C: FORCE_PD */
    /* RTC_REG, DIG_DBIAS_WAK */
    VOLTAGE = 7 << 11,
    VOLTAGE_1V25 = 7 << 11,
    CPU_240_MHZ = 2, /* CPU_PER_CONF */
    APB_MHZ = 80,
};

/* Two cycles of the slow clock, by which parts of RTC_CNTL follow. */
enum { SLOW_CYCLES_US = 20, VOLTAGE_US = 3, PLL_LOCKS_US = 160, SWITCHED_US = 30 };

static const struct analog_setting pll_480mhz[] = {
    {0, 0xFF, 0x18},  /* IR_CAL_DELAY */
    {1, 0xFF, 0x20},  /* IR_CAL_EXT_CAP */
    {4, 0xFF, 0x9A},  /* OC_ENB_FCAL */
    {10, 0xFF, 0x00}, /* OC_ENB_VCON */
    {12, 0xFF, 0x00}, /* BBADC_CAL */
    {11, 0xFF, 0xC3}, /* ENDIV5 */
    {9, 0xFF, 0x74},  /* BBADC_DSMP */
    {2, 0xFF, 0x00},  /* OC_LREF, OC_DIV_10_8, OC_REF_DIV */
    {3, 0xFF, 28},    /* OC_DIV_7_0 */
    {5, 0xFF, 0xC6},  /* OC_BW, OC_DCUR */
};

static void cpu_takes_crystal(void)
{
    change(APB_SYSCLK_CONF, DIVIDER, 0);
    change(RTC_CLK_CONF, SOURCE, SOURCE_CRYSTAL);
    chip_wait_us(SLOW_CYCLES_US);
}

static void start_pll(void)
{
    change(RTC_OPTIONS0, 0, PLL_IS_OFF);
    change(RTC_OPTIONS0, PLL_IS_OFF | ANALOG_BUS_IS_OFF, 0);
    chip_wait_us(SLOW_CYCLES_US);
    analog_open();
    analog_set(ANALOG_PLL, pll_480mhz, sizeof pll_480mhz / sizeof *pll_480mhz);
    chip_wait_us(PLL_LOCKS_US);
}

static void cpu_takes_pll(void)
{
    mmio_write32(CPU_PER_CONF, CPU_240_MHZ);
    mmio_write32(APB_PLL_TICK_CONF, APB_MHZ - 1);
    change(RTC_CLK_CONF, SOURCE, SOURCE_PLL);
    chip_wait_us(SWITCHED_US * 240 / CRYSTAL_MHZ);
}

void clocks_start(void)
{
    cpu_takes_crystal();
    change(RTC_REG, VOLTAGE, VOLTAGE_1V25);
    chip_wait_us(VOLTAGE_US);
    start_pll();
    cpu_takes_pll();
}
