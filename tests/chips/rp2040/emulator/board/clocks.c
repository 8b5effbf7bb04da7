/* SPDX-License-Identifier: MIT */
#include "chips/rp2040/emulator/board/clocks.h"

#include <stddef.h>

enum { CRYSTAL_HZ = 12000000, RING_HZ = 6500000 };

#define CLK_REF_CTRL UINT32_C(0x40008030)
#define CLK_REF_DIV UINT32_C(0x40008034)
#define CLK_REF_SELECTED UINT32_C(0x40008038)
#define CLK_SYS_CTRL UINT32_C(0x4000803C)
#define CLK_SYS_DIV UINT32_C(0x40008040)
#define CLK_SYS_SELECTED UINT32_C(0x40008044)
#define XOSC_CTRL UINT32_C(0x40024000)
#define XOSC_STATUS UINT32_C(0x40024004)
#define XOSC_STARTUP UINT32_C(0x4002400C)
#define PLL_SYS UINT32_C(0x40028000)
#define PLL_CS (PLL_SYS + 0x0)
#define PLL_PWR (PLL_SYS + 0x4)
#define PLL_FBDIV_INT (PLL_SYS + 0x8)
#define PLL_PRIM (PLL_SYS + 0xC)

#define XOSC_ENABLED UINT32_C(0x00FAB000)
#define XOSC_STABLE (UINT32_C(1) << 31)
#define PLL_LOCK (UINT32_C(1) << 31)
enum { PLL_PD = 1 << 0, PLL_POSTDIVPD = 1 << 3, PLL_VCOPD = 1 << 5 };
enum { REF_FROM_XOSC = 2 };

void clocks_reset(struct clocks *clocks)
{
    *clocks = (struct clocks){.ref_div = 1 << 8,
                              .sys_div = 1 << 8,
                              .xosc_startup = 0xC4,
                              .pll_cs = 1,
                              .pll_pwr = PLL_PD | 4 | PLL_POSTDIVPD | PLL_VCOPD,
                              .pll_prim = 0x77000};
}

/* ---- frequencies ----------------------------------------------------------------------------- */

static bool has_crystal(const struct clocks *clocks)
{
    return (clocks->xosc_ctrl & UINT32_C(0x00FFF000)) == XOSC_ENABLED;
}

static bool is_locked(const struct clocks *clocks)
{
    return has_crystal(clocks) && !(clocks->pll_pwr & (PLL_PD | PLL_VCOPD)) && clocks->pll_fbdiv;
}

static uint32_t pll_hz(const struct clocks *clocks)
{
    uint32_t divider_1 = clocks->pll_prim >> 16 & 7, divider_2 = clocks->pll_prim >> 12 & 7;
    uint32_t reference = clocks->pll_cs & 0x3F;
    if (!is_locked(clocks) || clocks->pll_pwr & PLL_POSTDIVPD || !divider_1 || !divider_2 ||
        !reference)
        return 0;
    uint64_t vco_hz = (uint64_t)CRYSTAL_HZ / reference * clocks->pll_fbdiv;
    return (uint32_t)(vco_hz / divider_1 / divider_2);
}

static uint32_t divided(uint32_t hz, uint32_t divider)
{
    uint32_t whole = divider >> 8;
    return whole ? (uint32_t)(((uint64_t)hz << 8) / divider) : 0;
}

static uint32_t ref_hz(const struct clocks *clocks)
{
    uint32_t crystal_hz = has_crystal(clocks) ? CRYSTAL_HZ : 0;
    bool is_crystal = (clocks->ref_ctrl & 3) == REF_FROM_XOSC;
    return divided(is_crystal ? crystal_hz : RING_HZ, clocks->ref_div);
}

uint32_t clocks_sys_hz(const struct clocks *clocks)
{
    bool is_aux = clocks->sys_ctrl & 1;
    uint32_t aux = clocks->sys_ctrl >> 5 & 7; /* 0: PLL_SYS; the firmware uses no other */
    uint32_t aux_hz = aux == 0 ? pll_hz(clocks) : 0;
    return divided(is_aux ? aux_hz : ref_hz(clocks), clocks->sys_div);
}

/* ---- registers ------------------------------------------------------------------------------- */

bool clocks_is_pll(uint32_t address)
{
    return address >= PLL_SYS && address <= PLL_PRIM;
}

/* NULL: it is none that keeps what is written. */
static uint32_t *kept(struct clocks *clocks, uint32_t address)
{
    switch (address) {
    case CLK_REF_CTRL:
        return &clocks->ref_ctrl;
    case CLK_REF_DIV:
        return &clocks->ref_div;
    case CLK_SYS_CTRL:
        return &clocks->sys_ctrl;
    case CLK_SYS_DIV:
        return &clocks->sys_div;
    case XOSC_CTRL:
        return &clocks->xosc_ctrl;
    case XOSC_STARTUP:
        return &clocks->xosc_startup;
    case PLL_CS:
        return &clocks->pll_cs;
    case PLL_PWR:
        return &clocks->pll_pwr;
    case PLL_FBDIV_INT:
        return &clocks->pll_fbdiv;
    case PLL_PRIM:
        return &clocks->pll_prim;
    default:
        return NULL;
    }
}

bool clocks_load(const struct clocks *clocks, uint32_t address, uint32_t *value)
{
    struct clocks copy = *clocks;
    const uint32_t *registers = kept(&copy, address);
    if (address == CLK_REF_SELECTED)
        *value = UINT32_C(1) << (clocks->ref_ctrl & 3);
    else if (address == CLK_SYS_SELECTED)
        *value = UINT32_C(1) << (clocks->sys_ctrl & 1);
    else if (address == XOSC_STATUS)
        *value = has_crystal(clocks) ? XOSC_STABLE | UINT32_C(1) << 12 : 0;
    else if (registers)
        *value = *registers | (address == PLL_CS && is_locked(clocks) ? PLL_LOCK : 0);
    else
        return false;
    return true;
}

bool clocks_store(struct clocks *clocks, uint32_t address, uint32_t value)
{
    uint32_t *registers = kept(clocks, address);
    if (registers)
        *registers = value;
    return registers;
}
