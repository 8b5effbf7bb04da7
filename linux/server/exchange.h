/* SPDX-License-Identifier: MIT */
/*
 * One exchange with a program: from the REQUEST (or the plain write) through its transfer to the
 * reply.
 *
 * An exchange belongs to its owner, is made once and used again.  If the owner ends during a
 * transfer, the exchange stays until the transfer is over, and then frees itself.
 */
#ifndef SERVER_EXCHANGE_H
#define SERVER_EXCHANGE_H

#include "bus/bus.h"
#include "i2cdev/i2cdev.h"

struct exchange {
    struct bus_transfer transfer; /* first member */
    struct bus *bus;
    struct i2cdev_adapter *adapter;
    struct i2cdev_request i2c;
    bool is_running;
    bool is_repeated;        /* it lost arbitration at least once */
    uint64_t first_start_ns; /* real time of the START of the first attempt */
    /* Called when the reply is ready: i2c.reply.  NULL: the owner is gone. */
    void (*answered)(void *owner);
    void *owner;
};

struct exchange *exchange_new(struct bus *bus, struct i2cdev_adapter *adapter,
                              void (*answered)(void *owner), void *owner);
void exchange_release(struct exchange *exchange);

/*
 * Begin an exchange.  No other exchange of this owner may be under way.  A request that needs no
 * transfer is answered before this returns.  False: the payload is invalid.
 */
bool exchange_request(struct exchange *exchange, struct i2cdev_file *file, const uint8_t *payload,
                      size_t length);
void exchange_write(struct exchange *exchange, const struct i2cdev_file *file, const uint8_t *bytes,
                    size_t size);
/* Answer with -errno, without a transfer. */
void exchange_fail(struct exchange *exchange, int error);

#endif
