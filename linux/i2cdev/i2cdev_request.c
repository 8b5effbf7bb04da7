/* SPDX-License-Identifier: MIT */
/*
 * A request in progress: its memory, its messages and its reply.
 *
 * The reply is built in the request's store, and the controller reads the bytes of messages
 * directly into it.
 */
#include "i2cdev/i2cdev_request.h"

#include <stdlib.h>
#include <string.h>

enum {
    ADDRESS_MASK = 0x7f,
    /* I2C_M_DMA_SAFE and unknown bits have no effect on the wires. */
    KNOWN_FLAGS = CONTROLLER_READ | CONTROLLER_RECEIVE_LENGTH | CONTROLLER_NO_READ_ACK |
                  CONTROLLER_IGNORE_NACK | CONTROLLER_REVERSE_DIRECTION | CONTROLLER_NO_START |
                  CONTROLLER_STOP,
};

/* ---- memory ---------------------------------------------------------------------------------- */

void i2cdev_request_init(struct i2cdev_request *request)
{
    memset(request, 0, sizeof *request);
}

void i2cdev_request_free(struct i2cdev_request *request)
{
    free(request->heap);
    i2cdev_request_init(request);
}

bool i2cdev_reserve(struct i2cdev_request *request, size_t bytes)
{
    request->store = request->small;
    if (bytes <= sizeof request->small)
        return true;
    uint8_t *grown;
    if (bytes > request->heap_bytes) {
        grown = realloc(request->heap, bytes);
        if (!grown)
            return false;
        request->heap = grown;
        request->heap_bytes = bytes;
    }
    request->store = request->heap;
    return true;
}

/* ---- messages -------------------------------------------------------------------------------- */

void i2cdev_prepare(struct i2cdev_request *request, const struct i2cdev_adapter *adapter,
                    uint32_t op)
{
    request->op = op;
    request->count = 0;
    request->retries_left = adapter->retries;
}

struct controller_message *i2cdev_add(struct i2cdev_request *request, unsigned address,
                                      unsigned flags, size_t length, uint8_t *buffer)
{
    struct controller_message *message = &request->messages[request->count];
    /* Adapters put address << 1 into eight bits and lose the higher bits. */
    message->address = (uint8_t)(address & ADDRESS_MASK);
    message->flags = (uint16_t)(flags & KNOWN_FLAGS);
    message->buffer = buffer;
    request->asked[request->count] = (uint32_t)length;
    request->count++;
    return message;
}

enum i2cdev_next i2cdev_run(struct i2cdev_request *request)
{
    for (size_t i = 0; i < request->count; i++) {
        const struct controller_message *message = &request->messages[i];

        request->messages[i] = (struct controller_message){.address = message->address,
                                                           .flags = message->flags,
                                                           .buffer = message->buffer,
                                                           .length = request->asked[i]};
    }
    return I2CDEV_RUN;
}

/* ---- the reply ------------------------------------------------------------------------------- */

enum i2cdev_next i2cdev_reply(struct i2cdev_request *request, int result, size_t bytes)
{
    put_u32(request->store, (uint32_t)result);
    put_u32(request->store + 4, 0);
    request->reply = request->store;
    request->reply_bytes = PROTOCOL_REPLY_BYTES + bytes;
    return I2CDEV_REPLY;
}

enum i2cdev_next i2cdev_finish(struct i2cdev_request *request, int result)
{
    request->store = request->small;
    return i2cdev_reply(request, result, 0);
}
