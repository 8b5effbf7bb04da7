/* SPDX-License-Identifier: MIT */
/*
 * I2C_SMBUS: one of nine protocols, as one or two messages (Documentation/i2c/smbus-protocol.rst;
 * order of checks and messages as in i2cdev_ioctl_smbus() and i2c_smbus_xfer_emulated()).
 *
 * The store of the request:
 *
 *     reply header │ data[34] │ first message [35] │ second message [34]
 */
#include "i2cdev/i2cdev_smbus.h"

#include <errno.h>
#include <linux/i2c.h>
#include <string.h>

#include "i2cdev/i2cdev_request.h"

enum {
    BLOCK_MAX = I2C_SMBUS_BLOCK_MAX,
    FIRST = PROTOCOL_REPLY_BYTES + PROTOCOL_SMBUS_DATA_BYTES,
    SECOND = FIRST + BLOCK_MAX + 3, /* command, count, PEC */
    STORE = SECOND + BLOCK_MAX + 2, /* count, PEC */
};

_Static_assert(STORE <= I2CDEV_SMALL_STORE, "an SMBus request must not need the heap");

/* CRC-8, x^8 + x^2 + x + 1 (SMBus 3.2 §6.4). */
static uint8_t pec_byte(uint8_t pec, uint8_t byte)
{
    pec ^= byte;
    for (int bit = 0; bit < 8; bit++)
        pec = (uint8_t)(pec << 1 ^ (pec & 0x80 ? 0x07 : 0));
    return pec;
}

/* Continues over the message's address byte and its first `length` bytes. */
static uint8_t pec_message(uint8_t pec, const struct controller_message *message, size_t length)
{
    pec = pec_byte(pec, (uint8_t)(message->address << 1 | (message->flags & CONTROLLER_READ)));
    for (size_t i = 0; i < length; i++)
        pec = pec_byte(pec, message->buffer[i]);
    return pec;
}

/* How many bytes of union i2c_smbus_data the size uses. */
static size_t data_bytes(uint32_t size)
{
    switch (size) {
    case I2C_SMBUS_QUICK:
        return 0;
    case I2C_SMBUS_BYTE:
    case I2C_SMBUS_BYTE_DATA:
        return 1;
    case I2C_SMBUS_WORD_DATA:
    case I2C_SMBUS_PROC_CALL:
        return 2;
    default:
        return PROTOCOL_SMBUS_DATA_BYTES;
    }
}

static bool is_process_call(uint32_t size)
{
    return size == I2C_SMBUS_PROC_CALL || size == I2C_SMBUS_BLOCK_PROC_CALL;
}

/* Does the caller give the length of the block? */
static bool caller_counts(uint32_t size, bool is_read)
{
    return size == I2C_SMBUS_BLOCK_PROC_CALL || size == I2C_SMBUS_I2C_BLOCK_DATA ||
           (size == I2C_SMBUS_BLOCK_DATA && !is_read);
}

/* Writes what follows the command in the first message to `at`.  Returns the number of bytes. */
static size_t copy_data(const struct i2cdev_request *request, uint32_t size, uint8_t *at)
{
    const uint8_t *data = request->smbus_data;
    switch (size) {
    case I2C_SMBUS_BYTE_DATA:
        at[0] = data[0];
        return 1;
    case I2C_SMBUS_WORD_DATA: /* the protocol sends the low byte first */
    case I2C_SMBUS_PROC_CALL:
        memcpy(at, data, 2);
        return 2;
    case I2C_SMBUS_BLOCK_DATA:
    case I2C_SMBUS_BLOCK_PROC_CALL:
        memcpy(at, data, data[0] + 1u);
        return data[0] + 1u;
    case I2C_SMBUS_I2C_BLOCK_DATA:
        memcpy(at, data + 1, data[0]);
        return data[0];
    default:
        return 0;
    }
}

static void add_read(struct i2cdev_request *request, unsigned address, uint32_t size, uint8_t *at)
{
    unsigned flags = CONTROLLER_READ;
    size_t length = data_bytes(size);
    if (size == I2C_SMBUS_BLOCK_DATA || size == I2C_SMBUS_BLOCK_PROC_CALL) {
        flags |= CONTROLLER_RECEIVE_LENGTH;
        length = 1;
    } else if (size == I2C_SMBUS_I2C_BLOCK_DATA) {
        length = request->smbus_data[0];
    }
    i2cdev_add(request, address, flags, length + (request->smbus_pec ? 1 : 0), at);
}

static void add_write(struct i2cdev_request *request, unsigned address, size_t length, bool is_last)
{
    uint8_t *at = request->store + FIRST;
    struct controller_message *message = i2cdev_add(request, address, 0, length, at);
    if (!request->smbus_pec || !is_last)
        return;
    at[length] = pec_message(0, message, length);
    request->asked[0]++;
}

/*
 * Documentation/i2c/smbus-protocol.rst; the order of messages is that of
 * i2c_smbus_xfer_emulated().
 */
static void add_messages(struct i2cdev_request *request, const struct i2cdev_file *file,
                         uint32_t size, bool is_read)
{
    uint8_t *first = request->store + FIRST;
    bool answers = is_read || is_process_call(size);
    size_t length = 1;
    first[0] = request->smbus_command;
    if (size == I2C_SMBUS_QUICK) { /* the R/W bit is the data */
        i2cdev_add(request, file->address, is_read ? CONTROLLER_READ : 0, 0, first);
        return;
    }
    if (size == I2C_SMBUS_BYTE && is_read) { /* no command */
        add_read(request, file->address, size, first);
        return;
    }
    if (!is_read || is_process_call(size))
        length += copy_data(request, size, first + 1);
    add_write(request, file->address, length, !answers);
    if (answers)
        add_read(request, file->address, size, request->store + SECOND);
}

/* Copies what the kernel takes from the caller's union.  The rest of it is zero. */
static void copy_in(struct i2cdev_request *request, uint32_t size, bool is_read,
                    const uint8_t *data)
{
    memset(request->smbus_data, 0, sizeof request->smbus_data);
    if (!is_read || is_process_call(size) || size == I2C_SMBUS_I2C_BLOCK_DATA)
        memcpy(request->smbus_data, data, data_bytes(size));
    else if (size == I2C_SMBUS_I2C_BLOCK_BROKEN)
        request->smbus_data[0] = BLOCK_MAX;
}

static bool is_valid(uint32_t size, bool is_read, const uint8_t *arguments)
{
    bool needs_data = size != I2C_SMBUS_QUICK && (size != I2C_SMBUS_BYTE || is_read);
    return size <= I2C_SMBUS_I2C_BLOCK_DATA && arguments[0] <= I2C_SMBUS_READ &&
           (arguments[2] != 0 || !needs_data);
}

enum i2cdev_next i2cdev_begin_smbus(struct i2cdev_request *request,
                                    const struct i2cdev_adapter *adapter,
                                    const struct i2cdev_file *file, uint32_t size,
                                    const uint8_t *arguments)
{
    bool is_read = arguments[0] == I2C_SMBUS_READ;
    i2cdev_prepare(request, adapter, PROTOCOL_OP_SMBUS);
    if (!is_valid(size, is_read, arguments))
        return i2cdev_finish(request, -EINVAL);
    copy_in(request, size, is_read, arguments + 4);
    if (size == I2C_SMBUS_I2C_BLOCK_BROKEN)
        size = I2C_SMBUS_I2C_BLOCK_DATA;
    if (caller_counts(size, is_read) &&
        (request->smbus_data[0] < 1 || request->smbus_data[0] > BLOCK_MAX))
        return i2cdev_finish(request, -EINVAL);
    if (file->tenbit)
        return i2cdev_finish(request, -EAFNOSUPPORT);
    request->store = request->small;
    request->smbus_size = size;
    request->smbus_command = arguments[1];
    request->smbus_pec = file->pec && size != I2C_SMBUS_QUICK && size != I2C_SMBUS_I2C_BLOCK_DATA;
    request->smbus_copies_out = is_read || is_process_call(size);
    add_messages(request, file, size, is_read);
    return i2cdev_run(request);
}

/* Checks the PEC byte at the end of the answer and removes it. */
static int check_pec(struct i2cdev_request *request)
{
    struct controller_message *last = &request->messages[request->count - 1];
    uint8_t pec = 0;
    if (!request->smbus_pec || !(last->flags & CONTROLLER_READ))
        return 0;
    if (request->count > 1)
        pec = pec_message(0, &request->messages[0], request->messages[0].length);
    last->length--;
    return pec_message(pec, last, last->length) == last->buffer[last->length] ? 0 : -EBADMSG;
}

enum i2cdev_next i2cdev_end_smbus(struct i2cdev_request *request, size_t done)
{
    const struct controller_message *last = &request->messages[request->count - 1];
    size_t bytes = request->smbus_copies_out ? data_bytes(request->smbus_size) : 0;
    int result = done < request->count ? -EIO : check_pec(request);
    if (result < 0)
        return i2cdev_finish(request, result);
    /*
     * The bytes that were read overwrite the caller's bytes.  The caller's bytes behind them stay
     * (or zeros, if the caller gave none).
     */
    if (bytes > 0 && request->smbus_size == I2C_SMBUS_I2C_BLOCK_DATA)
        memcpy(request->smbus_data + 1, last->buffer, last->length);
    else if (bytes > 0)
        memcpy(request->smbus_data, last->buffer, last->length);
    memcpy(request->store + PROTOCOL_REPLY_BYTES, request->smbus_data, bytes);
    return i2cdev_reply(request, 0, bytes);
}
