/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/chip_port.h"

static struct chip_port *current;

void chip_port_deadlock(void)
{
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
    uint64_t next_ns = wires_next_ns(current->wires);
    current->clock->wake_ns = clock_ns;
    return next_ns != WIRES_NEVER;
}

/* With SMBus limits to keep, the chip is never done by itself: all of them are over in 100 ms. */
static int wait_on_bench(void *instance, int64_t until_us)
{
    int result;

    if (!current->is_smbus || until_us != I2CTARGET_FOREVER)
        return wait_or_give_up(instance, until_us);
    do
        result = wait_or_give_up(instance, current->port->now_us(instance) + 100000);
    while (result == -I2CTARGET_ETIMEDOUT && is_anybody_left());
    return result == -I2CTARGET_ETIMEDOUT ? -I2CTARGET_EDEADLK : result;
}

static int open_on_bench(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                         const struct i2ctarget_pin *sda, const uint32_t addresses[4], bool smbus,
                         void **instance)
{
    current->is_smbus = smbus;
    return current->port->open(target, scl, sda, addresses, smbus, instance);
}

static int poll_on_bench(void *instance)
{
    current->pass(current->wires, current->wires->now_ns + current->look_ns);
    return current->port->poll(instance);
}

void chip_port_open(struct chip_port *self)
{
    current = self;
    self->ops = *self->port;
    self->ops.open = open_on_bench;
    self->ops.wait = wait_on_bench;
    self->ops.poll = poll_on_bench;
}

void chip_port_close(void)
{
    current = NULL;
}
