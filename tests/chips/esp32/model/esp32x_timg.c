/* SPDX-License-Identifier: MIT */
/* Timer groups: timer 0 of each, and the registers of the watchdog. */
#include "chips/esp32/model/esp32x_parts.h"

enum {
    CONFIG = 0x00,
    LO = 0x04,
    UPDATE = 0x0C,
    ALARM_LO = 0x10,
    LOAD_LO = 0x18,
    LOAD = 0x20,
    WATCHDOG = 0x48,
    WATCHDOG_END = 0x68,
    /* from facts.timg_interrupts on */
    INT_ENA = 0,
    INT_RAW = 4,
    INT_ST = 8,
    INT_CLR = 12
};
/* Bits of CONFIG. */
enum {
    USE_XTAL = 9,
    ALARM_EN = 10,
    LEVEL_INT_EN = 11,
    EDGE_INT_EN = 12,
    DIVIDER = 13,
    AUTORELOAD = 29,
    INCREASE = 30,
    EN = 31
};
enum { XTAL_HZ = 40000000, GATE0 = 13, GATE1 = 15 };

static enum esp32x_block_id block_of(unsigned group)
{
    return group ? ESP32X_TIMG1 : ESP32X_TIMG0;
}

static uint32_t reg(const struct esp32x *chip, unsigned group, uint32_t offset)
{
    return esp32x_peek(chip, block_of(group), offset);
}

/* LO, then HI. */
static uint64_t pair(const struct esp32x *chip, unsigned group, uint32_t offset)
{
    return (uint64_t)reg(chip, group, offset + 4) << 32 | reg(chip, group, offset);
}

/* Only ESP32 and S2 have LEVEL_INT_EN, without which no interrupt comes. */
static bool has_level_enable(const struct esp32x *chip)
{
    return chip->kind == ESP32X_ESP32 || chip->kind == ESP32X_ESP32S2;
}

/* ---- counting -------------------------------------------------------------------------------- */

static uint64_t hz_of(const struct esp32x *chip, unsigned group)
{
    uint32_t config = reg(chip, group, CONFIG);
    uint32_t divider = config >> DIVIDER & 0xFFFF;
    bool is_xtal = chip->kind != ESP32X_ESP32 && config >> USE_XTAL & 1;
    if (divider == 0)
        divider = 0x10000;
    if (!(config >> EN) || !esp32x_is_clocked(chip, group ? GATE1 : GATE0))
        return 0;
    return (is_xtal ? (uint32_t)XTAL_HZ : esp32x_apb_hz(chip)) / (divider < 2 ? 2 : divider);
}

static void find_match(struct esp32x *chip, unsigned group)
{
    struct esp32x_timg *timg = &chip->timg[group];
    uint64_t alarm = pair(chip, group, ALARM_LO);
    uint64_t count = esp32x_count_at(&timg->counter, chip->wires->now_ns);
    timg->match_ns = WIRES_NEVER;
    if (!(reg(chip, group, CONFIG) >> ALARM_EN & 1))
        return;
    if (alarm > count)
        timg->match_ns = esp32x_time_of(&timg->counter, alarm);
    else if (!chip->readings.past_alarm_is_lost)
        timg->match_ns = chip->wires->now_ns;
}

/* An alarm disables itself. */
static void ring(struct esp32x *chip, unsigned group)
{
    struct esp32x_timg *timg = &chip->timg[group];
    uint32_t *config = esp32x_word(chip, block_of(group), CONFIG);
    *esp32x_word(chip, block_of(group), chip->facts->timg_interrupts + INT_RAW) |= 1;
    *config &= ~ESP32X_BIT(ALARM_EN);
    if (*config >> AUTORELOAD & 1)
        esp32x_set_count(&timg->counter, timg->match_ns, pair(chip, group, LOAD_LO));
    timg->match_ns = WIRES_NEVER;
}

static uint32_t status(const struct esp32x *chip, unsigned group)
{
    uint32_t at = chip->facts->timg_interrupts;
    return reg(chip, group, at + INT_RAW) & reg(chip, group, at + INT_ENA);
}

void esp32x_run_timg(struct esp32x *chip)
{
    for (unsigned group = 0; group < ESP32X_TIMGS; group++) {
        if (chip->wires->now_ns >= chip->timg[group].match_ns)
            ring(chip, group);
        bool is_let_through =
            !has_level_enable(chip) || reg(chip, group, CONFIG) >> LEVEL_INT_EN & 1;
        esp32x_request(chip, chip->facts->matrix.timg[group],
                       is_let_through && status(chip, group) & 1);
    }
}

uint64_t esp32x_timg_ns(const struct esp32x *chip)
{
    return esp32x_sooner(chip->timg[0].match_ns, chip->timg[1].match_ns);
}

static void follow(struct esp32x *chip, unsigned group)
{
    esp32x_set_hz(&chip->timg[group].counter, chip->wires->now_ns, hz_of(chip, group));
    find_match(chip, group);
}

void esp32x_follow_timg(struct esp32x *chip)
{
    for (unsigned group = 0; group < ESP32X_TIMGS; group++)
        follow(chip, group);
}

/* ---- registers ------------------------------------------------------------------------------- */

static uint32_t load(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset)
{
    unsigned group = id == ESP32X_TIMG1;
    if (offset == LO)
        return (uint32_t)chip->timg[group].latched;
    if (offset == LO + 4)
        return (uint32_t)(chip->timg[group].latched >> 32);
    if (offset == chip->facts->timg_interrupts + (uint32_t)INT_ST)
        return status(chip, group);
    return esp32x_peek(chip, id, offset);
}

static void store_config(struct esp32x *chip, unsigned group, uint32_t value)
{
    uint32_t address = esp32x_address(chip, block_of(group), CONFIG);
    bool has_edges = has_level_enable(chip) && value >> EDGE_INT_EN & 1;
    if (!(value >> INCREASE & 1) || has_edges)
        esp32x_fault(chip, ESP32X_UNMODELLED, address);
    if ((value >> DIVIDER & 0xFFFF) == 1)
        esp32x_fault(chip, ESP32X_RESERVED, address);
    *esp32x_word(chip, block_of(group), CONFIG) = value;
}

static void store_timer(struct esp32x *chip, unsigned group, uint32_t offset, uint32_t value)
{
    struct esp32x_timg *timg = &chip->timg[group];
    uint64_t now_ns = chip->wires->now_ns;
    if (offset == CONFIG)
        store_config(chip, group, value);
    else if (offset == UPDATE)
        timg->latched = esp32x_count_at(&timg->counter, now_ns);
    else if (offset == LOAD)
        esp32x_set_count(&timg->counter, now_ns, pair(chip, group, LOAD_LO));
    else
        *esp32x_word(chip, block_of(group), offset) = value;
    if (offset != UPDATE)
        follow(chip, group);
}

static void store(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset, uint32_t value)
{
    unsigned group = id == ESP32X_TIMG1;
    uint32_t at = chip->facts->timg_interrupts;
    if (offset >= WATCHDOG && offset < WATCHDOG_END)
        esp32x_store_watchdog(chip, group ? ESP32X_TIMG1_WATCHDOG : ESP32X_TIMG0_WATCHDOG, offset,
                              value);
    else if (offset < WATCHDOG)
        store_timer(chip, group, offset, value);
    else if (offset == at + INT_CLR)
        *esp32x_word(chip, id, at + INT_RAW) &= ~value;
    else
        *esp32x_word(chip, id, offset) = value;
}

const struct esp32x_functions esp32x_timg_block = {load, store};

void esp32x_reset_timg(struct esp32x *chip, unsigned group)
{
    chip->timg[group] = (struct esp32x_timg){.match_ns = WIRES_NEVER};
    chip->timg[group].counter.base_ns = chip->wires->now_ns;
    follow(chip, group);
    esp32x_reset_watchdog(chip, group ? ESP32X_TIMG1_WATCHDOG : ESP32X_TIMG0_WATCHDOG);
}
