/* SPDX-License-Identifier: MIT */
/*
 * What a device has said of its next answers (struct i2ctarget_foresight), held against what it then
 * does.  Each call asserts that the device keeps its word.
 *
 *     struct promise promise = {0};           at the beginning of each message
 *     promise_write(&promise, device, bytes, count);     before received(), about the bytes to come
 *     promise_acknowledged(&promise, ack);               after it
 *     promise_read(&promise, device);                    before requested()
 *     promise_given(&promise, answer);                   after it
 */
#ifndef DEVICES_PROMISE_H
#define DEVICES_PROMISE_H

#include "i2ctarget/device.h"

enum { PROMISE_BYTES = 7 }; /* fewer than many a read has, so that it is peeked in the middle */

struct promise {
    size_t accepted; /* bytes that it will acknowledge */
    uint8_t seen[PROMISE_BYTES];
    size_t given, seen_count;
};

void promise_write(struct promise *promise, struct i2ctarget_device *device, const uint8_t bytes[],
                   size_t count);
void promise_acknowledged(struct promise *promise, bool ack);
void promise_read(struct promise *promise, struct i2ctarget_device *device);
void promise_given(struct promise *promise, int answer);

#endif
