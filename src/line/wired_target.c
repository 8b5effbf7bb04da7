/* SPDX-License-Identifier: MIT */
#include "line/wired_target.h"

_Static_assert(LINE_DRIVER_NEVER == WIRES_NEVER, "due_ns is a wake_ns");

static void apply(struct wired_target *target, struct wires *wires, struct line_pulls pulls)
{
    struct line_pulls before = target->participant.pulls;
    target->participant.wake_ns = target->driver.due_ns;
    if (pulls.scl_low != before.scl_low || pulls.sda_low != before.sda_low)
        i2ctarget_wires_pull(wires, &target->participant, pulls);
}

static void step(struct wires_participant *self, struct wires *wires)
{
    struct wired_target *target = (struct wired_target *)self;
    apply(target, wires,
          i2ctarget_line_driver_step(&target->driver, wires->now_ns, wires->scl, wires->sda));
}

void i2ctarget_wired_target_init(struct wired_target *target, struct wires *wires,
                                 const struct line_driver_timing *timing,
                                 const struct i2ctarget_address_set *addresses, bool smbus,
                                 line_driver_answerer *answerer, void *owner)
{
    target->participant = (struct wires_participant){.step = step, .wake_ns = WIRES_NEVER};
    i2ctarget_line_driver_init(&target->driver, timing, addresses, smbus, answerer, owner,
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

void i2ctarget_wired_target_cut(struct wired_target *target, struct wires *wires,
                                enum i2ctarget_end cause)
{
    apply(target, wires, i2ctarget_line_driver_cut(&target->driver, wires->now_ns, cause));
    i2ctarget_wires_settle(wires);
}

void i2ctarget_wired_target_leave(struct wired_target *target, struct wires *wires)
{
    i2ctarget_wires_leave(wires, &target->participant);
}
