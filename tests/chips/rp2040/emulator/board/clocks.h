/* SPDX-License-Identifier: MIT */
/*
 * What start-up code of an RP2040 needs beside the blocks of the model: crystal, PLL_SYS, and the
 * multiplexers of clk_ref and clk_sys.  RP2040 datasheet §2.15 to §2.18.  All is ready at once.
 */
#ifndef EMULATOR_BOARD_CLOCKS_H
#define EMULATOR_BOARD_CLOCKS_H

#include <stdbool.h>
#include <stdint.h>

struct clocks {
    uint32_t ref_ctrl, ref_div, sys_ctrl, sys_div;
    uint32_t xosc_ctrl, xosc_startup;
    uint32_t pll_cs, pll_pwr, pll_fbdiv, pll_prim;
};

void clocks_reset(struct clocks *clocks);
/* Is there such a register?  `address` is without an alias. */
bool clocks_load(const struct clocks *clocks, uint32_t address, uint32_t *value);
bool clocks_store(struct clocks *clocks, uint32_t address, uint32_t value);
bool clocks_is_pll(uint32_t address);
/* 0: it stands still. */
uint32_t clocks_sys_hz(const struct clocks *clocks);

#endif
