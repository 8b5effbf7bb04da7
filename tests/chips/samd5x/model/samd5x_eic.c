/* SPDX-License-Identifier: MIT */
/*
 * EIC of the SAM D5x/E5x model: external interrupts 0 to 15 (data sheet 23).
 *
 * A level sets the flag as long as it lasts.  An edge is found by the EIC's clock, which samples
 * the pin, so that it may be missed; or at once, if ASYNCH says so.  The NMI, filters, debouncing
 * and events are not modelled.
 */
#include "chips/samd5x/model/samd5x_parts.h"

enum {
    CTRLA = 0x00,
    NMICTRL = 0x01,
    NMIFLAG = 0x02,
    SYNCBUSY = 0x04,
    EVCTRL = 0x08,
    INTENCLR = 0x0C,
    INTENSET = 0x10,
    INTFLAG = 0x14,
    ASYNCH = 0x18,
    CONFIG = 0x1C,
    DEBOUNCEN = 0x30,
    PINSTATE = 0x38
};
enum { SWRST = 1, ENABLE = 2, CKSEL = 0x10, ALL = 0xFFFF, FILTEN = 0x8 };
enum { RISE = 1, FALL = 2, BOTH = 3, HIGH = 4, LOW = 5 };
enum { HZ_ULP32K = 32768 };

static const struct samd5x_register registers[] = {
    {INTFLAG, 4, SAMD5X_RW, 1},       {CTRLA, 1, SAMD5X_RW, 1},
    {NMICTRL, 1, SAMD5X_EXISTS, 1},   {NMIFLAG, 2, SAMD5X_EXISTS, 1},
    {SYNCBUSY, 4, SAMD5X_R, 1},       {EVCTRL, 4, SAMD5X_EXISTS, 1},
    {INTENCLR, 4, SAMD5X_RW, 1},      {INTENSET, 4, SAMD5X_RW, 1},
    {ASYNCH, 4, SAMD5X_RW, 1},        {CONFIG, 4, SAMD5X_RW, 2},
    {DEBOUNCEN, 4, SAMD5X_EXISTS, 2}, {PINSTATE, 4, SAMD5X_R, 1},
};

static unsigned sense_of(const struct samd5x_eic *eic, unsigned index)
{
    return eic->config[index / 8] >> 4 * (index % 8) & 7;
}

static uint32_t clock_hz(const struct samd5x *chip)
{
    return chip->eic.ctrla & CKSEL ? HZ_ULP32K : samd5x_channel_hz(chip, SAMD5X_CHANNEL_EIC);
}

/* ---- inputs ---------------------------------------------------------------------------------- */

static uint32_t levels_now(const struct samd5x *chip, uint32_t lines)
{
    const struct samd5x_eic *eic = &chip->eic;
    uint32_t levels = 0;
    for (unsigned i = 0; lines >> i; i++) {
        bool kept = eic->levels >> i & 1;
        bool unmuxed = chip->readings.unmuxed == SAMD5X_UNMUXED_KEPT
                           ? kept
                           : chip->readings.unmuxed == SAMD5X_UNMUXED_HIGH;
        bool level = eic->pins[i] < 0 ? unmuxed : samd5x_pad_level(chip, (unsigned)eic->pins[i]);
        levels |= (uint32_t)level << i;
    }
    return levels;
}

static void expect_flag(struct samd5x *chip, unsigned index, uint32_t clocks)
{
    struct samd5x_eic *eic = &chip->eic;
    uint64_t at_ns = chip->wires->now_ns + samd5x_cycles_ns(chip->eic_cycles, samd5x_apb_hz(chip));
    if (clocks)
        at_ns += samd5x_cycles_ns(clocks, clock_hz(chip));
    eic->flag_ns[index] = samd5x_sooner(eic->flag_ns[index], at_ns);
}

static bool is_edge(unsigned sense, bool level)
{
    return sense == BOTH || sense == (level ? RISE : FALL);
}

static bool is_level(unsigned sense, bool level)
{
    return sense == (level ? HIGH : LOW);
}

/* Edges that need no clock; of the others, when the next clock looks at them. */
static void find_edges(struct samd5x *chip, uint32_t changed)
{
    struct samd5x_eic *eic = &chip->eic;
    for (unsigned i = 0; eic->sensed >> i; i++) {
        bool level = eic->levels >> i & 1;
        unsigned sense = sense_of(eic, i);
        if (changed & eic->asynch & SAMD5X_BIT(i) && is_edge(sense, level))
            expect_flag(chip, i, 0);
        if (is_level(sense, level) && !(eic->intflag >> i & 1))
            expect_flag(chip, i, 0);
    }
}

static bool has_sampled_edges(const struct samd5x_eic *eic)
{
    for (unsigned i = 0; eic->sensed >> i; i++) {
        unsigned sense = sense_of(eic, i);
        if (sense >= RISE && sense <= BOTH && !(eic->asynch >> i & 1))
            return true;
    }
    return false;
}

static void plan_sample(struct samd5x *chip)
{
    struct samd5x_eic *eic = &chip->eic;
    uint32_t hz = clock_hz(chip);
    if (((eic->levels ^ eic->sampled) & ~eic->asynch & ALL) == 0 || !has_sampled_edges(eic))
        eic->sample_ns = WIRES_NEVER;
    else if (hz == 0)
        samd5x_fault(chip, SAMD5X_UNCLOCKED, samd5x_address(&samd5x_eic, 0, ASYNCH));
    else if (eic->sample_ns == WIRES_NEVER)
        eic->sample_ns =
            eic->since_ns +
            samd5x_cycles_ns(samd5x_cycles_in(chip->wires->now_ns - eic->since_ns, hz) + 1, hz);
    if (hz == 0)
        eic->sampled = eic->levels; /* told once for each edge */
}

static void sample(struct samd5x *chip)
{
    struct samd5x_eic *eic = &chip->eic;
    uint32_t changed = (eic->levels ^ eic->sampled) & ~eic->asynch;
    eic->sample_ns = WIRES_NEVER;
    eic->sampled = eic->levels;
    for (unsigned i = 0; eic->sensed >> i; i++) {
        if (changed >> i & 1 && is_edge(sense_of(eic, i), eic->levels >> i & 1))
            expect_flag(chip, i, chip->eic_clocks);
    }
}

/* ---- time ------------------------------------------------------------------------------------ */

static void run_synchronisation(struct samd5x *chip)
{
    struct samd5x_eic *eic = &chip->eic;
    bool is_enabled = eic->ctrla & ENABLE;
    if (is_enabled == eic->is_running || chip->wires->now_ns < eic->sync_done_ns)
        return;
    eic->is_running = is_enabled;
    eic->levels = levels_now(chip, eic->sensed);
    eic->sampled = chip->readings.eic_begins_low ? 0 : eic->levels;
    eic->sample_ns = WIRES_NEVER;
    eic->since_ns = chip->wires->now_ns;
    for (unsigned i = 0; i < SAMD5X_EXTINTS; i++)
        eic->flag_ns[i] = WIRES_NEVER;
}

static void set_flags(struct samd5x *chip)
{
    struct samd5x_eic *eic = &chip->eic;
    for (unsigned i = 0; eic->sensed >> i; i++) {
        if (chip->wires->now_ns < eic->flag_ns[i])
            continue;
        eic->flag_ns[i] = WIRES_NEVER;
        eic->intflag |= SAMD5X_BIT(i);
    }
}

void samd5x_run_eic(struct samd5x *chip)
{
    struct samd5x_eic *eic = &chip->eic;
    run_synchronisation(chip);
    if (!eic->is_running)
        return;
    if (chip->wires->now_ns > eic->sample_ns)
        sample(chip);
    uint32_t levels = levels_now(chip, eic->sensed);
    uint32_t changed = levels ^ eic->levels;
    eic->levels = levels;
    if (chip->wires->now_ns == eic->sample_ns)
        sample(chip);
    set_flags(chip);
    find_edges(chip, changed);
    plan_sample(chip);
}

uint64_t samd5x_eic_ns(const struct samd5x *chip)
{
    const struct samd5x_eic *eic = &chip->eic;
    bool is_switching = eic->is_running != !!(eic->ctrla & ENABLE);
    uint64_t next_ns = is_switching ? eic->sync_done_ns : WIRES_NEVER;
    if (!eic->is_running)
        return next_ns;
    for (unsigned i = 0; eic->sensed >> i; i++)
        next_ns = samd5x_sooner(next_ns, eic->flag_ns[i]);
    return samd5x_sooner(next_ns, eic->sample_ns);
}

uint32_t samd5x_eic_requests(const struct samd5x *chip)
{
    return chip->eic.intflag & chip->eic.enabled_interrupts;
}

/* ---- registers ------------------------------------------------------------------------------- */

static uint32_t syncbusy(const struct samd5x *chip)
{
    return chip->wires->now_ns < chip->eic.sync_done_ns ? ENABLE : 0;
}

static uint32_t load(struct samd5x *chip, unsigned instance, uint32_t offset)
{
    const struct samd5x_eic *eic = &chip->eic;
    (void)instance;
    switch (offset) {
    case CTRLA:
        return eic->ctrla;
    case SYNCBUSY:
        return syncbusy(chip);
    case INTENCLR:
    case INTENSET:
        return eic->enabled_interrupts;
    case INTFLAG:
        return eic->intflag;
    case ASYNCH:
        return eic->asynch;
    case PINSTATE:
        return levels_now(chip, ALL);
    default:
        return eic->config[(offset - CONFIG) / 4];
    }
}

static void synchronise(struct samd5x *chip)
{
    uint32_t hz = clock_hz(chip);
    chip->eic.sync_done_ns = samd5x_synchronised_ns(chip, hz ? hz : samd5x_apb_hz(chip));
}

static void store_ctrla(struct samd5x *chip, uint32_t value)
{
    struct samd5x_eic *eic = &chip->eic;
    uint32_t address = samd5x_address(&samd5x_eic, 0, CTRLA);
    if (syncbusy(chip))
        samd5x_fault(chip, SAMD5X_BUSY, address);
    if (value & SWRST) {
        samd5x_reset_eic(chip);
        samd5x_route(chip);
        synchronise(chip);
        return;
    }
    if (eic->ctrla & ENABLE && (value ^ eic->ctrla) & CKSEL) {
        samd5x_fault(chip, SAMD5X_PROTECTED, address);
        value ^= CKSEL;
    }
    bool switches = (value ^ eic->ctrla) & ENABLE;
    eic->ctrla = value & (ENABLE | CKSEL);
    if (switches)
        synchronise(chip);
}

static void find_sensed(struct samd5x_eic *eic)
{
    eic->sensed = 0;
    for (unsigned i = 0; i < SAMD5X_EXTINTS; i++)
        eic->sensed |= (uint32_t)(sense_of(eic, i) != 0) << i;
}

/* 23.8: CONFIG and ASYNCH are enable-protected. */
static void store_protected(struct samd5x *chip, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct samd5x_eic *eic = &chip->eic;
    uint32_t *at = offset == ASYNCH ? &eic->asynch : &eic->config[(offset - CONFIG) / 4];
    uint32_t after = samd5x_merge(*at, value, lanes);
    if (after == *at)
        return;
    if (eic->ctrla & ENABLE) {
        samd5x_fault(chip, SAMD5X_PROTECTED, samd5x_address(&samd5x_eic, 0, offset));
        return;
    }
    *at = after;
    find_sensed(eic);
    for (unsigned i = 0; i < 8 && offset != ASYNCH; i++) {
        unsigned field = after >> 4 * i & 0xF;
        if (field & FILTEN)
            samd5x_fault(chip, SAMD5X_UNMODELLED, samd5x_address(&samd5x_eic, 0, offset));
        if ((field & 7) > LOW)
            samd5x_fault(chip, SAMD5X_RESERVED, samd5x_address(&samd5x_eic, 0, offset));
    }
}

static void store(struct samd5x *chip, unsigned instance, uint32_t offset, uint32_t value,
                  uint32_t lanes)
{
    struct samd5x_eic *eic = &chip->eic;
    (void)instance;
    switch (offset) {
    case CTRLA:
        store_ctrla(chip, value);
        break;
    case INTENCLR:
        eic->enabled_interrupts &= ~value;
        break;
    case INTENSET:
        eic->enabled_interrupts |= value & ALL;
        break;
    case INTFLAG:
        eic->intflag &= ~value;
        break;
    default:
        store_protected(chip, offset, value, lanes);
        break;
    }
}

const struct samd5x_block samd5x_eic = {registers, sizeof registers / sizeof *registers, load,
                                        store};

void samd5x_reset_eic(struct samd5x *chip)
{
    chip->eic = (struct samd5x_eic){.sample_ns = WIRES_NEVER};
    for (unsigned i = 0; i < SAMD5X_EXTINTS; i++) {
        chip->eic.flag_ns[i] = WIRES_NEVER;
        chip->eic.pins[i] = -1;
    }
}
