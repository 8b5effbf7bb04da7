/* SPDX-License-Identifier: MIT */
/*
 * i2ctarget: write an I2C target once, run it on a microcontroller, on Linux without hardware, or
 * in a test.
 *
 *     uint8_t addresses[] = {0x40, 0x41};
 *     struct i2ctarget target;
 *     struct i2ctarget_request request;
 *
 *     int error = i2ctarget_init(&target, BOARD_SCL, BOARD_SDA, addresses, 2, false);
 *     while (!error && i2ctarget_next_request(&target, &request, 0) == 1) {
 *         if (request.is_read)
 *             count = i2ctarget_write(&request, answer, sizeof answer);
 *         else
 *             count = i2ctarget_read(&request, buffer, sizeof buffer, true);
 *         i2ctarget_close(&request);
 *     }
 *
 * The application asks for each message and for its bytes.  Until it asks, nothing is acknowledged
 * and SCL is held low (clock stretching, UM10204 §3.1.9).  A device (device.h) answers at once,
 * without stretching.  Every call means the same on every port; docs/DESIGN.md has the table.
 *
 * Context: one task or thread makes all calls on a target, and no interrupt makes any.
 * Memory:  all memory is the caller's; the library allocates nothing.
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
    I2CTARGET_ENOENT = 2,   /* no such bus: no server runs for it */
    I2CTARGET_EINTR = 4,    /* a signal arrived; repeat the call with the same arguments */
    I2CTARGET_EIO = 5,      /* the port is lost for good; on Linux: the bus has ended */
    I2CTARGET_EBADF = 9,    /* target deinitialised, or request closed or out of date */
    I2CTARGET_ENOMEM = 12,  /* Linux: no memory here or in the bus server; test bus: it is full */
    I2CTARGET_EACCES = 13,  /* wrong direction for this request; init: no permission for the bus */
    I2CTARGET_EBUSY = 16,   /* these pins, or this device, are in use already */
    I2CTARGET_ENODEV = 19,  /* attach, remove: the target has no such address */
    I2CTARGET_EINVAL = 22,  /* an argument is out of range */
    I2CTARGET_EDEADLK = 35, /* test bus: the wait would never end */
    I2CTARGET_EPROTO = 71,  /* the bus server speaks another protocol version */
    I2CTARGET_ETIMEDOUT = 110 /* the timeout of i2ctarget_next_request() is over */
};

#if defined(__GNUC__)
#define I2CTARGET_MUST_USE __attribute__((warn_unused_result))
#else
#define I2CTARGET_MUST_USE
#endif

struct i2ctarget_port_ops; /* port.h */
struct i2ctarget_device;   /* device.h */
struct i2ctarget_quirk;    /* quirks.h */

/* A pin, and the port that it belongs to.  Headers of boards and ports define the pins. */
struct i2ctarget_pin {
    const struct i2ctarget_port_ops *port;
    uintptr_t unit;  /* which instance of the port: a bus number, a hardware block, … */
    uint16_t number; /* the pin's number there */
};

/* They only grow while the target lives, and wrap at 2^32.  Init sets them to 0. */
struct i2ctarget_counters {
    uint32_t arbitration_lost;   /* read messages lost to another target with the same address */
    uint32_t timeouts;           /* messages ended by an SMBus limit */
    uint32_t cancelled;          /* messages that ended before they became a request */
    uint32_t order_errors;       /* events out of order: always a defect of the port */
    uint32_t glitches;           /* spikes the input filter rejected */
    uint32_t stretches;          /* times SCL was held low for an answer */
    uint32_t longest_stretch_us; /* the longest of them */
};

/* What a port can do with the pins of a target. */
struct i2ctarget_capabilities {
    uint8_t address_count_max; /* 1..128 */
    bool smbus;                /* can keep the SMBus limits */
    /* Up to this SCL a prompt processor stretches neither for a device nor in messages for others. */
    uint32_t scl_hz_max;
    uint32_t stranger_stretch_ns; /* above it: the longest stretch of messages for others */
    uint32_t spike_ns; /* spikes no longer than that, on either line, are nothing; 0: no filter */
};

/*
 * One target: a pair of pins and its addresses.  All members are private to the core.
 * (Bytes come first: a Cortex-M0+ reaches those in the first 32 with one instruction.)
 */
struct i2ctarget {
    /* The message on the bus. */
    uint8_t phase; /* enum phase in core.h: whose turn it is */
    uint8_t byte;  /* received and not yet acknowledged */
    uint16_t address;
    bool is_read, is_restart;
    bool given;  /* a read: a byte was given, its ninth clock is not reported yet */
    bool closed; /* the application has closed it: NACK or 0xFF from here on */
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
    struct i2ctarget_quirk *quirk;          /* NULL: none */
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
 * A message addressed to us.  The caller owns it; the core keeps no pointer to it.
 * i2ctarget_next_request() fills it in.  Every call on the request updates `end` and `moved`.
 */
struct i2ctarget_request {
    struct i2ctarget *target;
    uint32_t serial;        /* valid while it is the target's current one, else -EBADF */
    uint16_t address;       /* 0x00-0x7F */
    bool is_ten_bit;        /* the kind of `address`; false: 10-bit addresses are not offered yet */
    bool is_read;           /* the controller reads from us */
    bool is_restart;        /* it began with Sr, whether or not the message before was ours */
    enum i2ctarget_end end; /* why it ended; I2CTARGET_OPEN: not yet */
    uint32_t moved;         /* bytes so far, as defined at struct i2ctarget_event */
};

/*
 * Start serving.  This never disturbs the bus: a transfer under way is ignored up to the next
 * START.
 *
 * scl, sda       pins of one port; copied
 * addresses      address_count (1..128) of 0x00-0x7F in any order, duplicates allowed; copied.
 *                0x00 is the general call; it can only be written to (UM10204 §3.1.13)
 * smbus          true: keep the SMBus limits (t_TIMEOUT 25..35 ms; at most 25 ms of our own
 *                stretching in one transfer).  false: no time-out of any kind, as in plain I2C
 *
 * Returns 0.  -EINVAL: NULL, bad count or address, pins that cannot serve.  -EBUSY: these pins
 * serve another target of this process.  Ports add codes (bus.h: -ENOENT, -EACCES, -EPROTO, …).
 */
I2CTARGET_API int i2ctarget_init(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                                 const struct i2ctarget_pin *sda, const uint8_t *addresses,
                                 size_t address_count, bool smbus) I2CTARGET_MUST_USE;

/*
 * Stop serving.  Both lines are released at once, even in the middle of a byte (the controller may
 * then see a STOP).  A device's message ends with I2CTARGET_CLOSED, and devices are free again.
 * Afterwards every call on the target or its requests returns -EBADF; a second deinit has no effect.
 */
I2CTARGET_API void i2ctarget_deinit(struct i2ctarget *target);

/*
 * Wait for the next message addressed to us, and acknowledge its address.  A request that is still
 * open is closed first.  A fault of the bus (a controller's time-out, an SMBus limit, …) ends the
 * open request and is not reported here: the next request comes as usual.
 *
 * timeout_us     < 0: look once, do not wait; 0: wait for ever; > 0: microseconds, never less
 *
 * Returns 1: *request is filled in.  0: there is none (only when timeout_us < 0).  -ETIMEDOUT.
 * -EINTR.  -EBADF.  -EINVAL: NULL.  -EIO: the port is lost for good.  -EDEADLK (test bus only).
 */
I2CTARGET_API int i2ctarget_next_request(struct i2ctarget *target,
                                         struct i2ctarget_request *request,
                                         int64_t timeout_us) I2CTARGET_MUST_USE;

/*
 * Is there a message for i2ctarget_next_request()?  Only looks: nothing is acknowledged, and an open
 * request stays open.  Never blocks.
 *
 * Returns 1: it would return at once.  0: not now.  -EINVAL: NULL.  -EBADF.  -EIO: the port is lost.
 */
I2CTARGET_API int i2ctarget_has_request(struct i2ctarget *target) I2CTARGET_MUST_USE;

/*
 * Read what the controller writes.  Returns as soon as n bytes have come, or when the message has
 * ended.  To read a whole message, call until the count is less than n.  There is no time limit.
 *
 * buffer, n      room for n bytes; with n = 0 the call returns 0 at once
 * ack            true: every byte is acknowledged.  false: all but the n-th; SCL is held before
 *                its ACK bit until i2ctarget_ack() answers it, the next read with n > 0
 *                acknowledges it, or close refuses it
 *
 * Returns the count, 0..n.  -EACCES: a read request.  -EBADF.  -EINVAL: NULL with n > 0, or
 * n > INT_MAX.
 * -EINTR, -EDEADLK: repeat the call with the very same arguments.  The bytes acknowledged so far
 * are in the buffer, and the repeated call counts them.  Until then, other arguments are -EINVAL.
 * A fault of the bus is the end of the message, like a STOP: the call returns the bytes that came
 * before it, and later calls return 0.  request->end tells them apart: a program that must not act
 * on half a message looks for I2CTARGET_STOP or I2CTARGET_RESTART.
 * -EIO: the port is lost for good, and no byte came before that.  Every later call returns it, too.
 */
I2CTARGET_API int i2ctarget_read(struct i2ctarget_request *request, uint8_t *buffer, size_t n,
                                 bool ack) I2CTARGET_MUST_USE;

/*
 * Send bytes as the controller clocks them.  Returns when the controller asks for one byte more
 * than n (SCL then stays held until the next write or close), or when the message has ended.
 *
 * buffer, n      the bytes; with n = 0 the call returns 0 at once
 *
 * Returns how many bytes the controller took, the one that it NACKed included.  A byte that was cut
 * short does not count.  Bytes that were not taken are forgotten.  -EACCES: a write request.  Other
 * errors as for i2ctarget_read().
 */
I2CTARGET_API int i2ctarget_write(struct i2ctarget_request *request, const uint8_t *buffer,
                                  size_t n) I2CTARGET_MUST_USE;

/*
 * Acknowledge (true) or refuse (false) the byte that read(ack = false) left unanswered.  No effect
 * if there is none.  Returns 0.  -EACCES: a read request.  -EBADF.
 */
I2CTARGET_API int i2ctarget_ack(struct i2ctarget_request *request, bool ack);

/*
 * The application is done with the request.  A write: the unanswered or next byte gets a NACK.  A
 * read: the controller gets 0xFF until it stops.  Never blocks.  Returns 0, also for a request that
 * is closed already.  -EINVAL: NULL.
 */
I2CTARGET_API int i2ctarget_close(struct i2ctarget_request *request);

/*
 * Let a device answer everything at an address, at once (device.h).  If a message to that address
 * is held already, the device answers it.
 *
 * address        one of the target's
 * device         the caller's; it must live until the target's deinit.  It may serve several
 *                addresses of one target; an address has one device at most
 *
 * Returns 0.  -EBADF.  -EINVAL: NULL or out of range.  -ENODEV: not an address of the target.
 * -EBUSY: the address has a device, or the device belongs to another target.
 */
I2CTARGET_API int i2ctarget_attach(struct i2ctarget *target, uint16_t address,
                                   struct i2ctarget_device *device) I2CTARGET_MUST_USE;

/*
 * Serve another address, or one less, from the next START on.  Everything else goes on meanwhile,
 * and the bus is not disturbed.  (An address byte that is on the bus at this moment may count
 * either way.)
 *
 * add            one that is there already: 0, nothing changes.  Requests for a new one come to the
 *                application until a device is attached there
 * remove         a message to it that has begun goes on to its end.  A call that is held is NACKed
 *                and counted as cancelled; i2ctarget_next_request() reports none for this address
 *                from now on.  A device loses the address.  It keeps the others, and it stays with
 *                the target until i2ctarget_deinit(), even without any
 *                The last one may go, too: the target is then silent until one is added
 * address        0x00-0x7F, as at i2ctarget_init()
 *
 * When the call returns, the change holds.  On Linux it waits for the answer of the bus server;
 * signals do not interrupt that.
 *
 * 0.  -EBADF.  -EINVAL: NULL or out of range; add: more than the port can serve.  -ENODEV (remove):
 * it is not there.  -EIO: the port is gone for good.
 */
I2CTARGET_API int i2ctarget_add_address(struct i2ctarget *target,
                                        uint16_t address) I2CTARGET_MUST_USE;
I2CTARGET_API int i2ctarget_remove_address(struct i2ctarget *target,
                                           uint16_t address) I2CTARGET_MUST_USE;

/*
 * i2ctarget_lock() keeps the target's events from coming until i2ctarget_unlock().  No callback of
 * its devices runs in between.  So a controller sees all that the program changes there as one
 * change.
 *
 *     i2ctarget_lock(&target);
 *     i2ctarget_lm75_convert(&lm75, millicelsius);
 *     i2ctarget_unlock(&target);
 *
 * Context        the task or thread of all other calls; not inside a callback.  It is no mutex:
 *                another thread is not kept out
 * In between     functions of devices, and i2ctarget_get_counters().  No other call on any target:
 *                those lock, too, or wait for events.  Not nested
 * Cost           on a chip the interrupts of this core are disabled.  Nothing is lost: a controller
 *                that needs an answer finds SCL low until i2ctarget_unlock().  A controller that
 *                ignores stretching, and the program's other interrupts, limit how long this may
 *                take: stay below a few microseconds.  An SMBus limit that passes meanwhile takes
 *                effect at i2ctarget_unlock().
 *                On Linux, and on the test bus, events come only inside calls on the target.  There
 *                the lock has nothing to do and costs nothing
 *
 * No effect on a target that is not initialised.
 */
I2CTARGET_API void i2ctarget_lock(struct i2ctarget *target);
I2CTARGET_API void i2ctarget_unlock(struct i2ctarget *target);

/* Copy the counters.  May be called at any time; all are 0 after deinit. */
I2CTARGET_API void i2ctarget_get_counters(const struct i2ctarget *target,
                                          struct i2ctarget_counters *counters);

/*
 * What this target's pins can do.  Pins of one port may differ: a chip can serve some by a hardware
 * block, others by its processor.  NULL after deinit.
 */
I2CTARGET_API const struct i2ctarget_capabilities *i2ctarget_get_capabilities(
    const struct i2ctarget *target);

/* What a call was for, as i2ctarget_explain() wants to know it. */
enum i2ctarget_asked {
    I2CTARGET_ASKED_INIT,
    I2CTARGET_ASKED_ADDRESS, /* attach, add, remove */
    I2CTARGET_ASKED_REQUEST, /* next_request, and others of the target */
    I2CTARGET_ASKED_READ,
    I2CTARGET_ASKED_WRITE,
    I2CTARGET_ASKED_ACK
};

/*
 * Why such a call returned this negative code, and what to do about it: words for people, constant,
 * never NULL.  For init on Linux, i2ctarget_bus_explain() knows more (bus.h).
 */
I2CTARGET_API const char *i2ctarget_explain(enum i2ctarget_asked asked, int error);

#ifdef __cplusplus
}
#endif
#endif
