/* SPDX-License-Identifier: MIT */
/*
 * One call of i2c-dev under way: from the REQUEST (or the plain write) through its transfer to the
 * reply.
 *
 * A call is its owner's, made once and used again.  When the owner goes away in the middle of a
 * transfer the call stays behind until the wires are done with it, then frees itself.
 */
#ifndef SERVER_CALL_H
#define SERVER_CALL_H

#include "bus/bus.h"
#include "i2cdev/i2cdev.h"

struct call {
    struct bus_transfer transfer; /* first member */
    struct bus *bus;
    struct i2cdev_adapter *adapter;
    struct i2cdev_call i2c;
    bool is_running;
    bool is_repeated;        /* it lost arbitration at least once */
    uint64_t first_start_ns; /* real: the START of the first attempt */
    /* The reply is there: i2c.reply.  NULL: the owner is gone. */
    void (*answered)(void *owner);
    void *owner;
};

struct call *call_new(struct bus *bus, struct i2cdev_adapter *adapter,
                      void (*answered)(void *owner), void *owner);
void call_release(struct call *call);

/*
 * Begin.  A call that needs no transfer is answered from inside.  False: the payload is nonsense.
 * Nothing may be running.
 */
bool call_request(struct call *call, struct i2cdev_file *file, const uint8_t *payload,
                  size_t length);
void call_write(struct call *call, const struct i2cdev_file *file, const uint8_t *bytes,
                size_t size);
/* Answer with -errno instead. */
void call_fail(struct call *call, int error);

#endif
