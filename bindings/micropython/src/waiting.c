/* SPDX-License-Identifier: MIT */
#include "waiting.h"

#include "machine.h"
#include "telling.h"

/* A firmware has one port, and all its targets use it.  (A loaded module has no static variables.) */
const struct i2ctarget_port_ops *i2ctarget_mp_whole;
struct i2ctarget_port_ops i2ctarget_mp_sliced;

int i2ctarget_mp_wait_a_slice(const struct i2ctarget_port_ops *port, void *instance,
                              int64_t until_us, int64_t slice_us)
{
    int64_t turn_us = port->now_us(instance) + slice_us;
    if (until_us <= turn_us)
        return port->wait(instance, until_us);
    int result = port->wait(instance, turn_us);
    return result == -I2CTARGET_ETIMEDOUT ? -I2CTARGET_EINTR : result;
}

static int wait_until_due(void *instance, int64_t until_us)
{
    int result =
        i2ctarget_mp_is_due ? 0 : i2ctarget_mp_wait(i2ctarget_mp_whole, instance, until_us);
    return result == 0 && i2ctarget_mp_is_due ? -I2CTARGET_EINTR : result;
}

const struct i2ctarget_port_ops *i2ctarget_mp_in_slices(const struct i2ctarget_port_ops *port)
{
    i2ctarget_mp_whole = port;
    i2ctarget_mp_sliced = *port;
    i2ctarget_mp_sliced.wait = wait_until_due;
    return &i2ctarget_mp_sliced;
}
