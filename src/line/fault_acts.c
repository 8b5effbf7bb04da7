/* SPDX-License-Identifier: MIT */
#include "line/fault_acts.h"

#include <stddef.h>

enum { GLITCH_DELAY_NS = 100 /* behind the time in which SDA may still move (t_SP) */ };

/* ---- which faults ---------------------------------------------------------------------------- */

/* xorshift32 (Marsaglia 2003): of the same seed the same numbers everywhere. */
static uint32_t throw_dice(struct fault_entry *entry)
{
    uint32_t dice = entry->dice;
    dice ^= dice << 13;
    dice ^= dice >> 17;
    dice ^= dice << 5;
    entry->dice = dice;
    return dice;
}

static bool is_spent(const struct fault_entry *entry)
{
    uint32_t times = entry->count.fault.times;
    return entry->count.number == 0 || (times != 0 && entry->count.hits >= times);
}

/* It could happen now: does it? */
static bool decide(struct fault_entry *entry)
{
    uint32_t chance = entry->count.fault.chance;
    entry->count.chances++;
    return chance == 0 || throw_dice(entry) % I2CTARGET_FAULT_MILLION < chance;
}

static void note_hit(struct faults *faults, struct fault_entry *entry)
{
    entry->count.hits++;
    if (faults->on_hit)
        faults->on_hit(faults->owner, &entry->count.fault);
}

static bool decide_and_note(struct faults *faults, struct fault_entry *entry)
{
    bool does = decide(entry);
    if (does)
        note_hit(faults, entry);
    return does;
}

/* For faults that concern a whole message: one throw of the dice decides. */
static bool decide_once(struct fault_entry *entry)
{
    if (!entry->is_decided)
        entry->is_on = decide(entry);
    entry->is_decided = true;
    return entry->is_on;
}

/* Bits in the order of time, 0..8. */
static unsigned order_of(unsigned bit)
{
    return bit == I2CTARGET_FAULT_ACK ? 8 : 7 - bit;
}

static bool is_direction_known(const struct bus_position *position)
{
    return position->byte > 0 || position->bit == BUS_POSITION_ACK ||
           (position->bit == 0 && position->scl);
}

/* Is it a fault of this message, as far as that is known? */
static bool concerns_message(const struct faults *faults, const struct i2ctarget_fault *fault)
{
    const struct bus_position *position = &faults->position;
    if (!position->in_message)
        return false;
    if (fault->direction != I2CTARGET_FAULT_BOTH &&
        (!is_direction_known(position) ||
         position->is_read != (fault->direction == I2CTARGET_FAULT_READS)))
        return false;
    if (fault->address == I2CTARGET_FAULT_ANY)
        return true;
    bool is_known = position->byte > 0 || position->bit == BUS_POSITION_ACK || position->bit == 0;
    return is_known && position->address == fault->address;
}

static bool is_here(const struct faults *faults, const struct i2ctarget_fault *fault)
{
    return fault->byte == faults->position.byte && fault->bit == faults->position.bit;
}

static bool is_here_or_later(const struct faults *faults, const struct i2ctarget_fault *fault)
{
    const struct bus_position *position = &faults->position;
    return position->byte > fault->byte ||
           (position->byte == fault->byte && order_of(position->bit) >= order_of(fault->bit));
}

/* ---- targets --------------------------------------------------------------------------------- */

static bool is_addressed(const struct faults *faults, const struct wired_target *target)
{
    return target->driver.line.open &&
           target->driver.line.event.address == faults->position.address;
}

/* Will it be asked for the ACK that comes next? */
static bool will_be_asked(const struct faults *faults, const struct wired_target *target)
{
    const struct bus_position *position = &faults->position;
    if (position->byte == 0)
        return i2ctarget_address_set_serves(&target->driver.addresses, position->address,
                                            position->is_read);
    return is_addressed(faults, target) && target->driver.line.phase == TARGET_LINE_RECEIVE;
}

/* Does it send the bit that has just begun? */
static bool sends(const struct faults *faults, const struct wired_target *target)
{
    uint8_t phase = target->driver.line.phase;
    if (!is_addressed(faults, target))
        return false;
    if (faults->position.bit == BUS_POSITION_ACK)
        return phase == TARGET_LINE_ADDRESS || phase == TARGET_LINE_RECEIVE;
    return phase == TARGET_LINE_TRANSMIT;
}

static struct wired_target *sender(const struct faults *faults)
{
    struct wired_target *target = faults->targets;
    while (target && !sends(faults, target))
        target = target->next_with_faults;
    return target;
}

static void refuse(struct faults *faults, struct fault_entry *entry)
{
    struct wired_target *first = faults->targets;
    while (first && !will_be_asked(faults, first))
        first = first->next_with_faults;
    if (!first || !decide_and_note(faults, entry))
        return;
    for (struct wired_target *target = first; target; target = target->next_with_faults)
        target->refuses = target->refuses || will_be_asked(faults, target);
}

static void drop(struct faults *faults, struct wires *wires, struct fault_entry *entry)
{
    struct wired_target *target = faults->targets;
    while (target && !is_addressed(faults, target))
        target = target->next_with_faults;
    if (target && decide_and_note(faults, entry))
        i2ctarget_wired_target_drop(target, wires, I2CTARGET_BUS_ERROR);
}

static void invert(struct faults *faults, struct wires *wires, struct fault_entry *entry)
{
    struct wired_target *target = sender(faults);
    if (!target || faults->inverted || !decide_and_note(faults, entry))
        return;
    faults->inverted = target;
    i2ctarget_wired_target_invert_sda(target, wires, true);
}

/* The bit that has just begun is the last one of a byte.  Is this byte a right PEC? */
static void spoil_pec(struct faults *faults, struct wires *wires, struct fault_entry *entry)
{
    const struct bus_position *position = &faults->position;
    const struct wired_target *target = sender(faults);
    if (!target || position->bit != 0 || position->byte < 2)
        return;
    bool last_bit = !target->driver.line.pulls.sda_low;
    uint8_t byte = (uint8_t)(position->shift << 1 | last_bit);
    if (byte == position->pec)
        invert(faults, wires, entry);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void hold_scl(struct faults *faults, uint64_t until_ns)
{
    faults->scl_until_ns = later(faults->scl_until_ns, until_ns);
    faults->is_holding = true;
}

/* SCL's high time is the controller's, so the rest of the period is low. */
static void limit_clock(struct faults *faults, struct fault_entry *entry)
{
    uint32_t period_ns = 1000000000u / entry->count.fault.scl_hz;
    uint32_t high_ns = faults->controller->high_ns;
    bool is_first = !entry->is_decided;
    if (!decide_once(entry))
        return;
    if (is_first)
        note_hit(faults, entry);
    if (period_ns > high_ns)
        faults->scl_until_ns = later(faults->scl_until_ns, faults->fell_ns + period_ns - high_ns);
}

static bool is_controllers_bit(const struct bus_position *position)
{
    bool is_ack = position->bit == BUS_POSITION_ACK;
    return position->byte == 0 ? !is_ack : is_ack == position->is_read;
}

/* Another controller sends 0 in this bit. */
static void contend(struct faults *faults, struct fault_entry *entry)
{
    if (!is_controllers_bit(&faults->position) || !decide_once(entry))
        return;
    faults->contender = entry;
    faults->sda_until_ns = WIRES_NEVER;
}

/*
 * SCL has risen.  If nobody else pulls SDA, the controller sends a 1, and loses; it does not clock
 * any more.  A period later SDA rises: the winner's STOP.  If somebody pulls SDA, the bit is a 0
 * anyway, and nobody sees that it is released.
 */
static void judge_contention(struct faults *faults, const struct wires *wires)
{
    struct fault_entry *entry = faults->contender;
    if (!entry)
        return;
    if (wires->sda_pulls > 1) {
        faults->contender = NULL;
        faults->sda_until_ns = 0;
        return;
    }
    entry->is_on = false;
    note_hit(faults, entry);
    faults->sda_until_ns = wires->now_ns + faults->period_ns;
}

/* The bit before has its hold time behind it. */
static void end_bit(struct faults *faults, struct wires *wires)
{
    if (faults->contender)
        faults->sda_until_ns = 0;
    faults->contender = NULL;
    if (faults->inverted)
        i2ctarget_wired_target_invert_sda(faults->inverted, wires, false);
    faults->inverted = NULL;
}

static void pull_aside(struct faults *faults, const struct wires *wires, struct fault_entry *entry)
{
    const struct i2ctarget_fault *fault = &entry->count.fault;
    uint64_t until_ns = wires->now_ns + fault->time_ns;
    faults->is_aside = true;
    if (fault->kind == I2CTARGET_FAULT_HOLD_SCL)
        hold_scl(faults, until_ns);
    else if (fault->kind == I2CTARGET_FAULT_GLITCH_SCL)
        faults->scl_until_ns = later(faults->scl_until_ns, until_ns);
    else
        faults->sda_until_ns = later(faults->sda_until_ns, until_ns);
}

/* ---- moments --------------------------------------------------------------------------------- */

void i2ctarget_fault_acts_start(struct faults *faults)
{
    for (size_t i = 0; i < I2CTARGET_FAULTS_MAX; i++)
        faults->entries[i].is_decided = faults->entries[i].is_on = false;
    for (struct wired_target *target = faults->targets; target; target = target->next_with_faults)
        target->refuses = false;
    if (faults->unstopped) {
        faults->controller->omits_stop = false;
        faults->unstopped = NULL;
    }
}

void i2ctarget_fault_acts_fell(struct faults *faults, const struct wires *wires)
{
    for (size_t i = 0; i < I2CTARGET_FAULTS_MAX; i++) {
        struct fault_entry *entry = &faults->entries[i];
        const struct i2ctarget_fault *fault = &entry->count.fault;
        if (is_spent(entry) && !entry->is_on)
            continue;
        if (!concerns_message(faults, fault))
            continue;
        if (fault->kind == I2CTARGET_FAULT_CLOCK)
            limit_clock(faults, entry);
        else if ((fault->kind == I2CTARGET_FAULT_STRETCH ||
                  fault->kind == I2CTARGET_FAULT_HOLD_SCL) &&
                 is_here(faults, fault) && decide_and_note(faults, entry))
            hold_scl(faults, wires->now_ns + fault->time_ns);
    }
}

static void act_late(struct faults *faults, struct wires *wires, struct fault_entry *entry)
{
    const struct i2ctarget_fault *fault = &entry->count.fault;
    if (fault->kind == I2CTARGET_FAULT_WRONG_PEC)
        spoil_pec(faults, wires, entry);
    else if (fault->kind == I2CTARGET_FAULT_LOSE_ARBITRATION && is_here_or_later(faults, fault))
        contend(faults, entry);
    if (!is_here(faults, fault))
        return;
    if (fault->kind == I2CTARGET_FAULT_FLIP)
        invert(faults, wires, entry);
    else if (fault->kind == I2CTARGET_FAULT_DROP)
        drop(faults, wires, entry);
    else if (fault->kind == I2CTARGET_FAULT_HOLD_SDA && decide_and_note(faults, entry))
        faults->sda_until_ns = wires->now_ns + fault->time_ns;
}

void i2ctarget_fault_acts_late(struct faults *faults, struct wires *wires)
{
    end_bit(faults, wires);
    for (size_t i = 0; i < I2CTARGET_FAULTS_MAX; i++) {
        struct fault_entry *entry = &faults->entries[i];
        if (!is_spent(entry) && concerns_message(faults, &entry->count.fault))
            act_late(faults, wires, entry);
    }
}

static bool is_glitch(const struct i2ctarget_fault *fault)
{
    return fault->kind == I2CTARGET_FAULT_GLITCH_SCL || fault->kind == I2CTARGET_FAULT_GLITCH_SDA;
}

static void act_on_rise(struct faults *faults, const struct wires *wires, struct fault_entry *entry)
{
    const struct i2ctarget_fault *fault = &entry->count.fault;
    const struct bus_position *position = &faults->position;
    bool is_last_bit = position->bit == 0;
    if (is_glitch(fault) && is_here(faults, fault))
        faults->glitch_ns = wires->now_ns + GLITCH_DELAY_NS;
    else if (fault->kind == I2CTARGET_FAULT_NACK && is_last_bit && position->byte == fault->byte)
        refuse(faults, entry);
    else if (fault->kind == I2CTARGET_FAULT_NO_STOP && is_last_bit && position->byte == 0 &&
             decide(entry)) {
        faults->unstopped = entry;
        faults->controller->omits_stop = true;
    }
}

void i2ctarget_fault_acts_rose(struct faults *faults, const struct wires *wires)
{
    judge_contention(faults, wires);
    if (faults->unstopped && !faults->controller->omits_stop) {
        note_hit(faults, faults->unstopped);
        faults->unstopped = NULL;
    }
    for (size_t i = 0; i < I2CTARGET_FAULTS_MAX; i++) {
        struct fault_entry *entry = &faults->entries[i];
        if (!is_spent(entry) && concerns_message(faults, &entry->count.fault))
            act_on_rise(faults, wires, entry);
    }
}

/* Where the line is low nobody can see a glitch. */
static bool is_seen(const struct i2ctarget_fault *fault, const struct wires *wires)
{
    return wires->scl && (fault->kind == I2CTARGET_FAULT_GLITCH_SCL || wires->sda);
}

/* The bit is the one that SCL rose in: nothing else was so near. */
void i2ctarget_fault_acts_glitch(struct faults *faults, const struct wires *wires)
{
    for (size_t i = 0; i < I2CTARGET_FAULTS_MAX; i++) {
        struct fault_entry *entry = &faults->entries[i];
        const struct i2ctarget_fault *fault = &entry->count.fault;
        if (!is_spent(entry) && is_glitch(fault) && concerns_message(faults, fault) &&
            is_here(faults, fault) && is_seen(fault, wires) && decide_and_note(faults, entry))
            pull_aside(faults, wires, entry);
    }
}

void i2ctarget_fault_acts_idle(struct faults *faults, const struct wires *wires)
{
    for (size_t i = 0; i < I2CTARGET_FAULTS_MAX; i++) {
        struct fault_entry *entry = &faults->entries[i];
        bool has_place = is_glitch(&entry->count.fault) ||
                         entry->count.fault.kind == I2CTARGET_FAULT_HOLD_SCL ||
                         entry->count.fault.kind == I2CTARGET_FAULT_HOLD_SDA;
        if (has_place && !is_spent(entry) && entry->count.fault.byte == I2CTARGET_FAULT_IDLE &&
            decide_and_note(faults, entry))
            pull_aside(faults, wires, entry);
    }
}
