/* SPDX-License-Identifier: MIT */
/*
 * The test bus, inside the process: two wires and a controller in virtual time, for tests of
 * targets and devices.
 *
 *     struct i2ctarget_testbus *bus = i2ctarget_testbus_new(100000);
 *     struct i2ctarget_pin scl = i2ctarget_testbus_scl(bus, 0);
 *     struct i2ctarget_pin sda = i2ctarget_testbus_sda(bus, 0);
 *     error = i2ctarget_init(&target, &scl, &sda, addresses, 1, false);
 *
 *     struct i2ctarget_testbus_message message = {.address = 0x40, .length = 2, .buffer = bytes};
 *     error = i2ctarget_testbus_start(bus, &message, 1);
 *     count = i2ctarget_next_request(&target, &request, 0);
 *     count = i2ctarget_testbus_run(bus);
 *
 * i2ctarget_testbus_start() lets the controller begin.  Time moves inside the calls on the target,
 * and inside i2ctarget_testbus_run(), which makes the rest of the transfer.
 *
 * Everything runs bit by bit on simulated lines, and no real time passes.  A wait that would never
 * end returns -EDEADLK.  For hosts only, as it allocates memory.  A bus and its targets belong to
 * one thread.
 */
#ifndef I2CTARGET_TESTBUS_H
#define I2CTARGET_TESTBUS_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

struct i2ctarget_testbus;

/* scl_hz: 1..1,000,000.  Returns NULL: out of range, or no memory. */
I2CTARGET_API struct i2ctarget_testbus *i2ctarget_testbus_new(uint32_t scl_hz);
/* All its targets must be deinitialised before. */
I2CTARGET_API void i2ctarget_testbus_free(struct i2ctarget_testbus *bus);

/*
 * The pins of one chip on the bus.  `chip`: 0..32767; each target on a bus needs a chip of its own.
 */
I2CTARGET_API struct i2ctarget_pin i2ctarget_testbus_scl(struct i2ctarget_testbus *bus,
                                                         unsigned chip);
I2CTARGET_API struct i2ctarget_pin i2ctarget_testbus_sda(struct i2ctarget_testbus *bus,
                                                         unsigned chip);

/*
 * One message of a transfer.  Buffer and struct are the caller's; they must live until the transfer
 * is over.
 */
struct i2ctarget_testbus_message {
    uint8_t address;
    bool is_read;
    uint32_t length; /* bytes; 0: the address alone */
    uint8_t *buffer;
    /* Results, when the transfer is over. */
    bool addressed; /* its address was acknowledged */
    uint32_t moved; /* bytes clocked; a byte that was not acknowledged counts */
    bool nacked;    /* a written byte was not acknowledged */
};

/*
 * Begin a transfer: START, the messages joined by repeated START, STOP.  Returns 0, -EINVAL, or
 * -EBUSY (a transfer is under way).
 */
I2CTARGET_API int i2ctarget_testbus_start(struct i2ctarget_testbus *bus,
                                          struct i2ctarget_testbus_message *messages, size_t count);

/*
 * Run until the transfer is over.  Returns how many messages were completed; success is all of
 * them.
 * -EDEADLK: a target holds SCL and waits for the application; serve its request, then call again.
 */
I2CTARGET_API int i2ctarget_testbus_run(struct i2ctarget_testbus *bus);

/* Is a transfer under way? */
I2CTARGET_API bool i2ctarget_testbus_busy(const struct i2ctarget_testbus *bus);

/* true: the controller ignores clock stretching, as some real ones do. */
I2CTARGET_API void i2ctarget_testbus_ignore_stretch(struct i2ctarget_testbus *bus, bool ignore);

I2CTARGET_API uint64_t i2ctarget_testbus_now_ns(const struct i2ctarget_testbus *bus);
/* Let that much simulated time pass; whatever is due in it happens. */
I2CTARGET_API void i2ctarget_testbus_pass(struct i2ctarget_testbus *bus, uint64_t ns);

/* Record the lines in a VCD file from now on (ticks of 1 ns).  Returns 0 or -errno. */
I2CTARGET_API int i2ctarget_testbus_trace(struct i2ctarget_testbus *bus, const char *path);

#ifdef __cplusplus
}
#endif
#endif
