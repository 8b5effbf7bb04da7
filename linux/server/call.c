/* SPDX-License-Identifier: MIT */
#include "server/call.h"

#include <stdlib.h>

static void free_call(struct call *call)
{
    i2cdev_call_free(&call->i2c);
    free(call);
}

static void answer(struct call *call)
{
    call->is_running = false;
    if (call->answered)
        call->answered(call->owner);
    else
        free_call(call);
}

static void on_done(struct bus_transfer *transfer, const struct bus_report *report)
{
    struct call *call = (struct call *)transfer;
    if (!call->is_repeated)
        call->first_start_ns = report->real_ns;
    bool may_retry = call->answered && bus_real_ns() - call->first_start_ns < transfer->timeout_ns;
    if (i2cdev_end(&call->i2c, report->result, report->messages_done, may_retry) == I2CDEV_RUN) {
        call->is_repeated = true;
        bus_repeat(call->bus, transfer);
    } else {
        answer(call);
    }
}

/* False: nonsense. */
static bool go_on(struct call *call, enum i2cdev_next next)
{
    if (next == I2CDEV_NONSENSE)
        return false;
    if (next == I2CDEV_REPLY) {
        answer(call);
        return true;
    }
    call->is_running = true;
    call->is_repeated = false;
    call->transfer.messages = call->i2c.messages;
    call->transfer.count = call->i2c.count;
    call->transfer.timeout_ns = (uint64_t)call->adapter->timeout_ms * 1000000u;
    bus_submit(call->bus, &call->transfer);
    return true;
}

bool call_request(struct call *call, struct i2cdev_file *file, const uint8_t *payload,
                  size_t length)
{
    return go_on(call, i2cdev_begin(&call->i2c, call->adapter, file, payload, length));
}

void call_write(struct call *call, const struct i2cdev_file *file, const uint8_t *bytes,
                size_t size)
{
    go_on(call, i2cdev_begin_write(&call->i2c, call->adapter, file, bytes, size));
}

void call_fail(struct call *call, int error)
{
    i2cdev_fail(&call->i2c, error);
    answer(call);
}

struct call *call_new(struct bus *bus, struct i2cdev_adapter *adapter,
                      void (*answered)(void *owner), void *owner)
{
    struct call *call = calloc(1, sizeof *call);
    if (!call)
        return NULL;
    *call = (struct call){.transfer.done = on_done,
                          .bus = bus,
                          .adapter = adapter,
                          .answered = answered,
                          .owner = owner};
    i2cdev_call_init(&call->i2c);
    return call;
}

void call_release(struct call *call)
{
    call->answered = NULL;
    if (!call->is_running || bus_withdraw(call->bus, &call->transfer))
        free_call(call);
}
