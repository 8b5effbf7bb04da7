/* SPDX-License-Identifier: MIT */
/*
 * A port without wires: a script of messages on one side, the core on the other, and interrupts at
 * every possible place.
 *
 * At every boundary between core and port, and between two calls of the application
 * (scripted_port_interrupt()), the port asks its `choices` whether the next event of the script
 * comes now.  While the core holds lock(), nothing comes; it comes at unlock.  So a test that goes
 * through all choices has seen every order in which application and bus can meet.
 *
 * The script is a controller that keeps the rules: it goes on only when it was answered, and stops
 * where it was refused.  The port also checks the core: the core answers only what is owed, only
 * under lock(), only with valid answers, and keeps every commitment it made.
 */
#ifndef SUPPORT_SCRIPTED_PORT_H
#define SUPPORT_SCRIPTED_PORT_H

#include "i2ctarget/port.h"
#include "support/choices.h"

#define SCRIPTED_BYTES_MAX 16

/* What the controller is to do, and the result. */
struct scripted_message {
    uint8_t address;
    bool is_read, is_restart;
    unsigned count;    /* bytes that it writes, or clocks */
    const char *bytes; /* of a write */
    /*
     * STOP or RESTART; reads also CONTROLLER_NACK (after `count`) or ARBITRATION_LOST (in the byte
     * after).
     */
    enum i2ctarget_end end;

    /* Out. */
    bool refused;                    /* its address got NACK */
    unsigned acked;                  /* written bytes that were ACKed */
    bool nacked;                     /* one was not */
    uint8_t got[SCRIPTED_BYTES_MAX]; /* bytes read, fill included */
    unsigned got_count;
    unsigned filled;          /* how many of them are 0xFF because of RELEASE */
    enum i2ctarget_end ended; /* what was raised */
};

/* Things that may come in addition, once each, at any time. */
struct scripted_extras {
    enum i2ctarget_end
        fault;   /* TIMEOUT, BUS_ERROR or PORT_LOST, at any moment of a message; OPEN: none */
    bool signal; /* wait() returns EINTR once */
    bool early;  /* wait() returns without reason once */
    bool mute;   /* the script raises nothing by itself; only scripted_port_raise() does */
    bool
        calm; /* from now on events come only where wait() needs them: the interesting part is over */
};

struct scripted_port {
    struct i2ctarget *target;
    struct choices *choices;
    struct scripted_message *messages;
    unsigned count, index;
    struct scripted_extras extras;

    struct i2ctarget_address_set addresses; /* since set_addresses() */
    bool has_new_addresses;
    bool opened, locked;
    bool answered;   /* since lock() */
    bool claimed;    /* claimed since lock(), and in time */
    bool raised;     /* an event was raised since wait() last returned */
    bool in_message; /* ADDRESSED was raised, and the message is not over */
    bool filling, refusing;
    bool asked_beyond; /* a read: asked for the byte that the end will cut */
    enum i2ctarget_end
        crossed; /* the fault that has crossed an answer: only it can still come; OPEN: none */
    bool lost;   /* PORT_LOST: wait() fails from now on */
    unsigned position; /* bytes that moved, counted as the specification does */
    /* Bytes that were answered; includes a given byte that was cut, which `position` does not. */
    unsigned dealt;
    uint8_t owed; /* enum i2ctarget_event_kind; NO_EVENT: nothing is owed */
    int64_t now_us;
    const struct i2ctarget_request *request; /* of the call under way; NULL: none is watched */
    struct i2ctarget_request told;           /* what it said when the core unlocked last */
    struct i2ctarget_commitment promise;
    uint8_t promised_bytes[SCRIPTED_BYTES_MAX];
    bool has_promise;
    unsigned taken_index; /* number of the message that the application took last */
    unsigned answers, waits, aheads, claims, interrupts; /* figures */
};

/*
 * The pins of this port.  `hands_ahead`: the port has the ops ahead() and claim(), as a remote port
 * has.
 */
struct i2ctarget_pin scripted_port_scl(struct scripted_port *port, bool hands_ahead);
struct i2ctarget_pin scripted_port_sda(struct scripted_port *port, bool hands_ahead);

void scripted_port_init(struct scripted_port *port, struct choices *choices,
                        struct scripted_message *messages, unsigned count);

/* Between two calls of the application: zero or more events come. */
void scripted_port_interrupt(struct scripted_port *port);

/* Raises all events that can still come without the application. */
void scripted_port_drain(struct scripted_port *port);

/*
 * Raises exactly this event, even out of order.  Returns the core's answer.  The script does not
 * change.
 */
int scripted_port_raise(struct scripted_port *port, struct i2ctarget_event event);

#endif
