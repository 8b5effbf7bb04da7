/* SPDX-License-Identifier: MIT */
/*
 * Requests as another implementation gives them, for programs that were written for it and depend
 * on it.  Nobody else needs this.
 *
 *     struct i2ctarget_quirk quirk;
 *
 *     error = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, 1, false);
 *     if (!error)
 *         error = i2ctarget_use_quirk(&target, &quirk, "circuitpython-rp2040");
 *
 * On Linux, programs in C and Python need no change: I2CTARGET_QUIRKS=circuitpython-rp2040 in the
 * environment does this for each target that is opened on a bus.
 *
 * circuitpython-rp2040    CircuitPython 8.0 to 10.1 on an RP2040.  The chip's I2C block receives and
 *                         acknowledges by itself, and a request is one look at its FIFOs:
 *
 *     an address alone          is acknowledged, and is no request
 *     each byte written         is a request of its own; read() returns this byte, whatever n is,
 *                               and then nothing.  It is given again if it was not read
 *     each byte wanted          is a request of its own, as long as nothing was written for it.  A
 *                               request that is closed without a write comes again
 *     write()                   takes 16 bytes at most, the size of the FIFO.  It returns how many it
 *                               has taken, not how many were clocked.  Bytes that are not clocked
 *                               are forgotten
 *     ack(), read(ack = false)  no effect: each byte is acknowledged
 *     close()                   no effect on the bus: no NACK, no 0xFF
 *     is_restart                is that of the message, for each of its requests
 *
 * Other limits of that port are not imitated: any address set and any pins serve, SMBus limits are
 * kept, and SCL is held until a byte is asked for.  Devices (device.h) answer as ever.
 */
#ifndef I2CTARGET_QUIRKS_H
#define I2CTARGET_QUIRKS_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

struct i2ctarget_quirk_ops;

/* The caller's memory; it must live until the target's deinit.  All members are private. */
struct i2ctarget_quirk {
    const struct i2ctarget_quirk_ops *ops;
    struct i2ctarget_request message; /* the whole one, as the core gives it */
    int64_t until_us;                 /* when a read of it stops to wait */
    bool has_message;
    bool has_byte; /* received, and not read yet */
    uint8_t byte;
};

/*
 * From now on the target gives requests in this way.  Call it after i2ctarget_init() and before the
 * first request.  Returns 0.  -EINVAL: NULL, or there is no quirk of this name.
 */
I2CTARGET_API int i2ctarget_use_quirk(struct i2ctarget *target, struct i2ctarget_quirk *quirk,
                                      const char *name) I2CTARGET_MUST_USE;

/* The names: index 0 is the first one.  NULL: there are no more. */
I2CTARGET_API const char *i2ctarget_get_quirk_name(unsigned index);

#ifdef __cplusplus
}
#endif
#endif
