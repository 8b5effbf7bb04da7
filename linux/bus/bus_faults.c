/* SPDX-License-Identifier: MIT */
#include "bus/bus.h"

enum { SPIKE_NS = 50 }; /* UM10204 Table 10, t_SP */

/* Only faults put spikes on these wires, so targets have no filter before there is such a fault. */
static void filter_spikes(struct bus *bus)
{
    bus->timing.filter_ns = SPIKE_NS;
    i2ctarget_bystanders_wake_all(&bus->bystanders, &bus->wires);
    for (struct bus_target *target = bus->targets; target; target = target->next)
        i2ctarget_wired_target_set_filter(&target->wired, &bus->wires, SPIKE_NS);
}

uint32_t bus_add_fault(struct bus *bus, const struct i2ctarget_fault *fault,
                       char why[I2CTARGET_FAULT_WHY_MAX])
{
    bus_look_now(bus);
    bus_catch_up(bus);
    uint32_t number = i2ctarget_faults_add(&bus->faults, &bus->wires, fault, why);
    if (number &&
        (fault->kind == I2CTARGET_FAULT_GLITCH_SCL || fault->kind == I2CTARGET_FAULT_GLITCH_SDA))
        filter_spikes(bus);
    return number;
}

bool bus_remove_fault(struct bus *bus, uint32_t number)
{
    bus_catch_up(bus);
    return i2ctarget_faults_remove(&bus->faults, &bus->wires, number);
}

/* Those that end a message with a NACK, or as one that came too late to be an answer. */
static void on_hit(void *owner, const struct i2ctarget_fault *fault)
{
    struct bus *bus = owner;
    if (fault->kind == I2CTARGET_FAULT_NACK || fault->kind == I2CTARGET_FAULT_DROP ||
        (fault->kind == I2CTARGET_FAULT_FLIP && fault->bit == I2CTARGET_FAULT_ACK))
        bus_note(bus, PROTOCOL_REASON_FAULT);
}

void bus_prepare_faults(struct bus *bus, uint32_t scl_hz)
{
    i2ctarget_faults_init(&bus->faults, &bus->wires, &bus->controller, scl_hz);
    bus->faults.on_hit = on_hit;
    bus->faults.owner = bus;
}
