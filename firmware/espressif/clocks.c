/* SPDX-License-Identifier: MIT */
#include "firmware/espressif/clocks.h"

#include "chip.h"
#include "firmware/espressif/analog.h"
#include "firmware/espressif/change.h"

enum {
    /* SYSCLK_CONF */
    DIVIDER = 0x3FF, /* of the crystal's clock, less one */
    SOURCE = 3 << 10,
    SOURCE_CRYSTAL = 0 << 10,
    SOURCE_PLL = 1 << 10,
    /* CPU_PER_CONF */
    PERIOD = 3 << 0,
    PLL_480_MHZ = 1 << 2,
    /* OPTIONS0 */
    PLL_IS_OFF = 1 << 6 | 1 << 8 | 1 << 10, /* BB_I2C, BBPLL_I2C, BBPLL: FORCE_PD */
};

void clocks_take_crystal(void)
{
    change(SYSCLK_CONF, DIVIDER, 0);
    change(SYSCLK_CONF, SOURCE, SOURCE_CRYSTAL);
}

void clocks_begin_pll(void)
{
    change(RTC_OPTIONS0, PLL_IS_OFF, 0);
    change(CPU_PER_CONF, PLL_480_MHZ, PLL_480_MHZ);
    analog_open();
}

void clocks_take_pll(enum cpu_period period)
{
    change(CPU_PER_CONF, PERIOD, period);
    change(SYSCLK_CONF, SOURCE, SOURCE_PLL);
}
