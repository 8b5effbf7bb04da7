/* SPDX-License-Identifier: MIT */
/*
 * The port of the test bus: one wired_target for each i2ctarget, and a wait() that makes virtual
 * time pass.
 */
#include <stdlib.h>

#include "i2ctarget/port.h"
#include "testbus/testbus.h"

enum { LOOK_NS = 1000 };

static int raise_event(void *owner, const struct i2ctarget_event *event)
{
    struct testbus_target *self = owner;
    self->raised = true;
    return i2ctarget_raise_event(self->target, event);
}

struct testbus_target *i2ctarget_testbus_target(const struct i2ctarget_testbus *bus, unsigned chip)
{
    struct testbus_target *target = bus->targets;
    while (target && target->chip != chip)
        target = target->next;
    return target;
}

static int port_open(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                     const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                     bool smbus, void **instance)
{
    unsigned chip = scl->number / 2u;
    if (scl->unit != sda->unit || scl->number % 2 != 0 || sda->number != scl->number + 1)
        return -I2CTARGET_EINVAL;
    struct i2ctarget_testbus *bus = (struct i2ctarget_testbus *)scl->unit;
    if (i2ctarget_testbus_target(bus, chip))
        return -I2CTARGET_EBUSY;
    bool has_room = bus->checker.target_count < CHECKER_TARGETS_MAX;
    struct testbus_target *self = has_room ? calloc(1, sizeof *self) : NULL;
    if (!self)
        return -I2CTARGET_ENOMEM;
    self->bus = bus;
    self->chip = chip;
    self->target = target;
    self->next = bus->targets;
    bus->targets = self;
    *instance = self;
    i2ctarget_wired_target_init(&self->wired, &bus->wires, &bus->timing, addresses, smbus,
                                raise_event, self);
    i2ctarget_checker_watch(&bus->checker, &self->wired.participant, true);
    i2ctarget_faults_adopt(&bus->faults, &self->wired);
    i2ctarget_wired_target_stand_by(&self->wired, &bus->bystanders);
    return 0;
}

static void port_close(void *instance)
{
    struct testbus_target *self = instance;
    struct testbus_target **at = &self->bus->targets;
    while (*at != self)
        at = &(*at)->next;
    *at = self->next;
    i2ctarget_testbus_note_violations(self->bus);
    i2ctarget_faults_disown(&self->bus->faults, &self->wired);
    i2ctarget_checker_unwatch(&self->bus->checker, &self->wired.participant);
    i2ctarget_wired_target_leave(&self->wired, &self->bus->wires);
    free(self);
}

static int port_set_addresses(void *instance, const struct i2ctarget_address_set *addresses)
{
    struct testbus_target *self = instance;
    i2ctarget_wired_target_set_addresses(&self->wired, addresses);
    return 0;
}

static void port_answer(void *instance, int answer)
{
    struct testbus_target *self = instance;
    i2ctarget_wired_target_answer(&self->wired, &self->bus->wires, answer);
}

/* Events come only from inside poll() and wait(), so nothing has to be locked out. */
static void port_lock(void *instance)
{
    (void)instance;
}

static bool owes(const struct testbus_target *target)
{
    return i2ctarget_target_line_owes(&target->wired.driver.line);
}

struct i2ctarget *i2ctarget_testbus_held_target(const struct i2ctarget_testbus *bus)
{
    const struct testbus_target *target = bus->targets;
    while (target && !owes(target))
        target = target->next;
    return target ? target->target : NULL;
}

/*
 * Polling costs a microsecond, so that a program that only polls makes progress.  An event that
 * waits for its answer is there already, and SCL would be held for nothing.
 */
static int port_poll(void *instance)
{
    struct testbus_target *self = instance;
    if (!owes(self))
        i2ctarget_testbus_pass(self->bus, LOOK_NS);
    return 0;
}

static int port_wait(void *instance, int64_t until_us)
{
    struct testbus_target *self = instance;
    struct wires *wires = &self->bus->wires;
    uint64_t until_ns = until_us > INT64_MAX / 1000 ? WIRES_NEVER : (uint64_t)until_us * 1000;
    while (!self->raised) {
        if (i2ctarget_wires_step(wires, until_ns))
            continue;
        if (until_ns == WIRES_NEVER)
            return -I2CTARGET_EDEADLK;
        i2ctarget_wires_pass(wires, until_ns);
        return -I2CTARGET_ETIMEDOUT;
    }
    self->raised = false;
    return 0;
}

static int64_t port_now_us(void *instance)
{
    const struct testbus_target *self = instance;
    return (int64_t)(self->bus->wires.now_ns / 1000);
}

static void port_counters(void *instance, struct i2ctarget_counters *counters)
{
    const struct testbus_target *self = instance;
    counters->glitches = i2ctarget_wired_target_glitches(&self->wired);
    counters->stretches = self->wired.driver.stretching.count;
    counters->longest_stretch_us = (uint32_t)(self->wired.driver.stretching.longest / 1000);
}

const struct i2ctarget_port_ops i2ctarget_testbus_port = {
    .capabilities =
        {
            .address_count_max = I2CTARGET_ADDRESS_COUNT_MAX,
            .smbus = true,
            .scl_hz_max = 1000000,
            .spike_ns = 50,
        },
    .open = port_open,
    .close = port_close,
    .set_addresses = port_set_addresses,
    .answer = port_answer,
    .lock = port_lock,
    .unlock = port_lock,
    .poll = port_poll,
    .wait = port_wait,
    .now_us = port_now_us,
    .counters = port_counters,
};

static struct i2ctarget_pin pin(struct i2ctarget_testbus *bus, unsigned number)
{
    return (struct i2ctarget_pin){
        .port = &i2ctarget_testbus_port, .unit = (uintptr_t)bus, .number = (uint16_t)number};
}

struct i2ctarget_pin i2ctarget_testbus_scl(struct i2ctarget_testbus *bus, unsigned chip)
{
    return pin(bus, 2 * chip);
}

struct i2ctarget_pin i2ctarget_testbus_sda(struct i2ctarget_testbus *bus, unsigned chip)
{
    return pin(bus, 2 * chip + 1);
}
