/* SPDX-License-Identifier: MIT */
#include "line/wired_target.h"

#include <stddef.h>

_Static_assert(LINE_DRIVER_NEVER == WIRES_NEVER, "due_ns is a wake_ns");

static void apply(struct wired_target *target, struct wires *wires, struct line_pulls pulls)
{
    struct line_pulls before = target->participant.pulls;
    target->participant.wake_ns = target->driver.due_ns;
    pulls.sda_low = pulls.sda_low != target->sda_inverted;
    if (pulls.scl_low != before.scl_low || pulls.sda_low != before.sda_low)
        i2ctarget_wires_pull(wires, &target->participant, pulls);
}

static void step(struct wires_participant *self, struct wires *wires)
{
    struct wired_target *target = (struct wired_target *)self;
    apply(target, wires,
          i2ctarget_line_driver_step(&target->driver, wires->now_ns, wires->scl,
                                     wires->sda != target->sda_inverted));
}

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
    target->participant = (struct wires_participant){.step = step, .wake_ns = WIRES_NEVER};
    target->answerer = answerer;
    target->owner = owner;
    target->refuses = target->sda_inverted = false;
    target->next_with_faults = NULL;
    i2ctarget_line_driver_init(&target->driver, timing, addresses, smbus, answer, target,
                               wires->scl, wires->sda);
    i2ctarget_wires_join(wires, &target->participant);
}

void i2ctarget_wired_target_set_addresses(struct wired_target *target,
                                          const struct i2ctarget_address_set *addresses)
{
    target->driver.addresses = *addresses;
}

void i2ctarget_wired_target_answer(struct wired_target *target, struct wires *wires, int answer)
{
    apply(target, wires, i2ctarget_line_driver_answer(&target->driver, wires->now_ns, answer));
    i2ctarget_wires_settle(wires);
}

void i2ctarget_wired_target_drop(struct wired_target *target, struct wires *wires,
                                 enum i2ctarget_end cause)
{
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
    target->sda_inverted = invert;
    step(&target->participant, wires);
}

void i2ctarget_wired_target_leave(struct wired_target *target, struct wires *wires)
{
    i2ctarget_wires_leave(wires, &target->participant);
}
