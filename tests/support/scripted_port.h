/* SPDX-License-Identifier: MIT */
/*
 * A port without wires: a script of messages on one side, the core on the other, and interrupts
 * wherever they can fall.
 *
 * At every boundary between core and port, and between two calls of the application
 * (scripted_port_interrupt()), the port asks its `choices` whether the next event of the script
 * comes now.  While the core holds lock() nothing comes: it comes at unlock.  So a test that goes
 * through all choices has seen every order in which application and bus can meet.
 *
 * The script plays a controller by the rules: it goes on only when it was answered, stops where it
 * was refused.  The port also watches the core: it answers only what is owed, only under lock(),
 * only with words that fit, and keeps every commitment it made.
 */
#ifndef SUPPORT_SCRIPTED_PORT_H
#define SUPPORT_SCRIPTED_PORT_H

#include "i2ctarget/port.h"
#include "support/choices.h"

#define SCRIPTED_BYTES_MAX 16

/* What the controller means to do, and what came of it. */
struct scripted_message {
    uint8_t address;
    bool is_read, is_restart;
    unsigned count;         /* bytes it writes, or clocks */
    const char *bytes;      /* of a write */
    enum i2ctarget_end end; /* STOP or RESTART; reads also CONTROLLER_NACK (after `count`) or
                               ARBITRATION_LOST (in the byte after) */

    /* Out. */
    bool refused;                    /* its address was NACKed */
    unsigned acked;                  /* written bytes that were ACKed */
    bool nacked;                     /* one was not */
    uint8_t got[SCRIPTED_BYTES_MAX]; /* read bytes, fill included */
    unsigned got_count;
    unsigned filled;          /* of them: 0xFF because of RELEASE */
    enum i2ctarget_end ended; /* what was raised */
};

/* Things that may come on top, once each, at any point. */
struct scripted_extras {
    enum i2ctarget_end
        fault;   /* TIMEOUT, BUS_ERROR or PORT_LOST, at any moment of a message; OPEN: none */
    bool signal; /* wait() returns EINTR once */
    bool early;  /* wait() returns without reason once */
    bool mute;   /* the script raises nothing by itself: scripted_port_raise() does */
    bool calm; /* from now on events come only where wait() needs them: the interesting part is over
                */
};

struct scripted_port {
    struct i2ctarget *target;
    struct choices *choices;
    struct scripted_message *messages;
    unsigned count, index;
    struct scripted_extras extras;

    bool opened, locked;
    bool answered;   /* since lock() */
    bool claimed;    /* since lock(), and in time */
    bool raised;     /* since wait() last returned */
    bool in_message; /* ADDRESSED was raised and the message is not over */
    bool filling, refusing;
    bool asked_beyond; /* a read: for the byte that the end will cut */
    enum i2ctarget_end
        crossed;       /* the fault that an answer crossed: all that can come now; OPEN: none */
    bool lost;         /* PORT_LOST: wait() fails from now on */
    unsigned position; /* bytes moved by us, as the specification counts */
    unsigned dealt;    /* bytes answered for: a given one that is cut counts here, and not there */
    uint8_t owed;      /* enum i2ctarget_event_kind; NO_EVENT: nothing */
    int64_t now_us;
    struct i2ctarget_commitment promise;
    uint8_t promised_bytes[SCRIPTED_BYTES_MAX];
    bool has_promise;
    unsigned taken_index; /* of the message that the application took last */
    unsigned answers, waits, aheads, claims, interrupts; /* figures */
};

/* The pins of this port.  `hands_ahead`: with the ops ahead() and claim(), as a remote port has it. */
struct i2ctarget_pin scripted_port_scl(struct scripted_port *port, bool hands_ahead);
struct i2ctarget_pin scripted_port_sda(struct scripted_port *port, bool hands_ahead);

void scripted_port_init(struct scripted_port *port, struct choices *choices,
                        struct scripted_message *messages, unsigned count);

/* Between two calls of the application: zero or more events come. */
void scripted_port_interrupt(struct scripted_port *port);

/* Everything that can still come without the application doing anything. */
void scripted_port_drain(struct scripted_port *port);

/*
 * Raise this very event, in turn or not; returns the answer as the core gave it.  The script is
 * left alone.
 */
int scripted_port_raise(struct scripted_port *port, struct i2ctarget_event event);

#endif
