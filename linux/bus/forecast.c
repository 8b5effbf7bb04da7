/* SPDX-License-Identifier: MIT */
#include "bus/forecast.h"

/* Does no other target have the message's address? */
static bool is_alone(const struct bus *bus, const struct bus_target *target,
                     const struct controller_message *message)
{
    for (const struct bus_target *other = bus->targets; other; other = other->next) {
        if (bus_target_serves(other, message) != (other == target))
            return false;
    }
    return true;
}

static bool is_plain_write(const struct controller_message *message)
{
    return message->flags == 0 && message->length > 0 && message->length <= BUS_FORECAST_BYTES_MAX;
}

/* After a repeated START, for the same target. */
static bool calls_again(const struct bus_target *target, const struct controller_message *message,
                        const struct controller_message *next)
{
    return !(next->flags & (CONTROLLER_NO_START | CONTROLLER_REVERSE_DIRECTION)) &&
           next->address == message->address && bus_target_serves(target, next);
}

/* Can nothing but the two messages themselves decide what they become? */
static bool is_undisturbed(const struct bus *bus, const struct bus_target *target)
{
    return bus->active && !bus->active->is_open && bus->controller.verdict == CONTROLLER_DONE &&
           !i2ctarget_faults_next(&bus->faults, 0) && !target->wired.driver.smbus;
}

bool bus_forecast(const struct bus *bus, const struct bus_target *target,
                  struct bus_forecast *forecast)
{
    if (!is_undisturbed(bus, target))
        return false;
    const struct controller_message *message = bus->controller.current, *next = message + 1;
    if (next == bus->controller.messages + bus->controller.count || !is_plain_write(message) ||
        !calls_again(target, message, next) || !is_alone(bus, target, message))
        return false;
    *forecast = (struct bus_forecast){
        .bytes = message->buffer,
        .count = message->length,
        .address = next->address,
        .is_read = i2ctarget_controller_calls_for_read(next),
    };
    return true;
}
