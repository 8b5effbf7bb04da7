/* SPDX-License-Identifier: MIT */
/*
 * The addresses of a target that serves already.
 *
 * The port takes the new set first.  What it raised until then was for the old set, and from then on
 * it raises nothing for an address that is gone; so a call that is held after that is the last one.
 */
#include "core/core.h"
#include "i2ctarget/device.h"

static int replace(struct i2ctarget *target, const struct i2ctarget_address_set *addresses)
{
    int error = target->port->set_addresses(target->instance, addresses);
    if (!error)
        target->addresses = *addresses;
    return error;
}

static bool is_full(const struct i2ctarget *target)
{
    return i2ctarget_address_set_count(&target->addresses) >=
           target->port->capabilities.address_count_max;
}

int i2ctarget_add_address(struct i2ctarget *target, uint16_t address)
{
    if (!target || address > I2CTARGET_ADDRESS_MAX)
        return -I2CTARGET_EINVAL;
    if (!target->port)
        return -I2CTARGET_EBADF;
    if (i2ctarget_address_set_has(&target->addresses, address))
        return 0;
    if (is_full(target))
        return -I2CTARGET_EINVAL;
    struct i2ctarget_address_set addresses = target->addresses;
    i2ctarget_address_set_add(&addresses, address);
    return replace(target, &addresses);
}

/* Where its answer comes too late, the fault that overtook it ends nothing that is ours any more. */
static void refuse_call(struct i2ctarget *target)
{
    target->counters.cancelled++;
    target->phase = QUIET;
    if (is_in_time(target, false))
        target->port->answer(target->instance, I2CTARGET_NACK);
}

int i2ctarget_remove_address(struct i2ctarget *target, uint16_t address)
{
    if (!target || address > I2CTARGET_ADDRESS_MAX)
        return -I2CTARGET_EINVAL;
    if (!target->port)
        return -I2CTARGET_EBADF;
    if (!i2ctarget_address_set_has(&target->addresses, address))
        return -I2CTARGET_ENODEV;
    struct i2ctarget_address_set addresses = target->addresses;
    i2ctarget_address_set_remove(&addresses, address);
    int error = replace(target, &addresses);
    if (error)
        return error;
    lock(target);
    for (struct i2ctarget_device *device = target->devices; device; device = device->next)
        i2ctarget_address_set_remove(&device->addresses, address);
    if (target->phase == ADDRESS_OWED && target->address == address)
        refuse_call(target);
    unlock(target);
    return 0;
}
