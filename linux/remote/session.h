/* SPDX-License-Identifier: MIT */
/*
 * One open target of the remote port, and its exchange with the bus server: COMMIT to the server,
 * EVENTS from it.
 */
#ifndef REMOTE_SESSION_H
#define REMOTE_SESSION_H

#include "i2ctarget/port.h"
#include "i2ctarget/quirks.h"
#include "link/claim.h"
#include "link/link.h"
#include "remote/readiness.h"
#include "remote/roster.h"

struct remote_target {
    struct link link;
    struct claim claim;
    struct i2ctarget *target;
    struct roster_entry entry;
    bool lost;          /* the server is gone */
    bool raised;        /* an event was raised since wait() last returned */
    bool serving;       /* inside one of these ops: answers should ask for what comes next */
    bool asked;         /* the last COMMIT said `waiting`, and no EVENTS came since */
    bool open;          /* a message is under way: ADDRESSED was raised, ENDED was not */
    bool called;        /* ADDRESSED is held: request() would take it */
    bool is_looked_for; /* the latest claim is an ACK that the server looks for by itself */
    /* Records that are certain to follow if the call is accepted, and all bytes of its message. */
    uint8_t forecast[PROTOCOL_FORECAST_MAX];
    size_t forecast_bytes;  /* 0: there is none, or it is out of date */
    uint32_t forecast_hold; /* the hold that brought it */
    struct readiness readiness;
    struct i2ctarget_quirk quirk; /* if $I2CTARGET_QUIRKS names one */
    uint32_t serial;
    uint32_t hold; /* the number of the hold, until it is claimed; 0: no hold is known */
    uint32_t glitches, stretches, longest_stretch_us;
};

/* The server is gone.  An open message ends, and no more events come. */
void i2ctarget_remote_lose(struct remote_target *self);

/* False: the answer comes too late, and so does every later answer to this hold. */
bool i2ctarget_remote_claim(struct remote_target *self, bool ack);

/*
 * Sends everything that the application has committed itself to.  `answer`: the answer just given
 * to the owed event; I2CTARGET_HOLD: none was owed.
 */
void i2ctarget_remote_commit(struct remote_target *self, int answer);

/*
 * If the application or a device waits for the server, and the server does not know it yet: goes
 * through to the next call, or sends a COMMIT.
 */
void i2ctarget_remote_ask(struct remote_target *self);

/* Raises the events of a frame to the core.  After any other frame the server counts as lost. */
void i2ctarget_remote_play(struct remote_target *self, const struct link_frame *frame);

#endif
