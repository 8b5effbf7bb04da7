/* SPDX-License-Identifier: MIT */
/*
 * A device that wants the messages of a record in their order, and answers as recorded.
 *
 * Where the controller does something else, that is a mismatch.  Then the record goes on in the
 * next later transfer that has everything that the controller has sent and read in this transfer
 * so far.  If there is none, the rest of this transfer is refused, and the record waits for the
 * controller to begin the expected transfer again.
 */
#ifndef CLI_REPLAY_STRICT_H
#define CLI_REPLAY_STRICT_H

#include "cli/replay/mismatch.h"
#include "i2ctarget/device.h"

struct replay_strict {
    struct i2ctarget_device device;
    /* The caller's. */
    const struct record *record; /* with a message at least; it lives as long as the device */
    bool loops;                  /* the record begins anew behind its end */
    void (*say_mismatch)(const struct replay_mismatch *mismatch);
    void (*say_end)(const struct replay_strict *self);
    /* For the caller to read. */
    uint32_t mismatches;
    bool is_open; /* a message has begun, and not ended */
    size_t begin; /* the expected transfer's first message; record->count: behind the end */
    /* Private. */
    size_t message; /* the expected one */
    uint32_t done;  /* its bytes so far */
    bool is_refused;
};

/* The caller's members are set. */
void replay_strict_init(struct replay_strict *self);
/* The record begins anew; the mismatches stay counted. */
void replay_strict_rewind(struct replay_strict *self);

#endif
