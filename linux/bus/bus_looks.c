/* SPDX-License-Identifier: MIT */
/* Looks for answers that are there, and that nobody has sent. */
#include "bus/bus.h"

void bus_look_later(struct bus *bus)
{
    bus->look_ns = bus_real_ns() + BUS_LOOK_NS;
}

void bus_look(struct bus *bus, uint64_t real_ns)
{
    if (real_ns < bus->look_ns)
        return;
    bus->look_ns = WIRES_NEVER;
    for (struct visit *visit = bus->visits.first; visit; visit = visit->next) {
        struct bus_target *target = visit->owner;
        if (target->looked && bus_target_holds(target))
            target->looked(target);
    }
}

void bus_look_now(struct bus *bus)
{
    if (!bus->active || bus->look_ns == WIRES_NEVER)
        return;
    bus->look_ns = 0;
    bus_run_active(bus);
}
