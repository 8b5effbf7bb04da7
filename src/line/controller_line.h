/* SPDX-License-Identifier: MIT */
/*
 * A controller on the wires: messages in, acknowledge bits and bytes out.
 *
 * One transfer is START, any number of messages joined by repeated START, and STOP.  SCL keeps the
 * times of the mode for the speed (bus_timing.h).  The controller respects clock stretching, unless
 * the fault "ignores stretching" is on: then it follows its own clock and reads the present level
 * of SDA.  A released line does not count as high.  For START, Sr and STOP SDA must move while SCL
 * is high.  If a target still holds SDA low, up to nine clocks free SDA first (UM10204 §3.1.16).  A
 * participant that pulls SDA where a 1 or a NACK is sent has won the arbitration; so has one that
 * still holds SDA after those clocks.
 *
 * A transfer may be left open: after its last message the controller keeps SCL low until the next
 * messages are given.  Some users have only one message at a time.
 *
 * It owns no memory: the caller keeps the messages and their buffers until the transfer is over.
 */
#ifndef LINE_CONTROLLER_LINE_H
#define LINE_CONTROLLER_LINE_H

#include <stddef.h>

#include "line/bus_timing.h"
#include "line/wires.h"

/* Message flags: the values and meanings of Linux' struct i2c_msg. */
enum controller_flag {
    CONTROLLER_READ = 0x0001,
    /*
     * The first byte read is a count (1..32; 0 passed through) of bytes to follow; `length` grows by
     * it.
     */
    CONTROLLER_RECEIVE_LENGTH = 0x0400,
    CONTROLLER_NO_READ_ACK = 0x0800,       /* no ninth clock on read bytes */
    CONTROLLER_IGNORE_NACK = 0x1000,       /* continue as if acknowledged */
    CONTROLLER_REVERSE_DIRECTION = 0x2000, /* invert the R/W bit on the wire only */
    CONTROLLER_NO_START = 0x4000, /* continue the previous message without Sr and address */
    CONTROLLER_STOP = 0x8000,     /* STOP after this message; the next begins with START */
};

struct controller_message {
    uint8_t address; /* 7 bits */
    uint16_t flags;  /* enum controller_flag */
    uint32_t length; /* bytes; 0 is an address alone */
    uint8_t *buffer; /* `length` bytes; CONTROLLER_RECEIVE_LENGTH: 32 more */
    /*
     * One bit for each byte moved, the first byte's the lowest: set if SDA was low in its ninth
     * clock.  The caller's memory, for `length` bytes (and 32 more); NULL: not wanted.
     */
    uint8_t *acks;
    /* Out. */
    bool started;            /* its START (or, without one, its first bit) was sent */
    bool called;             /* its address was sent completely, including the ninth clock */
    bool addressed;          /* its address was acknowledged */
    bool nacked;             /* a written byte got NACK: it is the last of `moved` */
    bool stopped;            /* STOP was made after it */
    uint8_t recovery_clocks; /* made after it to free SDA */
    uint8_t cut_bits;  /* clocks of a byte that ended early (of the address, unless `called`) … */
    uint16_t cut;      /* … and their bits, the last one lowest */
    uint32_t moved;    /* bytes clocked with their ninth bit */
    uint64_t start_ns; /* when its START was made; before that, when it was asked for */
    uint64_t stop_ns;  /* when STOP was made after it, if it was */
    uint64_t stretch_ns; /* time SCL stayed low after the controller released it */
};

/* The R/W bit of its address. */
static inline bool i2ctarget_controller_calls_for_read(const struct controller_message *message)
{
    return !(message->flags & CONTROLLER_READ) != !(message->flags & CONTROLLER_REVERSE_DIRECTION);
}

/* Does a ninth clock follow each of its bytes? */
static inline bool i2ctarget_controller_has_ninth_clock(const struct controller_message *message)
{
    return !(message->flags & CONTROLLER_READ) || !(message->flags & CONTROLLER_NO_READ_ACK);
}

enum controller_result {
    CONTROLLER_DONE,
    CONTROLLER_RUNNING,
    CONTROLLER_ADDRESS_NACK,
    CONTROLLER_DATA_NACK,
    CONTROLLER_ARBITRATION_LOST, /* sent 1 and saw 0; or at START, Sr or STOP SDA stayed low */
    CONTROLLER_BAD_LENGTH,       /* CONTROLLER_RECEIVE_LENGTH: a count over 32 */
    CONTROLLER_ABORTED,          /* i2ctarget_controller_line_abort() */
};

struct controller_line {
    struct wires_participant participant; /* first member */

    uint32_t low_ns, high_ns; /* of one SCL clock at the chosen speed */
    uint32_t data_ns;         /* SDA moves this long after SCL fell */
    uint32_t idle_ns;         /* after so long without a clock the bus is free */
    const struct bus_timing *timing;
    bool ignore_stretch;
    bool omits_stop; /* a fault: at the next STOP both lines rise without one; then it is false */

    struct controller_message *messages;
    struct controller_message *current; /* the last one started */
    size_t count, index; /* `index`: number of completed messages when the transfer is over */
    bool is_open;        /* more messages may follow */
    bool is_paused;      /* the messages so far are done */
    enum controller_result result;
    enum controller_result verdict; /* becomes the result when STOP is made */
    uint8_t phase;                  /* enum controller_phase */
    uint8_t bit;                    /* of the byte, 0..8; 8 is the acknowledge bit */
    uint8_t shift;
    uint16_t seen;        /* SDA in the last clocks, the last one lowest */
    bool in_address;      /* the byte on the wire is the address */
    bool sda_low;         /* the level of SDA for this bit; true: low */
    uint32_t position;    /* bytes of this message */
    bool sda_at_rise;     /* SDA when SCL rose */
    uint8_t recovery;     /* clocks made to free SDA since the last START or Sr */
    uint64_t due_ns;      /* when the phase acts; WIRES_NEVER: when SCL is high */
    uint64_t released_ns; /* when SCL was released */
    uint64_t risen_ns;    /* when it was high */
    uint64_t free_ns;     /* the bus may be used from this time on (t_BUF) */
    uint64_t edge_ns;     /* the last edge that another participant made */
    bool scl_before;      /* SCL at the last step */
    bool is_unstopped;    /* this STOP was left out */
    bool is_taken;        /* by another controller: its START or clock was seen, and no STOP */
    /* Statistics over all transfers. */
    uint64_t bits;            /* SCL clocks made */
    uint32_t recovery_clocks; /* those that freed SDA */
};

/* Joins the wires.  scl_hz: 1..1,000,000. */
void i2ctarget_controller_line_init(struct controller_line *controller, struct wires *wires,
                                    uint32_t scl_hz);

/*
 * Begin a transfer.  No other one may be running.  count >= 1.  The result is CONTROLLER_RUNNING
 * until the transfer is over.
 */
void i2ctarget_controller_line_start(struct controller_line *controller, struct wires *wires,
                                     struct controller_message *messages, size_t count);

/*
 * May more messages follow those of the running transfer?  (is_open false: no longer.)  After the
 * last of them the controller pauses, with SCL low (or with a free bus, if that message has
 * CONTROLLER_STOP), until i2ctarget_controller_line_continue().
 */
static inline void i2ctarget_controller_line_leave_open(struct controller_line *controller,
                                                        bool is_open)
{
    controller->is_open = is_open;
}
/*
 * Continue a paused transfer.  It now has `count` messages in the same array.  The new ones follow
 * after a repeated START, unless their flags say otherwise.  If there are no new ones and it is not
 * `is_open`, STOP follows.
 */
void i2ctarget_controller_line_continue(struct controller_line *controller, struct wires *wires,
                                        size_t count, bool is_open);

/*
 * End the transfer early: STOP follows the current clock, when SCL is high.  The result will be
 * CONTROLLER_ABORTED.
 */
void i2ctarget_controller_line_abort(struct controller_line *controller);

static inline bool i2ctarget_controller_line_is_paused(const struct controller_line *controller)
{
    return controller->is_paused;
}

static inline bool i2ctarget_controller_line_busy(const struct controller_line *controller)
{
    return controller->result == CONTROLLER_RUNNING;
}

/* Does it wait for a target to release SCL? */
bool i2ctarget_controller_line_is_stretched(const struct controller_line *controller,
                                            const struct wires *wires);

#endif
