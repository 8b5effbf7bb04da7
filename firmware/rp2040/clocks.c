/* SPDX-License-Identifier: MIT */
#include "firmware/rp2040/clocks.h"

#include "firmware/rp2040/registers.h"

enum {
    CRYSTAL_KHZ = 12000,
    /*
     * The crystal gets 64 ms to settle, in steps of 256 of its clocks (RP2040 datasheet §2.16.3).
     * 1 ms is enough for most, but some boards' need longer, and one image is for all.
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

IN_FLASH static void wait_for(uint32_t address, uint32_t bits)
{
    while ((read_register(address) & bits) != bits)
        ;
}

/* The multiplexer of SRC is free of glitches and tells when it has changed over. */
IN_FLASH static void select(uint32_t ctrl, uint32_t selected, uint32_t source)
{
    write_register(ctrl, source);
    wait_for(selected, 1u << (source & 3));
}

IN_FLASH static void start_crystal(void)
{
    write_register(XOSC_STARTUP, SETTLE);
    write_register(XOSC_CTRL, XOSC_ENABLE_1_15_MHZ);
    wait_for(XOSC_STATUS, XOSC_STABLE);
}

IN_FLASH static void start_pll(void)
{
    write_register(RESETS_RESET + SET_BITS, RESET_PLL_SYS);
    write_register(RESETS_RESET + CLEAR_BITS, RESET_PLL_SYS);
    wait_for(RESETS_DONE, RESET_PLL_SYS);
    write_register(PLL_CS, 1); /* the reference is not divided */
    write_register(PLL_FBDIV_INT, PLL_MULTIPLIER);
    write_register(PLL_PWR + CLEAR_BITS, PLL_PWR_PD | PLL_PWR_VCOPD);
    wait_for(PLL_CS, PLL_LOCK);
    write_register(PLL_PRIM, PLL_DIVIDER_1 << 16 | PLL_DIVIDER_2 << 12);
    write_register(PLL_PWR + CLEAR_BITS, PLL_PWR_POSTDIVPD);
}

/* One microsecond is CRYSTAL_KHZ / 1000 clocks of clk_ref (§4.7.2). */
IN_FLASH static void start_timer(void)
{
    write_register(WATCHDOG_TICK, WATCHDOG_TICK_ENABLE | CRYSTAL_KHZ / 1000);
    write_register(RESETS_RESET + CLEAR_BITS, RESET_TIMER);
    wait_for(RESETS_DONE, RESET_TIMER);
}

IN_FLASH void clocks_start(void)
{
    /* Away from the PLL before it is touched: a reset of the core alone leaves it running. */
    select(CLK_SYS_CTRL, CLK_SYS_SELECTED, SYS_FROM_REF);
    select(CLK_REF_CTRL, CLK_REF_SELECTED, REF_FROM_ROSC);
    write_register(CLK_SYS_DIV, 1u << 8);
    write_register(CLK_REF_DIV, 1u << 8);
    start_crystal();
    start_pll();
    select(CLK_REF_CTRL, CLK_REF_SELECTED, REF_FROM_XOSC);
    /* AUXSRC is the one with glitches, so it is set while SRC looks elsewhere. */
    select(CLK_SYS_CTRL, CLK_SYS_SELECTED, AUX_PLL_SYS | SYS_FROM_REF);
    select(CLK_SYS_CTRL, CLK_SYS_SELECTED, AUX_PLL_SYS | SYS_FROM_AUX);
    start_timer();
}
