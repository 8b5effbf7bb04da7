/* SPDX-License-Identifier: MIT */
#include "waiting.h"

#include "machine.h"
#include "telling.h"

/* A firmware has one port, and all its targets use it.  (A loaded module has no static variables.) */
const struct i2ctarget_port_ops *i2ctarget_mp_whole;
struct i2ctarget_port_ops i2ctarget_mp_sliced;

static int wait_a_slice(void *instance, int64_t until_us)
{
    int result =
        i2ctarget_mp_is_due ? 0 : i2ctarget_mp_wait(i2ctarget_mp_whole, instance, until_us);
    return result == 0 && i2ctarget_mp_is_due ? -I2CTARGET_EINTR : result;
}

const struct i2ctarget_port_ops *i2ctarget_mp_in_slices(const struct i2ctarget_port_ops *port)
{
    i2ctarget_mp_whole = port;
    i2ctarget_mp_sliced = *port;
    i2ctarget_mp_sliced.wait = wait_a_slice;
    return &i2ctarget_mp_sliced;
}
