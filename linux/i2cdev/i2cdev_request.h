/* SPDX-License-Identifier: MIT */
/* What the files of this folder do to a request in progress.  Nobody else includes it. */
#ifndef I2CDEV_I2CDEV_REQUEST_H
#define I2CDEV_I2CDEV_REQUEST_H

#include "i2cdev/i2cdev.h"

/* Start again with no messages. */
void i2cdev_prepare(struct i2cdev_request *request, const struct i2cdev_adapter *adapter,
                    uint32_t op);

/* Room for `bytes` in request->store.  False: no memory. */
bool i2cdev_reserve(struct i2cdev_request *request, size_t bytes);

/* Append a message of `length` bytes at `buffer`. */
struct controller_message *i2cdev_add(struct i2cdev_request *request, unsigned address,
                                      unsigned flags, size_t length, uint8_t *buffer);

/* The messages are ready to run, for the first time or again. */
enum i2cdev_next i2cdev_run(struct i2cdev_request *request);

/* The reply is the header with the result, then the first `bytes` of the store. */
enum i2cdev_next i2cdev_reply(struct i2cdev_request *request, int result, size_t bytes);

/* A reply that has only a result. */
enum i2cdev_next i2cdev_finish(struct i2cdev_request *request, int result);

#endif
