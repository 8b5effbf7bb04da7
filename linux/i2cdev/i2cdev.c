/* SPDX-License-Identifier: MIT */
/*
 * The entry points, the state of a file and of the adapter, read() and write().
 *
 *     i2cdev.c ──► i2cdev_rdwr.c, i2cdev_smbus.c ──► i2cdev_request.c
 *
 * A request is checked in the same order as in the kernel, because the order decides which errno a
 * wrong request gets.
 */
#include <errno.h>
#include <limits.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <string.h>

#include "i2cdev/i2cdev_rdwr.h"
#include "i2cdev/i2cdev_request.h"
#include "i2cdev/i2cdev_smbus.h"

enum {
    ADDRESS_MAX = 0x7f,
    TENBIT_ADDRESS_MAX = 0x3ff,
    DEFAULT_TIMEOUT_MS = 1000,
    TIMEOUT_UNIT_MS = 10,
};

void i2cdev_adapter_init(struct i2cdev_adapter *adapter)
{
    *adapter = (struct i2cdev_adapter){.retries = 0, .timeout_ms = DEFAULT_TIMEOUT_MS};
}

void i2cdev_fail(struct i2cdev_request *request, int error)
{
    (void)i2cdev_finish(request, error);
}

/* I2C_RETRIES … I2C_PEC set state and make no transfer. */

static int set_address(struct i2cdev_file *file, uint64_t address)
{
    if (address > TENBIT_ADDRESS_MAX || (!file->tenbit && address > ADDRESS_MAX))
        return -EINVAL;
    file->address = (uint16_t)address;
    return 0;
}

static int set_retries(struct i2cdev_adapter *adapter, uint64_t retries)
{
    if (retries > INT_MAX)
        return -EINVAL;
    adapter->retries = (uint32_t)retries;
    return 0;
}

/* In the kernel a time-out of 0 still lasts one tick. */
static int set_timeout(struct i2cdev_adapter *adapter, uint64_t units)
{
    if (units > INT_MAX / TIMEOUT_UNIT_MS)
        return -EINVAL;
    adapter->timeout_ms = (uint32_t)(units == 0 ? 1 : units) * TIMEOUT_UNIT_MS;
    return 0;
}

static int set(struct i2cdev_adapter *adapter, struct i2cdev_file *file, uint32_t request,
               uint64_t argument)
{
    switch (request) {
    case I2C_RETRIES:
        return set_retries(adapter, argument);
    case I2C_TIMEOUT:
        return set_timeout(adapter, argument);
    case I2C_SLAVE:
    case I2C_SLAVE_FORCE: /* no kernel driver is ever bound here, so both do the same */
        return set_address(file, argument);
    case I2C_TENBIT:
        file->tenbit = argument != 0;
        return 0;
    case I2C_PEC:
        file->pec = argument != 0;
        return 0;
    default:
        return -ENOTTY;
    }
}

static enum i2cdev_next functionality(struct i2cdev_request *request)
{
    request->store = request->small;
    put_u64(request->store + PROTOCOL_REPLY_BYTES, I2CDEV_FUNCTIONALITY);
    return i2cdev_reply(request, 0, 8);
}

/* read() and write(). */

static enum i2cdev_next begin_plain(struct i2cdev_request *request,
                                    const struct i2cdev_adapter *adapter,
                                    const struct i2cdev_file *file, uint32_t op, size_t count)
{
    size_t length = count < I2CDEV_LENGTH_MAX ? count : I2CDEV_LENGTH_MAX;
    i2cdev_prepare(request, adapter, op);
    if (!i2cdev_reserve(request, PROTOCOL_REPLY_BYTES + length))
        return i2cdev_finish(request, -ENOMEM);
    if (file->tenbit)
        return i2cdev_finish(request, -EAFNOSUPPORT);
    i2cdev_add(request, file->address, op == PROTOCOL_OP_READ ? CONTROLLER_READ : 0, length,
               request->store + PROTOCOL_REPLY_BYTES);
    return i2cdev_run(request);
}

enum i2cdev_next i2cdev_begin_write(struct i2cdev_request *request,
                                    const struct i2cdev_adapter *adapter,
                                    const struct i2cdev_file *file, const uint8_t *bytes,
                                    size_t size)
{
    enum i2cdev_next next = begin_plain(request, adapter, file, PROTOCOL_OP_WRITE, size);
    if (next == I2CDEV_RUN && request->messages[0].length > 0)
        memcpy(request->messages[0].buffer, bytes, request->messages[0].length);
    return next;
}

static enum i2cdev_next end_plain(struct i2cdev_request *request, size_t done)
{
    size_t length = done == request->count ? request->messages[0].length : 0;
    return i2cdev_reply(request, (int)length, request->op == PROTOCOL_OP_READ ? length : 0);
}

/* The two doors. */

enum i2cdev_next i2cdev_begin(struct i2cdev_request *request, struct i2cdev_adapter *adapter,
                              struct i2cdev_file *file, const uint8_t *payload, size_t length)
{
    const uint8_t *rest = payload + PROTOCOL_REQUEST_BYTES;
    size_t rest_bytes = length - PROTOCOL_REQUEST_BYTES;
    if (length < PROTOCOL_REQUEST_BYTES)
        return I2CDEV_NONSENSE;
    uint32_t value = get_u32(payload + 12);
    switch (get_u32(payload + 8)) {
    case PROTOCOL_OP_SET:
        return rest_bytes == 8 ? i2cdev_finish(request, set(adapter, file, value, get_u64(rest)))
                               : I2CDEV_NONSENSE;
    case PROTOCOL_OP_FUNCS:
        return rest_bytes == 0 ? functionality(request) : I2CDEV_NONSENSE;
    case PROTOCOL_OP_SMBUS:
        return rest_bytes == 4 + PROTOCOL_SMBUS_DATA_BYTES
                   ? i2cdev_begin_smbus(request, adapter, file, value, rest)
                   : I2CDEV_NONSENSE;
    case PROTOCOL_OP_RDWR:
        return i2cdev_begin_rdwr(request, adapter, value, rest, rest_bytes);
    case PROTOCOL_OP_READ:
        return rest_bytes == 0 ? begin_plain(request, adapter, file, PROTOCOL_OP_READ, value)
                               : I2CDEV_NONSENSE;
    case PROTOCOL_OP_WRITE:
        return rest_bytes == value ? i2cdev_begin_write(request, adapter, file, rest, value)
                                   : I2CDEV_NONSENSE;
    default:
        return I2CDEV_NONSENSE;
    }
}

/* Documentation/i2c/fault-codes.rst. */
int i2cdev_error(enum controller_result result)
{
    switch (result) {
    case CONTROLLER_DONE:
        return 0;
    case CONTROLLER_ADDRESS_NACK:
        return -ENXIO;
    case CONTROLLER_ARBITRATION_LOST:
        return -EAGAIN;
    case CONTROLLER_BAD_LENGTH:
        return -EPROTO;
    case CONTROLLER_ABORTED:
        return -ETIMEDOUT;
    case CONTROLLER_DATA_NACK:
    case CONTROLLER_RUNNING:
    default:
        return -EIO;
    }
}

enum i2cdev_next i2cdev_end(struct i2cdev_request *request, enum controller_result result,
                            size_t done, bool may_retry)
{
    int error = i2cdev_error(result);
    if (error == -EAGAIN && may_retry && request->retries_left > 0) {
        request->retries_left--;
        return i2cdev_run(request);
    }
    if (error < 0)
        return i2cdev_finish(request, error);
    if (request->op == PROTOCOL_OP_SMBUS)
        return i2cdev_end_smbus(request, done);
    return request->op == PROTOCOL_OP_RDWR ? i2cdev_end_rdwr(request, done)
                                           : end_plain(request, done);
}
