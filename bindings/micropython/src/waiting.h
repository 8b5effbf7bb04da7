/* SPDX-License-Identifier: MIT */
#ifndef MICROPYTHON_WAITING_H
#define MICROPYTHON_WAITING_H

#include "i2ctarget/port.h"

/*
 * The same port, but no wait is long: it returns -EINTR when it is the VM's turn.  The library then
 * returns -EINTR, and the caller repeats its call after i2ctarget_mp_heed().  The port keeps what
 * happened meanwhile, so no wake-up is lost.
 */
const struct i2ctarget_port_ops *i2ctarget_mp_in_slices(const struct i2ctarget_port_ops *port);

/*
 * For a port's wait that knows nothing of the VM: it takes no longer than a slice, and -EINTR says
 * that there is time left.
 */
int i2ctarget_mp_wait_a_slice(const struct i2ctarget_port_ops *port, void *instance,
                              int64_t until_us, int64_t slice_us);

#endif
