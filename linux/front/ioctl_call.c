/* SPDX-License-Identifier: MIT */
#include "front/ioctl_call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the caller's structures ----------------------------------------------------------------- */

/* Sizes and offsets of linux/i2c-dev.h and linux/i2c.h, with pointers of 8 and of 4 bytes. */
struct layout {
    size_t pointer_bytes;
    size_t smbus_bytes, smbus_data_at;
    size_t rdwr_bytes, rdwr_count_at;
    size_t message_bytes, message_buffer_at;
};

static const struct layout layouts[] = {
    {sizeof(void *), sizeof(struct i2c_smbus_ioctl_data),
     offsetof(struct i2c_smbus_ioctl_data, data), sizeof(struct i2c_rdwr_ioctl_data),
     offsetof(struct i2c_rdwr_ioctl_data, nmsgs), sizeof(struct i2c_msg),
     offsetof(struct i2c_msg, buf)},
    {4, 12, 8, 8, 4, 12, 8},
};

static uint64_t get_pointer(const struct layout *layout, const uint8_t *at)
{
    uint32_t narrow;
    if (layout->pointer_bytes == sizeof narrow) {
        memcpy(&narrow, at, sizeof narrow);
        return narrow;
    }
    uintptr_t wide;
    memcpy(&wide, at, sizeof wide);
    return wide;
}

static uint32_t get_number(const uint8_t *at)
{
    uint32_t number;
    memcpy(&number, at, sizeof number);
    return number;
}

static uint16_t get_half(const uint8_t *at)
{
    uint16_t number;
    memcpy(&number, at, sizeof number);
    return number;
}

/* ---- what is asked for ----------------------------------------------------------------------- */

static struct iovec piece(uint64_t at, size_t size)
{
    return (struct iovec){(void *)(uintptr_t)at, size};
}

static void want_in(struct ioctl_call *call, uint64_t at, size_t size)
{
    if (size > 0)
        call->in[call->in_count++] = piece(at, size);
}

static void want_out(struct ioctl_call *call, uint64_t at, size_t size)
{
    if (size > 0)
        call->out[call->out_count++] = piece(at, size);
}

size_t ioctl_call_sum(const struct iovec *pieces, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += pieces[i].iov_len;
    return total;
}

/* Has the kernel brought all that was asked for so far?  More can be asked for later. */
static bool has_begun(const struct ioctl_call *call, const struct ioctl_given *given)
{
    return given->in_bytes >= ioctl_call_sum(call->in, call->in_count);
}

static bool has_all(const struct ioctl_call *call, const struct ioctl_given *given)
{
    return given->in_bytes == ioctl_call_sum(call->in, call->in_count) &&
           given->out_bytes == ioctl_call_sum(call->out, call->out_count);
}

static enum ioctl_next refuse(struct ioctl_call *call, int error)
{
    call->error = error;
    return IOCTL_REFUSE;
}

/* ---- I2C_FUNCS ------------------------------------------------------------------------------- */

static size_t long_bytes(const struct ioctl_call *call)
{
    return layouts[call->is_32bit].pointer_bytes;
}

static enum ioctl_next begin_functionality(struct ioctl_call *call, struct request *request,
                                           uint64_t file, const struct ioctl_given *given)
{
    want_out(call, given->argument, long_bytes(call));
    if (!has_all(call, given))
        return IOCTL_BRING;
    request_functionality(request, file);
    return IOCTL_SEND;
}

static int end_functionality(struct ioctl_call *call, const struct link_frame *reply)
{
    uint64_t bits;
    int result = reply_functionality(reply, &bits);
    if (result < 0)
        return result;
    uint32_t narrow = (uint32_t)bits;
    unsigned long wide = (unsigned long)bits;
    if (call->is_32bit)
        memcpy(&call->bits, &narrow, sizeof narrow);
    else
        memcpy(&call->bits, &wide, sizeof wide);
    call->answer = (const uint8_t *)&call->bits;
    call->answer_bytes = long_bytes(call);
    return result;
}

/* ---- I2C_SMBUS ------------------------------------------------------------------------------- */

static enum ioctl_next begin_smbus(struct ioctl_call *call, struct request *request, uint64_t file,
                                   const struct ioctl_given *given)
{
    const struct layout *layout = &layouts[call->is_32bit];
    struct i2c_smbus_ioctl_data *smbus = &call->smbus;
    want_in(call, given->argument, layout->smbus_bytes);
    if (!has_begun(call, given))
        return IOCTL_BRING;
    uint64_t data = get_pointer(layout, given->in + layout->smbus_data_at);
    smbus->read_write = given->in[offsetof(struct i2c_smbus_ioctl_data, read_write)];
    smbus->command = given->in[offsetof(struct i2c_smbus_ioctl_data, command)];
    smbus->size = get_number(given->in + offsetof(struct i2c_smbus_ioctl_data, size));
    smbus->data = data ? &call->data : NULL;
    want_in(call, data, request_smbus_in(smbus));
    want_out(call, data, request_smbus_out(smbus));
    if (!has_all(call, given))
        return IOCTL_BRING;
    memset(&call->data, 0, sizeof call->data); /* so no other call's bytes reach the caller */
    memcpy(&call->data, given->in + layout->smbus_bytes, given->in_bytes - layout->smbus_bytes);
    request_smbus(request, file, smbus);
    return IOCTL_SEND;
}

static int end_smbus(struct ioctl_call *call, const struct link_frame *reply)
{
    int result = reply_smbus(reply, &call->smbus);
    if (result >= 0) {
        call->answer = (const uint8_t *)&call->data;
        call->answer_bytes = request_smbus_out(&call->smbus);
    }
    return result;
}

/* ---- I2C_RDWR -------------------------------------------------------------------------------- */

static bool is_read(const struct i2c_msg *message)
{
    return (message->flags & I2C_M_RD) != 0;
}

/*
 * How many bytes of its buffer are brought with the call.  A read with RECV_LEN may fill only a
 * part of its buffer, so all of it is brought.  For other reads one byte shows whether the buffer
 * exists.
 */
static size_t bytes_in(const struct i2c_msg *message)
{
    if (!is_read(message) || message->flags & I2C_M_RECV_LEN)
        return message->len;
    return message->len > 0 ? 1 : 0;
}

/*
 * Ask for the buffers of all messages.  If a message is wrong by itself, ask only for the buffers
 * before it: a missing buffer among them is the error that is reported.  Returns the number of
 * messages that are right.
 */
static uint32_t want_buffers(struct ioctl_call *call, const struct layout *layout,
                             const uint8_t *table)
{
    uint32_t count = call->rdwr.nmsgs, right = 0;
    for (; right < count; right++) {
        const uint8_t *at = table + right * layout->message_bytes;
        struct i2c_msg *message = &call->messages[right];
        uint64_t buffer = get_pointer(layout, at + layout->message_buffer_at);

        message->addr = get_half(at);
        message->flags = get_half(at + offsetof(struct i2c_msg, flags));
        message->len = get_half(at + offsetof(struct i2c_msg, len));
        if (message->len > REQUEST_LENGTH_MAX)
            break;
        want_in(call, buffer, bytes_in(message));
        if (is_read(message))
            want_out(call, buffer, message->len);
    }
    if (right < count)
        call->out_count = 0;
    return right;
}

/* Bytes to write stay where the kernel brought them.  Bytes to read get a place in the store. */
static void place_buffers(struct ioctl_call *call, uint32_t count, const uint8_t *brought)
{
    uint8_t *store = call->store;
    for (uint32_t i = 0; i < count; i++) {
        struct i2c_msg *message = &call->messages[i];
        size_t size = bytes_in(message);

        if (is_read(message)) {
            message->buf = store;
            memcpy(store, brought, size);
            store += message->len;
        } else {
            message->buf = (uint8_t *)(uintptr_t)brought;
        }
        brought += size;
    }
}

static int check_messages(const struct ioctl_call *call, uint32_t right)
{
    for (uint32_t i = 0; i < right; i++) {
        int error = request_check_message(&call->messages[i]);

        if (error < 0)
            return error;
    }
    return right < call->rdwr.nmsgs ? -EINVAL : 0;
}

static enum ioctl_next begin_messages(struct ioctl_call *call, struct request *request,
                                      uint64_t file, uint32_t right, const uint8_t *brought)
{
    size_t store_bytes = 1; /* a message of no bytes has a buffer, too */
    for (uint32_t i = 0; i < right; i++)
        store_bytes += is_read(&call->messages[i]) ? call->messages[i].len : 0;
    ioctl_call_free(call);
    call->store = calloc(1, store_bytes);
    if (!call->store)
        return refuse(call, -ENOMEM);
    place_buffers(call, right, brought);
    call->error = check_messages(call, right);
    if (call->error < 0)
        return IOCTL_REFUSE;
    request_rdwr(request, file, &call->rdwr);
    return IOCTL_SEND;
}

static enum ioctl_next begin_rdwr(struct ioctl_call *call, struct request *request, uint64_t file,
                                  const struct ioctl_given *given)
{
    const struct layout *layout = &layouts[call->is_32bit];
    want_in(call, given->argument, layout->rdwr_bytes);
    if (!has_begun(call, given))
        return IOCTL_BRING;
    uint64_t messages = get_pointer(layout, given->in);
    call->rdwr.nmsgs = get_number(given->in + layout->rdwr_count_at);
    call->rdwr.msgs = call->messages;
    if (!messages || call->rdwr.nmsgs < 1 || call->rdwr.nmsgs > REQUEST_MESSAGES_MAX)
        return refuse(call, -EINVAL);
    want_in(call, messages, call->rdwr.nmsgs * layout->message_bytes);
    if (!has_begun(call, given))
        return IOCTL_BRING;
    size_t head_bytes = ioctl_call_sum(call->in, call->in_count);
    uint32_t right = want_buffers(call, layout, given->in + layout->rdwr_bytes);
    if (!has_all(call, given))
        return IOCTL_BRING;
    return begin_messages(call, request, file, right, given->in + head_bytes);
}

/* Returns the buffers of all reads to the caller. */
static int end_rdwr(struct ioctl_call *call, const struct link_frame *reply)
{
    int result = reply_rdwr(reply, &call->rdwr);
    if (result > (int)call->rdwr.nmsgs)
        return -EPROTO;
    call->answer = call->store;
    for (int i = 0; i < result; i++)
        call->answer_bytes += is_read(&call->messages[i]) ? call->messages[i].len : 0;
    return result;
}

/* ---- the doors ------------------------------------------------------------------------------- */

enum ioctl_next ioctl_call_begin(struct ioctl_call *call, struct request *request, uint64_t file,
                                 const struct ioctl_given *given)
{
    call->in_count = call->out_count = 0;
    call->answer_bytes = 0;
    call->number = given->number;
    call->is_32bit = given->is_32bit;
    switch (given->number) {
    case I2C_RETRIES:
    case I2C_TIMEOUT:
    case I2C_SLAVE:
    case I2C_SLAVE_FORCE:
    case I2C_TENBIT:
    case I2C_PEC:
        request_set(request, file, given->number, given->argument);
        return IOCTL_SEND;
    case I2C_FUNCS:
        return begin_functionality(call, request, file, given);
    case I2C_RDWR:
        return begin_rdwr(call, request, file, given);
    case I2C_SMBUS:
        return begin_smbus(call, request, file, given);
    default:
        return refuse(call, -ENOTTY);
    }
}

int ioctl_call_end(struct ioctl_call *call, const struct link_frame *reply)
{
    switch (call->number) {
    case I2C_FUNCS:
        return end_functionality(call, reply);
    case I2C_RDWR:
        return end_rdwr(call, reply);
    case I2C_SMBUS:
        return end_smbus(call, reply);
    default:
        return reply_result(reply);
    }
}

void ioctl_call_free(struct ioctl_call *call)
{
    free(call->store);
    call->store = NULL;
}
