/* SPDX-License-Identifier: MIT */
#include "server/exchange.h"

#include <stdlib.h>

static void free_exchange(struct exchange *exchange)
{
    i2cdev_request_free(&exchange->i2c);
    free(exchange);
}

static void answer(struct exchange *exchange)
{
    exchange->is_running = false;
    if (exchange->answered)
        exchange->answered(exchange->owner);
    else
        free_exchange(exchange);
}

static void on_done(struct bus_transfer *transfer, const struct bus_report *report)
{
    struct exchange *exchange = (struct exchange *)transfer;
    if (!exchange->is_repeated)
        exchange->first_start_ns = report->real_ns;
    bool may_retry =
        exchange->answered && bus_real_ns() - exchange->first_start_ns < transfer->timeout_ns;
    if (i2cdev_end(&exchange->i2c, report->result, report->messages_done, may_retry) ==
        I2CDEV_RUN) {
        exchange->is_repeated = true;
        bus_repeat(exchange->bus, transfer);
    } else {
        answer(exchange);
    }
}

/* False: nonsense. */
static bool go_on(struct exchange *exchange, enum i2cdev_next next)
{
    if (next == I2CDEV_NONSENSE)
        return false;
    if (next == I2CDEV_REPLY) {
        answer(exchange);
        return true;
    }
    exchange->is_running = true;
    exchange->is_repeated = false;
    exchange->transfer.messages = exchange->i2c.messages;
    exchange->transfer.count = exchange->i2c.count;
    exchange->transfer.timeout_ns = (uint64_t)exchange->adapter->timeout_ms * 1000000u;
    bus_submit(exchange->bus, &exchange->transfer);
    return true;
}

bool exchange_request(struct exchange *exchange, struct i2cdev_file *file, const uint8_t *payload,
                      size_t length)
{
    return go_on(exchange, i2cdev_begin(&exchange->i2c, exchange->adapter, file, payload, length));
}

void exchange_write(struct exchange *exchange, const struct i2cdev_file *file, const uint8_t *bytes,
                    size_t size)
{
    go_on(exchange, i2cdev_begin_write(&exchange->i2c, exchange->adapter, file, bytes, size));
}

void exchange_fail(struct exchange *exchange, int error)
{
    i2cdev_fail(&exchange->i2c, error);
    answer(exchange);
}

struct exchange *exchange_new(struct bus *bus, struct i2cdev_adapter *adapter,
                              void (*answered)(void *owner), void *owner)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange)
        return NULL;
    *exchange = (struct exchange){.transfer.done = on_done,
                                  .bus = bus,
                                  .adapter = adapter,
                                  .answered = answered,
                                  .owner = owner};
    i2cdev_request_init(&exchange->i2c);
    return exchange;
}

void exchange_release(struct exchange *exchange)
{
    exchange->answered = NULL;
    if (!exchange->is_running || bus_withdraw(exchange->bus, &exchange->transfer))
        free_exchange(exchange);
}
