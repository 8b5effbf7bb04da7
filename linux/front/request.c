/* SPDX-License-Identifier: MIT */
#include "front/request.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

enum { FIRST_PAGE = 4096 };

_Static_assert(REQUEST_MESSAGES_MAX + 1 <= LINK_PARTS_MAX,
               "head with table, and the bytes of every message");

bool request_is_bad(const void *pointer)
{
    return (uintptr_t)pointer < FIRST_PAGE;
}

static int copy_out(void *to, const void *from, size_t size)
{
    if (size > 0 && request_is_bad(to))
        return -EFAULT;
    if (size > 0)
        memcpy(to, from, size);
    return 0;
}

/* Returns the place of its arguments. */
static uint8_t *begin(struct request *request, uint64_t file, uint32_t op, uint32_t value)
{
    put_u64(request->head, file);
    put_u32(request->head + 8, op);
    put_u32(request->head + 12, value);
    request->parts[0] = (struct iovec){request->head, sizeof request->head};
    request->count = 1;
    return request->arguments;
}

_Static_assert(offsetof(struct request, arguments) ==
                   offsetof(struct request, head) + PROTOCOL_REQUEST_BYTES,
               "head and arguments are one part");

/* Adds the first `size` bytes of the arguments. */
static void add_arguments(struct request *request, size_t size)
{
    request->parts[0].iov_len += size;
}

static void append(struct request *request, const void *bytes, size_t size)
{
    request->parts[request->count++] = (struct iovec){(void *)(uintptr_t)bytes, size};
}

static const uint8_t *reply_bytes(const struct link_frame *reply)
{
    return reply->payload + PROTOCOL_REPLY_BYTES;
}

static size_t reply_count(const struct link_frame *reply)
{
    return reply->length - PROTOCOL_REPLY_BYTES;
}

int reply_result(const struct link_frame *reply)
{
    if (reply->type != PROTOCOL_REPLY || reply->length < PROTOCOL_REPLY_BYTES)
        return -EPROTO;
    int result = (int32_t)get_u32(reply->payload);
    /* EBADF: the server does not know this file, so it was started after the file was opened. */
    return result == -EBADF ? -ENODEV : result;
}

/* I2C_SLAVE and the like; I2C_FUNCS. */

void request_set(struct request *request, uint64_t file, unsigned number, uint64_t argument)
{
    uint8_t *to = begin(request, file, PROTOCOL_OP_SET, number);
    put_u64(to, argument);
    add_arguments(request, 8);
}

void request_functionality(struct request *request, uint64_t file)
{
    begin(request, file, PROTOCOL_OP_FUNCS, 0);
}

int reply_functionality(const struct link_frame *reply, uint64_t *bits)
{
    int result = reply_result(reply);
    if (result == 0 && reply_count(reply) < 8)
        return -EPROTO;
    if (result == 0)
        *bits = get_u64(reply_bytes(reply));
    return result;
}

/* I2C_SMBUS. */

static bool is_word(uint32_t size)
{
    return size == I2C_SMBUS_WORD_DATA || size == I2C_SMBUS_PROC_CALL;
}

static bool is_process_call(uint32_t size)
{
    return size == I2C_SMBUS_PROC_CALL || size == I2C_SMBUS_BLOCK_PROC_CALL;
}

/* How many bytes of the union are used. */
static size_t smbus_bytes(uint32_t size)
{
    if (size == I2C_SMBUS_BYTE || size == I2C_SMBUS_BYTE_DATA)
        return 1;
    return is_word(size) ? 2 : sizeof(union i2c_smbus_data);
}

/* Does the call have data, and are its numbers valid? */
static bool smbus_has_data(const struct i2c_smbus_ioctl_data *call)
{
    bool is_write = call->read_write == I2C_SMBUS_WRITE;
    return call->data && call->read_write <= I2C_SMBUS_READ && call->size != I2C_SMBUS_QUICK &&
           call->size <= I2C_SMBUS_I2C_BLOCK_DATA && !(call->size == I2C_SMBUS_BYTE && is_write);
}

/* The same calls read the caller's data as in i2cdev_ioctl_smbus(). */
size_t request_smbus_in(const struct i2c_smbus_ioctl_data *call)
{
    bool copies_in = call->read_write == I2C_SMBUS_WRITE || is_process_call(call->size) ||
                     call->size == I2C_SMBUS_I2C_BLOCK_DATA;
    return smbus_has_data(call) && copies_in ? smbus_bytes(call->size) : 0;
}

size_t request_smbus_out(const struct i2c_smbus_ioctl_data *call)
{
    bool copies_out = call->read_write == I2C_SMBUS_READ || is_process_call(call->size);
    return smbus_has_data(call) && copies_out ? smbus_bytes(call->size) : 0;
}

/* The protocol sends words low byte first.  The union has them in the machine's byte order. */
int request_smbus(struct request *request, uint64_t file, const struct i2c_smbus_ioctl_data *call)
{
    size_t size = request_smbus_in(call);
    if (size > 0 && request_is_bad(call->data))
        return -EFAULT;
    uint8_t *to = begin(request, file, PROTOCOL_OP_SMBUS, call->size);
    add_arguments(request, 4 + PROTOCOL_SMBUS_DATA_BYTES);
    memset(to, 0, 4 + PROTOCOL_SMBUS_DATA_BYTES);
    to[0] = call->read_write;
    to[1] = call->command;
    to[2] = call->data != NULL;
    if (size > 0 && is_word(call->size))
        put_u16(to + 4, call->data->word);
    else if (size > 0)
        memcpy(to + 4, call->data, size);
    return 0;
}

int reply_smbus(const struct link_frame *reply, const struct i2c_smbus_ioctl_data *call)
{
    int result = reply_result(reply);
    if (result < 0)
        return result;
    size_t count = reply_count(reply);
    if (count > smbus_bytes(call->size) || (is_word(call->size) && count == 1))
        return -EPROTO;
    if (count == 0 || !is_word(call->size))
        return copy_out(call->data, reply_bytes(reply), count);
    uint16_t word = get_u16(reply_bytes(reply));
    return copy_out(call->data, &word, sizeof word);
}

/* I2C_RDWR. */

static bool is_read(const struct i2c_msg *message)
{
    return (message->flags & I2C_M_RD) != 0;
}

int request_check_message(const struct i2c_msg *message)
{
    if (message->len > REQUEST_LENGTH_MAX)
        return -EINVAL;
    if (message->len > 0 && request_is_bad(message->buf))
        return -EFAULT;
    if (message->flags & I2C_M_RECV_LEN &&
        (!is_read(message) || message->len < 1 || message->buf[0] < 1 ||
         message->len < message->buf[0] + I2C_SMBUS_BLOCK_MAX))
        return -EINVAL;
    return 0;
}

/* Writes the message's entry in the table, and adds the bytes that it needs. */
static void add_message(struct request *request, uint8_t *entry, const struct i2c_msg *message)
{
    put_u16(entry, message->addr);
    put_u16(entry + 2, message->flags);
    put_u16(entry + 4, message->len);
    put_u16(entry + 6, 0);
    if (!is_read(message))
        append(request, message->buf, message->len);
    else if (message->flags & I2C_M_RECV_LEN)
        append(request, message->buf, 1);
}

/* The server makes these checks, too, but it does not see the pointers. */
int request_rdwr(struct request *request, uint64_t file, const struct i2c_rdwr_ioctl_data *call)
{
    if (!call->msgs || call->nmsgs < 1 || call->nmsgs > REQUEST_MESSAGES_MAX)
        return -EINVAL;
    if (request_is_bad(call->msgs))
        return -EFAULT;
    uint8_t *entry = begin(request, file, PROTOCOL_OP_RDWR, call->nmsgs);
    add_arguments(request, call->nmsgs * PROTOCOL_RDWR_MESSAGE_BYTES);
    for (uint32_t i = 0; i < call->nmsgs; i++) {
        int result = request_check_message(&call->msgs[i]);

        if (result < 0)
            return result;
        add_message(request, entry, &call->msgs[i]);
        entry += PROTOCOL_RDWR_MESSAGE_BYTES;
    }
    return 0;
}

/* The REPLY has the lengths of all reads, then their bytes. */
int reply_rdwr(const struct link_frame *reply, const struct i2c_rdwr_ioctl_data *call)
{
    int result = reply_result(reply);
    if (result < 0)
        return result;
    const uint8_t *length_at, *bytes;
    length_at = bytes = reply_bytes(reply);
    const uint8_t *limit = bytes + reply_count(reply);
    for (uint32_t i = 0; i < call->nmsgs; i++)
        bytes += is_read(&call->msgs[i]) ? 2 : 0;
    if (bytes > limit)
        return -EPROTO;
    for (uint32_t i = 0; i < call->nmsgs; i++) {
        const struct i2c_msg *message = &call->msgs[i];
        uint16_t length;

        if (!is_read(message))
            continue;
        length = get_u16(length_at);
        length_at += 2;
        if (length > message->len || length > limit - bytes)
            return -EPROTO;
        copy_out(message->buf, bytes, length); /* request_check_message() has checked the pointer */
        bytes += length;
    }
    return result;
}

/* Limits the count of a read() or write(). */

static size_t cut(size_t count)
{
    return count < REQUEST_LENGTH_MAX ? count : REQUEST_LENGTH_MAX;
}

void request_read(struct request *request, uint64_t file, size_t count)
{
    begin(request, file, PROTOCOL_OP_READ, (uint32_t)cut(count));
}

int reply_read_in_place(const struct link_frame *reply, const uint8_t **bytes, size_t count)
{
    int result = reply_result(reply);
    if (result >= 0 && ((size_t)result > count || (size_t)result != reply_count(reply)))
        return -EPROTO;
    *bytes = reply_bytes(reply);
    return result;
}

int reply_read(const struct link_frame *reply, void *bytes, size_t count)
{
    const uint8_t *from;
    int result = reply_read_in_place(reply, &from, count);
    if (result > 0 && copy_out(bytes, from, (size_t)result) < 0)
        return -EFAULT;
    return result;
}

void request_write(struct request *request, uint64_t file, const void *bytes, size_t count)
{
    begin(request, file, PROTOCOL_OP_WRITE, (uint32_t)cut(count));
    append(request, bytes, cut(count));
}
