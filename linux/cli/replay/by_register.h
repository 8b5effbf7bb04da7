/* SPDX-License-Identifier: MIT */
/*
 * A device that answers from a record by what was written last: its pointer.
 *
 * The bytes of the last write in front of a read are the pointer of that read, however many they
 * are.  The reads with the same pointer answer one after the other, and the last one repeats.
 * Writes of no byte change nothing.
 *
 * A write that the record does not have is acknowledged, and is a mismatch; the pointer is unknown
 * then.  A read without a known pointer is refused, and is a mismatch.  A read may be shorter than
 * the recorded one.  What is read beyond its end is 0xFF, and is a mismatch.
 */
#ifndef CLI_REPLAY_BY_REGISTER_H
#define CLI_REPLAY_BY_REGISTER_H

#include "cli/replay/mismatch.h"
#include "i2ctarget/device.h"

enum { REPLAY_ADDRESSES = 128 };

/* One for each message of the record. */
struct replay_note {
    size_t pointer; /* of a read: the first write of its pointer; the first read without one */
    size_t given;   /* of a pointer: the read that has answered last; SIZE_MAX: none */
};

struct replay_by_register {
    struct i2ctarget_device device;
    /* The caller's. */
    const struct record *record; /* it lives as long as the device */
    struct replay_note *notes;   /* record->count of them */
    void (*say_mismatch)(const struct replay_mismatch *mismatch);
    /* For the caller to read. */
    uint32_t mismatches;
    bool is_open; /* a message has begun, and not ended */
    /* Private. */
    size_t pointers[REPLAY_ADDRESSES]; /* now; SIZE_MAX: none that the record has */
    size_t bare[REPLAY_ADDRESSES];     /* at the beginning */
    uint8_t address;
    bool is_read, is_restart;
    size_t message; /* the read that answers; a write that has begun as this one, or SIZE_MAX */
    uint32_t done;
    uint8_t written[REPLAY_SHOWN_MAX]; /* the first bytes */
};

/* The caller's members are set. */
void replay_by_register_init(struct replay_by_register *self);
/* Each pointer is answered from its first read on; the mismatches stay counted. */
void replay_by_register_rewind(struct replay_by_register *self);

#endif
