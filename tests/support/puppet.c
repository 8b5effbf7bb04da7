/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "support/puppet.h"

static int answer_to(struct puppet *puppet, const struct i2ctarget_event *event)
{
    switch (event->kind) {
    case I2CTARGET_ADDRESSED:
        puppet->moved = 0;
        return puppet->refuses ? I2CTARGET_NACK : I2CTARGET_ACK;
    case I2CTARGET_RECEIVED:
        return puppet->moved++ < puppet->accepts ? I2CTARGET_ACK : I2CTARGET_NACK;
    case I2CTARGET_REQUESTED:
        return puppet->moved < puppet->give_count ? puppet->gives[puppet->moved++]
                                                  : I2CTARGET_RELEASE;
    default:
        return 0;
    }
}

static int on_event(void *owner, const struct i2ctarget_event *event)
{
    struct puppet *puppet = owner;
    if (puppet->count == PUPPET_EVENTS_MAX)
        abort();
    puppet->at_ns[puppet->count] = puppet->wires->now_ns;
    puppet->events[puppet->count++] = *event;
    return puppet->holds ? I2CTARGET_HOLD : answer_to(puppet, event);
}

void puppet_join(struct puppet *puppet, struct wires *wires, struct line_driver_timing timing,
                 bool smbus)
{
    static const struct i2ctarget_address_set addresses = {{[2] = 3}};
    *puppet = (struct puppet){.wires = wires, .accepts = UINT32_MAX};
    i2ctarget_wired_target_init(&puppet->wired, wires, &timing, &addresses, smbus, on_event,
                                puppet);
}

void puppet_answer(struct puppet *puppet)
{
    i2ctarget_wired_target_answer(&puppet->wired, puppet->wires,
                                  answer_to(puppet, &puppet->events[puppet->count - 1]));
}

const struct i2ctarget_event *puppet_event(const struct puppet *puppet, unsigned index)
{
    static const struct i2ctarget_event none;
    return index < puppet->count ? &puppet->events[index] : &none;
}
