/* SPDX-License-Identifier: MIT */
/*
 * For port writers: what the core asks of a port, and the one door up.
 *
 *     core ── const struct i2ctarget_port_ops ──► port
 *     core ◄── i2ctarget_raise_event() ── port
 *
 * A port watches two wires for START, its addresses, bytes and STOP, and raises an event for each
 * (event.h).  The answer comes back as the return value, or, after HOLD, through answer().  The
 * port keeps SCL low from the moment an answer is owed until it has put the answer on SDA.
 */
#ifndef I2CTARGET_PORT_H
#define I2CTARGET_PORT_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

#define I2CTARGET_FOREVER INT64_MAX

/* What a port can do.  i2ctarget_init() refuses what goes beyond it. */
struct i2ctarget_capabilities {
    uint32_t scl_hz_max;          /* fastest SCL served without visible stretching by a device */
    uint32_t stranger_stretch_ns; /* longest visible stretch of messages for others; 0: none */
    uint8_t address_count_max;    /* 1..128 */
    bool smbus;                   /* can keep the SMBus limits */
    uint32_t spike_ns; /* spikes no longer than that, on either line, are nothing; 0: no filter */
};

struct i2ctarget_port_ops {
    struct i2ctarget_capabilities capabilities;

    /*
     * Take the pins and begin to listen.  Task context; may block.  `addresses`: the
     * port's to copy.  Events may be raised as soon as it returns.  *instance is handed to all
     * other ops.  0 or a negative code: -EINVAL (pins that cannot serve), -EBUSY (in use).  Must
     * not disturb the bus.
     */
    int (*open)(struct i2ctarget *target, const struct i2ctarget_pin *scl,
                const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *addresses,
                bool smbus, void **instance);
    /*
     * Release both lines at once, stop listening.  No event is raised from here on.  Task context;
     * does not block.
     */
    void (*close)(void *instance);
    /*
     * The answer to the event that was answered HOLD.  Task context, between lock() and unlock();
     * does not block and raises no event.  By then the core has stored its new state.  SDA first,
     * SCL t_SU;DAT later.
     */
    void (*answer)(void *instance, int answer);
    /*
     * Keep this port from raising events, and let it again.  Not nested.  The core's, and through
     * i2ctarget_lock() the application's, which may hold it longer.  Nothing to do where events
     * come only from poll/wait.
     */
    void (*lock)(void *instance);
    void (*unlock)(void *instance);
    /*
     * Raise what is there to raise.  Task context; never blocks.  Nothing to do where an interrupt
     * does it.  0; -EIO: the port is gone.
     */
    int (*poll)(void *instance);
    /*
     * Wait until an event was raised, or until now_us() >= until_us (I2CTARGET_FOREVER: no end).
     * An event raised since the previous wait returned makes it return at once: no wake-up is lost.
     * It may return early without reason.
     * 0: look again; -ETIMEDOUT: until_us is over; -EINTR; -EIO: the port is gone; -EDEADLK.
     */
    int (*wait)(void *instance, int64_t until_us);
    /* The port's clock, in whole microseconds past; monotonic.  On the test bus: its own time. */
    int64_t (*now_us)(void *instance);
    /*
     * Fill in glitches, stretches, longest_stretch_us.  Any context that calls
     * i2ctarget_get_counters().
     */
    void (*counters)(void *instance, struct i2ctarget_counters *counters);
    /*
     * The core's coming answers changed without one being owed (a request was closed).  A port that
     * hands answers on ahead of their events (i2ctarget_get_commitment) does so now.  Between
     * lock() and unlock().  NULL where the core is asked for every event.
     */
    void (*ahead)(void *instance);
    /*
     * Does ACK (or else NACK) for the held address or byte still come in time?  Asked right before
     * answer(), between lock() and unlock(); from inside an event, too, and then it does.  False: a
     * fault has ended the message, and its ENDED is on its way; the core goes on as if it had not
     * been asked.  NULL where no event can cross an answer.
     */
    bool (*claim)(void *instance, bool ack);
};

/*
 * The door up.  Raise one event; returns the answer: for ADDRESSED and RECEIVED I2CTARGET_ACK, NACK
 * or HOLD; for REQUESTED 0..255, RELEASE or HOLD; for ENDED nothing of meaning.  Interrupt-safe;
 * short.  Not while the core holds lock(), and never from inside answer() or ahead().  An event out
 * of order is counted, answered NACK or RELEASE, and ends the request with BUS_ERROR.
 * After HOLD only ENDED with TIMEOUT, BUS_ERROR or PORT_LOST may be raised before the answer.
 */
I2CTARGET_API int i2ctarget_raise_event(struct i2ctarget *target,
                                        const struct i2ctarget_event *event);

/*
 * What the core will answer to the next events of the message under way, as far as the application
 * has committed itself: for ports whose events travel far (linux/remote).  Between lock() and
 * unlock(), or inside wait().
 */
struct i2ctarget_commitment {
    uint32_t moved; /* bytes of the message answered for so far: where `acks` and `bytes` begin */
    uint32_t acks;  /* a write message: that many RECEIVED are answered ACK */
    const uint8_t *bytes; /* a read message: the answers to the next `count` REQUESTED */
    uint32_t count;
    int then;       /* and after them: I2CTARGET_HOLD, or NACK / RELEASE of a closed request */
    bool closed;    /* why `then` is NACK or RELEASE: the request was closed, not just refused */
    bool by_device; /* a device answers, at once, whatever is asked */
    bool waiting;   /* the application is in read() or write() and can not go on without an event */
};
I2CTARGET_API void i2ctarget_get_commitment(const struct i2ctarget *target,
                                            struct i2ctarget_commitment *commitment);

#ifdef __cplusplus
}
#endif
#endif
