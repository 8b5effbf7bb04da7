/* SPDX-License-Identifier: MIT */
/*
 * Linux: the pins of the virtual buses that `i2ctarget bus N` serves.
 *
 *     i2ctarget_init(&target, I2CTARGET_BUS_SCL(1), I2CTARGET_BUS_SDA(1), addresses, 2, false);
 *
 * The target lives in its process, the wires in the server.  Init fails with -ENOENT when no server
 * runs for the bus, -EACCES when its socket is not ours to open, -EPROTO when it speaks another
 * protocol version, -EBUSY when this process has a target on that bus already.
 */
#ifndef I2CTARGET_BUS_H
#define I2CTARGET_BUS_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

#define I2CTARGET_BUS_MAX 65535

I2CTARGET_API extern const struct i2ctarget_port_ops i2ctarget_remote_port;

static inline struct i2ctarget_pin i2ctarget_bus_pin(unsigned bus, uint16_t number)
{
    struct i2ctarget_pin pin = {&i2ctarget_remote_port, bus, number};
    return pin;
}

/*
 * One sentence for people about an init() that failed on `bus`, with what to do about it.  Returns
 * `text`.
 */
I2CTARGET_API const char *i2ctarget_bus_explain(unsigned bus, int error, char *text, size_t size);

/*
 * For poll(), select() and epoll: a descriptor that is readable while a call is held that
 * i2ctarget_next_request(target, …, -1) would return, and when the server has ended (that call then
 * returns -EIO).  It is also readable, once, when the bus has something else to tell that nobody
 * has heard yet: a message, or a call that was announced, ended by a fault.  So look with
 * timeout_us < 0, and do not be surprised to find nothing.
 *
 * The descriptor is the target's, CLOEXEC, and lives until its deinit: never read or close it.
 * -EBADF: not initialised, or not on a bus.  -EMFILE, -ENFILE, -ENOMEM, … as Linux says.
 */
I2CTARGET_API int i2ctarget_bus_descriptor(struct i2ctarget *target) I2CTARGET_MUST_USE;

/*
 * Pointers that live until the end of the enclosing block (C) or full expression (C++):
 * i2ctarget_init() copies what it needs.
 */
#ifdef __cplusplus
}

inline const i2ctarget_pin *i2ctarget_address_of(const i2ctarget_pin &pin)
{
    return &pin;
}
#define I2CTARGET_BUS_SCL(n) i2ctarget_address_of(i2ctarget_bus_pin((n), 0))
#define I2CTARGET_BUS_SDA(n) i2ctarget_address_of(i2ctarget_bus_pin((n), 1))
#else
#define I2CTARGET_BUS_SCL(n) (&(const struct i2ctarget_pin){&i2ctarget_remote_port, (n), 0})
#define I2CTARGET_BUS_SDA(n) (&(const struct i2ctarget_pin){&i2ctarget_remote_port, (n), 1})
#endif
#endif
