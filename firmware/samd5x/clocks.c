/* SPDX-License-Identifier: MIT */
/*
 * The clocks of SAM D5x/E5x, as Arduino's and CircuitPython's programs have them:
 *
 *     DFLL, 48 MHz ── generator 1 ──── 48 MHz ─── SERCOM, EIC, TC
 *          │
 *          └── generator 5 ── 1 MHz ── DPLL0 × 120 ── generator 0 ── the processor, 120 MHz
 *
 *     OSCULP32K ───── generator 3 ──── 32.768 kHz ─── time-outs of SMBus
 *
 * No crystal is needed, because not every board has one.  The DFLL is as it was calibrated in the
 * factory: 47.2 to 48.81 MHz from 0 to 60 °C (DS60001507 §54.13.4).
 *
 * After a reset the DFLL runs, and drives the processor.  A boot loader or another program may have
 * changed that; it is brought back first.
 */
#include "firmware/cortexm/start.h"
#include "firmware/samd5x/registers.h"
#include "samd5x/regs.h"

enum {
    FROM_DFLL = GENCTRL_SRC_DFLL | GENCTRL_GENEN,
    PLL_MULTIPLIER = 120,
};

IN_FLASH static void wait_for(uintptr_t address, uint32_t bits)
{
    while ((mmio_read32(address) & bits) != bits)
        ;
}

IN_FLASH static void wait_until_synchronised(uintptr_t address, uint32_t bits)
{
    while (mmio_read32(address) & bits)
        ;
}

IN_FLASH static void wait_for_dfll(uint8_t bits)
{
    while (mmio_read8(DFLLSYNC) & bits)
        ;
}

IN_FLASH static void set_generator(unsigned generator, uint32_t settings)
{
    mmio_write32(GCLK_GENCTRL(generator), settings);
    wait_until_synchronised(GCLK_SYNCBUSY, (uint32_t)GCLK_BUSY_GENCTRL << generator);
}

/*
 * A DFLL that was off does not take over its calibration by itself.  Who writes DFLLVAL, gets it:
 * the start-up files of others do this as well.  So one that runs is never switched off.
 */
IN_FLASH static void switch_dfll_on(void)
{
    mmio_write8(DFLLCTRLA, DFLL_ENABLE);
    wait_for_dfll(DFLL_BUSY_ENABLE);
    mmio_write32(DFLLVAL, mmio_read32(DFLLVAL));
    wait_for_dfll(DFLL_BUSY_VAL);
}

/*
 * In closed loop it may follow a generator that is about to change, or USB frames that no longer
 * come.  In open loop it keeps its frequency.
 */
IN_FLASH static void start_dfll(void)
{
    mmio_write8(DFLLCTRLB, DFLL_OPEN_LOOP);
    if (!(mmio_read8(DFLLCTRLA) & DFLL_ENABLE))
        switch_dfll_on();
    wait_for_dfll(DFLL_BUSY_CTRLB);
    wait_for(OSCCTRL_STATUS, OSCCTRL_DFLLRDY);
}

/*
 * Back to what a reset leaves: the processor on the DFLL, no PLL, no other generator, no clock for
 * any peripheral.  A program that was here before may have used them all.
 */
IN_FLASH static void stop_others(void)
{
    set_generator(GENERATOR_CPU, FROM_DFLL);
    mmio_write8(MCLK_CPUDIV, 1);
    mmio_write8(DPLL0_CTRLA, 0);
    wait_until_synchronised(DPLL0_SYNCBUSY, DPLL_BUSY_ENABLE);
    mmio_write8(GCLK_CTRLA, GCLK_SWRST);
    wait_until_synchronised(GCLK_SYNCBUSY, GCLK_SWRST);
    set_generator(GENERATOR_CPU, FROM_DFLL);
}

/*
 * The reference must be between 32 kHz and 3.2 MHz, the output between 96 and 200 MHz (§28.6.5).
 * LBYPASS: the first chips stop the clock when they lose a lock that is none.
 */
IN_FLASH static void start_pll(void)
{
    set_generator(GENERATOR_1M, FROM_DFLL | 48u << GENCTRL_DIV_LSB);
    mmio_write32(GCLK_PCHCTRL(CHANNEL_DPLL0), PCHCTRL_CHEN | GENERATOR_1M);
    wait_for(GCLK_PCHCTRL(CHANNEL_DPLL0), PCHCTRL_CHEN);
    mmio_write32(DPLL0_RATIO, PLL_MULTIPLIER - 1);
    wait_until_synchronised(DPLL0_SYNCBUSY, DPLL_BUSY_RATIO);
    mmio_write32(DPLL0_CTRLB, DPLL_REFCLK_GCLK | DPLL_LBYPASS);
    mmio_write8(DPLL0_CTRLA, DPLL_ENABLE);
    wait_for(DPLL0_STATUS, DPLL_LOCK | DPLL_CLKRDY);
}

IN_FLASH static void start_32k(void)
{
    mmio_write32(OSCULP32K, mmio_read32(OSCULP32K) | OSCULP32K_EN32K);
    set_generator(GENERATOR_32K, GENCTRL_SRC_OSCULP32K | GENCTRL_GENEN);
}

/* The flash then needs as many wait states as the frequency asks for (§25.6.4). */
IN_FLASH static void set_wait_states(void)
{
    mmio_write16(NVMCTRL_CTRLA, mmio_read16(NVMCTRL_CTRLA) | NVMCTRL_AUTOWS);
}

/* What is in the cache may be of a program that the boot loader has replaced (§11.6). */
IN_FLASH static void start_cache(void)
{
    mmio_write32(CMCC_CTRL, 0);
    wait_until_synchronised(CMCC_SR, CMCC_CSTS);
    mmio_write32(CMCC_MAINT0, CMCC_INVALL);
    mmio_write32(CMCC_CFG, CMCC_CSIZESW_4K);
    mmio_write32(CMCC_CTRL, CMCC_CEN);
}

IN_FLASH void clocks_start(void)
{
    set_wait_states();
    start_dfll();
    stop_others();
    set_generator(GENERATOR_48M, FROM_DFLL);
    start_32k();
    start_pll();
    set_generator(GENERATOR_CPU, GENCTRL_SRC_DPLL0 | GENCTRL_GENEN);
    start_cache();
}
