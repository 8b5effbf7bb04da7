/* SPDX-License-Identifier: MIT */
/*
 * GCLK and MCLK of the SAM D5x/E5x model: generators, channels, the masks of the buses, and what
 * follows from them: how fast a block runs, and how long a synchronised write takes.
 *
 * Data sheet 14 (GCLK), 15 (MCLK), 13 (synchronisation).
 */
#include "chips/samd5x/model/samd5x_parts.h"

/* ---- frequencies ----------------------------------------------------------------------------- */

enum {
    GENCTRL_SRC = 0xF,
    GENCTRL_GENEN = 1 << 8,
    GENCTRL_DIVSEL = 1 << 12,
    GENCTRL_WRITABLE = 0x3F0F, /* and DIV */
    SRC_GCLK1 = 3,
    PCHCTRL_GEN = 0xF,
    PCHCTRL_CHEN = 1 << 6,
    PCHCTRL_WRTLOCK = 1 << 7
};

/* Both in two parts, so that no product is too large. */
uint64_t samd5x_cycles_ns(uint64_t cycles, uint32_t hz)
{
    return cycles / hz * 1000000000 + (cycles % hz * 1000000000 + hz - 1) / hz;
}

uint64_t samd5x_cycles_in(uint64_t ns, uint32_t hz)
{
    return ns / 1000000000 * hz + ns % 1000000000 * hz / 1000000000;
}

static uint32_t generator_hz(const struct samd5x *chip, unsigned index)
{
    uint32_t genctrl = chip->clocks.genctrl[index];
    unsigned source = genctrl & GENCTRL_SRC;
    uint32_t div = genctrl >> 16;
    if (!(genctrl & GENCTRL_GENEN))
        return 0;
    uint32_t hz =
        source == SRC_GCLK1 && index != 1 ? chip->clocks.hz[1] : samd5x_source_hz(chip, source);
    if (genctrl & GENCTRL_DIVSEL)
        return hz >> (div < 30 ? div + 1 : 31);
    return div > 1 ? hz / div : hz;
}

/* Generator 1 first: it can feed the others. */
void samd5x_update_generators(struct samd5x *chip)
{
    samd5x_ppb_clock_changes(chip);
    chip->clocks.hz[1] = generator_hz(chip, 1);
    for (unsigned i = 0; i < SAMD5X_GENERATORS; i++)
        chip->clocks.hz[i] = generator_hz(chip, i);
    chip->clocks.change_ns = samd5x_next_oscillator_ns(chip);
    samd5x_tc_clocks_changed(chip);
}

/* §54: the processor runs at up to 120 MHz. */
static void judge_cpu_hz(struct samd5x *chip, uint32_t address)
{
    if (samd5x_cpu_hz(chip) == 0)
        samd5x_fault(chip, SAMD5X_UNCLOCKED, address);
    else if (samd5x_cpu_hz(chip) > 120000000)
        samd5x_fault(chip, SAMD5X_FREQUENCY, address);
}

uint32_t samd5x_channel_hz(const struct samd5x *chip, unsigned channel)
{
    uint32_t pchctrl = chip->clocks.pchctrl[channel];
    unsigned generator = pchctrl & PCHCTRL_GEN;
    if (!(pchctrl & PCHCTRL_CHEN) || generator >= SAMD5X_GENERATORS)
        return 0;
    return chip->clocks.hz[generator];
}

uint32_t samd5x_cpu_hz(const struct samd5x *chip)
{
    return chip->clocks.hz[0] / chip->clocks.cpudiv;
}

/* The buses run with the processor. */
uint32_t samd5x_apb_hz(const struct samd5x *chip)
{
    uint32_t hz = samd5x_cpu_hz(chip);
    return hz ? hz : 1;
}

uint64_t samd5x_synchronised_ns(const struct samd5x *chip, uint32_t hz)
{
    if (hz == 0)
        return WIRES_NEVER;
    return chip->wires->now_ns + samd5x_cycles_ns(chip->sync_cycles, hz);
}

/* ---- GCLK ------------------------------------------------------------------------------------ */

enum { GCLK_CTRLA = 0, GCLK_SYNCBUSY = 4, GCLK_GENCTRL = 0x20, GCLK_PCHCTRL = 0x80 };

static const struct samd5x_register gclk_registers[] = {
    {GCLK_CTRLA, 1, SAMD5X_RW, 1},
    {GCLK_SYNCBUSY, 4, SAMD5X_R, 1},
    {GCLK_GENCTRL, 4, SAMD5X_RW, SAMD5X_GENERATORS},
    {GCLK_PCHCTRL, 4, SAMD5X_RW, SAMD5X_CHANNELS},
};

static uint32_t gclk_syncbusy(const struct samd5x *chip)
{
    uint32_t busy = 0;
    for (unsigned i = 0; i < SAMD5X_GENERATORS; i++)
        busy |= (uint32_t)(chip->wires->now_ns < chip->clocks.genctrl_done_ns[i]) << (2 + i);
    return busy;
}

/* CHEN reads as it was until the channel has switched. */
static uint32_t load_channel(const struct samd5x *chip, unsigned channel)
{
    bool is_switching = chip->wires->now_ns < chip->clocks.channel_done_ns[channel];
    return chip->clocks.pchctrl[channel] ^ (is_switching ? (uint32_t)PCHCTRL_CHEN : 0);
}

static uint32_t load_gclk(struct samd5x *chip, unsigned instance, uint32_t offset)
{
    (void)instance;
    if (offset == GCLK_CTRLA)
        return 0;
    if (offset == GCLK_SYNCBUSY)
        return gclk_syncbusy(chip);
    if (offset < GCLK_PCHCTRL)
        return chip->clocks.genctrl[(offset - GCLK_GENCTRL) / 4];
    return load_channel(chip, (offset - GCLK_PCHCTRL) / 4);
}

static uint32_t slower(uint32_t a, uint32_t b)
{
    if (a == 0 || b == 0)
        return a + b;
    return a < b ? a : b;
}

static void store_generator(struct samd5x *chip, unsigned index, uint32_t value, uint32_t lanes)
{
    struct samd5x_clocks *clocks = &chip->clocks;
    uint32_t address = samd5x_address(&samd5x_gclk, 0, GCLK_GENCTRL + 4 * index);
    uint32_t before_hz = clocks->hz[index];
    if (chip->wires->now_ns < clocks->genctrl_done_ns[index])
        samd5x_fault(chip, SAMD5X_BUSY, address);
    clocks->genctrl[index] = samd5x_merge(clocks->genctrl[index], value, lanes) &
                             (GENCTRL_WRITABLE | UINT32_C(0xFFFF0000));
    samd5x_update_generators(chip);
    uint32_t hz = slower(before_hz, clocks->hz[index]);
    clocks->genctrl_done_ns[index] = hz ? samd5x_synchronised_ns(chip, hz) : 0;
    if (index == 0)
        judge_cpu_hz(chip, address);
}

static void store_channel(struct samd5x *chip, unsigned channel, uint32_t value, uint32_t lanes)
{
    struct samd5x_clocks *clocks = &chip->clocks;
    uint32_t before = clocks->pchctrl[channel];
    if (before & PCHCTRL_WRTLOCK)
        return;
    uint32_t after =
        samd5x_merge(before, value, lanes) & (PCHCTRL_GEN | PCHCTRL_CHEN | PCHCTRL_WRTLOCK);
    /* §14: the generator may only be changed while the channel is off. */
    if (before & after & PCHCTRL_CHEN && (before ^ after) & PCHCTRL_GEN)
        samd5x_fault(chip, SAMD5X_RESERVED,
                     samd5x_address(&samd5x_gclk, 0, GCLK_PCHCTRL + 4 * channel));
    uint32_t hz = samd5x_channel_hz(chip, channel);
    clocks->pchctrl[channel] = after;
    if ((before ^ after) & PCHCTRL_CHEN)
        clocks->channel_done_ns[channel] =
            samd5x_synchronised_ns(chip, hz ? hz : samd5x_channel_hz(chip, channel));
    samd5x_tc_clocks_changed(chip);
}

static void reset_gclk(struct samd5x *chip)
{
    struct samd5x_clocks *clocks = &chip->clocks;
    for (unsigned i = 0; i < SAMD5X_GENERATORS; i++)
        clocks->genctrl[i] = 0;
    for (unsigned i = 0; i < SAMD5X_CHANNELS; i++)
        clocks->pchctrl[i] = 0;
    clocks->genctrl[0] = GENCTRL_GENEN | 6; /* DFLL; the SVD does not say it */
    samd5x_update_generators(chip);
}

static void store_gclk(struct samd5x *chip, unsigned instance, uint32_t offset, uint32_t value,
                       uint32_t lanes)
{
    (void)instance;
    if (offset == GCLK_CTRLA) {
        if (value & 1)
            reset_gclk(chip);
    } else if (offset < GCLK_PCHCTRL) {
        store_generator(chip, (offset - GCLK_GENCTRL) / 4, value, lanes);
    } else {
        store_channel(chip, (offset - GCLK_PCHCTRL) / 4, value, lanes);
    }
}

const struct samd5x_block samd5x_gclk = {
    gclk_registers, sizeof gclk_registers / sizeof *gclk_registers, load_gclk, store_gclk};

/* ---- MCLK ------------------------------------------------------------------------------------ */

enum {
    MCLK_INTENCLR = 1,
    MCLK_INTENSET = 2,
    MCLK_INTFLAG = 3,
    MCLK_HSDIV = 4,
    MCLK_CPUDIV = 5,
    MCLK_AHBMASK = 0x10,
    MCLK_APBAMASK = 0x14 /* then B, C, D */
};

static const struct samd5x_register mclk_registers[] = {
    {MCLK_INTENCLR, 1, SAMD5X_EXISTS, 2}, {MCLK_INTFLAG, 1, SAMD5X_RW, 1},
    {MCLK_HSDIV, 1, SAMD5X_R, 1},         {MCLK_CPUDIV, 1, SAMD5X_RW, 1},
    {MCLK_AHBMASK, 4, SAMD5X_RW, 1},      {MCLK_APBAMASK, 4, SAMD5X_RW, 4},
};

bool samd5x_is_clocked(const struct samd5x *chip, enum samd5x_bus bus, unsigned bit)
{
    return chip->clocks.apbmask[bus] >> bit & 1;
}

static uint32_t load_mclk(struct samd5x *chip, unsigned instance, uint32_t offset)
{
    (void)instance;
    switch (offset) {
    case MCLK_INTFLAG:
    case MCLK_HSDIV:
        return 1;
    case MCLK_CPUDIV:
        return chip->clocks.cpudiv;
    case MCLK_AHBMASK:
        return chip->clocks.ahbmask;
    default:
        return chip->clocks.apbmask[(offset - MCLK_APBAMASK) / 4];
    }
}

/* §15: a power of 2 up to 128. */
static void store_cpudiv(struct samd5x *chip, uint32_t value)
{
    samd5x_ppb_clock_changes(chip);
    if (value == 0 || (value & (value - 1)))
        samd5x_fault(chip, SAMD5X_RESERVED, samd5x_address(&samd5x_mclk, 0, MCLK_CPUDIV));
    else
        chip->clocks.cpudiv = value;
    judge_cpu_hz(chip, samd5x_address(&samd5x_mclk, 0, MCLK_CPUDIV));
}

static void store_mclk(struct samd5x *chip, unsigned instance, uint32_t offset, uint32_t value,
                       uint32_t lanes)
{
    (void)instance;
    if (offset == MCLK_INTFLAG)
        return; /* CKRDY: always */
    if (offset == MCLK_CPUDIV) {
        store_cpudiv(chip, value);
        return;
    }
    uint32_t *mask = offset == MCLK_AHBMASK ? &chip->clocks.ahbmask
                                            : &chip->clocks.apbmask[(offset - MCLK_APBAMASK) / 4];
    *mask = samd5x_merge(*mask, value, lanes);
}

const struct samd5x_block samd5x_mclk = {
    mclk_registers, sizeof mclk_registers / sizeof *mclk_registers, load_mclk, store_mclk};

/* ---- power-on, start-up ---------------------------------------------------------------------- */

void samd5x_reset_clocks(struct samd5x *chip)
{
    /* SVD, resetValue. */
    chip->clocks = (struct samd5x_clocks){
        .ahbmask = 0x00FFFFFF,
        .apbmask = {0x000007FF, 0x00018056, 0x00002000, 0x00000000},
        .cpudiv = 1,
    };
    samd5x_reset_oscillators(chip);
    reset_gclk(chip);
}

void samd5x_boot(struct samd5x *chip)
{
    enum { OSCULP32K = 4, DFLL = 6, DPLL0 = 7, REFERENCE = 5 };
    struct samd5x_clocks *clocks = &chip->clocks;
    clocks->genctrl[REFERENCE] = 48u << 16 | GENCTRL_GENEN | DFLL;
    clocks->pchctrl[SAMD5X_CHANNEL_DPLL0] = PCHCTRL_CHEN | REFERENCE;
    clocks->genctrl[1] = GENCTRL_GENEN | DFLL;
    clocks->genctrl[3] = GENCTRL_GENEN | OSCULP32K;
    samd5x_update_generators(chip);
    samd5x_boot_oscillators(chip);
    clocks->genctrl[0] = GENCTRL_GENEN | DPLL0;
    samd5x_update_generators(chip);
}
