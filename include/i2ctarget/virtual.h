/* SPDX-License-Identifier: MIT */
/*
 * A bus inside the process: two wires and a controller in virtual time, for tests of targets and
 * devices.
 *
 *     struct virtual_bus *bus = virtual_bus_new(100000);
 *     struct i2ctarget_pin scl = virtual_bus_scl(bus, 0), sda = virtual_bus_sda(bus, 0);
 *     i2ctarget_init(&target, &scl, &sda, addresses, 1, false);
 *
 *     struct virtual_message message = {.address = 0x40, .length = 2, .buffer = bytes};
 *     virtual_bus_start(bus, &message, 1);          the controller begins …
 *     i2ctarget_request(&target, &request, 0);      … time moves inside these calls …
 *     virtual_bus_run(bus);                         … and here: the rest of the transfer
 *
 * Everything runs bit by bit on simulated lines; no real time passes.  A wait that can never end
 * returns -EDEADLK.  Host only (it allocates).  One bus and its targets belong to one thread.
 */
#ifndef I2CTARGET_VIRTUAL_H
#define I2CTARGET_VIRTUAL_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

struct virtual_bus;

/* scl_hz: 1..1,000,000.  NULL: out of range, or no memory. */
struct virtual_bus *virtual_bus_new(uint32_t scl_hz);
/* Deinit its targets first. */
void virtual_bus_free(struct virtual_bus *bus);

/*
 * The pins of one chip on the bus.  `chip`: 0..32767; every target on one bus is a chip of its own.
 */
struct i2ctarget_pin virtual_bus_scl(struct virtual_bus *bus, unsigned chip);
struct i2ctarget_pin virtual_bus_sda(struct virtual_bus *bus, unsigned chip);

/*
 * One message of a transfer.  Buffer and struct are the caller's, and in use until the transfer is
 * over.
 */
struct virtual_message {
    uint8_t address;
    bool is_read;
    uint32_t length; /* bytes; 0: the address alone */
    uint8_t *buffer;
    /* Out, when the transfer is over. */
    bool addressed; /* its address was acknowledged */
    uint32_t moved; /* bytes clocked, the one not acknowledged included */
    bool nacked;    /* a written byte was not acknowledged */
};

/*
 * Begin a transfer: START, the messages joined by repeated START, STOP.  0, -EINVAL, -EBUSY (one is
 * under way).
 */
int virtual_bus_start(struct virtual_bus *bus, struct virtual_message *messages, size_t count);

/*
 * Run until the transfer is over: the count of messages wholly done (all of them: success), or
 * -EDEADLK: a target holds SCL, it is the application's turn; call again later.
 */
int virtual_bus_run(struct virtual_bus *bus);

/* Is a transfer under way? */
bool virtual_bus_busy(const struct virtual_bus *bus);

/* A controller that ignores clock stretching (true), as some do. */
void virtual_bus_ignore_stretch(struct virtual_bus *bus, bool ignore);

uint64_t virtual_bus_now_ns(const struct virtual_bus *bus);
/* Let that much time pass, with everything that happens in it. */
void virtual_bus_pass(struct virtual_bus *bus, uint64_t ns);

/* Record the lines as a VCD file from now on (1 ns ticks).  0 or -errno. */
int virtual_bus_trace(struct virtual_bus *bus, const char *path);

#ifdef __cplusplus
}
#endif
#endif
