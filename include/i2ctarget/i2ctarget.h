/* SPDX-License-Identifier: MIT */
/*
 * i2ctarget: write an I2C target once, run it on a microcontroller, on Linux without hardware, or
 * in a test.
 *
 *     uint8_t addresses[] = {0x40, 0x41};
 *     struct i2ctarget target;
 *     struct i2ctarget_request request;
 *
 *     i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, 2, false);
 *     while (i2ctarget_next_request(&target, &request, 0) == 1) {
 *         if (request.is_read)
 *             i2ctarget_write(&request, answer, sizeof answer);
 *         else
 *             count = i2ctarget_read(&request, buffer, sizeof buffer, true);
 *         i2ctarget_close(&request);
 *     }
 *
 * The application pulls: nothing of a message is accepted before the application asks for it, and
 * SCL is held low meanwhile (clock stretching, UM10204 §3.1.9).  Devices that must answer at once,
 * without stretching, use device.h.  Semantics are the same to the last bit on every port;
 * docs/DESIGN.md has the table.
 *
 * Context: all calls on one target come from one task or thread, none from an interrupt.
 * Memory:  everything is the caller's; nothing is allocated here.
 * Results: negative codes are -I2CTARGET_E…; everything else is a value.
 */
#ifndef I2CTARGET_H
#define I2CTARGET_H

#include <stddef.h>

#include "i2ctarget/api.h"
#include "i2ctarget/event.h"

#ifdef __cplusplus
extern "C" {
#endif

#define I2CTARGET_VERSION "0.1.0"

/* Error codes.  The values are Linux' errno on every machine; calls return them negated. */
enum i2ctarget_error {
    I2CTARGET_ENOENT = 2,     /* no such bus: no server runs for it */
    I2CTARGET_EINTR = 4,      /* a signal arrived; the call can be repeated as it was */
    I2CTARGET_EIO = 5,        /* the bus or the port failed under this request */
    I2CTARGET_EBADF = 9,      /* target deinitialised, or request closed or out of date */
    I2CTARGET_ENOMEM = 12,    /* a Linux port could not allocate its state */
    I2CTARGET_EACCES = 13,    /* wrong direction for this request; at init: no right to the bus */
    I2CTARGET_EBUSY = 16,     /* these pins, or this device, are in use already */
    I2CTARGET_ENODEV = 19,    /* attach: the address is not one of the target's */
    I2CTARGET_EINVAL = 22,    /* an argument is out of range */
    I2CTARGET_EDEADLK = 35,   /* test bus: nobody can go on, waiting would never end */
    I2CTARGET_EPROTO = 71,    /* the bus server speaks another protocol version */
    I2CTARGET_ETIMEDOUT = 110 /* the caller's time is over; on a request: an SMBus limit ended it */
};

#if defined(__GNUC__)
#define I2CTARGET_MUST_USE __attribute__((warn_unused_result))
#else
#define I2CTARGET_MUST_USE
#endif

struct i2ctarget_port_ops; /* port.h */
struct i2ctarget_device;   /* device.h */

/* A pin knows its port: one call works on every machine.  Made by boards and ports, not by hand. */
struct i2ctarget_pin {
    const struct i2ctarget_port_ops *port;
    uintptr_t unit;  /* which instance of the port: a bus number, a hardware block, … */
    uint16_t number; /* the pin's number there */
};

/* Only grow while the target lives; wrap at 2^32.  Init sets them to 0. */
struct i2ctarget_counters {
    uint32_t arbitration_lost;   /* read messages lost to another target with the same address */
    uint32_t timeouts;           /* messages ended by an SMBus limit */
    uint32_t cancelled;          /* calls that ended before request() could report them */
    uint32_t order_errors;       /* events out of order: a defect of the port, never of the bus */
    uint32_t glitches;           /* spikes the input filter rejected */
    uint32_t stretches;          /* times SCL was held low for an answer */
    uint32_t longest_stretch_us; /* the longest of them */
};

/*
 * One target: a pin pair and its addresses.  Its members are the core's; take none of them from
 * here.  (Bytes first: a Cortex-M0+ reaches those in the first 32 with one instruction.)
 */
struct i2ctarget {
    /* The message on the bus. */
    uint8_t phase; /* enum phase in core.h: whose turn it is */
    uint8_t byte;  /* received and not yet acknowledged */
    uint16_t address;
    bool is_read, is_restart;
    bool given;  /* a read: a byte was given, its ninth clock not reported yet */
    bool closed; /* the application is done with it: NACK or 0xFF from here on */
    /* The application's request.  It may outlive its message. */
    bool alive;     /* its message is the one on the bus */
    bool delivered; /* the application has the unacknowledged byte: read(ack = false) */
    bool request_is_read;
    uint8_t end; /* enum i2ctarget_end */
    /* The read or write under way, or interrupted by a signal. */
    uint8_t operation; /* enum operation in core.h */
    bool ack_last;

    const struct i2ctarget_port_ops *port;  /* NULL: not initialised */
    void *instance;                         /* the port's own state */
    struct i2ctarget_device *devices;       /* the attached ones */
    struct i2ctarget_device *answerer;      /* of the message; NULL: the application */
    struct i2ctarget_address_set addresses; /* the configured ones */
    uint32_t moved;                         /* bytes of the message on the bus */
    uint32_t serial;                        /* of the current request; others are out of date */
    uint32_t request_moved;                 /* bytes of a request whose message is over */
    uint8_t *buffer;                        /* the operation's … */
    size_t size, done;
    uint32_t start; /* `moved` when it began */

    struct i2ctarget_counters counters;
};

/*
 * A message addressed to us.  Owned by the caller; the core keeps no pointer to it.  Filled by
 * i2ctarget_next_request(); `end` and `moved` are brought up to date by every call on the request.
 */
struct i2ctarget_request {
    struct i2ctarget *target;
    uint32_t serial;        /* valid while it is the target's current one, else -EBADF */
    uint16_t address;       /* 0x00-0x7F */
    bool is_ten_bit;        /* what `address` is; false, as ten-bit ones are not offered yet */
    bool is_read;           /* the controller reads from us */
    bool is_restart;        /* began with a repeated START, whoever the last message was for */
    enum i2ctarget_end end; /* why it ended; I2CTARGET_OPEN: it has not */
    uint32_t moved;         /* bytes so far, as defined at struct i2ctarget_event */
};

/*
 * Start serving.  Never disturbs the bus; a transfer under way is left alone until its next START.
 *
 * scl, sda       pins of one port; copied
 * addresses      address_count (1..128) of 0x00-0x7F in any order, duplicates allowed; copied.
 *                0x00 is the general call, which is written to only (UM10204 §3.1.13)
 * smbus          true: keep the SMBus limits (t_TIMEOUT 25..35 ms, own stretching 25 ms in sum);
 *                false: no time-out of any kind, as plain I2C
 *
 * 0, or -EINVAL: NULL, bad count or address, pins that cannot serve; -EBUSY: these pins serve
 * another target of this process; and what the port adds (bus.h: -ENOENT, -EACCES, -EPROTO, …).
 */
I2CTARGET_API int i2ctarget_init(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                                 const struct i2ctarget_pin *sda, const uint8_t *addresses,
                                 size_t address_count, bool smbus) I2CTARGET_MUST_USE;

/*
 * Stop serving: both lines are released at once, even in the middle of a byte (the controller may
 * then see a STOP).  Idempotent.  Afterwards every call on the target or its requests is -EBADF.
 */
I2CTARGET_API void i2ctarget_deinit(struct i2ctarget *target);

/*
 * Wait for the next message addressed to us and acknowledge its address.  A request still open is
 * closed first.  A fault of the bus is never reported here: it ends the open request.
 *
 * timeout_us     < 0: look once; 0: wait for ever; > 0: that many microseconds, never less
 *
 * 1: *request is filled.  0: none (only when timeout_us < 0).  -ETIMEDOUT.  -EINTR.  -EBADF.
 * -EINVAL: NULL.  -EIO: the port is gone for good.  -EDEADLK (test bus only).
 */
I2CTARGET_API int i2ctarget_next_request(struct i2ctarget *target,
                                         struct i2ctarget_request *request,
                                         int64_t timeout_us) I2CTARGET_MUST_USE;

/*
 * Read what the controller writes.  Returns as soon as n bytes are in, or the message ended.  To
 * read all of a message, call until the count is short.  No time limit.
 *
 * buffer, n      n bytes of the caller's; n = 0: 0, at once
 * ack            every byte is acknowledged, the n-th too, unless false: then SCL is held before
 *                the n-th byte's ACK bit until i2ctarget_ack(), the next read with n > 0 (which
 *                acknowledges it) or close (which does not)
 *
 * The count, 0..n.  -EACCES: a read request.  -EBADF.  -EINVAL: NULL with n > 0, n > INT32_MAX.
 * -EINTR, -EDEADLK: call again with the very same arguments; what was acknowledged so far is in
 * the buffer and counted by that call (other arguments: -EINVAL until then).
 * A fault of the bus: the bytes so far; without any, and from then on, -ETIMEDOUT (SMBus limit) or
 * -EIO.
 */
I2CTARGET_API int i2ctarget_read(struct i2ctarget_request *request, uint8_t *buffer, size_t n,
                                 bool ack) I2CTARGET_MUST_USE;

/*
 * Give bytes as the controller clocks them.  Returns when it asks for the byte after the last one
 * (SCL then stays held until the next write or close), or the message ended.
 *
 * buffer, n      the bytes; n = 0: 0, at once
 *
 * How many it took, the finally NACKed one included.  A byte cut short does not count; bytes not
 * taken never show up later.  -EACCES: a write request.  Other errors as i2ctarget_read().
 */
I2CTARGET_API int i2ctarget_write(struct i2ctarget_request *request, const uint8_t *buffer,
                                  size_t n) I2CTARGET_MUST_USE;

/*
 * Answer the byte that read(ack = false) left unanswered.  No effect when there is none.
 * 0.  -EACCES: a read request.  -EBADF.
 */
I2CTARGET_API int i2ctarget_ack(struct i2ctarget_request *request, bool ack);

/*
 * Done with the request.  Write: the pending or next byte is NACKed.  Read: 0xFF until the
 * controller stops.  Never blocks.  Idempotent: 0, also on a closed one.  -EINVAL: NULL.
 */
I2CTARGET_API int i2ctarget_close(struct i2ctarget_request *request);

/*
 * Let a device answer everything at an address, at once (device.h).  A call already held for that
 * address is answered by it.
 *
 * address        one of the target's
 * device         the caller's; must outlive the target or its deinit.  It may serve several
 *                addresses of one target; each address has one answerer
 *
 * 0.  -EBADF.  -EINVAL: NULL or out of range.  -ENODEV: not an address of the target.  -EBUSY: the
 * address has a device, or the device belongs to another target.
 */
I2CTARGET_API int i2ctarget_attach(struct i2ctarget *target, uint16_t address,
                                   struct i2ctarget_device *device) I2CTARGET_MUST_USE;

/*
 * Keep the target's events out, and let them come again.  In between no callback of its devices
 * runs: a controller sees what the program changes there as one change.
 *
 *     i2ctarget_lock(&target);
 *     i2ctarget_lm75_convert(&lm75, millicelsius);
 *     i2ctarget_unlock(&target);
 *
 * Context        the task or thread of all other calls; not inside a callback.  It is no mutex: it
 *                does not keep another thread out
 * In between     functions of devices, and i2ctarget_get_counters().  No other call on any target:
 *                they lock, too, or wait for events.  Not nested
 * Cost           on a chip the interrupts of this core are off.  Nothing is lost meanwhile: a
 *                controller that needs an answer finds SCL low until i2ctarget_unlock().  So a
 *                controller that ignores stretching, and every other interrupt of the program,
 *                says how long it may take: stay below a few microseconds.  Limits of SMBus that
 *                are over meanwhile are kept at i2ctarget_unlock()
 *                On Linux, and on the test bus, events come only inside calls on the target: there
 *                is nothing to do, and it costs nothing
 *
 * No effect on a target that is not initialised.
 */
I2CTARGET_API void i2ctarget_lock(struct i2ctarget *target);
I2CTARGET_API void i2ctarget_unlock(struct i2ctarget *target);

/* Copy the counters.  Any time; all zero after deinit. */
I2CTARGET_API void i2ctarget_get_counters(const struct i2ctarget *target,
                                          struct i2ctarget_counters *counters);

#ifdef __cplusplus
}
#endif
#endif
