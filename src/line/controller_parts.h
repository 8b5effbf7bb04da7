/* SPDX-License-Identifier: MIT */
/*
 * What controller_line.c, controller_message.c and controller_run.c share.
 *
 * The first one makes the conditions (START, Sr, STOP) and each clock, phase by phase.  The second
 * one decides the next bit, and handles the bit that was sampled.  The third one makes clocks in a
 * row, where nobody else has anything to do meanwhile.
 */
#ifndef LINE_CONTROLLER_PARTS_H
#define LINE_CONTROLLER_PARTS_H

#include "line/controller_line.h"

enum { ACK_BIT = 8 /* controller_line.bit: those before it carry the byte */ };

enum controller_phase {
    IDLE,
    START,          /* the bus should be free: pull SDA */
    START_RISING,   /* SCL is held: until it is high */
    START_HELD,     /* t_HD;STA over: pull SCL */
    DATA,           /* SDA takes the bit's value */
    LET_GO,         /* t_LOW over: release SCL */
    RISING,         /* until SCL is high: a target may stretch */
    SAMPLE,         /* t_HIGH over: read SDA, pull SCL */
    RESTART_DATA,   /* SCL is low: release SDA */
    RESTART_LET_GO, /* release SCL */
    RESTART_RISING,
    RESTART_FREE,  /* SDA stayed low, t_HIGH over: pull SCL, and try again */
    RESTART_SETUP, /* t_SU;STA over: pull SDA */
    STOP_DATA,     /* SCL is low: pull SDA */
    STOP_LET_GO,   /* release SCL */
    STOP_RISING,
    STOP_SETUP, /* t_SU;STO over: release SDA */
    STOPPED,    /* has SDA risen? */
    LOST,       /* both lines are released: does another controller make clocks? */
};

/* Waiting for SCL to be high. */
static inline bool i2ctarget_controller_is_rising(const struct controller_line *controller)
{
    return controller->phase == RISING || controller->phase == RESTART_RISING ||
           controller->phase == STOP_RISING || controller->phase == START_RISING;
}

/* Are edges of interest?  SCL may rise, or another controller may be active. */
static inline bool i2ctarget_controller_hears_edges(const struct controller_line *controller)
{
    return i2ctarget_controller_is_rising(controller) || controller->phase == SAMPLE ||
           controller->phase == RESTART_FREE || controller->phase == IDLE ||
           controller->phase == START || controller->phase == LOST;
}

/* Are the bits of this byte ours? */
static inline bool i2ctarget_controller_is_sending(const struct controller_line *controller)
{
    return controller->in_address || !(controller->current->flags & CONTROLLER_READ);
}

/* Is it certain that it will acknowledge this byte, which it reads? */
static inline bool i2ctarget_controller_reads_on(const struct controller_line *controller)
{
    enum { DECIDE_LATER = CONTROLLER_NO_READ_ACK | CONTROLLER_RECEIVE_LENGTH };
    const struct controller_message *current = controller->current;
    return !i2ctarget_controller_is_sending(controller) && !(current->flags & DECIDE_LATER) &&
           controller->position + 1 < current->length;
}

static inline void i2ctarget_controller_at(struct controller_line *controller,
                                           enum controller_phase phase, uint64_t wake_ns)
{
    controller->phase = (uint8_t)phase;
    controller->due_ns = wake_ns;
    controller->participant.wake_ns = wake_ns;
    controller->participant.ignores =
        i2ctarget_controller_hears_edges(controller) ? 0 : WIRES_ALL_EDGES;
}

static inline void i2ctarget_controller_pull(struct controller_line *controller,
                                             struct wires *wires, bool scl_low, bool sda_low)
{
    i2ctarget_wires_pull(wires, &controller->participant, (struct line_pulls){scl_low, sda_low});
}

/* controller_line.c */

/* From SCL low. */
void i2ctarget_controller_stop(struct controller_line *controller, struct wires *wires,
                               enum controller_result verdict);
/* Another controller's bit was stronger: both lines are released within a bit. */
void i2ctarget_controller_lose(struct controller_line *controller, struct wires *wires);
void i2ctarget_controller_pause(struct controller_line *controller);

/* controller_run.c */

/*
 * DATA or LET_GO acts: this clock and those that follow, as far as nobody else has anything to do.
 * False: not even this one.
 */
bool i2ctarget_controller_run(struct controller_line *controller, struct wires *wires);

/* controller_message.c */

/* The next message's START, or what replaces it, is made. */
void i2ctarget_controller_mark_started(struct controller_line *controller,
                                       const struct wires *wires);
/* SCL is low, and a message was marked as started: send its address, or its first bit. */
void i2ctarget_controller_begin_message(struct controller_line *controller, struct wires *wires);
/* SCL is low between two messages: continue with or without Sr, wait for more, or make STOP. */
void i2ctarget_controller_go_on(struct controller_line *controller, struct wires *wires);
/* The high phase of a bit is over. */
void i2ctarget_controller_sample(struct controller_line *controller, struct wires *wires);
/*
 * The same of several clocks in a row, at the end of the last one.  They brought these bits of the
 * byte, the last one lowest, and all that we sent.  More bits of it follow, or it reads on.
 */
void i2ctarget_controller_take_bits(struct controller_line *controller, struct wires *wires,
                                    unsigned clocks, uint32_t bits);

#endif
