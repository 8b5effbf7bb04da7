/* SPDX-License-Identifier: MIT */
#include "line/wired_target.h"

#include <stddef.h>

#include "line/bystanders.h"

_Static_assert(LINE_DRIVER_NEVER == WIRES_NEVER, "due_ns is a wake_ns");

/*
 * The edges that change nothing before the next one that does.  SDA is at rest while SCL is high,
 * so the next fall of SCL shows the bit as well as the rise did.  The ninth rise ends a read.
 *
 *     deaf                 only a START or a STOP matters; and, on a free bus, that SCL fell
 *     in a message         SCL's fall, START and STOP
 *
 * With a spike filter each edge counts, and so does SCL's rise where an SMBus limit is kept.
 */
static uint8_t ignored_by(const struct line_driver *driver)
{
    const struct target_line *line = &driver->line;
    if (driver->timing.filter_ns != 0)
        return 0;
    if (i2ctarget_target_line_is_deaf(line)) {
        if (driver->pulls.scl_low || driver->pulls.sda_low)
            return WIRES_DATA;
        return WIRES_DATA | WIRES_RISE | (line->in_transfer ? WIRES_FALL : 0);
    }
    if (driver->smbus ||
        (line->phase == TARGET_LINE_TRANSMIT && line->clocks == TARGET_LINE_BYTE_CLOCKS))
        return WIRES_DATA;
    return WIRES_DATA | WIRES_RISE;
}

/* Did SCL rise and fall without a call for the rise? */
static bool ends_clock(const struct line_driver *driver, const struct wires *wires)
{
    return !driver->raw_scl && wires->scl_was && !wires->scl &&
           driver->due_ns == LINE_DRIVER_NEVER && !i2ctarget_target_line_is_deaf(&driver->line);
}

/* With an inverter every edge is told, and shown inverted. */
static void apply(struct wired_target *target, struct wires *wires, struct line_pulls pulls)
{
    bool is_short = !wires->takes_long_way && !target->sda_inverted;
    target->participant.wake_ns = target->driver.due_ns;
    target->participant.ignores = is_short ? ignored_by(&target->driver) : 0;
    pulls.sda_low = pulls.sda_low != target->sda_inverted;
    i2ctarget_wires_pull(wires, &target->participant, pulls);
    if (is_short && target->bystanders && i2ctarget_line_driver_is_waiting(&target->driver))
        i2ctarget_bystanders_admit(target->bystanders, wires, target);
}

static void wake(struct wired_target *target, struct wires *wires)
{
    if (target->is_asleep)
        i2ctarget_bystanders_wake(target->bystanders, wires, target);
}

/* SDA's hold time has begun.  Nothing else is put off, and nobody sees when SDA moves. */
static bool may_move_early(const struct wired_target *target, const struct wires *wires)
{
    const struct line_driver *driver = &target->driver;
    return driver->due_ns != LINE_DRIVER_NEVER && !driver->pulls.scl_low &&
           i2ctarget_wires_hides_data(wires, &target->participant, driver->due_ns);
}

static void end_clock_that_acts(struct wired_target *target, struct wires *wires)
{
    struct line_driver *driver = &target->driver;
    struct line_pulls pulls =
        i2ctarget_line_driver_end_clock(driver, wires->now_ns, wires->sda_was, wires->sda);
    if (may_move_early(target, wires))
        pulls = i2ctarget_line_driver_catch_up(driver, driver->due_ns, wires->sda);
    apply(target, wires, pulls);
}

/*
 * Most clocks only bring a bit.  Then nothing is raised, pulled or put off, and what is ignored
 * stays the same.
 */
static void end_clock(struct wired_target *target, struct wires *wires)
{
    struct line_driver *driver = &target->driver;
    if (i2ctarget_target_line_acts(&driver->line) || driver->pulls.sda_low) {
        end_clock_that_acts(target, wires);
    } else {
        i2ctarget_line_driver_fell(driver, wires->now_ns);
        i2ctarget_line_driver_shift(driver, wires->sda_was, wires->sda);
    }
}

/* A START, and neither a message nor anything else ends with it. */
static bool only_starts(const struct line_driver *driver, const struct wires *wires)
{
    return wires->scl_was && wires->scl && wires->sda_was && !wires->sda && !driver->line.open &&
           driver->due_ns == LINE_DRIVER_NEVER && !driver->pulls.scl_low && !driver->pulls.sda_low;
}

/* SCL has fallen for the first time since a START. */
static bool only_begins(const struct line_driver *driver, const struct wires *wires)
{
    return driver->line.scl && !wires->scl && driver->line.phase == TARGET_LINE_ADDRESS &&
           driver->line.clocks == 0 && !driver->pulls.sda_low;
}

/* SCL is low and stays low, in a message, and what was put off until now is all there is. */
static bool only_catches_up(const struct line_driver *driver, const struct wires *wires)
{
    return driver->due_ns <= wires->now_ns && !driver->raw_scl && !wires->scl && !driver->smbus &&
           (driver->sda_moves_ns == LINE_DRIVER_NEVER || driver->resume_ns == LINE_DRIVER_NEVER) &&
           !i2ctarget_target_line_is_deaf(&driver->line);
}

static void look(struct wired_target *target, struct wires *wires)
{
    apply(target, wires,
          i2ctarget_line_driver_step(&target->driver, wires->now_ns, wires->scl,
                                     wires->sda != target->sda_inverted));
}

/* The edges that it ignored until this moment. */
static void make_up(struct wired_target *target, const struct wires *wires)
{
    if (!target->sda_inverted)
        i2ctarget_line_driver_make_up(&target->driver, wires->scl_was, wires->sda_was);
}

/* What is most often told besides the end of a clock.  False: it is something else. */
static bool take_short_way(struct wired_target *target, struct wires *wires)
{
    struct line_driver *driver = &target->driver;
    if (only_starts(driver, wires)) {
        i2ctarget_line_driver_begin(driver);
        apply(target, wires, driver->pulls);
    } else if (only_begins(driver, wires)) {
        i2ctarget_line_driver_start_over(driver, wires->now_ns, wires->sda);
        target->participant.wake_ns = driver->due_ns;
    } else if (only_catches_up(driver, wires)) {
        i2ctarget_wires_pull(wires, &target->participant,
                             i2ctarget_line_driver_catch_up(driver, wires->now_ns, wires->sda));
    } else {
        return false;
    }
    return true;
}

void i2ctarget_wired_target_step(struct wires_participant *self, struct wires *wires)
{
    struct wired_target *target = (struct wired_target *)self;
    if (target->driver.timing.filter_ns != 0) { /* every edge is told */
        look(target, wires);
    } else if (ends_clock(&target->driver, wires)) {
        end_clock(target, wires);
    } else if (!(self->ignores & WIRES_DATA) || !take_short_way(target, wires)) {
        make_up(target, wires);
        look(target, wires);
    }
}

/* ---- clocks in a row ------------------------------------------------------------------------- */

/*
 * If another one moves SDA already, or this one not early enough, the run ends with the bit that is
 * on the wire.  Behind the spike filter everything happens a little later, but in the same order.
 */
static void join_as_mover(const struct wired_target *target, struct wires_run *run,
                          const struct target_line_prospect *prospect)
{
    const struct line_driver_timing *timing = &target->driver.timing;
    if (run->mover || timing->hold_ns >= run->data_ns || timing->hold_ns <= timing->filter_ns + 1) {
        run->clocks = 1;
        return;
    }
    run->mover = (struct wires_participant *)&target->participant;
    run->sent = prospect->sent;
    run->levels = prospect->levels;
    run->hold_ns = timing->hold_ns;
}

static bool join(const struct wires_participant *self, struct wires_run *run)
{
    const struct wired_target *target = (const struct wired_target *)self;
    const struct line_driver *driver = &target->driver;
    if (target->sda_inverted || driver->pulls.sda_low != driver->line.pulls.sda_low)
        return false;
    struct target_line_prospect prospect = i2ctarget_target_line_prospect(&driver->line);
    if (run->clocks > prospect.clocks)
        run->clocks = prospect.clocks;
    if (prospect.acked && (!run->acked || run->acked > prospect.acked))
        run->acked = prospect.acked;
    if (prospect.moves)
        join_as_mover(target, run, &prospect);
    if (driver->timing.filter_ns != 0 && run->spike_ns <= driver->timing.filter_ns)
        run->spike_ns = driver->timing.filter_ns + 1;
    return true;
}

/* Where the rise of the last clock would have been told, it is told now; then no limit is kept. */
static void follow(struct wires_participant *self, const struct wires_run *run)
{
    struct line_driver *driver = &((struct wired_target *)self)->driver;
    if (!i2ctarget_target_line_is_deaf(&driver->line))
        i2ctarget_line_driver_follow(driver, run->made, run->bits);
    if (self->ignores & WIRES_RISE)
        return;
    i2ctarget_line_driver_make_up(driver, true, run->bits & 1);
    self->wake_ns = driver->due_ns = LINE_DRIVER_NEVER;
}

/* ---- what its users call --------------------------------------------------------------------- */

static int answer(void *owner, const struct i2ctarget_event *event)
{
    struct wired_target *target = owner;
    if (target->refuses &&
        (event->kind == I2CTARGET_ADDRESSED || event->kind == I2CTARGET_RECEIVED)) {
        target->refuses = false;
        return I2CTARGET_NACK;
    }
    return target->answerer(target->owner, event);
}

void i2ctarget_wired_target_init(struct wired_target *target, struct wires *wires,
                                 const struct line_driver_timing *timing,
                                 const struct i2ctarget_address_set *addresses, bool smbus,
                                 line_driver_answerer *answerer, void *owner)
{
    static const struct wires_follower follower = {.join = join, .follow = follow};
    *target = (struct wired_target){.answerer = answerer, .owner = owner};
    target->participant = (struct wires_participant){
        .step = i2ctarget_wired_target_step, .follower = &follower, .wake_ns = WIRES_NEVER};
    i2ctarget_line_driver_init(&target->driver, timing, addresses, smbus, answer, target,
                               wires->scl, wires->sda);
    i2ctarget_wires_join(wires, &target->participant);
}

void i2ctarget_wired_target_stand_by(struct wired_target *target, struct bystanders *bystanders)
{
    target->bystanders = bystanders;
    i2ctarget_bystanders_enlist(bystanders);
}

void i2ctarget_wired_target_set_filter(struct wired_target *target, const struct wires *wires,
                                       uint32_t filter_ns)
{
    make_up(target, wires);
    target->driver.timing.filter_ns = filter_ns;
    target->participant.ignores = 0;
}

uint32_t i2ctarget_wired_target_glitches(const struct wired_target *target)
{
    uint32_t asleep = target->is_asleep ? target->bystanders->ear.driver.glitches : 0;
    return target->driver.glitches + asleep;
}

void i2ctarget_wired_target_set_addresses(struct wired_target *target,
                                          const struct i2ctarget_address_set *addresses)
{
    target->driver.addresses = *addresses;
}

void i2ctarget_wired_target_answer(struct wired_target *target, struct wires *wires, int answer)
{
    wake(target, wires);
    apply(target, wires, i2ctarget_line_driver_answer(&target->driver, wires->now_ns, answer));
    i2ctarget_wires_settle(wires);
}

void i2ctarget_wired_target_drop(struct wired_target *target, struct wires *wires,
                                 enum i2ctarget_end cause)
{
    wake(target, wires);
    apply(target, wires, i2ctarget_line_driver_cut(&target->driver, wires->now_ns, cause));
}

void i2ctarget_wired_target_cut(struct wired_target *target, struct wires *wires,
                                enum i2ctarget_end cause)
{
    i2ctarget_wired_target_drop(target, wires, cause);
    i2ctarget_wires_settle(wires);
}

void i2ctarget_wired_target_invert_sda(struct wired_target *target, struct wires *wires,
                                       bool invert)
{
    wake(target, wires);
    make_up(target, wires);
    target->sda_inverted = invert;
    look(target, wires);
}

void i2ctarget_wired_target_leave(struct wired_target *target, struct wires *wires)
{
    wake(target, wires);
    if (target->bystanders)
        i2ctarget_bystanders_discharge(target->bystanders);
    i2ctarget_wires_leave(wires, &target->participant);
}
