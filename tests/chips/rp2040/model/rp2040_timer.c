/* SPDX-License-Identifier: MIT */
/*
 * TIMER of the RP2040 model (datasheet §4.6), and the one register of WATCHDOG that it needs, the
 * tick generator (§4.7.2).  clk_ref is 12 MHz.
 */
#include "chips/rp2040/model/rp2040_parts.h"

enum { TICK_ENABLE = 0x200, TICK_RUNNING = 0x400, CLK_REF_MHZ = 12 };

/* ---- TIMER and its tick ---------------------------------------------------------------------- */

enum {
    TIMER_TIMEHW = 0x00,
    TIMER_TIMELW = 0x04,
    TIMER_TIMEHR = 0x08,
    TIMER_TIMELR = 0x0C,
    TIMER_ALARM0 = 0x10,
    TIMER_ARMED = 0x20,
    TIMER_TIMERAWH = 0x24,
    TIMER_TIMERAWL = 0x28,
    TIMER_DBGPAUSE = 0x2C,
    TIMER_PAUSE = 0x30,
    TIMER_INTR = 0x34,
    TIMER_INTE = 0x38,
    TIMER_INTF = 0x3C,
    TIMER_INTS = 0x40
};

/* One tick of TIMER; 0: it stands still. */
static uint64_t tick_ns(const struct rp2040 *chip)
{
    if (!(chip->tick & TICK_ENABLE) || rp2040_is_in_reset(chip, RP2040_RESET_TIMER))
        return 0;
    return (chip->tick & 0x1FF) * UINT64_C(1000) / CLK_REF_MHZ;
}

static uint64_t timer_us(const struct rp2040 *chip)
{
    uint64_t period_ns = tick_ns(chip);
    if (period_ns == 0 || chip->wires->now_ns < chip->timer_base_ns)
        return chip->timer_base_us;
    return chip->timer_base_us + (chip->wires->now_ns - chip->timer_base_ns) / period_ns;
}

static uint64_t alarm_ns(const struct rp2040 *chip, uint64_t at_us)
{
    return chip->timer_base_ns + (at_us - chip->timer_base_us) * tick_ns(chip);
}

/*
 * It fires when the low word *becomes* equal (§4.6.3).  If it is armed for the current microsecond,
 * it is missed.
 */
static void arm(struct rp2040 *chip, unsigned index, uint32_t value)
{
    uint64_t now_us = timer_us(chip);
    uint32_t ahead_us = value - (uint32_t)now_us;
    uint64_t at_us = now_us + (ahead_us ? ahead_us : UINT64_C(1) << 32);
    chip->alarms[index] = value;
    chip->armed |= UINT32_C(1) << index;
    chip->alarm_ns[index] = tick_ns(chip) ? alarm_ns(chip, at_us) : WIRES_NEVER;
}

uint64_t rp2040_next_alarm_ns(const struct rp2040 *chip)
{
    uint64_t next_ns = WIRES_NEVER;
    for (unsigned i = 0; i < RP2040_ALARMS; i++) {
        if (chip->armed >> i & 1 && chip->alarm_ns[i] < next_ns)
            next_ns = chip->alarm_ns[i];
    }
    return next_ns;
}

void rp2040_run_alarms(struct rp2040 *chip)
{
    for (unsigned i = 0; i < RP2040_ALARMS && chip->armed; i++) {
        uint32_t bit = UINT32_C(1) << i;
        if (!(chip->armed & bit) || chip->wires->now_ns < chip->alarm_ns[i])
            continue;
        chip->armed &= ~bit;
        chip->timer_intr |= bit;
    }
}

uint32_t rp2040_timer_requests(const struct rp2040 *chip)
{
    return (chip->timer_intr & chip->timer_inte) | chip->timer_intf;
}

static enum rp2040_access load_timer(struct rp2040 *chip, uint32_t offset, uint32_t *value)
{
    uint64_t now_us = timer_us(chip);
    switch (offset) {
    case TIMER_TIMELR:
        chip->timer_high_latch = (uint32_t)(now_us >> 32);
        *value = (uint32_t)now_us;
        return RP2040_GOOD;
    case TIMER_TIMEHR:
        *value = chip->timer_high_latch;
        return RP2040_GOOD;
    case TIMER_TIMERAWL:
        *value = (uint32_t)now_us;
        return RP2040_GOOD;
    case TIMER_TIMERAWH:
        *value = (uint32_t)(now_us >> 32);
        return RP2040_GOOD;
    case TIMER_ARMED:
        *value = chip->armed;
        return RP2040_GOOD;
    case TIMER_DBGPAUSE:
        *value = chip->dbgpause;
        return RP2040_GOOD;
    case TIMER_INTR:
        *value = chip->timer_intr;
        return RP2040_GOOD;
    case TIMER_INTE:
        *value = chip->timer_inte;
        return RP2040_GOOD;
    case TIMER_INTF:
        *value = chip->timer_intf;
        return RP2040_GOOD;
    case TIMER_INTS:
        *value = rp2040_timer_requests(chip);
        return RP2040_GOOD;
    case TIMER_PAUSE:
        return RP2040_NOT_MODELLED;
    default:
        break;
    }
    if (offset < TIMER_ALARM0)
        return RP2040_WRONG_DIRECTION;
    if (offset >= TIMER_ARMED)
        return RP2040_NO_REGISTER;
    *value = chip->alarms[(offset - TIMER_ALARM0) / 4];
    return RP2040_GOOD;
}

static enum rp2040_access store_timer(struct rp2040 *chip, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case TIMER_ARMED:
        chip->armed &= ~value;
        return RP2040_GOOD;
    case TIMER_DBGPAUSE:
        chip->dbgpause = value & 6;
        return RP2040_GOOD;
    case TIMER_INTR:
        chip->timer_intr &= ~value;
        return RP2040_GOOD;
    case TIMER_INTE:
        chip->timer_inte = value & 15;
        return RP2040_GOOD;
    case TIMER_INTF:
        chip->timer_intf = value & 15;
        return RP2040_GOOD;
    case TIMER_TIMEHW:
    case TIMER_TIMELW:
    case TIMER_PAUSE:
        return RP2040_NOT_MODELLED;
    default:
        break;
    }
    if (offset > TIMER_INTS)
        return RP2040_NO_REGISTER;
    if (offset < TIMER_ALARM0 || offset > TIMER_ARMED)
        return RP2040_WRONG_DIRECTION;
    arm(chip, (offset - TIMER_ALARM0) / 4, value);
    return RP2040_GOOD;
}

static bool timer_is_plain(uint32_t offset)
{
    return offset == TIMER_DBGPAUSE || offset == TIMER_INTE || offset == TIMER_INTF;
}

void rp2040_reset_timer(struct rp2040 *chip, uint64_t at_ns)
{
    chip->timer_base_ns = at_ns;
    chip->timer_base_us = 0;
    chip->armed = 0;
    chip->timer_intr = 0;
    chip->timer_inte = 0;
    chip->timer_intf = 0;
    chip->dbgpause = 7;
}

/* ---- WATCHDOG: only the tick ----------------------------------------------------------------- */

enum { WATCHDOG_TICK = 0x2C, WATCHDOG_END = 0x30 };

static enum rp2040_access load_watchdog(struct rp2040 *chip, uint32_t offset, uint32_t *value)
{
    if (offset != WATCHDOG_TICK)
        return offset < WATCHDOG_END ? RP2040_NOT_MODELLED : RP2040_NO_REGISTER;
    *value = chip->tick | (chip->tick & TICK_ENABLE ? TICK_RUNNING : 0);
    return RP2040_GOOD;
}

static enum rp2040_access store_watchdog(struct rp2040 *chip, uint32_t offset, uint32_t value)
{
    if (offset != WATCHDOG_TICK)
        return offset < WATCHDOG_END ? RP2040_NOT_MODELLED : RP2040_NO_REGISTER;
    chip->timer_base_us = timer_us(chip);
    chip->timer_base_ns = chip->wires->now_ns;
    chip->tick = value & (TICK_ENABLE | 0x1FF);
    for (unsigned i = 0; i < RP2040_ALARMS; i++) {
        if (chip->armed >> i & 1)
            arm(chip, i, chip->alarms[i]);
    }
    return RP2040_GOOD;
}

static bool watchdog_is_plain(uint32_t offset)
{
    return offset == WATCHDOG_TICK;
}

const struct rp2040_block rp2040_timer = {
    .base = 0x40054000,
    .reset_bit = RP2040_RESET_TIMER,
    .load = load_timer,
    .store = store_timer,
    .is_plain = timer_is_plain,
};

const struct rp2040_block rp2040_watchdog = {
    .base = 0x40058000,
    .reset_bit = -1,
    .load = load_watchdog,
    .store = store_watchdog,
    .is_plain = watchdog_is_plain,
};

void rp2040_boot(struct rp2040 *chip)
{
    chip->tick = TICK_ENABLE | CLK_REF_MHZ;
}
