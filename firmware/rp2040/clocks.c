/* SPDX-License-Identifier: MIT */
/*
 * Clocks: crystal 12 MHz, clk_sys 125 MHz, TIMER in microseconds.  All 52 boards have that crystal
 * (the USB code in the boot ROM needs it).  A reset of only the cores leaves them running.
 */
#include "firmware/cortexm/start.h"
#include "firmware/rp2040/registers.h"

enum {
    CRYSTAL_KHZ = 12000,
    /*
     * The crystal gets 64 ms to settle, in steps of 256 of its clocks (RP2040 datasheet §2.16.3).
     * 1 ms is enough for most crystals.  Some boards need longer, and one image serves all boards.
     */
    SETTLE = 64 * ((CRYSTAL_KHZ + 128) / 256),
    /* 12 MHz × 125 = 1500 MHz; / 6 / 2 = 125 MHz (§2.18.2: VCO 750 to 1600 MHz). */
    PLL_MULTIPLIER = 125,
    PLL_DIVIDER_1 = 6,
    PLL_DIVIDER_2 = 2,
};

/* CTRL.SRC, bits 1:0, and AUXSRC, bits 7:5, of the two clocks (§2.15.7). */
enum {
    REF_FROM_ROSC = 0,
    REF_FROM_XOSC = 2,
    SYS_FROM_REF = 0,
    SYS_FROM_AUX = 1,
    AUX_PLL_SYS = 0 << 5
};

IN_FLASH static void wait_for(uintptr_t address, uint32_t bits)
{
    while ((mmio_read32(address) & bits) != bits)
        ;
}

/* The multiplexer of SRC has no glitches, and reports when it has switched. */
IN_FLASH static void select(uintptr_t ctrl, uintptr_t selected, uint32_t source)
{
    mmio_write32(ctrl, source);
    wait_for(selected, 1u << (source & 3));
}

IN_FLASH static void start_crystal(void)
{
    mmio_write32(XOSC_STARTUP, SETTLE);
    mmio_write32(XOSC_CTRL, XOSC_ENABLE_1_15_MHZ);
    wait_for(XOSC_STATUS, XOSC_STABLE);
}

IN_FLASH static void start_pll(void)
{
    mmio_write32(RESETS_RESET + ALIAS_SET, RESET_PLL_SYS);
    mmio_write32(RESETS_RESET + ALIAS_CLEAR, RESET_PLL_SYS);
    wait_for(RESETS_DONE, RESET_PLL_SYS);
    mmio_write32(PLL_CS, 1); /* the reference is not divided */
    mmio_write32(PLL_FBDIV_INT, PLL_MULTIPLIER);
    mmio_write32(PLL_PWR + ALIAS_CLEAR, PLL_PWR_PD | PLL_PWR_VCOPD);
    wait_for(PLL_CS, PLL_LOCK);
    mmio_write32(PLL_PRIM, PLL_DIVIDER_1 << 16 | PLL_DIVIDER_2 << 12);
    mmio_write32(PLL_PWR + ALIAS_CLEAR, PLL_PWR_POSTDIVPD);
}

/* One microsecond is CRYSTAL_KHZ / 1000 clocks of clk_ref (§4.7.2). */
IN_FLASH static void start_timer(void)
{
    mmio_write32(WATCHDOG_TICK, WATCHDOG_TICK_ENABLE | CRYSTAL_KHZ / 1000);
    mmio_write32(RESETS_RESET + ALIAS_CLEAR, RESET_TIMER);
    wait_for(RESETS_DONE, RESET_TIMER);
}

IN_FLASH void clocks_start(void)
{
    /*
     * Switch away from the PLL before changing it: after a reset of only the core the PLL still
     * runs.
     */
    select(CLK_SYS_CTRL, CLK_SYS_SELECTED, SYS_FROM_REF);
    select(CLK_REF_CTRL, CLK_REF_SELECTED, REF_FROM_ROSC);
    mmio_write32(CLK_SYS_DIV, 1u << 8);
    mmio_write32(CLK_REF_DIV, 1u << 8);
    start_crystal();
    start_pll();
    select(CLK_REF_CTRL, CLK_REF_SELECTED, REF_FROM_XOSC);
    /* The multiplexer of AUXSRC has glitches.  So AUXSRC is set while SRC selects another clock. */
    select(CLK_SYS_CTRL, CLK_SYS_SELECTED, AUX_PLL_SYS | SYS_FROM_REF);
    select(CLK_SYS_CTRL, CLK_SYS_SELECTED, AUX_PLL_SYS | SYS_FROM_AUX);
    start_timer();
}
