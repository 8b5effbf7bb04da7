/* SPDX-License-Identifier: MIT */
#include "line/bystanders.h"

#include <stddef.h>

static int has_no_address(void *owner, const struct i2ctarget_event *event)
{
    (void)owner;
    (void)event;
    return I2CTARGET_NACK;
}

/* ---- limits of SMBus -------------------------------------------------------------------------- */

/* In an address, SCL has been low for as long as SMBus allows. */
static uint64_t limit_ns(const struct bystanders *bystanders)
{
    const struct line_driver *ear = &bystanders->ear.driver;
    if (bystanders->smbus_count == 0 || ear->raw_scl || i2ctarget_target_line_is_deaf(&ear->line))
        return WIRES_NEVER;
    return ear->scl_fell_ns + SMBUS_TIMEOUT_NS;
}

/* For the sleepers that keep a limit it has to hear SCL's rise, too, and to wake in time. */
static void watch_limit(struct bystanders *bystanders)
{
    struct wires_participant *ear = &bystanders->ear.participant;
    if (bystanders->smbus_count == 0)
        return;
    uint64_t limit = limit_ns(bystanders);
    if (limit < ear->wake_ns)
        ear->wake_ns = limit;
    if (!i2ctarget_target_line_is_deaf(&bystanders->ear.driver.line))
        ear->ignores &= (uint8_t)~WIRES_RISE;
}

/* ---- asleep and awake ------------------------------------------------------------------------ */

/* The first one to fall asleep lends the ear its state. */
static void open_ear(struct bystanders *bystanders, struct wires *wires,
                     const struct wired_target *target)
{
    struct wired_target *ear = &bystanders->ear;
    ear->driver.timing = target->driver.timing;
    i2ctarget_line_driver_copy(&ear->driver, &target->driver);
    ear->participant.wake_ns = ear->driver.due_ns;
    ear->participant.ignores = 0;
    i2ctarget_wires_resume(wires, &ear->participant);
}

/*
 * The ear may have ignored an edge that the target has heard.  Levels that the ear does not know
 * yet change nothing but what it knows of them.
 */
static bool may_sleep(struct bystanders *bystanders, const struct wires *wires,
                      const struct wired_target *target)
{
    struct line_driver *ear = &bystanders->ear.driver;
    if (!bystanders->sleepers)
        return true;
    i2ctarget_line_driver_make_up(ear, wires->scl, wires->sda);
    return i2ctarget_line_driver_is_twin(&target->driver, ear);
}

void i2ctarget_bystanders_admit(struct bystanders *bystanders, struct wires *wires,
                                struct wired_target *target)
{
    if (bystanders->member_count == 1 || !may_sleep(bystanders, wires, target))
        return;
    if (!bystanders->sleepers)
        open_ear(bystanders, wires, target);
    target->driver.glitches -= bystanders->ear.driver.glitches;
    target->is_asleep = true;
    target->next_asleep = bystanders->sleepers;
    bystanders->sleepers = target;
    bystanders->smbus_count += target->driver.smbus;
    i2ctarget_wires_suspend(wires, &target->participant);
    watch_limit(bystanders);
}

static void wake(struct bystanders *bystanders, struct wires *wires, struct wired_target **at)
{
    struct wired_target *target = *at;
    *at = target->next_asleep;
    bystanders->smbus_count -= target->driver.smbus;
    target->is_asleep = false;
    target->driver.glitches += bystanders->ear.driver.glitches;
    i2ctarget_line_driver_copy(&target->driver, &bystanders->ear.driver);
    target->participant.wake_ns = target->driver.due_ns;
    target->participant.ignores = 0;
    i2ctarget_wires_resume(wires, &target->participant);
    if (!bystanders->sleepers)
        i2ctarget_wires_suspend(wires, &bystanders->ear.participant);
}

void i2ctarget_bystanders_wake(struct bystanders *bystanders, struct wires *wires,
                               struct wired_target *target)
{
    if (!target->is_asleep)
        return;
    struct wired_target **at = &bystanders->sleepers;
    while (*at != target)
        at = &(*at)->next_asleep;
    i2ctarget_line_driver_make_up(&bystanders->ear.driver, wires->scl, wires->sda);
    wake(bystanders, wires, at);
}

void i2ctarget_bystanders_wake_all(struct bystanders *bystanders, struct wires *wires)
{
    while (bystanders->sleepers)
        i2ctarget_bystanders_wake(bystanders, wires, bystanders->sleepers);
}

/* ---- what the ear hears ---------------------------------------------------------------------- */

/* A whole address, R/W bit included, and the fall of SCL that follows is not told yet. */
static bool has_address(const struct target_line *line)
{
    return line->phase == TARGET_LINE_ADDRESS && line->clocks == TARGET_LINE_BYTE_CLOCKS;
}

static void wake_addressed(struct bystanders *bystanders, struct wires *wires)
{
    uint8_t shift = bystanders->ear.driver.line.shift;
    struct wired_target **at = &bystanders->sleepers;
    while (*at) {
        if (i2ctarget_address_set_serves(&(*at)->driver.addresses, shift >> 1, shift & 1))
            wake(bystanders, wires, at);
        else
            at = &(*at)->next_asleep;
    }
}

static void wake_limited(struct bystanders *bystanders, struct wires *wires)
{
    struct wired_target **at = &bystanders->sleepers;
    while (*at) {
        if ((*at)->driver.smbus)
            wake(bystanders, wires, at);
        else
            at = &(*at)->next_asleep;
    }
}

static void hear(struct wires_participant *self, struct wires *wires)
{
    struct bystanders *bystanders = (struct bystanders *)self;
    struct line_driver *ear = &bystanders->ear.driver;
    if (ear->line.phase == TARGET_LINE_ADDRESS)
        i2ctarget_line_driver_make_up(ear, wires->scl_was, wires->sda_was);
    if (has_address(&ear->line))
        wake_addressed(bystanders, wires);
    if (wires->now_ns >= limit_ns(bystanders))
        wake_limited(bystanders, wires);
    if (!bystanders->sleepers)
        return;
    i2ctarget_wired_target_step(self, wires);
    watch_limit(bystanders);
}

void i2ctarget_bystanders_init(struct bystanders *bystanders, struct wires *wires,
                               const struct line_driver_timing *timing)
{
    static const struct i2ctarget_address_set none = {0};
    *bystanders = (struct bystanders){0};
    i2ctarget_wired_target_init(&bystanders->ear, wires, timing, &none, false, has_no_address,
                                NULL);
    bystanders->ear.participant.step = hear;
    i2ctarget_wires_suspend(wires, &bystanders->ear.participant);
}
