/* SPDX-License-Identifier: MIT */
/*
 * A controller on the wires: messages in, acknowledge bits and bytes out.
 *
 * One transfer is START, any number of messages joined by repeated START, STOP.  SCL keeps the
 * times of the mode that goes with the speed (bus_timing.h).  Clock stretching is honoured, unless
 * the fault "ignores stretching" is on: then it goes by its own clock and reads whatever SDA says.
 * A line that it let go is not taken for high. START, Sr and STOP need SDA to move while SCL is
 * high: if a target still holds SDA low, it is clocked free first, up to nine times (UM10204
 * §3.1.16). Whoever pulls SDA where a 1 or a NACK is sent has won the arbitration, and so has who
 * cannot be clocked free.
 *
 * A transfer may be left open: after its last message the controller then keeps SCL low until it is
 * told how it goes on.  That is how it comes from those who have one message at a time.
 *
 * It owns no memory: the messages and their buffers are the caller's until the transfer is over.
 */
#ifndef LINE_CONTROLLER_LINE_H
#define LINE_CONTROLLER_LINE_H

#include <stddef.h>

#include "line/bus_timing.h"
#include "line/wires.h"

/* Message flags: the values and meanings of Linux' struct i2c_msg. */
enum controller_flag {
    CONTROLLER_READ = 0x0001,
    CONTROLLER_RECEIVE_LENGTH = 0x0400, /* the first byte read is a count (1..32; 0 passed through)
                                           of bytes to follow; `length` grows by it */
    CONTROLLER_NO_READ_ACK = 0x0800,    /* no ninth clock on read bytes */
    CONTROLLER_IGNORE_NACK = 0x1000,    /* go on as if acknowledged */
    CONTROLLER_REVERSE_DIRECTION = 0x2000, /* invert the R/W bit on the wire only */
    CONTROLLER_NO_START = 0x4000, /* go on from the previous message without Sr and address */
    CONTROLLER_STOP = 0x8000,     /* STOP after this message; the next begins with START */
};

struct controller_message {
    uint8_t address; /* 7 bits */
    uint16_t flags;  /* enum controller_flag */
    uint32_t length; /* bytes; 0 is an address alone */
    uint8_t *buffer; /* `length` bytes; CONTROLLER_RECEIVE_LENGTH: 32 more */
    /*
     * One bit a byte moved, the first byte's the lowest: set if SDA was low in its ninth clock. By
     * the caller, for `length` bytes (and 32 more); NULL: not wanted.
     */
    uint8_t *acks;
    /* Out. */
    bool started;            /* its START (or, without one, its first bit) went out */
    bool called;             /* its address went out whole, the ninth clock included */
    bool addressed;          /* its address was acknowledged */
    bool nacked;             /* a written byte was not: it is the last of `moved` */
    bool stopped;            /* STOP was made after it */
    uint8_t recovery_clocks; /* made after it to free SDA */
    uint8_t cut_bits;    /* clocks of a byte (the address, unless `called`) that ended early … */
    uint16_t cut;        /* … and what they were, the last one lowest */
    uint32_t moved;      /* bytes clocked with their ninth bit */
    uint64_t start_ns;   /* when its START was made; until then, when it was wanted */
    uint64_t stretch_ns; /* time SCL stayed low after the controller let it go */
};

/* The R/W bit of its address. */
static inline bool i2ctarget_controller_calls_for_read(const struct controller_message *message)
{
    return !(message->flags & CONTROLLER_READ) != !(message->flags & CONTROLLER_REVERSE_DIRECTION);
}

/* Are its bytes followed by a ninth clock? */
static inline bool i2ctarget_controller_has_ninth_clock(const struct controller_message *message)
{
    return !(message->flags & CONTROLLER_READ) || !(message->flags & CONTROLLER_NO_READ_ACK);
}

enum controller_result {
    CONTROLLER_DONE,
    CONTROLLER_RUNNING,
    CONTROLLER_ADDRESS_NACK,
    CONTROLLER_DATA_NACK,
    CONTROLLER_ARBITRATION_LOST, /* sent 1, saw 0; or START, Sr or STOP, and SDA stayed low */
    CONTROLLER_BAD_LENGTH,       /* CONTROLLER_RECEIVE_LENGTH: a count over 32 */
    CONTROLLER_ABORTED,          /* i2ctarget_controller_line_abort() */
};

struct controller_line {
    struct wires_participant participant; /* first member */

    uint32_t low_ns, high_ns; /* of one SCL clock at the chosen speed */
    uint32_t data_ns;         /* SDA moves this long after SCL fell */
    uint32_t idle_ns;         /* after so long without a clock a bus is nobody's */
    const struct bus_timing *timing;
    bool ignore_stretch;

    struct controller_message *messages;
    struct controller_message *current; /* the last one started */
    size_t count, index; /* `index`: messages wholly done when the transfer is over */
    bool is_open;        /* more messages may follow */
    bool is_paused;      /* those there are, are through */
    enum controller_result result;
    enum controller_result verdict; /* becomes the result once STOP is made */
    uint8_t phase;                  /* enum controller_phase */
    uint8_t bit;                    /* of the byte, 0..8; 8 is the acknowledge bit */
    uint8_t shift;
    uint16_t seen;        /* SDA in the last clocks, the last one lowest */
    bool in_address;      /* the byte on the wire is the address */
    bool sda_low;         /* what this bit wants SDA to be */
    uint32_t position;    /* bytes of this message */
    bool sda_at_rise;     /* SDA when SCL rose */
    uint8_t recovery;     /* clocks made to free SDA since the last START or Sr */
    uint64_t due_ns;      /* when the phase acts; WIRES_NEVER: when SCL is high */
    uint64_t released_ns; /* when SCL was let go */
    uint64_t risen_ns;    /* when it was high */
    uint64_t free_ns;     /* the bus may be taken from here on (t_BUF) */
    uint64_t edge_ns;     /* the last edge that was somebody else's */
    bool scl_before;      /* SCL at the last step */
    bool is_taken;        /* by another controller: its START was seen, or its clock, and no STOP */
    /* Statistics over all transfers. */
    uint64_t bits;            /* SCL clocks made */
    uint32_t recovery_clocks; /* of them: to free SDA */
};

/* Joins the wires.  scl_hz: 1..1,000,000. */
void i2ctarget_controller_line_init(struct controller_line *controller, struct wires *wires,
                                    uint32_t scl_hz);

/*
 * Begin a transfer (result is CONTROLLER_RUNNING until it is over).  count >= 1.  Nothing may be
 * running.
 */
void i2ctarget_controller_line_start(struct controller_line *controller, struct wires *wires,
                                     struct controller_message *messages, size_t count);

/*
 * More messages may follow those of the transfer that runs, or (is_open false) no longer.  After
 * the last of them it pauses, with SCL low (or, if that message has CONTROLLER_STOP, with the bus
 * free), until i2ctarget_controller_line_continue().
 */
static inline void i2ctarget_controller_line_leave_open(struct controller_line *controller,
                                                        bool is_open)
{
    controller->is_open = is_open;
}
/*
 * Of a paused transfer: there are `count` messages by now, in the same array; the new ones follow,
 * after a repeated START if their flags say nothing else.  Without new ones, and not `is_open`:
 * STOP.
 */
void i2ctarget_controller_line_continue(struct controller_line *controller, struct wires *wires,
                                        size_t count, bool is_open);

/*
 * Give the transfer up: STOP follows the clock under way, once SCL is high.  The result will be
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

/* Does it wait for a target to let SCL go? */
bool i2ctarget_controller_line_is_stretched(const struct controller_line *controller,
                                            const struct wires *wires);

#endif
