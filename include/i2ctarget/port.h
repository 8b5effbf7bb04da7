/* SPDX-License-Identifier: MIT */
/*
 * For port writers: what the core calls in a port, and how a port raises events.
 *
 *     core ── const struct i2ctarget_port_ops ──► port
 *     core ◄── i2ctarget_raise_event() ── port
 *
 * A port watches two wires for START, its addresses, bytes and STOP, and raises events (event.h).
 * The answer is the return value; after HOLD it comes later, through answer().  The port holds SCL
 * low from the moment an answer is owed until it has put the answer on SDA.
 */
#ifndef I2CTARGET_PORT_H
#define I2CTARGET_PORT_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

#define I2CTARGET_FOREVER INT64_MAX

struct i2ctarget_port_ops {
    /*
     * i2ctarget_init() refuses what is beyond address_count_max and smbus.  The contract suite holds
     * the port to the rest.
     */
    struct i2ctarget_capabilities capabilities;

    /*
     * Take the pins and begin to listen, without disturbing the bus.  Task context; may block.  The
     * port copies `addresses`.  *instance is an argument of all other ops.  Events may be raised as
     * soon as open() returns.  Returns 0, -EINVAL (pins that cannot serve) or -EBUSY (pins in use).
     */
    int (*open)(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                bool smbus, void **instance);
    /*
     * Release both lines at once and stop listening.  No event is raised any more.  Task context;
     * does not block.
     */
    void (*close)(void *instance);
    /*
     * Listen to these addresses, and no others; the set may be empty.  `addresses`: the port's to
     * copy.  Task context, not between lock() and unlock(); may block; events may be raised.  A
     * message under way goes on, whatever its address.  Once it has returned, no ADDRESSED is raised
     * for an address that is not in the set.  Must not disturb the bus.  0; -EIO: the port is gone.
     */
    int (*set_addresses)(void *instance, const struct i2ctarget_address_set *addresses);
    /*
     * The answer to the event that was answered HOLD.  Set SDA first, and release SCL t_SU;DAT
     * later.  Task context, between lock() and unlock(); does not block and raises no event.  The
     * core has stored its new state before this call.
     */
    void (*answer)(void *instance, int answer);
    /*
     * lock() keeps this port from raising events until unlock().  Not nested.  The core calls them,
     * and so does the application, through i2ctarget_lock(); the application may hold the lock
     * longer.  A port that raises events only in poll() and wait() has nothing to do here.
     */
    void (*lock)(void *instance);
    void (*unlock)(void *instance);
    /*
     * Raise the events that are due.  Task context; never blocks.  A port that raises events in an
     * interrupt has nothing to do here.  Returns 0, or -EIO: the port is lost.
     */
    int (*poll)(void *instance);
    /*
     * Wait until an event was raised, or until now_us() >= until_us (I2CTARGET_FOREVER: no end).
     * If an event was raised since the previous wait() returned, it returns at once: no wake-up is
     * lost.  It may also return early, without a reason.  Task context.
     * Returns 0: look again.  -ETIMEDOUT: until_us has passed.  -EINTR.  -EIO: the port is lost.
     * -EDEADLK (test bus only).
     */
    int (*wait)(void *instance, int64_t until_us);
    /* The port's monotonic clock, in microseconds, rounded down.  Test bus: simulated time. */
    int64_t (*now_us)(void *instance);
    /*
     * Fill in glitches, stretches and longest_stretch_us.  Runs in the context of
     * i2ctarget_get_counters().
     */
    void (*counters)(void *instance, struct i2ctarget_counters *counters);
    /*
     * The core's coming answers have changed while no answer was owed (a request was closed).  A
     * port that sends answers ahead of their events (i2ctarget_get_commitment()) sends them now.
     * Between lock() and unlock().  NULL in a port that raises every event at once.
     */
    void (*ahead)(void *instance);
    /*
     * May the core answer the held address or byte now, with ACK (true) or NACK (false)?  The core
     * asks right before answer(), between lock() and unlock().  Returns false if a fault has ended
     * the message and its ENDED is on the way: then the core gives no answer.  Called inside an
     * event it returns true.  NULL in a port where an event cannot cross an answer.
     */
    bool (*claim)(void *instance, bool ack);
    /*
     * The table for these two pins, if the port serves them in another way, with other capabilities.
     * NULL: this table.  Task context; before open(); touches nothing.  NULL in a port that has one
     * way for all its pins.
     */
    const struct i2ctarget_port_ops *(*choose)(const struct i2ctarget_pin *scl,
                                               const struct i2ctarget_pin *sda);
};

/*
 * Raise one event.  Returns the answer: for ADDRESSED and RECEIVED I2CTARGET_ACK, NACK or HOLD; for
 * REQUESTED 0..255, RELEASE or HOLD; for ENDED the value has no meaning.  Short, and safe in an
 * interrupt.  Do not call it between lock() and unlock(), nor inside answer() or ahead().
 * After HOLD, and before the answer, only an ENDED with TIMEOUT, BUS_ERROR or PORT_LOST may be
 * raised.  An event out of order is counted, is answered NACK or RELEASE, and ends the request with
 * BUS_ERROR.
 */
I2CTARGET_API int i2ctarget_raise_event(struct i2ctarget *target,
                                        const struct i2ctarget_event *event);

/*
 * What the core will answer to the next events of the message under way, as far as that is decided.
 * For ports that send answers ahead of events (linux/remote).  Call i2ctarget_get_commitment(), and
 * the functions below, between lock() and unlock(), or inside an op that raises events.
 */
struct i2ctarget_commitment {
    uint32_t moved;       /* bytes of the message answered so far; `acks` and `bytes` begin here */
    uint32_t acks;        /* a write message: the next `acks` RECEIVED are answered ACK */
    const uint8_t *bytes; /* a read message: the answers to the next `count` REQUESTED */
    uint32_t count;
    int then;       /* the answer after these: I2CTARGET_HOLD, or NACK / RELEASE */
    bool closed;    /* `then` is NACK or RELEASE because the request was closed */
    bool by_device; /* a device answers every event at once */
    bool waiting;   /* the application is in read() or write() and needs an event to go on */
};
I2CTARGET_API void i2ctarget_get_commitment(const struct i2ctarget *target,
                                            struct i2ctarget_commitment *commitment);
/*
 * The same for a message that a device answers: what the device says of the bytes that come next
 * (device.h).  False, and 0: it says nothing.
 */
I2CTARGET_API bool i2ctarget_device_accepts(const struct i2ctarget *target, const uint8_t bytes[],
                                            size_t count);
I2CTARGET_API size_t i2ctarget_device_peek(const struct i2ctarget *target, uint8_t bytes[],
                                           size_t size);

#ifdef __cplusplus
}
#endif
#endif
