/* SPDX-License-Identifier: MIT */
#include "waiting.h"

#include "machine.h"

/* A firmware has one port, and all its targets use it. */
static const struct i2ctarget_port_ops *whole;
static struct i2ctarget_port_ops sliced;

static int wait_a_slice(void *instance, int64_t until_us)
{
    return i2ctarget_mp_wait(whole, instance, until_us);
}

const struct i2ctarget_port_ops *i2ctarget_mp_in_slices(const struct i2ctarget_port_ops *port)
{
    whole = port;
    sliced = *port;
    sliced.wait = wait_a_slice;
    return &sliced;
}
