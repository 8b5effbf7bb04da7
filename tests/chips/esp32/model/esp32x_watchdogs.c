/* SPDX-License-Identifier: MIT */
/*
 * Watchdogs: that of each timer group, that of RTC_CNTL, and the super watchdog; and the registers
 * of RTC_CNTL, in which two of them lie.
 *
 * One whose time is over resets the chip.  That is an error, and it happens once: nothing is reset.
 */
#include <string.h>

#include "chips/esp32/model/esp32x_parts.h"

#define KEY UINT32_C(0x50D83AA1)
#define SUPER_KEY UINT32_C(0x8F1D312A)
enum { NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

/* Where one has its registers. */
struct place {
    enum esp32x_block_id id;
    uint16_t config, feed, key;
    unsigned configs, stages; /* registers; of these those of stages are the last */
};

enum { TIMG_CONFIG = 0x48, STAGES = 4 };
enum { EN = 31, TIMG_FLASHBOOT = 14, UPDATE = 22 };
/* SWD_CONF. */
enum { SWD_FEED = 29, SWD_DISABLE = 30, SWD_AUTO_FEED = 31 };

static struct place place_of(const struct esp32x *chip, enum esp32x_watchdog which)
{
    uint16_t rtc = chip->facts->rtc.watchdog;
    uint16_t super = chip->facts->rtc.super_watchdog;
    if (which == ESP32X_SUPER_WATCHDOG)
        return (struct place){ESP32X_RTC_CNTL, super, super, super + 4, 1, 0};
    if (which == ESP32X_RTC_WATCHDOG)
        return (struct place){ESP32X_RTC_CNTL, rtc, rtc + 0x14, rtc + 0x18, 5, STAGES};
    return (struct place){which == ESP32X_TIMG1_WATCHDOG ? ESP32X_TIMG1 : ESP32X_TIMG0,
                          TIMG_CONFIG,
                          TIMG_CONFIG + 0x18,
                          TIMG_CONFIG + 0x1C,
                          6,
                          STAGES};
}

static bool is_super(enum esp32x_watchdog which)
{
    return which == ESP32X_SUPER_WATCHDOG;
}

static bool is_of_timg(enum esp32x_watchdog which)
{
    return which == ESP32X_TIMG0_WATCHDOG || which == ESP32X_TIMG1_WATCHDOG;
}

/* ---- time ------------------------------------------------------------------------------------ */

/* The ROM uses the flash boot protection of two of them. */
static bool is_flash_booting(const struct esp32x *chip, enum esp32x_watchdog which)
{
    uint32_t config = chip->watch[which].config[0];
    if (which == ESP32X_TIMG0_WATCHDOG)
        return config >> TIMG_FLASHBOOT & 1;
    return which == ESP32X_RTC_WATCHDOG && config >> chip->facts->rtc.flashboot & 1;
}

static bool runs(const struct esp32x *chip, enum esp32x_watchdog which)
{
    uint32_t config = chip->watch[which].config[0];
    if (is_super(which))
        return chip->facts->rtc.super_watchdog != 0 &&
               !(config >> SWD_DISABLE & 1 || config >> SWD_AUTO_FEED & 1);
    return config >> EN || is_flash_booting(chip, which);
}

/* Actions: 0 none, 1 an interrupt, others a reset.  Flash boot protection resets at stage 0. */
static bool stage_resets(const struct esp32x *chip, enum esp32x_watchdog which, unsigned stage)
{
    uint32_t config = chip->watch[which].config[0];
    unsigned width = is_of_timg(which) ? 2 : 3;
    unsigned shift = (is_of_timg(which) ? 29u : 28u) - width * stage;
    if (stage == 0 && is_flash_booting(chip, which))
        return true;
    return (config >> shift & (ESP32X_BIT(width) - 1)) > 1;
}

/* Ticks from being fed to the first stage that resets; UINT64_MAX: none does. */
static uint64_t ticks_of(const struct esp32x *chip, enum esp32x_watchdog which)
{
    const uint32_t *config = chip->watch[which].config;
    unsigned first = is_of_timg(which) ? 2 : 1;
    uint64_t ticks = 0;
    for (unsigned stage = 0; stage < STAGES; stage++) {
        ticks += config[first + stage];
        if (stage_resets(chip, which, stage))
            return ticks;
    }
    return UINT64_MAX;
}

static uint64_t limit_ns(const struct esp32x *chip, enum esp32x_watchdog which)
{
    if (is_super(which))
        return (uint64_t)chip->super_watchdog_ms * NS_PER_MS;
    uint64_t ticks = ticks_of(chip, which);
    if (ticks == UINT64_MAX)
        return WIRES_NEVER;
    uint64_t hz = chip->rtc_slow_hz;
    if (is_of_timg(which)) {
        uint32_t prescale = chip->watch[which].config[1] >> 16;
        hz = esp32x_apb_hz(chip) / (prescale ? prescale : 1);
    }
    return hz ? ticks / hz * NS_PER_S + ticks % hz * NS_PER_S / hz : WIRES_NEVER;
}

static void find_end(struct esp32x *chip, enum esp32x_watchdog which)
{
    struct esp32x_watch *watch = &chip->watch[which];
    uint64_t limit = runs(chip, which) ? limit_ns(chip, which) : WIRES_NEVER;
    watch->expires_ns = limit == WIRES_NEVER ? WIRES_NEVER : watch->fed_ns + limit;
}

static void feed(struct esp32x *chip, enum esp32x_watchdog which)
{
    chip->watch[which].fed_ns = chip->wires->now_ns;
    find_end(chip, which);
}

/* The configuration takes effect.  One that was off begins anew. */
static void apply(struct esp32x *chip, enum esp32x_watchdog which)
{
    struct place place = place_of(chip, which);
    bool did_run = runs(chip, which);
    for (unsigned i = 0; i < place.configs; i++)
        chip->watch[which].config[i] = esp32x_peek(chip, place.id, place.config + 4 * i);
    if (!did_run)
        chip->watch[which].fed_ns = chip->wires->now_ns;
    find_end(chip, which);
}

void esp32x_run_watchdogs(struct esp32x *chip)
{
    for (unsigned i = 0; i < ESP32X_WATCHDOGS; i++) {
        if (chip->wires->now_ns < chip->watch[i].expires_ns)
            continue;
        esp32x_fault(chip, ESP32X_WATCHDOG, i);
        chip->watch[i].expires_ns = WIRES_NEVER;
    }
}

uint64_t esp32x_watchdogs_ns(const struct esp32x *chip)
{
    uint64_t ns = WIRES_NEVER;
    for (unsigned i = 0; i < ESP32X_WATCHDOGS; i++)
        ns = esp32x_sooner(ns, chip->watch[i].expires_ns);
    return ns;
}

void esp32x_follow_watchdogs(struct esp32x *chip)
{
    for (unsigned i = ESP32X_TIMG0_WATCHDOG; i <= ESP32X_TIMG1_WATCHDOG; i++)
        find_end(chip, i);
}

void esp32x_reset_watchdog(struct esp32x *chip, enum esp32x_watchdog which)
{
    memset(&chip->watch[which], 0, sizeof chip->watch[which]);
    chip->watch[which].expires_ns = WIRES_NEVER;
    chip->watch[which].fed_ns = chip->wires->now_ns;
    if (!is_super(which) || chip->facts->rtc.super_watchdog)
        apply(chip, which);
}

/* ---- registers ------------------------------------------------------------------------------- */

static bool is_open(const struct esp32x *chip, enum esp32x_watchdog which)
{
    struct place place = place_of(chip, which);
    return esp32x_peek(chip, place.id, place.key) == (is_super(which) ? SUPER_KEY : KEY);
}

/* C3: the configuration of a timer group's watchdog waits for WDT_CONF_UPDATE_EN. */
static bool waits_for_update(const struct esp32x *chip, enum esp32x_watchdog which, uint32_t value)
{
    return chip->facts->watchdog_has_update && is_of_timg(which) && !(value >> UPDATE & 1);
}

void esp32x_store_watchdog(struct esp32x *chip, enum esp32x_watchdog which, uint32_t offset,
                           uint32_t value)
{
    struct place place = place_of(chip, which);
    if (offset != place.key && !is_open(chip, which)) {
        esp32x_fault(chip, ESP32X_PROTECTED, esp32x_address(chip, place.id, offset));
        return;
    }
    if (offset == place.feed && !is_super(which)) {
        feed(chip, which);
        return;
    }
    if (offset == place.config && chip->facts->watchdog_has_update && is_of_timg(which))
        *esp32x_word(chip, place.id, offset) = value & ~ESP32X_BIT(UPDATE);
    else
        *esp32x_word(chip, place.id, offset) = value;
    if (is_super(which) && value >> SWD_FEED & 1 && offset == place.feed)
        feed(chip, which);
    if (offset != place.key && !waits_for_update(chip, which, offset == place.config ? value : 0))
        apply(chip, which);
}

static uint32_t load_rtc(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset)
{
    return esp32x_peek(chip, id, offset);
}

static void store_rtc(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset, uint32_t value)
{
    const struct place watchdog = place_of(chip, ESP32X_RTC_WATCHDOG);
    const struct place super = place_of(chip, ESP32X_SUPER_WATCHDOG);
    if (offset >= watchdog.config && offset <= watchdog.key)
        esp32x_store_watchdog(chip, ESP32X_RTC_WATCHDOG, offset, value);
    else if (super.config && offset >= super.config && offset <= super.key)
        esp32x_store_watchdog(chip, ESP32X_SUPER_WATCHDOG, offset, value);
    else
        esp32x_store_clock(chip, id, offset, value);
}

const struct esp32x_functions esp32x_rtc_block = {load_rtc, store_rtc};
