/* SPDX-License-Identifier: MIT */
#include "line/wired_target.h"

#include <stddef.h>

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* ---- pulls -------------------------------------------------------------------------------- */

static void pull(struct wired_target *target, struct wires *wires, bool scl_low, bool sda_low)
{
    i2ctarget_wires_pull(wires, &target->participant, (struct line_pulls){scl_low, sda_low});
}

/*
 * SCL follows the engine at once; SDA when its hold time after SCL's fall is over.  If SCL has
 * risen before that, SDA stays as it is, rather than make a START or STOP: the next fall comes back
 * here.
 */
static void apply_pulls(struct wired_target *target, struct wires *wires)
{
    struct line_pulls wanted = target->line.pulls;
    bool sda_low = target->participant.pulls.sda_low;
    target->sda_moves_ns = WIRES_NEVER;
    if (wanted.sda_low != sda_low) {
        uint64_t moves_ns = target->scl_fell_ns + target->timing.hold_ns;
        if (moves_ns > wires->now_ns)
            target->sda_moves_ns = moves_ns;
        else if (!target->raw_scl)
            sda_low = wanted.sda_low;
    }
    pull(target, wires, wanted.scl_low, sda_low);
}

static void begin_hold(struct wired_target *target, const struct wires *wires)
{
    target->held = true;
    target->held_ns = wires->now_ns;
    target->stretches++;
}

static void end_hold(struct wired_target *target, const struct wires *wires)
{
    if (!target->held)
        return;
    target->held = false;
    uint64_t stretch_ns = wires->now_ns - target->held_ns;
    target->stretched_ns += stretch_ns;
    target->longest_stretch_ns = later(target->longest_stretch_ns, stretch_ns);
}

/* ---- events ------------------------------------------------------------------------------- */

static void raise_event(struct wired_target *target, struct wires *wires)
{
    const struct i2ctarget_event *event = &target->line.event;
    if (event->kind == I2CTARGET_ADDRESSED) {
        if (!i2ctarget_address_set_serves(&target->addresses, event->address, event->is_read)) {
            i2ctarget_target_line_answer(&target->line, I2CTARGET_NACK);
            return;
        }
        if (!event->is_restart)
            target->stretched_ns = 0;
    }
    int answer = target->answerer(target->owner, event);
    if (!i2ctarget_target_line_owes(&target->line))
        return;
    i2ctarget_target_line_answer(&target->line, answer);
    if (answer == I2CTARGET_HOLD)
        begin_hold(target, wires);
}

/* Both lines go now, whatever the phase; an open message or a held call ends. */
static void cut(struct wired_target *target, struct wires *wires, enum i2ctarget_end cause)
{
    struct i2ctarget_event ended = {
        .kind = I2CTARGET_ENDED, .value = (uint8_t)cause, .moved = target->line.event.moved};
    bool was_open = target->line.open;
    end_hold(target, wires);
    i2ctarget_target_line_release(&target->line);
    target->sda_moves_ns = WIRES_NEVER;
    target->resume_ns = WIRES_NEVER;
    pull(target, wires, false, false);
    if (was_open)
        target->answerer(target->owner, &ended);
}

/* ---- time --------------------------------------------------------------------------------- */

/*
 * When an SMBus limit strikes: t_TIMEOUT since SCL fell, or our cumulative stretch (SMBus 3, Table
 * 1).
 */
uint64_t i2ctarget_wired_target_limit_ns(const struct wired_target *target)
{
    if (!target->smbus || target->raw_scl || i2ctarget_target_line_is_deaf(&target->line))
        return WIRES_NEVER;
    uint64_t at_ns = target->scl_fell_ns + SMBUS_TIMEOUT_NS;
    if (target->held)
        at_ns = sooner(at_ns, target->held_ns + SMBUS_STRETCH_NS - target->stretched_ns);
    return at_ns;
}

static void set_wake(struct wired_target *target)
{
    uint64_t due_ns = sooner(target->sda_moves_ns, target->resume_ns);
    due_ns = sooner(due_ns, sooner(target->scl_settles_ns, target->sda_settles_ns));
    target->due_ns = sooner(due_ns, i2ctarget_wired_target_limit_ns(target));
    target->participant.wake_ns = target->due_ns;
}

/* One line through the spike filter: a level counts once it has lasted longer than filter_ns. */
static bool filter(struct wired_target *target, uint64_t now_ns, bool level, bool filtered,
                   bool *raw, uint64_t *settles_ns)
{
    if (level != *raw) {
        *raw = level;
        if (level == filtered)
            target->glitches++;
        *settles_ns = level == filtered ? WIRES_NEVER : now_ns + target->timing.filter_ns + 1;
    }
    if (now_ns < *settles_ns)
        return filtered;
    *settles_ns = WIRES_NEVER;
    return level;
}

static void step_line(struct wired_target *target, struct wires *wires, bool scl, bool sda)
{
    i2ctarget_target_line_step(&target->line, scl, sda);
    if (target->line.event.kind != I2CTARGET_NO_EVENT)
        raise_event(target, wires);
}

/* Look at the wires.  False: nothing of it concerns us. */
static bool sample(struct wired_target *target, struct wires *wires)
{
    bool scl = wires->scl;
    bool sda = wires->sda;
    bool has_moved = scl != target->raw_scl || sda != target->raw_sda;
    bool has_fallen = target->raw_scl && !scl;
    if (has_fallen)
        target->scl_fell_ns = wires->now_ns;
    if (target->timing.filter_ns == 0) {
        target->raw_scl = scl;
        target->raw_sda = sda;
    } else {
        scl = filter(target, wires->now_ns, scl, target->line.scl, &target->raw_scl,
                     &target->scl_settles_ns);
        sda = filter(target, wires->now_ns, sda, target->line.sda, &target->raw_sda,
                     &target->sda_settles_ns);
    }
    bool has_changed = scl != target->line.scl || sda != target->line.sda;
    if (has_changed)
        step_line(target, wires, scl, sda);
    if (has_changed || has_fallen)
        apply_pulls(target, wires);
    return has_changed || has_moved;
}

/* What was put off until now. */
static void catch_up(struct wired_target *target, struct wires *wires)
{
    if (wires->now_ns >= i2ctarget_wired_target_limit_ns(target))
        cut(target, wires, I2CTARGET_TIMEOUT);
    if (wires->now_ns >= target->sda_moves_ns)
        apply_pulls(target, wires);
    if (wires->now_ns >= target->resume_ns) {
        target->resume_ns = WIRES_NEVER;
        end_hold(target, wires);
        i2ctarget_target_line_resume(&target->line);
        apply_pulls(target, wires);
    }
}

static void step(struct wires_participant *self, struct wires *wires)
{
    struct wired_target *target = (struct wired_target *)self;
    bool is_due = wires->now_ns >= target->due_ns;
    bool concerns_us = sample(target, wires);
    if (is_due)
        catch_up(target, wires);
    if (is_due || concerns_us)
        set_wake(target);
}

/* ---- what drivers call -------------------------------------------------------------------- */

void i2ctarget_wired_target_init(struct wired_target *target, struct wires *wires,
                                 const struct wired_target_timing *timing,
                                 const struct i2ctarget_address_set *addresses, bool smbus,
                                 int (*answerer)(void *owner, const struct i2ctarget_event *event),
                                 void *owner)
{
    *target = (struct wired_target){
        .participant = {.step = step, .wake_ns = WIRES_NEVER},
        .timing = *timing,
        .addresses = *addresses,
        .smbus = smbus,
        .answerer = answerer,
        .owner = owner,
        .raw_scl = wires->scl,
        .raw_sda = wires->sda,
        .scl_settles_ns = WIRES_NEVER,
        .sda_settles_ns = WIRES_NEVER,
        .sda_moves_ns = WIRES_NEVER,
        .resume_ns = WIRES_NEVER,
        .due_ns = WIRES_NEVER,
    };
    i2ctarget_target_line_init(&target->line);
    i2ctarget_target_line_step(&target->line, wires->scl, wires->sda);
    i2ctarget_wires_join(wires, &target->participant);
}

void i2ctarget_wired_target_answer(struct wired_target *target, struct wires *wires, int answer)
{
    if (!target->held || target->resume_ns != WIRES_NEVER || answer == I2CTARGET_HOLD)
        return;
    i2ctarget_target_line_answer(&target->line, answer);
    apply_pulls(target, wires);
    uint64_t valid_ns = target->sda_moves_ns == WIRES_NEVER ? wires->now_ns : target->sda_moves_ns;
    target->resume_ns = valid_ns + target->timing.setup_ns;
    set_wake(target);
    i2ctarget_wires_settle(wires);
}

void i2ctarget_wired_target_cut(struct wired_target *target, struct wires *wires,
                                enum i2ctarget_end cause)
{
    cut(target, wires, cause);
    set_wake(target);
    i2ctarget_wires_settle(wires);
}

void i2ctarget_wired_target_leave(struct wired_target *target, struct wires *wires)
{
    i2ctarget_wires_leave(wires, &target->participant);
}
