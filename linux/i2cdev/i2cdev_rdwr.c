/* SPDX-License-Identifier: MIT */
/*
 * I2C_RDWR: up to 42 messages, checked one after the other as i2cdev_ioctl_rdwr() does.
 *
 * The store of the request:
 *
 *     reply header │ u16 length of each read │ bytes of each read … │ bytes of each write …
 *
 * So the controller reads directly into the reply.  A read with RECV_LEN reserves what its caller
 * reserved; the checks made sure that this is enough.  If a block is shorter, the gap is closed
 * afterwards.
 */
#include "i2cdev/i2cdev_rdwr.h"

#include <errno.h>
#include <linux/i2c.h>
#include <string.h>

#include "i2cdev/i2cdev_request.h"

_Static_assert(PROTOCOL_REPLY_BYTES + I2CDEV_MESSAGES_MAX * (2 + I2CDEV_LENGTH_MAX) <=
                   PROTOCOL_PAYLOAD_MAX,
               "the largest reply must fit a frame");

struct rdwr {
    const uint8_t *table; /* of messages */
    uint32_t count;
    const uint8_t *bytes; /* of the writes, and the first bytes of RECV_LEN reads */
    size_t reads, read_bytes, write_bytes;
};

static uint16_t rdwr_address(const struct rdwr *rdwr, uint32_t i)
{
    return get_u16(rdwr->table + i * PROTOCOL_RDWR_MESSAGE_BYTES);
}

static uint16_t rdwr_flags(const struct rdwr *rdwr, uint32_t i)
{
    return get_u16(rdwr->table + i * PROTOCOL_RDWR_MESSAGE_BYTES + 2);
}

static uint16_t rdwr_length(const struct rdwr *rdwr, uint32_t i)
{
    return get_u16(rdwr->table + i * PROTOCOL_RDWR_MESSAGE_BYTES + 4);
}

/* The number of bytes that the payload has for message i. */
static size_t rdwr_sent(const struct rdwr *rdwr, uint32_t i)
{
    if (!(rdwr_flags(rdwr, i) & I2C_M_RD))
        return rdwr_length(rdwr, i);
    return rdwr_flags(rdwr, i) & I2C_M_RECV_LEN && rdwr_length(rdwr, i) > 0 ? 1 : 0;
}

/* Is the payload exactly as long as its table says?  Adds the lengths up, too. */
static bool rdwr_fits(struct rdwr *rdwr, size_t rest)
{
    size_t sent = 0;
    if (rest / PROTOCOL_RDWR_MESSAGE_BYTES < rdwr->count)
        return false;
    for (uint32_t i = 0; i < rdwr->count; i++) {
        sent += rdwr_sent(rdwr, i);
        if (rdwr_flags(rdwr, i) & I2C_M_RD) {
            rdwr->reads++;
            rdwr->read_bytes += rdwr_length(rdwr, i);
        } else {
            rdwr->write_bytes += rdwr_length(rdwr, i);
        }
    }
    rdwr->bytes = rdwr->table + rdwr->count * PROTOCOL_RDWR_MESSAGE_BYTES;
    return rest - rdwr->count * PROTOCOL_RDWR_MESSAGE_BYTES == sent;
}

/* i2cdev_ioctl_rdwr() checks one message after the other. */
static bool rdwr_is_valid(const struct rdwr *rdwr)
{
    const uint8_t *bytes = rdwr->bytes;
    for (uint32_t i = 0; i < rdwr->count; i++) {
        uint16_t flags = rdwr_flags(rdwr, i), length = rdwr_length(rdwr, i);

        if (length > I2CDEV_LENGTH_MAX)
            return false;
        if (flags & I2C_M_RECV_LEN && (!(flags & I2C_M_RD) || length < 1 || bytes[0] < 1 ||
                                       length < bytes[0] + I2C_SMBUS_BLOCK_MAX))
            return false;
        bytes += rdwr_sent(rdwr, i);
    }
    return true;
}

static bool rdwr_is_tenbit(const struct rdwr *rdwr)
{
    for (uint32_t i = 0; i < rdwr->count; i++) {
        if (rdwr_flags(rdwr, i) & I2C_M_TEN)
            return true;
    }
    return false;
}

static void rdwr_place(struct i2cdev_request *request, const struct rdwr *rdwr)
{
    uint8_t *read_at = request->store + PROTOCOL_REPLY_BYTES + 2 * rdwr->reads;
    uint8_t *write_at = read_at + rdwr->read_bytes;
    const uint8_t *bytes = rdwr->bytes;
    for (uint32_t i = 0; i < rdwr->count; i++) {
        uint16_t flags = rdwr_flags(rdwr, i), length = rdwr_length(rdwr, i);
        uint8_t **at = flags & I2C_M_RD ? &read_at : &write_at;

        i2cdev_add(request, rdwr_address(rdwr, i), flags,
                   flags & I2C_M_RECV_LEN ? bytes[0] : length, *at);
        if (!(flags & I2C_M_RD))
            memcpy(*at, bytes, length);
        *at += length;
        bytes += rdwr_sent(rdwr, i);
    }
}

enum i2cdev_next i2cdev_begin_rdwr(struct i2cdev_request *request,
                                   const struct i2cdev_adapter *adapter, uint32_t count,
                                   const uint8_t *table, size_t rest)
{
    struct rdwr rdwr = {.table = table, .count = count};
    i2cdev_prepare(request, adapter, PROTOCOL_OP_RDWR);
    if (count < 1 || count > I2CDEV_MESSAGES_MAX)
        return i2cdev_finish(request, -EINVAL);
    if (!rdwr_fits(&rdwr, rest))
        return I2CDEV_NONSENSE;
    if (!rdwr_is_valid(&rdwr))
        return i2cdev_finish(request, -EINVAL);
    if (rdwr_is_tenbit(&rdwr))
        return i2cdev_finish(request, -EAFNOSUPPORT);
    if (!i2cdev_reserve(request,
                        PROTOCOL_REPLY_BYTES + 2 * rdwr.reads + rdwr.read_bytes + rdwr.write_bytes))
        return i2cdev_finish(request, -ENOMEM);
    rdwr_place(request, &rdwr);
    return i2cdev_run(request);
}

/* Reads that did not run have no bytes: the caller's buffer stays unchanged. */
enum i2cdev_next i2cdev_end_rdwr(struct i2cdev_request *request, size_t done)
{
    uint8_t *length_at = request->store + PROTOCOL_REPLY_BYTES;
    uint8_t *at = length_at;
    for (size_t i = 0; i < request->count; i++)
        at += request->messages[i].flags & CONTROLLER_READ ? 2 : 0;
    for (size_t i = 0; i < request->count; i++) {
        const struct controller_message *message = &request->messages[i];
        uint32_t length = i < done ? message->length : 0;

        if (!(message->flags & CONTROLLER_READ))
            continue;
        put_u16(length_at, (uint16_t)length);
        length_at += 2;
        memmove(at, message->buffer, length);
        at += length;
    }
    return i2cdev_reply(request, (int)done, (size_t)(at - request->store) - PROTOCOL_REPLY_BYTES);
}
