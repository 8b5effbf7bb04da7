/* SPDX-License-Identifier: MIT */
/*
 * What is sent lies in the caller's own buffers, so a bad pointer to read from is found by
 * sendmsg().  What comes back is copied; of pointers to write to, only those into the first page
 * (NULL and its members) are told apart.
 */
#include "shim/i2c_call.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "shim/channel.h"

enum { MESSAGES_MAX = I2C_RDWR_IOCTL_MAX_MSGS, LENGTH_MAX = 8192, FIRST_PAGE = 4096 };

_Static_assert(MESSAGES_MAX + 2 <= LINK_PARTS_MAX, "header, table and the bytes of every message");

static bool is_bad(const void *pointer)
{
    return (uintptr_t)pointer < FIRST_PAGE;
}

static int copy_out(void *to, const void *from, size_t size)
{
    if (size > 0 && is_bad(to))
        return -EFAULT;
    if (size > 0)
        memcpy(to, from, size);
    return 0;
}

/* One request under way. */
struct call {
    struct channel *channel;
    uint8_t head[PROTOCOL_REQUEST_BYTES];
    struct iovec parts[LINK_PARTS_MAX];
    size_t count;
    struct link_frame reply;
    int cancel_state;
};

static int begin(struct call *call, const struct mark *mark, uint32_t op, uint32_t value)
{
    int error;

    put_u64(call->head, mark->cookie);
    put_u32(call->head + 8, op);
    put_u32(call->head + 12, value);
    call->parts[0] = (struct iovec){call->head, sizeof call->head};
    call->count = 1;
    /* A thread can not be cancelled in the middle of a transfer of a kernel driver either. */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &call->cancel_state);
    call->channel = channel_take(mark->bus, &error);
    return call->channel ? 0 : error;
}

static void append(struct call *call, const void *bytes, size_t size)
{
    call->parts[call->count++] = (struct iovec){(void *)(uintptr_t)bytes, size};
}

/* The result that the server gives. */
static int ask(struct call *call)
{
    int result = channel_ask(call->channel, call->parts, call->count, &call->reply);

    if (result == 0)
        result = (int32_t)get_u32(call->reply.payload);
    /* A server that does not know this open file is a later one than the one that opened it. */
    return result == -EBADF ? -ENODEV : result;
}

static const uint8_t *reply_bytes(const struct call *call)
{
    return call->reply.payload + PROTOCOL_REPLY_BYTES;
}

static size_t reply_count(const struct call *call)
{
    return call->reply.length - PROTOCOL_REPLY_BYTES;
}

static int end(struct call *call, int result)
{
    if (call->channel)
        channel_give(call->channel);
    pthread_setcancelstate(call->cancel_state, NULL);
    return result;
}

/* I2C_SLAVE and the like; I2C_FUNCS. */

static int set(const struct mark *mark, unsigned request, unsigned long argument)
{
    struct call call;
    uint8_t bytes[8];
    int result = begin(&call, mark, PROTOCOL_OP_SET, request);

    put_u64(bytes, argument);
    append(&call, bytes, sizeof bytes);
    return end(&call, result == 0 ? ask(&call) : result);
}

static int functionality(const struct mark *mark, unsigned long *to)
{
    struct call call;
    unsigned long bits;
    int result = begin(&call, mark, PROTOCOL_OP_FUNCS, 0);

    if (result == 0)
        result = ask(&call);
    if (result == 0 && reply_count(&call) < 8)
        result = -EPROTO;
    if (result == 0) {
        bits = (unsigned long)get_u64(reply_bytes(&call));
        result = copy_out(to, &bits, sizeof bits);
    }
    return end(&call, result);
}

/* I2C_SMBUS. */

static bool is_word(uint32_t size)
{
    return size == I2C_SMBUS_WORD_DATA || size == I2C_SMBUS_PROC_CALL;
}

/* How much of the union is in use. */
static size_t smbus_bytes(uint32_t size)
{
    if (size == I2C_SMBUS_BYTE || size == I2C_SMBUS_BYTE_DATA)
        return 1;
    return is_word(size) ? 2 : sizeof(union i2c_smbus_data);
}

/* Which calls look at the caller's data: i2cdev_ioctl_smbus(). */
static bool smbus_copies_in(const struct i2c_smbus_ioctl_data *arguments)
{
    uint32_t size = arguments->size;

    if (size == I2C_SMBUS_QUICK ||
        (size == I2C_SMBUS_BYTE && arguments->read_write == I2C_SMBUS_WRITE))
        return false;
    return size == I2C_SMBUS_PROC_CALL || size == I2C_SMBUS_BLOCK_PROC_CALL ||
           size == I2C_SMBUS_I2C_BLOCK_DATA ||
           (arguments->read_write == I2C_SMBUS_WRITE && size < I2C_SMBUS_I2C_BLOCK_DATA);
}

/* The protocol has words low byte first; the union has them in the machine's order. */
static int smbus_in(uint8_t *to, const struct i2c_smbus_ioctl_data *arguments)
{
    const union i2c_smbus_data *data = arguments->data;

    memset(to, 0, PROTOCOL_SMBUS_DATA_BYTES);
    if (!data || !smbus_copies_in(arguments))
        return 0;
    if (is_bad(data))
        return -EFAULT;
    if (is_word(arguments->size))
        put_u16(to, data->word);
    else
        memcpy(to, data, smbus_bytes(arguments->size));
    return 0;
}

static int smbus_out(const struct call *call, const struct i2c_smbus_ioctl_data *arguments)
{
    const uint8_t *bytes = reply_bytes(call);
    size_t count = reply_count(call);
    uint16_t word;

    if (count > smbus_bytes(arguments->size) || (is_word(arguments->size) && count == 1))
        return -EPROTO;
    if (count == 0 || !is_word(arguments->size))
        return copy_out(arguments->data, bytes, count);
    word = get_u16(bytes);
    return copy_out(arguments->data, &word, sizeof word);
}

static int smbus(const struct mark *mark, const struct i2c_smbus_ioctl_data *arguments)
{
    struct call call;
    uint8_t bytes[4 + PROTOCOL_SMBUS_DATA_BYTES];
    int result;

    if (is_bad(arguments))
        return -EFAULT;
    bytes[0] = arguments->read_write;
    bytes[1] = arguments->command;
    bytes[2] = arguments->data != NULL;
    bytes[3] = 0;
    result = smbus_in(bytes + 4, arguments);
    if (result < 0)
        return result;
    result = begin(&call, mark, PROTOCOL_OP_SMBUS, arguments->size);
    append(&call, bytes, sizeof bytes);
    if (result == 0)
        result = ask(&call);
    if (result == 0)
        result = smbus_out(&call, arguments);
    return end(&call, result);
}

/* I2C_RDWR. */

static bool is_read(const struct i2c_msg *message)
{
    return (message->flags & I2C_M_RD) != 0;
}

/*
 * One message: its entry in the table and the bytes that go with it.  The checks are made here as
 * well as in the server, because the first wrong message decides whether it is EINVAL or EFAULT.
 */
static int add_message(struct call *call, uint8_t *entry, const struct i2c_msg *message)
{
    put_u16(entry, message->addr);
    put_u16(entry + 2, message->flags);
    put_u16(entry + 4, message->len);
    put_u16(entry + 6, 0);
    if (message->len > LENGTH_MAX)
        return -EINVAL;
    if (message->len > 0 && is_bad(message->buf))
        return -EFAULT;
    if (message->flags & I2C_M_RECV_LEN &&
        (!is_read(message) || message->len < 1 || message->buf[0] < 1 ||
         message->len < message->buf[0] + I2C_SMBUS_BLOCK_MAX))
        return -EINVAL;
    if (!is_read(message))
        append(call, message->buf, message->len);
    else if (message->flags & I2C_M_RECV_LEN)
        append(call, message->buf, 1);
    return 0;
}

static int rdwr_send(struct call *call, uint8_t *table, const struct i2c_rdwr_ioctl_data *arguments)
{
    append(call, table, arguments->nmsgs * PROTOCOL_RDWR_MESSAGE_BYTES);
    for (uint32_t i = 0; i < arguments->nmsgs; i++) {
        int result =
            add_message(call, table + i * PROTOCOL_RDWR_MESSAGE_BYTES, &arguments->msgs[i]);

        if (result < 0)
            return result;
    }
    return ask(call);
}

/* The lengths of all reads, then their bytes. */
static int rdwr_out(const struct call *call, const struct i2c_rdwr_ioctl_data *arguments)
{
    const uint8_t *length_at = reply_bytes(call), *bytes = length_at,
                  *limit = length_at + reply_count(call);

    for (uint32_t i = 0; i < arguments->nmsgs; i++)
        bytes += is_read(&arguments->msgs[i]) ? 2 : 0;
    if (bytes > limit)
        return -EPROTO;
    for (uint32_t i = 0; i < arguments->nmsgs; i++) {
        const struct i2c_msg *message = &arguments->msgs[i];
        uint16_t length;

        if (!is_read(message))
            continue;
        length = get_u16(length_at);
        length_at += 2;
        if (length > message->len || length > limit - bytes)
            return -EPROTO;
        copy_out(message->buf, bytes, length); /* its pointer has been looked at */
        bytes += length;
    }
    return 0;
}

static int rdwr(const struct mark *mark, const struct i2c_rdwr_ioctl_data *arguments)
{
    struct call call;
    uint8_t table[MESSAGES_MAX * PROTOCOL_RDWR_MESSAGE_BYTES];
    int result;

    if (is_bad(arguments))
        return -EFAULT;
    if (!arguments->msgs || arguments->nmsgs < 1 || arguments->nmsgs > MESSAGES_MAX)
        return -EINVAL;
    if (is_bad(arguments->msgs))
        return -EFAULT;
    result = begin(&call, mark, PROTOCOL_OP_RDWR, arguments->nmsgs);
    if (result == 0)
        result = rdwr_send(&call, table, arguments);
    if (result >= 0) {
        int copied = rdwr_out(&call, arguments);

        if (copied < 0)
            result = copied;
    }
    return end(&call, result);
}

/* The doors. */

bool i2c_call_knows(unsigned request)
{
    return (request >= I2C_RETRIES && request <= I2C_PEC) || request == I2C_SMBUS;
}

/* The argument is a pointer where the request says so: that is how ioctl() is. */
int i2c_call_ioctl(const struct mark *mark, unsigned request, unsigned long argument)
{
    switch (request) {
    case I2C_RETRIES:
    case I2C_TIMEOUT:
    case I2C_SLAVE:
    case I2C_SLAVE_FORCE:
    case I2C_TENBIT:
    case I2C_PEC:
        return set(mark, request, argument);
    case I2C_FUNCS:
        return functionality(mark, (unsigned long *)argument);
    case I2C_RDWR:
        return rdwr(mark, (const struct i2c_rdwr_ioctl_data *)argument);
    case I2C_SMBUS:
        return smbus(mark, (const struct i2c_smbus_ioctl_data *)argument);
    default:
        return -ENOTTY;
    }
}

ssize_t i2c_call_read(const struct mark *mark, void *buffer, size_t count)
{
    struct call call;
    int result;

    if (mark->access == O_WRONLY)
        return -EBADF;
    result =
        begin(&call, mark, PROTOCOL_OP_READ, (uint32_t)(count < LENGTH_MAX ? count : LENGTH_MAX));
    if (result == 0)
        result = ask(&call);
    if (result >= 0 && ((size_t)result > count || (size_t)result != reply_count(&call)))
        result = -EPROTO;
    if (result > 0 && copy_out(buffer, reply_bytes(&call), (size_t)result) < 0)
        result = -EFAULT;
    return end(&call, result);
}

ssize_t i2c_call_write(const struct mark *mark, const void *buffer, size_t count)
{
    struct call call;
    int result;

    if (mark->access == O_RDONLY)
        return -EBADF;
    if (count > LENGTH_MAX)
        count = LENGTH_MAX;
    result = begin(&call, mark, PROTOCOL_OP_WRITE, (uint32_t)count);
    append(&call, buffer, count);
    return end(&call, result == 0 ? ask(&call) : result);
}

/*
 * import_iovec() and do_loop_readv_writev() of fs/read_write.c, where an empty part is passed on
 * only if it is the first.
 */

static ssize_t check_parts(const struct iovec *parts, int count)
{
    ssize_t total = 0;

    if (count < 0 || count > IOV_MAX)
        return -EINVAL;
    if (count > 0 && is_bad(parts))
        return -EFAULT;
    for (int i = 0; i < count; i++) {
        if (parts[i].iov_len > (size_t)(SSIZE_MAX - total))
            return -EINVAL;
        total += (ssize_t)parts[i].iov_len;
    }
    return total;
}

static ssize_t loop(const struct mark *mark, const struct iovec *parts, int count, bool reads)
{
    ssize_t total = check_parts(parts, count), done = 0;

    if (total <= 0)
        return total;
    for (int i = 0; i < count; i++) {
        ssize_t result;

        if (i > 0 && parts[i].iov_len == 0)
            continue;
        result = reads ? i2c_call_read(mark, parts[i].iov_base, parts[i].iov_len)
                       : i2c_call_write(mark, parts[i].iov_base, parts[i].iov_len);
        if (result < 0)
            return done > 0 ? done : result;
        done += result;
        if ((size_t)result != parts[i].iov_len)
            break;
    }
    return done;
}

ssize_t i2c_call_readv(const struct mark *mark, const struct iovec *parts, int count)
{
    return loop(mark, parts, count, true);
}

ssize_t i2c_call_writev(const struct mark *mark, const struct iovec *parts, int count)
{
    return loop(mark, parts, count, false);
}
