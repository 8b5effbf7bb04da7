/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/chip_port.h"

enum { LOOK_NS = 1000 };

static struct chip_port *current;

/* ---- a wait has an end ----------------------------------------------------------------------- */

static void nobody_goes_on(struct processor *processor)
{
    (void)processor;
    if (!current->nobody_goes_on)
        fail_msg("the processor waits for ever");
    longjmp(*current->nobody_goes_on, 1);
}

static int wait_or_give_up(void *instance, int64_t until_us)
{
    jmp_buf here;
    int result = -I2CTARGET_EDEADLK;

    current->nobody_goes_on = &here;
    if (setjmp(here) == 0)
        result = current->port->wait(instance, until_us);
    current->nobody_goes_on = NULL;
    return result;
}

static bool is_anybody_left(void)
{
    uint64_t clock_ns = current->clock->wake_ns;
    current->clock->wake_ns = WIRES_NEVER;
    uint64_t next_ns = i2ctarget_wires_next_ns(current->processor->wires);
    current->clock->wake_ns = clock_ns;
    return next_ns != WIRES_NEVER || nvic_candidate(&current->processor->nvic) != NVIC_NONE;
}

/* If the chip does something by itself for ever, or as long as SMBus limits run: all is over in 100 ms. */
static int wait_on_bench(void *instance, int64_t until_us)
{
    bool is_bounded = !current->is_smbus && !current->wakes_by_itself;
    if (is_bounded || until_us != I2CTARGET_FOREVER)
        return wait_or_give_up(instance, until_us);
    int result;
    do
        result = wait_or_give_up(instance, current->port->now_us(instance) + 100000);
    while (result == -I2CTARGET_ETIMEDOUT && is_anybody_left());
    return result == -I2CTARGET_ETIMEDOUT ? -I2CTARGET_EDEADLK : result;
}

static int open_on_bench(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                         const struct i2ctarget_pin *sda,
                         const struct i2ctarget_address_set *addresses, bool smbus, void **instance)
{
    current->is_smbus = smbus;
    return current->port->open(target, scl, sda, addresses, smbus, instance);
}

/* ---- a look costs time ----------------------------------------------------------------------- */

static uint64_t latency_ns(const struct processor *processor)
{
    return (uint64_t)processor->latency_cycles * processor->cycle_ns;
}

static int poll_on_bench(void *instance)
{
    const struct processor *processor = current->processor;
    struct wires *wires = processor->wires;
    processor_idle(wires, wires->now_ns + LOOK_NS + latency_ns(processor));
    return current->port->poll(instance);
}

/* ---- how slow it is -------------------------------------------------------------------------- */

static uint32_t setting(const char *variable, uint32_t otherwise)
{
    const char *text = getenv(variable);
    return text ? (uint32_t)strtoul(text, NULL, 0) : otherwise;
}

static uint32_t stall(struct processor *processor, uint32_t address, bool is_write)
{
    const struct chip_port *self = processor->owner;
    (void)address;
    (void)is_write;
    return nvic_is_active(&processor->nvic) && processor->handler_accesses == self->stalled_access
               ? self->stall_cycles
               : 0;
}

void chip_port_slow_down(struct chip_port *self, const struct rig_kind *kind,
                         struct processor *processor)
{
    const char *text = getenv("I2CTARGET_CHIP_STALL");
    if (kind->cycle_ns)
        processor->cycle_ns = kind->cycle_ns;
    processor->latency_cycles = setting("I2CTARGET_CHIP_LATENCY", kind->latency_cycles);
    processor->access_cycles = setting("I2CTARGET_CHIP_ACCESS", kind->access_cycles);
    if (text && sscanf(text, "%u,%u", &self->stalled_access, &self->stall_cycles) == 2)
        processor->extra_cycles = stall;
    processor->deadlock = nobody_goes_on;
    processor->owner = self;
    self->processor = processor;
}

/* ---- coming and going ------------------------------------------------------------------------ */

/* The time until the interrupt of the STOP was served. */
static uint64_t settle_ns(const struct processor *processor)
{
    return 2 *
           (latency_ns(processor) + 50 * (uint64_t)processor->access_cycles * processor->cycle_ns);
}

void chip_port_open(struct chip_port *self, struct bench *bench,
                    const struct i2ctarget_port_ops *port, struct wires_participant *clock)
{
    current = self;
    self->port = port;
    self->clock = clock;
    self->ops = *port;
    self->ops.open = open_on_bench;
    self->ops.wait = wait_on_bench;
    self->ops.poll = poll_on_bench;
    bench->settle_ns = settle_ns(self->processor);
    processor_select(self->processor);
}

void chip_port_close(void)
{
    current = NULL;
}
