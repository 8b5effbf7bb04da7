/* SPDX-License-Identifier: MIT */
#include "testbus/testbus.h"

#include <stdlib.h>

_Static_assert(I2CTARGET_TESTBUS_NEVER == WIRES_NEVER, "one never");

enum { FILTER_NS = 50, SCL_HZ_MAX = 1000000 };

/* Nothing wakes a hand. */
static void ignore_step(struct wires_participant *self, struct wires *wires)
{
    (void)self;
    (void)wires;
}

struct i2ctarget_testbus *i2ctarget_testbus_new(uint32_t scl_hz)
{
    if (scl_hz == 0 || scl_hz > SCL_HZ_MAX)
        return NULL;
    struct i2ctarget_testbus *bus = calloc(1, sizeof *bus);
    if (!bus)
        return NULL;
    i2ctarget_wires_init(&bus->wires);
    i2ctarget_controller_line_init(&bus->controller, &bus->wires, scl_hz);
    i2ctarget_faults_init(&bus->faults, &bus->wires, &bus->controller, scl_hz);
    bus->timing = i2ctarget_line_driver_timing_for(scl_hz);
    bus->timing.filter_ns = FILTER_NS;
    i2ctarget_checker_init(&bus->checker, &bus->wires, scl_hz, bus->timing.hold_ns);
    bus->hand = (struct wires_participant){
        .step = ignore_step, .wake_ns = WIRES_NEVER, .ignores = WIRES_ALL_EDGES};
    i2ctarget_wires_join(&bus->wires, &bus->hand);
    i2ctarget_bystanders_init(&bus->bystanders, &bus->wires, &bus->timing);
    return bus;
}

void i2ctarget_testbus_free(struct i2ctarget_testbus *bus)
{
    if (!bus)
        return;
    (void)i2ctarget_testbus_end_trace(bus);
    free(bus->twins);
    free(bus);
}

int i2ctarget_testbus_start(struct i2ctarget_testbus *bus,
                            struct i2ctarget_testbus_message *messages, size_t count)
{
    if (count == 0 || !messages)
        return -I2CTARGET_EINVAL;
    for (size_t i = 0; i < count; i++) {
        if (messages[i].address > I2CTARGET_ADDRESS_MAX ||
            (messages[i].length && !messages[i].buffer))
            return -I2CTARGET_EINVAL;
    }
    if (i2ctarget_testbus_busy(bus))
        return -I2CTARGET_EBUSY;
    struct controller_message *twins = realloc(bus->twins, count * sizeof *twins);
    if (!twins)
        return -I2CTARGET_ENOMEM;
    bus->messages = messages;
    bus->twins = twins;
    bus->count = count;
    for (size_t i = 0; i < count; i++) {
        twins[i] = (struct controller_message){
            .address = messages[i].address,
            .flags = messages[i].is_read ? CONTROLLER_READ : 0,
            .length = messages[i].length,
            .buffer = messages[i].buffer,
        };
    }
    i2ctarget_controller_line_start(&bus->controller, &bus->wires, twins, count);
    return 0;
}

static int finished(struct i2ctarget_testbus *bus)
{
    for (size_t i = 0; i < bus->count; i++) {
        const struct controller_message *twin = &bus->twins[i];
        bus->messages[i].addressed = twin->addressed;
        bus->messages[i].moved = twin->started ? twin->moved : 0;
        bus->messages[i].nacked = twin->started && twin->nacked;
        bus->messages[i].start_ns = twin->started ? twin->start_ns : WIRES_NEVER;
        bus->messages[i].stop_ns = twin->stopped ? twin->stop_ns : WIRES_NEVER;
        bus->messages[i].stretch_ns = twin->stretch_ns;
    }
    return (int)bus->controller.index;
}

/* No further than the next moment: then no clock is made at once, and each level is seen. */
bool i2ctarget_testbus_step(struct i2ctarget_testbus *bus)
{
    return i2ctarget_wires_step(&bus->wires, i2ctarget_wires_next_ns(&bus->wires));
}

int i2ctarget_testbus_run(struct i2ctarget_testbus *bus)
{
    while (i2ctarget_testbus_busy(bus)) {
        if (!i2ctarget_wires_step(&bus->wires, WIRES_NEVER))
            return -I2CTARGET_EDEADLK;
    }
    return finished(bus);
}

bool i2ctarget_testbus_busy(const struct i2ctarget_testbus *bus)
{
    return i2ctarget_controller_line_busy(&bus->controller);
}

void i2ctarget_testbus_ignore_stretch(struct i2ctarget_testbus *bus, bool ignore)
{
    bus->controller.ignore_stretch = ignore;
}

int i2ctarget_testbus_set_filter(struct i2ctarget_testbus *bus, uint32_t spike_ns)
{
    if (spike_ns > FILTER_NS)
        return -I2CTARGET_EINVAL;
    bus->timing.filter_ns = spike_ns;
    return 0;
}

/* ---- by hand --------------------------------------------------------------------------------- */

void i2ctarget_testbus_pull(struct i2ctarget_testbus *bus, bool scl_low, bool sda_low)
{
    i2ctarget_wires_pull(&bus->wires, &bus->hand,
                         (struct line_pulls){.scl_low = scl_low, .sda_low = sda_low});
    i2ctarget_wires_settle(&bus->wires);
}

bool i2ctarget_testbus_scl_is_high(const struct i2ctarget_testbus *bus)
{
    return bus->wires.scl;
}

bool i2ctarget_testbus_sda_is_high(const struct i2ctarget_testbus *bus)
{
    return bus->wires.sda;
}

/* ---- time and trace -------------------------------------------------------------------------- */

uint64_t i2ctarget_testbus_now_ns(const struct i2ctarget_testbus *bus)
{
    return bus->wires.now_ns;
}

void i2ctarget_testbus_pass(struct i2ctarget_testbus *bus, uint64_t ns)
{
    i2ctarget_wires_pass(&bus->wires, bus->wires.now_ns + ns);
}

int i2ctarget_testbus_trace(struct i2ctarget_testbus *bus, const char *path)
{
    if (bus->tracing)
        return -I2CTARGET_EBUSY;
    int error = i2ctarget_vcd_open(&bus->trace, &bus->wires, path, 1, 0);
    bus->tracing = error == 0;
    bus->trace.keeps_up = true;
    return error;
}

int i2ctarget_testbus_save_trace(struct i2ctarget_testbus *bus)
{
    return bus->tracing ? i2ctarget_vcd_flush(&bus->trace) : -I2CTARGET_EBADF;
}

int i2ctarget_testbus_end_trace(struct i2ctarget_testbus *bus)
{
    if (!bus->tracing)
        return -I2CTARGET_EBADF;
    bus->tracing = false;
    return i2ctarget_vcd_close(&bus->trace, &bus->wires);
}

int i2ctarget_testbus_fault(struct i2ctarget_testbus *bus, const struct i2ctarget_fault *fault,
                            char why[I2CTARGET_FAULT_WHY_MAX])
{
    uint32_t number = i2ctarget_faults_add(&bus->faults, &bus->wires, fault, why);
    return number ? (int)number : -I2CTARGET_EINVAL;
}

int i2ctarget_testbus_clear_fault(struct i2ctarget_testbus *bus, uint32_t number)
{
    return i2ctarget_faults_remove(&bus->faults, &bus->wires, number) ? 0 : -I2CTARGET_ENOENT;
}

bool i2ctarget_testbus_next_fault(const struct i2ctarget_testbus *bus, uint32_t after,
                                  struct i2ctarget_fault_count *count)
{
    const struct i2ctarget_fault_count *next = i2ctarget_faults_next(&bus->faults, after);
    if (next)
        *count = *next;
    return next != NULL;
}
