/* SPDX-License-Identifier: MIT */
/*
 * SYSTIMER of S2, S3 and C3: counters, whose value is read in two steps, and three alarms.
 *
 * S3, C3: two units at 16 MHz; a target takes effect with COMPn_LOAD.  S2: one unit, which adds STEP
 * at each cycle of the APB; a target takes effect when it is written.
 */
#include "chips/esp32/model/esp32x_parts.h"

enum { CONF = 0x00, GATE = 29, SYSTIMER_HZ = 16000000, PERIOD_MODE = 30, UNIT_SEL = 31 };

struct layout {
    uint16_t op, value, target, target_conf, int_ena, int_raw, int_clr;
    uint8_t update, valid; /* bits of op */
    uint8_t units;
};

static const struct layout of_s2 = {.op = 0x38,
                                    .value = 0x3C,
                                    .target = 0x14,
                                    .target_conf = 0x2C,
                                    .int_ena = 0x44,
                                    .int_raw = 0x48,
                                    .int_clr = 0x4C,
                                    .update = 31,
                                    .valid = 30,
                                    .units = 1};
static const struct layout of_others = {.op = 0x04,
                                        .value = 0x40,
                                        .target = 0x1C,
                                        .target_conf = 0x34,
                                        .int_ena = 0x64,
                                        .int_raw = 0x68,
                                        .int_clr = 0x6C,
                                        .update = 30,
                                        .valid = 29,
                                        .units = 2};
/* Those of the S2 alone, and those of the others. */
enum { S2_LOAD = 0x04, S2_LOAD_HI = 0x08, S2_STEP = 0x10, S2_WORK_EN = 31 };
enum { UNIT_LOAD_HI = 0x0C, COMP_LOAD = 0x50, UNIT_LOAD = 0x5C, INT_ST = 0x70 };

static bool is_s2(const struct esp32x *chip)
{
    return chip->kind == ESP32X_ESP32S2;
}

static bool has_systimer(const struct esp32x *chip)
{
    return chip->kind != ESP32X_ESP32;
}

static const struct layout *layout_of(const struct esp32x *chip)
{
    return is_s2(chip) ? &of_s2 : &of_others;
}

static uint32_t reg(const struct esp32x *chip, uint32_t offset)
{
    return esp32x_peek(chip, ESP32X_SYSTIMER, offset);
}

/* HI, then LO. */
static uint64_t pair(const struct esp32x *chip, uint32_t offset)
{
    return (uint64_t)reg(chip, offset) << 32 | reg(chip, offset + 4);
}

/* ---- counting -------------------------------------------------------------------------------- */

static uint64_t hz_of(const struct esp32x *chip, unsigned unit)
{
    if (!esp32x_is_clocked(chip, GATE))
        return 0;
    if (!is_s2(chip))
        return reg(chip, CONF) >> (30 - unit) & 1 ? SYSTIMER_HZ : 0;
    uint32_t step = reg(chip, S2_STEP) >> (esp32x_is_on_pll(chip) ? 10 : 0) & 0x3FF;
    return (uint64_t)esp32x_apb_hz(chip) * step;
}

static bool is_working(const struct esp32x *chip, unsigned alarm)
{
    if (is_s2(chip))
        return reg(chip, of_s2.target_conf + 4 * alarm) >> S2_WORK_EN & 1;
    return reg(chip, CONF) >> (24 - alarm) & 1;
}

static const struct esp32x_counter *counter_of(const struct esp32x *chip, unsigned alarm)
{
    uint32_t conf = reg(chip, layout_of(chip)->target_conf + 4 * alarm);
    return &chip->systimer.unit[is_s2(chip) ? 0 : conf >> UNIT_SEL];
}

/* 0: it comes once. */
static uint64_t period_of(const struct esp32x *chip, unsigned alarm)
{
    uint32_t conf = reg(chip, layout_of(chip)->target_conf + 4 * alarm);
    uint32_t mask = is_s2(chip) ? 0x3FFFFFFF : 0x03FFFFFF;
    return conf >> PERIOD_MODE & 1 ? conf & mask : 0;
}

/* ---- alarms ---------------------------------------------------------------------------------- */

static void find_match(struct esp32x *chip, unsigned alarm)
{
    chip->systimer.alarm[alarm].match_ns = WIRES_NEVER;
    if (chip->systimer.alarm[alarm].is_armed && is_working(chip, alarm))
        chip->systimer.alarm[alarm].match_ns =
            esp32x_time_of(counter_of(chip, alarm), chip->systimer.alarm[alarm].target);
}

/* A target that is past matches at once. */
static void arm(struct esp32x *chip, unsigned alarm)
{
    uint64_t count = esp32x_count_at(counter_of(chip, alarm), chip->wires->now_ns);
    uint64_t period = period_of(chip, alarm);
    uint64_t target = period ? count + period : pair(chip, layout_of(chip)->target + 8 * alarm);
    chip->systimer.alarm[alarm].target = target;
    chip->systimer.alarm[alarm].is_armed =
        target > count || (!chip->readings.past_alarm_is_lost && is_working(chip, alarm));
    find_match(chip, alarm);
}

void esp32x_run_systimer(struct esp32x *chip)
{
    const struct layout *layout = layout_of(chip);
    if (!has_systimer(chip))
        return;
    uint32_t *raw = esp32x_word(chip, ESP32X_SYSTIMER, layout->int_raw);
    for (unsigned i = 0; i < ESP32X_ALARMS; i++) {
        if (chip->wires->now_ns >= chip->systimer.alarm[i].match_ns) {
            *raw |= ESP32X_BIT(i);
            chip->systimer.alarm[i].target += period_of(chip, i);
            chip->systimer.alarm[i].is_armed = period_of(chip, i) > 0;
            find_match(chip, i);
        }
        bool is_requested = (*raw & reg(chip, layout->int_ena)) >> i & 1;
        esp32x_request(chip, chip->facts->matrix.systimer + i, is_requested);
    }
}

uint64_t esp32x_systimer_ns(const struct esp32x *chip)
{
    uint64_t ns = WIRES_NEVER;
    for (unsigned i = 0; i < ESP32X_ALARMS && has_systimer(chip); i++)
        ns = esp32x_sooner(ns, chip->systimer.alarm[i].match_ns);
    return ns;
}

void esp32x_follow_systimer(struct esp32x *chip)
{
    if (!has_systimer(chip))
        return;
    for (unsigned i = 0; i < layout_of(chip)->units; i++)
        esp32x_set_hz(&chip->systimer.unit[i], chip->wires->now_ns, hz_of(chip, i));
    for (unsigned i = 0; i < ESP32X_ALARMS; i++)
        find_match(chip, i);
}

/* ---- registers ------------------------------------------------------------------------------- */

static bool is_valid(const struct esp32x *chip, unsigned unit)
{
    return chip->wires->now_ns >= chip->systimer.valid_ns[unit];
}

static uint32_t load_value(struct esp32x *chip, uint32_t offset)
{
    uint32_t at = offset - layout_of(chip)->value;
    unsigned unit = at / 8;
    if (!is_valid(chip, unit)) {
        esp32x_fault(chip, ESP32X_BUSY, esp32x_address(chip, ESP32X_SYSTIMER, offset));
        return 0;
    }
    return (uint32_t)(chip->systimer.latched[unit] >> (at % 8 ? 0 : 32));
}

static uint32_t load(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset)
{
    const struct layout *layout = layout_of(chip);
    if (offset >= layout->op && offset < layout->op + 4u * layout->units)
        return (uint32_t)is_valid(chip, (offset - layout->op) / 4) << layout->valid;
    if (offset >= layout->value && offset < layout->value + 8u * layout->units)
        return load_value(chip, offset);
    if (!is_s2(chip) && offset == INT_ST)
        return reg(chip, layout->int_raw) & reg(chip, layout->int_ena);
    return esp32x_peek(chip, id, offset);
}

static void update(struct esp32x *chip, unsigned unit)
{
    const struct esp32x_counter *counter = &chip->systimer.unit[unit];
    chip->systimer.latched[unit] = esp32x_count_at(counter, chip->wires->now_ns);
    chip->systimer.valid_ns[unit] = chip->wires->now_ns + chip->systimer_delay_ns;
}

static void set_count(struct esp32x *chip, unsigned unit, uint64_t count)
{
    esp32x_set_count(&chip->systimer.unit[unit], chip->wires->now_ns, count);
    esp32x_follow_systimer(chip);
}

/* What both generations have.  True: that was all. */
static bool store_common(struct esp32x *chip, uint32_t offset, uint32_t value)
{
    const struct layout *layout = layout_of(chip);
    if (offset >= layout->op && offset < layout->op + 4u * layout->units) {
        if (value >> layout->update & 1)
            update(chip, (offset - layout->op) / 4);
        return true;
    }
    if (offset != layout->int_clr)
        return false;
    *esp32x_word(chip, ESP32X_SYSTIMER, layout->int_raw) &= ~value;
    return true;
}

static void store(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset, uint32_t value)
{
    uint32_t before = esp32x_peek(chip, id, offset);
    if (store_common(chip, offset, value))
        return;
    if (offset >= UNIT_LOAD && offset < of_others.int_ena) {
        unsigned unit = (offset - UNIT_LOAD) / 4;
        set_count(chip, unit, pair(chip, UNIT_LOAD_HI + 8 * unit));
    } else if (offset >= COMP_LOAD && offset < UNIT_LOAD) {
        arm(chip, (offset - COMP_LOAD) / 4);
    } else {
        *esp32x_word(chip, id, offset) = value;
        esp32x_follow_systimer(chip);
    }
    for (unsigned i = 0; i < ESP32X_ALARMS && offset == CONF; i++) {
        if ((value & ~before) >> (24 - i) & 1)
            arm(chip, i);
    }
}

static void store_s2(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset, uint32_t value)
{
    if (store_common(chip, offset, value))
        return;
    if (offset == S2_LOAD) {
        if (value >> 31)
            set_count(chip, 0, pair(chip, S2_LOAD_HI));
        return;
    }
    *esp32x_word(chip, id, offset) = value;
    esp32x_follow_systimer(chip);
    if (offset >= of_s2.target && offset < of_s2.target_conf)
        arm(chip, (offset - of_s2.target) / 8);
    else if (offset >= of_s2.target_conf && offset < of_s2.op)
        arm(chip, (offset - of_s2.target_conf) / 4);
}

const struct esp32x_functions esp32x_systimer_block = {load, store};
const struct esp32x_functions esp32x_systimer_s2_block = {load, store_s2};

void esp32x_reset_systimer(struct esp32x *chip)
{
    chip->systimer = (struct esp32x_systimer){.valid_ns = {WIRES_NEVER, WIRES_NEVER}};
    for (unsigned i = 0; i < 2; i++)
        chip->systimer.unit[i].base_ns = chip->wires->now_ns;
    for (unsigned i = 0; i < ESP32X_ALARMS; i++)
        chip->systimer.alarm[i].match_ns = WIRES_NEVER;
    esp32x_follow_systimer(chip);
}
