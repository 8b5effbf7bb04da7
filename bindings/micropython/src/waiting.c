/* SPDX-License-Identifier: MIT */
#include "waiting.h"

#include "machine.h"

/* A firmware has one port, and all its targets use it. */
static const struct i2ctarget_port_ops *whole;
static struct i2ctarget_port_ops sliced;

static int wait_a_slice(void *instance, int64_t until_us)
{
    int64_t turn_us = whole->now_us(instance) + i2ctarget_mp_slice_us;
    if (until_us <= turn_us)
        return whole->wait(instance, until_us);
    int result = whole->wait(instance, turn_us);
    return result == -I2CTARGET_ETIMEDOUT ? -I2CTARGET_EINTR : result;
}

const struct i2ctarget_port_ops *i2ctarget_mp_in_slices(const struct i2ctarget_port_ops *port)
{
    whole = port;
    sliced = *port;
    sliced.wait = wait_a_slice;
    return &sliced;
}
