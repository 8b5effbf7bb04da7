/* SPDX-License-Identifier: MIT */
/*
 * OSCCTRL and OSC32KCTRL of the SAM D5x/E5x model: the DFLL at 48 MHz, the two DPLLs, the
 * oscillators of 32768 Hz.  The crystals of megahertz are not modelled.
 *
 * Data sheet 28 (OSCCTRL), 29 (OSC32KCTRL), 54 (limits).
 */
#include "chips/samd5x/model/samd5x_parts.h"

enum { HZ_32K = 32768, HZ_DFLL = 48000000 };

/* ---- OSCCTRL --------------------------------------------------------------------------------- */

enum {
    EVCTRL = 0x00,
    INTFLAG = 0x0C,
    STATUS = 0x10,
    XOSCCTRL = 0x14,
    DFLLCTRLA = 0x1C,
    DFLLCTRLB = 0x20,
    DFLLVAL = 0x24,
    DFLLMUL = 0x28,
    DFLLSYNC = 0x2C,
    DPLL0 = 0x30, /* and DPLL1, 0x14 further */
    DPLL_STRIDE = 0x14,
    DPLLCTRLA = 0x30, /* of DPLL0 */
    DPLLRATIO = 0x34,
    DPLLCTRLB = 0x38,
    DPLLSYNCBUSY = 0x3C,
    DPLLSTATUS = 0x40
};
enum {
    ENABLE = 2,
    ONDEMAND = 0x80,
    SRC_DPLL0 = 7,
    STATUS_DFLLRDY = 1 << 8,
    STATUS_DPLL0LCKR = 1 << 16, /* DPLL1: 8 bits further */
    REFCLK_GCLK = 0,
    REFCLK_XOSC32K = 1
};

static const struct samd5x_register oscctrl_registers[] = {
    {EVCTRL, 1, SAMD5X_EXISTS, 1},
    {0x04, 4, SAMD5X_EXISTS, 2}, /* INTENCLR, INTENSET */
    {INTFLAG, 4, SAMD5X_EXISTS, 1},
    {STATUS, 4, SAMD5X_R, 1},
    {XOSCCTRL, 4, SAMD5X_EXISTS, 2},
    {DFLLCTRLA, 1, SAMD5X_RW, 1},
    {DFLLCTRLB, 1, SAMD5X_RW, 1},
    {DFLLVAL, 4, SAMD5X_RW, 1},
    {DFLLMUL, 4, SAMD5X_RW, 1},
    {DFLLSYNC, 1, SAMD5X_R, 1},
    {DPLLCTRLA, 1, SAMD5X_RW, 1},
    {DPLLRATIO, 4, SAMD5X_RW, 1},
    {DPLLCTRLB, 4, SAMD5X_RW, 1},
    {DPLLSYNCBUSY, 4, SAMD5X_R, 1},
    {DPLLSTATUS, 4, SAMD5X_R, 1},
    {DPLLCTRLA + DPLL_STRIDE, 1, SAMD5X_RW, 1},
    {DPLLRATIO + DPLL_STRIDE, 4, SAMD5X_RW, 1},
    {DPLLCTRLB + DPLL_STRIDE, 4, SAMD5X_RW, 1},
    {DPLLSYNCBUSY + DPLL_STRIDE, 4, SAMD5X_R, 1},
    {DPLLSTATUS + DPLL_STRIDE, 4, SAMD5X_R, 1},
};

static bool is_dfll_ready(const struct samd5x *chip)
{
    return chip->clocks.dfllctrla & ENABLE && chip->wires->now_ns >= chip->clocks.dfll_ready_ns;
}

/* §13: with ONDEMAND it runs only if a generator asks for it. */
static bool is_demanded(const struct samd5x *chip, unsigned index)
{
    bool is_demanded = !(chip->clocks.dpll[index].ctrla & ONDEMAND);
    for (unsigned i = 0; i < SAMD5X_GENERATORS; i++) {
        uint32_t genctrl = chip->clocks.genctrl[i];
        is_demanded |= (genctrl & 0x10F) == 0x100 + SRC_DPLL0 + index;
    }
    return is_demanded;
}

static bool is_locked(const struct samd5x *chip, unsigned index)
{
    return chip->clocks.dpll[index].ctrla & ENABLE && is_demanded(chip, index) &&
           chip->wires->now_ns >= chip->clocks.dpll[index].lock_ns;
}

static uint32_t xosc32k_hz(const struct samd5x *chip)
{
    return chip->wires->now_ns >= chip->clocks.xosc32k_ready_ns ? HZ_32K : 0;
}

static uint32_t reference_hz(const struct samd5x *chip, unsigned index)
{
    unsigned refclk = chip->clocks.dpll[index].ctrlb >> 5 & 7;
    if (refclk == REFCLK_XOSC32K)
        return xosc32k_hz(chip);
    return refclk == REFCLK_GCLK ? samd5x_channel_hz(chip, SAMD5X_CHANNEL_DPLL0 + index) : 0;
}

/* §28: the reference, 32 kHz to 3.2 MHz, times LDR + 1 + LDRFRAC / 32, 96 to 200 MHz. */
static void start_dpll(struct samd5x *chip, unsigned index)
{
    uint32_t ratio = chip->clocks.dpll[index].ratio;
    uint32_t address = samd5x_address(&samd5x_oscctrl, 0, DPLLCTRLA + DPLL_STRIDE * index);
    uint64_t reference = reference_hz(chip, index);
    uint64_t factor_32 = 32 * ((ratio & 0x1FFF) + 1) + (ratio >> 16 & 0x1F);
    uint32_t hz = (uint32_t)(reference * factor_32 / 32);
    chip->clocks.dpll[index].hz = hz;
    chip->clocks.dpll[index].lock_ns = chip->wires->now_ns + UINT64_C(1000) * chip->dpll_lock_us;
    if (reference == 0) {
        chip->clocks.dpll[index].lock_ns = WIRES_NEVER;
        samd5x_fault(chip, SAMD5X_UNCLOCKED, address);
    } else if (reference < 32000 || reference > 3200000 || hz < 96000000 || hz > 200000000) {
        samd5x_fault(chip, SAMD5X_FREQUENCY, address);
    }
}

uint32_t samd5x_source_hz(const struct samd5x *chip, unsigned source)
{
    switch (source) {
    case 4: /* OSCULP32K, always on */
        return HZ_32K;
    case 5:
        return xosc32k_hz(chip);
    case 6:
        return is_dfll_ready(chip) ? HZ_DFLL : 0;
    case 7:
    case 8:
        return is_locked(chip, source - 7) ? chip->clocks.dpll[source - 7].hz : 0;
    default:
        return 0;
    }
}

uint64_t samd5x_next_oscillator_ns(const struct samd5x *chip)
{
    const struct samd5x_clocks *clocks = &chip->clocks;
    const uint64_t times_ns[] = {clocks->dfll_ready_ns, clocks->dpll[0].lock_ns,
                                 clocks->dpll[1].lock_ns, clocks->xosc32k_ready_ns};
    uint64_t next_ns = WIRES_NEVER;
    for (unsigned i = 0; i < sizeof times_ns / sizeof *times_ns; i++) {
        if (times_ns[i] > chip->wires->now_ns)
            next_ns = samd5x_sooner(next_ns, times_ns[i]);
    }
    return next_ns;
}

static uint32_t oscillator_status(const struct samd5x *chip)
{
    uint32_t status = is_dfll_ready(chip) ? STATUS_DFLLRDY : 0;
    for (unsigned i = 0; i < 2; i++)
        status |= is_locked(chip, i) ? (uint32_t)STATUS_DPLL0LCKR << 8 * i : 0;
    return status;
}

static uint32_t load_dpll(const struct samd5x *chip, unsigned index, uint32_t offset)
{
    bool is_busy = chip->wires->now_ns < chip->clocks.dpll[index].sync_ns;
    switch (offset) {
    case DPLLCTRLA:
        return chip->clocks.dpll[index].ctrla;
    case DPLLRATIO:
        return chip->clocks.dpll[index].ratio;
    case DPLLCTRLB:
        return chip->clocks.dpll[index].ctrlb;
    case DPLLSYNCBUSY:
        return is_busy ? ENABLE : 0;
    default:
        return is_locked(chip, index) ? 3 : 0; /* LOCK, CLKRDY */
    }
}

static uint32_t load_oscctrl(struct samd5x *chip, unsigned instance, uint32_t offset)
{
    (void)instance;
    switch (offset) {
    case STATUS:
        return oscillator_status(chip);
    case DFLLCTRLA:
        return chip->clocks.dfllctrla;
    case DFLLCTRLB:
        return chip->clocks.dfllctrlb;
    case DFLLVAL:
        return chip->clocks.dfllval;
    case DFLLMUL:
        return chip->clocks.dfllmul;
    case DFLLSYNC:
        return chip->wires->now_ns < chip->clocks.dfll_sync_ns ? 0x1E : 0;
    default:
        break;
    }
    unsigned index = offset >= DPLL0 + DPLL_STRIDE;
    return load_dpll(chip, index, offset - DPLL_STRIDE * index);
}

static void store_dpll(struct samd5x *chip, unsigned index, uint32_t offset, uint32_t value,
                       uint32_t lanes)
{
    uint32_t *ctrla = &chip->clocks.dpll[index].ctrla;
    uint32_t *protected_register =
        offset == DPLLRATIO ? &chip->clocks.dpll[index].ratio : &chip->clocks.dpll[index].ctrlb;
    if (offset != DPLLCTRLA) {
        /* §28: RATIO may be written while it runs; CTRLB may not. */
        if (offset == DPLLCTRLB && *ctrla & ENABLE)
            samd5x_fault(chip, SAMD5X_PROTECTED,
                         samd5x_address(&samd5x_oscctrl, 0, offset + DPLL_STRIDE * index));
        else
            *protected_register = samd5x_merge(*protected_register, value, lanes);
        return;
    }
    uint32_t before = *ctrla;
    *ctrla = value & 0xC2;
    chip->clocks.dpll[index].sync_ns = samd5x_synchronised_ns(chip, samd5x_apb_hz(chip));
    if (~before & value & ENABLE)
        start_dpll(chip, index);
}

/* §28: the DFLL runs free at 48 MHz here; its closed loop is not modelled. */
static void store_dfll(struct samd5x *chip, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct samd5x_clocks *clocks = &chip->clocks;
    enum { READY_NS = 8000 };
    clocks->dfll_sync_ns = samd5x_synchronised_ns(chip, HZ_DFLL);
    if (offset == DFLLCTRLB) {
        clocks->dfllctrlb = value;
    } else if (offset == DFLLVAL || offset == DFLLMUL) {
        uint32_t *at = offset == DFLLVAL ? &clocks->dfllval : &clocks->dfllmul;
        *at = samd5x_merge(*at, value, lanes);
    } else {
        if (~clocks->dfllctrla & value & ENABLE)
            clocks->dfll_ready_ns = chip->wires->now_ns + READY_NS;
        clocks->dfllctrla = value & 0xC2;
    }
}

static void store_oscctrl(struct samd5x *chip, unsigned instance, uint32_t offset, uint32_t value,
                          uint32_t lanes)
{
    unsigned index = offset >= DPLL0 + DPLL_STRIDE;
    (void)instance;
    if (offset < DPLL0)
        store_dfll(chip, offset, value, lanes);
    else
        store_dpll(chip, index, offset - DPLL_STRIDE * index, value, lanes);
    samd5x_update_generators(chip);
}

const struct samd5x_block samd5x_oscctrl = {oscctrl_registers,
                                            sizeof oscctrl_registers / sizeof *oscctrl_registers,
                                            load_oscctrl, store_oscctrl};

/* ---- OSC32KCTRL ------------------------------------------------------------------------------ */

enum { RTCCTRL = 0x10, XOSC32K = 0x14, CFDCTRL = 0x16, OSCULP32K = 0x1C, STATUS_32K = 0x0C };
enum { XOSC32K_ENABLE = 2, XOSC32K_XTALEN = 4, XOSC32K_EN32K = 8 };

static const struct samd5x_register osc32kctrl_registers[] = {
    {0x00, 4, SAMD5X_EXISTS, 3}, /* INTENCLR, INTENSET, INTFLAG */
    {STATUS_32K, 4, SAMD5X_R, 1},   {RTCCTRL, 1, SAMD5X_EXISTS, 1}, {XOSC32K, 2, SAMD5X_RW, 1},
    {CFDCTRL, 1, SAMD5X_EXISTS, 2}, {OSCULP32K, 4, SAMD5X_RW, 1},
};

static uint32_t load_osc32kctrl(struct samd5x *chip, unsigned instance, uint32_t offset)
{
    (void)instance;
    if (offset == STATUS_32K)
        return xosc32k_hz(chip) != 0;
    return offset == XOSC32K ? chip->clocks.xosc32k : chip->clocks.osculp32k;
}

/* §29: the time to start up, by the field STARTUP. */
static uint64_t startup_ns(uint32_t xosc32k)
{
    static const uint32_t us[] = {62592,   125092,  500092,  1000092,
                                  2000092, 4000092, 8000092, 8000092};
    return UINT64_C(1000) * us[xosc32k >> 8 & 7];
}

static void store_osc32kctrl(struct samd5x *chip, unsigned instance, uint32_t offset,
                             uint32_t value, uint32_t lanes)
{
    enum { WANTED = XOSC32K_ENABLE | XOSC32K_XTALEN | XOSC32K_EN32K };
    struct samd5x_clocks *clocks = &chip->clocks;
    (void)instance;
    if (offset == OSCULP32K) {
        clocks->osculp32k = samd5x_merge(clocks->osculp32k, value, lanes);
        return;
    }
    bool ran = (clocks->xosc32k & WANTED) == WANTED;
    clocks->xosc32k = samd5x_merge(clocks->xosc32k, value, lanes);
    bool runs = (clocks->xosc32k & WANTED) == WANTED && chip->has_crystal;
    if (!runs)
        clocks->xosc32k_ready_ns = WIRES_NEVER;
    else if (!ran)
        clocks->xosc32k_ready_ns = chip->wires->now_ns + startup_ns(clocks->xosc32k);
    samd5x_update_generators(chip);
}

const struct samd5x_block samd5x_osc32kctrl = {
    osc32kctrl_registers, sizeof osc32kctrl_registers / sizeof *osc32kctrl_registers,
    load_osc32kctrl, store_osc32kctrl};

/* ---- power-on, start-up ---------------------------------------------------------------------- */

void samd5x_reset_oscillators(struct samd5x *chip)
{
    struct samd5x_clocks *clocks = &chip->clocks;
    clocks->dfllctrla = 0x82; /* SVD, resetValue */
    clocks->xosc32k = 0x2080;
    clocks->xosc32k_ready_ns = WIRES_NEVER;
    for (unsigned i = 0; i < 2; i++) {
        clocks->dpll[i].ctrla = 0x80;
        clocks->dpll[i].ctrlb = 0x20;
    }
}

/* DPLL0 at 120 MHz from 1 MHz, locked. */
void samd5x_boot_oscillators(struct samd5x *chip)
{
    enum { LBYPASS = 1 << 11 };
    chip->clocks.dpll[0].ctrlb = LBYPASS;
    chip->clocks.dpll[0].ratio = 119;
    chip->clocks.dpll[0].ctrla = ENABLE;
    start_dpll(chip, 0);
    chip->clocks.dpll[0].lock_ns = chip->wires->now_ns;
    samd5x_update_generators(chip);
}
