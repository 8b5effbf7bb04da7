/* SPDX-License-Identifier: MIT */
/*
 * One open target of the remote port, and what it and the bus server say to each other about its
 * messages: COMMIT down, EVENTS up.
 */
#ifndef REMOTE_SESSION_H
#define REMOTE_SESSION_H

#include "i2ctarget/port.h"
#include "link/claim.h"
#include "link/link.h"
#include "remote/readiness.h"
#include "remote/roster.h"

struct remote_target {
    struct link link;
    struct claim claim;
    struct i2ctarget *target;
    struct roster_entry entry;
    bool lost;    /* the server is gone */
    bool raised;  /* an event, since the last wait() returned */
    bool serving; /* inside poll() or wait(): answers should ask for what comes next */
    bool asked;   /* the last COMMIT said waiting, and no EVENTS came since */
    bool open;    /* a message is under way: ADDRESSED was raised, ENDED was not */
    bool called;  /* ADDRESSED is held: request() would take it */
    struct readiness readiness;
    uint32_t serial;
    uint32_t hold; /* the number of what is held, until it is claimed; 0: nothing that we know of */
    uint32_t glitches, stretches, longest_stretch_us;
};

/* The server is gone: an open message ends, and nothing more will come. */
void i2ctarget_remote_lose(struct remote_target *self);

/*
 * False: the answer comes too late, and whatever else is said to the hold does, too.
 */
bool i2ctarget_remote_claim(struct remote_target *self, bool ack);

/*
 * Send all that the application has committed itself to.  `answer`: the one just given to the event
 * that was owed, or I2CTARGET_HOLD: none was.
 */
void i2ctarget_remote_commit(struct remote_target *self, int answer);

/* The same, if the application or a device waits for the server, which does not know it yet. */
void i2ctarget_remote_ask(struct remote_target *self);

/* Hand the events of a frame to the core.  Any other frame is an offence: the server is lost. */
void i2ctarget_remote_play(struct remote_target *self, const struct link_frame *frame);

#endif
