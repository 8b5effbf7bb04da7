/* SPDX-License-Identifier: MIT */
/*
 * PORT of the SAM D5x/E5x model: four groups of 32 pins (data sheet 32).
 *
 * With PINCFG.PMUXEN the peripheral controls the pad's direction and value (32.8.14); the EIC
 * never drives.
 */
#include <string.h>

#include "chips/samd5x/model/samd5x_parts.h"

enum {
    DIR = 0x00, /* then CLR, SET, TGL */
    OUT = 0x10, /* then CLR, SET, TGL */
    IN = 0x20,
    CTRL = 0x24,
    WRCONFIG = 0x28,
    EVCTRL = 0x2C,
    PMUX = 0x30,
    PINCFG = 0x40
};
enum { PMUXEN = 1, INEN = 2, PULLEN = 4, PINCFG_WRITABLE = 0x47 };

static const struct samd5x_register registers[] = {
    {IN, 4, SAMD5X_R, 1},       {DIR, 4, SAMD5X_RW, 8},        {CTRL, 4, SAMD5X_RW, 1},
    {WRCONFIG, 4, SAMD5X_W, 1}, {EVCTRL, 4, SAMD5X_EXISTS, 1}, {PMUX, 1, SAMD5X_RW, 16},
    {PINCFG, 1, SAMD5X_RW, 32},
};

int samd5x_function(const struct samd5x *chip, unsigned pin)
{
    const struct samd5x_group *group = &chip->groups[pin / 32];
    if (!(group->pincfg[pin % 32] & PMUXEN))
        return -1;
    return group->pmux[pin % 32 / 2] >> 4 * (pin % 2) & 0xF;
}

/* ---- outputs --------------------------------------------------------------------------------- */

static void find_muxed(struct samd5x_group *group)
{
    group->muxed = 0;
    group->inputs = 0;
    group->pulled = 0;
    for (unsigned i = 0; i < 32; i++) {
        group->muxed |= (uint32_t)(group->pincfg[i] & PMUXEN) << i;
        group->inputs |= (uint32_t)(group->pincfg[i] / INEN & 1) << i;
        group->pulled |= (uint32_t)(group->pincfg[i] / PULLEN & 1) << i;
    }
}

void samd5x_drive_port(struct samd5x *chip)
{
    for (unsigned i = 0; i < SAMD5X_GROUPS; i++) {
        struct samd5x_group *group = &chip->groups[i];
        group->driving = group->dir & ~group->muxed;
        group->driven_as = group->out;
    }
}

/* ---- inputs ---------------------------------------------------------------------------------- */

void samd5x_port_levels(struct samd5x *chip, unsigned index, uint32_t levels)
{
    struct samd5x_group *group = &chip->groups[index];
    if (levels == group->levels)
        return;
    group->levels = levels;
    group->history[group->newest ^ 1] = levels;
    group->newest ^= 1;
    group->since_ns[group->newest] = chip->wires->now_ns;
}

/*
 * 32.6.1: two flip-flops lie before IN.  A change is seen two cycles of the bus later.  Of two
 * changes within that time the first is seen too early, at the second.
 */
static uint32_t synchronised(const struct samd5x *chip, const struct samd5x_group *group)
{
    uint64_t delay_ns = samd5x_cycles_ns(2, samd5x_apb_hz(chip));
    bool is_new = chip->wires->now_ns < group->since_ns[group->newest] + delay_ns;
    return group->history[is_new ? group->newest ^ 1 : group->newest];
}

/* An input buffer that is off reads 0 (32.8.14, INEN). */
static uint32_t load_in(const struct samd5x *chip, const struct samd5x_group *group)
{
    return synchronised(chip, group) & group->inputs;
}

/* ---- registers ------------------------------------------------------------------------------- */

static uint32_t load(struct samd5x *chip, unsigned instance, uint32_t offset)
{
    const struct samd5x_group *group = &chip->groups[instance];
    if (offset == IN)
        return load_in(chip, group);
    if (offset < OUT)
        return group->dir; /* all four read the same (32.8.1 ff.) */
    if (offset < IN)
        return group->out;
    if (offset == CTRL)
        return group->sampling;
    return offset < PINCFG ? group->pmux[offset - PMUX] : group->pincfg[offset - PINCFG];
}

/* The four registers of DIR and of OUT: itself, CLR, SET, TGL. */
static void store_latch(uint32_t *latch, unsigned which, uint32_t value, uint32_t lanes)
{
    if (which == 0)
        *latch = samd5x_merge(*latch, value, lanes);
    else if (which == 1)
        *latch &= ~value;
    else if (which == 2)
        *latch |= value;
    else
        *latch ^= value;
}

static void store_wrconfig(struct samd5x_group *group, uint32_t value)
{
    unsigned first = value >> 31 ? 16 : 0;
    for (unsigned i = 0; i < 16; i++) {
        unsigned pin = first + i;
        if (!(value >> i & 1))
            continue;
        if (value & SAMD5X_BIT(30))
            group->pincfg[pin] = (uint8_t)(value >> 16 & PINCFG_WRITABLE);
        if (value & SAMD5X_BIT(28)) {
            unsigned shift = 4 * (pin % 2);
            uint8_t *pmux = &group->pmux[pin / 2];
            *pmux = (uint8_t)((*pmux & ~(0xFu << shift)) | (value >> 24 & 0xF) << shift);
        }
    }
}

/* Writes a configuration; the pads follow. */
static void store_configuration(struct samd5x *chip, struct samd5x_group *group, uint32_t offset,
                                uint32_t value)
{
    if (offset == WRCONFIG)
        store_wrconfig(group, value);
    else if (offset < PINCFG)
        group->pmux[offset - PMUX] = (uint8_t)value;
    else
        group->pincfg[offset - PINCFG] = (uint8_t)(value & PINCFG_WRITABLE);
    find_muxed(group);
    samd5x_route(chip);
}

static void store(struct samd5x *chip, unsigned instance, uint32_t offset, uint32_t value,
                  uint32_t lanes)
{
    struct samd5x_group *group = &chip->groups[instance];
    if (offset < OUT)
        store_latch(&group->dir, offset / 4, value, lanes);
    else if (offset < IN)
        store_latch(&group->out, (offset - OUT) / 4, value, lanes);
    else if (offset == CTRL)
        group->sampling = samd5x_merge(group->sampling, value, lanes);
    else if (offset == WRCONFIG && lanes != UINT32_MAX)
        samd5x_fault(chip, SAMD5X_WIDTH, samd5x_address(&samd5x_port, instance, offset));
    else
        store_configuration(chip, group, offset, value);
}

const struct samd5x_block samd5x_port = {registers, sizeof registers / sizeof *registers, load,
                                         store};

void samd5x_reset_port(struct samd5x *chip)
{
    memset(chip->groups, 0, sizeof chip->groups);
    for (unsigned pin = 0; pin < SAMD5X_PINS; pin++) {
        if (samd5x_extint(pin) >= 0 || pin == SAMD5X_PA(8))
            chip->groups[pin / 32].existing |= SAMD5X_BIT(pin % 32);
    }
}
