/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/rig_testbus.h"

static struct i2ctarget_testbus *bus_of(const struct bench *bench)
{
    return bench->chip;
}

static void open_bus(struct bench *bench)
{
    struct i2ctarget_testbus *bus = i2ctarget_testbus_new(bench->kind->scl_hz);
    assert_non_null(bus);
    if (bench->kind->lacks & RIG_FILTER)
        bus->timing.filter_ns = 0;
    bench->chip = bus;
    bench->wires = &bus->wires;
    bench->controller = &bus->controller;
    /*
     * The hold time of the target itself is demanded in full: the filter may lengthen it, but not
     * shorten it.
     */
    bench->hold_ns = bus->timing.hold_ns;
}

static void close_bus(struct bench *bench)
{
    i2ctarget_testbus_free(bus_of(bench));
}

static struct i2ctarget_pin scl_pin(struct bench *bench, unsigned chip)
{
    return i2ctarget_testbus_scl(bus_of(bench), chip);
}

static struct i2ctarget_pin sda_pin(struct bench *bench, unsigned chip)
{
    return i2ctarget_testbus_sda(bus_of(bench), chip);
}

/* The participant that joined last is the last on the wires. */
static const struct wires_participant *newest(struct bench *bench, unsigned chip)
{
    const struct wires_participant *participant = bench->wires->participants;
    (void)chip;
    while (participant->next)
        participant = participant->next;
    return participant;
}

static bool is_excused(const struct rig *rig, const struct checker_violation *violation)
{
    return violation->rule == CHECKER_DATA_SETUP && rig_is_broken(rig, violation);
}

const struct bench_chip virtual_chip = {
    .open = open_bus,
    .close = close_bus,
    .scl = scl_pin,
    .sda = sda_pin,
    .tap = newest,
    .is_excused = is_excused,
};
