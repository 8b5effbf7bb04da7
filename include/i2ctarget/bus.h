/* SPDX-License-Identifier: MIT */
/*
 * Linux: the pins of the virtual buses that `i2ctarget bus N` serves.
 *
 *     error = i2ctarget_init(&target, I2CTARGET_BUS_SCL(1), I2CTARGET_BUS_SDA(1), addresses, 2, false);
 *
 * The target is in the program's process, and the wires are in the server.  Init fails with -ENOENT
 * if no server runs for the bus, -EACCES if the user may not open its socket, -EPROTO if the server
 * speaks another version of the protocol, -EBUSY if this process has a target on that bus already,
 * -EINVAL also if I2CTARGET_QUIRKS (quirks.h) names no quirk.
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
 * Writes one sentence for people: why i2ctarget_init() failed with `error` on `bus`, and what to
 * do.  `size` is that of `text`.  Returns `text`.
 */
I2CTARGET_API const char *i2ctarget_bus_explain(unsigned bus, int error, char *text, size_t size);

/*
 * A descriptor for poll(), select() and epoll.  It is readable
 *   - while i2ctarget_next_request(target, …, -1) would return a request;
 *   - when the server has ended (that call then returns -EIO);
 *   - once, after a fault has ended a message or has taken back a request that was announced.
 * In the third case i2ctarget_next_request() finds no request.  So call it with timeout_us < 0, and
 * expect that it may return 0.
 *
 * The descriptor belongs to the target, is CLOEXEC, and lives until deinit.  Do not read or close
 * it.
 * -EBADF: not initialised, or not on a bus.  -EMFILE, -ENFILE, -ENOMEM, …: from Linux.
 */
I2CTARGET_API int i2ctarget_bus_descriptor(struct i2ctarget *target) I2CTARGET_MUST_USE;

/*
 * The pins live until the end of the enclosing block (C) or of the full expression (C++).  That is
 * long enough: i2ctarget_init() copies them.
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
