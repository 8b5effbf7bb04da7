/* SPDX-License-Identifier: MIT */
/* I2C_RDWR: the flags of a message. */
#include <errno.h>
#include <string.h>

#include "contract.h"

static uint16_t memory_of(const struct subject *subject)
{
    return (uint16_t)address_of(subject, PART_MEMORY);
}

static uint16_t commands_of(const struct subject *subject)
{
    return (uint16_t)address_of(subject, PART_COMMANDS);
}

static int receive(struct subject *subject, uint8_t command, unsigned flags, uint8_t *buffer,
                   size_t size)
{
    uint16_t address = commands_of(subject);
    struct i2c_msg messages[] = {
        {address, 0, 1, &command},
        {address, (uint16_t)(I2C_M_RECV_LEN | flags), (uint16_t)size, buffer}};
    return rdwr(subject->fd, messages, 2);
}

static void receive_length_arguments(struct subject *subject)
{
    uint8_t buffer[64] = {1};
    struct i2c_msg message = {0x50, I2C_M_RECV_LEN, sizeof buffer, buffer};
    expect("in a write", rdwr(subject->fd, &message, 1), -EINVAL);
    message.flags |= I2C_M_RD;
    message.len = BLOCK_MAX;
    expect("32 bytes for 1 + 32", rdwr(subject->fd, &message, 1), -EINVAL);
    message.len = sizeof buffer;
    buffer[0] = 0;
    expect("no byte for the count", rdwr(subject->fd, &message, 1), -EINVAL);
    buffer[0] = BLOCK_MAX + 1;
    expect("more extra bytes than fit", rdwr(subject->fd, &message, 1), -EINVAL);
    message.len = 0;
    expect("no buffer at all", rdwr(subject->fd, &message, 1), -EINVAL);
}

static void store_block(struct subject *subject, uint8_t command, uint8_t count)
{
    uint8_t bytes[2 + BLOCK_MAX] = {command, count};
    struct i2c_msg message = {commands_of(subject), 0, (uint16_t)(2 + count), bytes};
    for (unsigned i = 0; i < count; i++)
        bytes[2 + i] = (uint8_t)(0x30 + i);
    expect("storing a block", rdwr(subject->fd, &message, 1), 1);
}

/*
 * The count is the first byte.  As many bytes follow it, and the extra bytes that were asked for.
 */
static void receive_length(struct subject *subject)
{
    static const uint8_t counts[] = {1, 2, 5, 31, 32};
    uint8_t buffer[256];
    for (unsigned i = 0; i < sizeof counts; i++) {
        store_block(subject, 0x86, counts[i]);
        for (unsigned extra = 1; extra <= 2; extra++) {
            memset(buffer, 0xEE, sizeof buffer);
            buffer[0] = (uint8_t)extra;
            expect("the read", receive(subject, 0x86, I2C_M_RD, buffer, sizeof buffer), 2);
            expect("the count", buffer[0], counts[i]);
            expect("the first byte", buffer[1], 0x30);
            expect("the last byte", buffer[counts[i]], 0x30 + counts[i] - 1);
            expect("behind it", buffer[counts[i] + extra], 0xEE);
        }
    }
}

static void receive_length_too_large(struct subject *subject)
{
    uint8_t buffer[64] = {1};
    expect("a count of 33", receive(subject, 0xC2, I2C_M_RD, buffer, sizeof buffer), -EPROTO);
    expect("the buffer", buffer[0], 1);
    store_block(subject, 0x87, 3);
    expect("the next read", receive(subject, 0x87, I2C_M_RD, buffer, sizeof buffer), 2);
}

static void no_start(struct subject *subject)
{
    int fd = open_at(subject, memory_of(subject));
    uint8_t head[] = {0x30, 0x11}, tail[] = {0x22, 0x33};
    struct i2c_msg messages[] = {{memory_of(subject), 0, 2, head},
                                 {memory_of(subject), I2C_M_NOSTART, 2, tail}};
    expect("the write", rdwr(subject->fd, messages, 2), 2);
    expect("a byte of the first part", get_register(fd, 0x30), 0x11);
    expect("a byte of the second part", get_register(fd, 0x31), 0x22);
    expect("its last", get_register(fd, 0x32), 0x33);
}

/* After a STOP between the messages, the device answers with its last command. */
static void stop_between(struct subject *subject)
{
    uint8_t store[] = {0x07, 0xA7}, got = 0;
    struct i2c_msg storing = {commands_of(subject), 0, 2, store};
    struct i2c_msg messages[] = {{commands_of(subject), I2C_M_STOP, 1, store},
                                 {commands_of(subject), I2C_M_RD, 1, &got}};
    expect("storing", rdwr(subject->fd, &storing, 1), 1);
    expect("write, STOP, read", rdwr(subject->fd, messages, 2), 2);
    expect("the last command", got, 0x07);
    messages[0].flags = 0;
    expect("without the STOP", rdwr(subject->fd, messages, 2), 2);
    expect("the register", got, 0xA7);
}

static void ignore_nack(struct subject *subject)
{
    uint8_t bytes[] = {0, 1, 2};
    struct i2c_msg message = {(uint16_t)address_of(subject, PART_NOBODY), I2C_M_IGNORE_NAK, 3,
                              bytes};
    expect("a write to nobody", rdwr(subject->fd, &message, 1), 1);
    message.flags = 0;
    expect("without the flag", rdwr(subject->fd, &message, 1), -subject->address_nack);
}

/* One byte: with more bytes the target would get out of step. */
static void no_read_ack(struct subject *subject)
{
    uint8_t pointer = 0x33, got = 0;
    struct i2c_msg messages[] = {{memory_of(subject), 0, 1, &pointer},
                                 {memory_of(subject), I2C_M_RD | I2C_M_NO_RD_ACK, 1, &got}};
    put_register(open_at(subject, memory_of(subject)), 0x33, 0x5C);
    expect("write and read", rdwr(subject->fd, messages, 2), 2);
    expect("the byte", got, 0x5C);
    put_register(open_at(subject, memory_of(subject)), 0x33, 0x5D);
}

/* The address byte says write, so the memory only receives.  The read gets a released line. */
static void reverse_direction(struct subject *subject)
{
    uint8_t got = 0;
    struct i2c_msg message = {memory_of(subject), I2C_M_RD | I2C_M_REV_DIR_ADDR, 1, &got};
    expect("the read", rdwr(subject->fd, &message, 1), 1);
    expect("the byte", got, 0xFF);
    put_register(open_at(subject, memory_of(subject)), 0x34, 0x5D);
}

static void other_flags(struct subject *subject)
{
    uint8_t bytes[] = {0x35, 0x53}, got = 0;
    struct i2c_msg messages[] = {{memory_of(subject), 0x0200 /* I2C_M_DMA_SAFE */, 2, bytes},
                                 {memory_of(subject), 0x0200, 1, bytes},
                                 {memory_of(subject), 0x0200 | I2C_M_RD, 1, &got}};
    expect("I2C_M_DMA_SAFE", rdwr(subject->fd, messages, 3), 3);
    expect("the register", got, 0x53);
}

static void ten_refused(struct subject *subject)
{
    uint8_t byte = 0;
    struct i2c_msg message = {memory_of(subject), I2C_M_TEN, 1, &byte};
    expect("I2C_M_TEN", rdwr(subject->fd, &message, 1), -EAFNOSUPPORT);
    expect("I2C_TENBIT", set(subject->fd, I2C_TENBIT, 1), 0);
    expect("I2C_SLAVE", set(subject->fd, I2C_SLAVE, memory_of(subject)), 0);
    union i2c_smbus_data data;
    expect("SMBus", smbus(subject->fd, I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE_DATA, &data),
           -EAFNOSUPPORT);
    expect("read()", read_bytes(subject->fd, &byte, 1), -EAFNOSUPPORT);
}

const struct check checks_flags[] = {
    {"F1", "receive_length_arguments", I2C_FUNC_I2C, 0, receive_length_arguments, 0},
    {"F2", "receive_length", I2C_FUNC_I2C | I2C_FUNC_SMBUS_READ_BLOCK_DATA, COMMANDS,
     receive_length, 0},
    {"F3", "receive_length_too_large", I2C_FUNC_I2C | I2C_FUNC_SMBUS_READ_BLOCK_DATA, COMMANDS,
     receive_length_too_large, 0},
    {"F4", "no_start", I2C_FUNC_I2C | I2C_FUNC_NOSTART, MEMORY, no_start, 0},
    {"F5", "stop_between", I2C_FUNC_I2C | I2C_FUNC_PROTOCOL_MANGLING, COMMANDS, stop_between, 0},
    {"F6", "ignore_nack", I2C_FUNC_I2C | I2C_FUNC_PROTOCOL_MANGLING, NOBODY, ignore_nack, 0},
    {"F7", "no_read_ack", I2C_FUNC_I2C | I2C_FUNC_PROTOCOL_MANGLING, MEMORY, no_read_ack, 0},
    {"F8", "reverse_direction", I2C_FUNC_I2C | I2C_FUNC_PROTOCOL_MANGLING, MEMORY,
     reverse_direction, 0},
    {"F9", "other_flags", I2C_FUNC_I2C, MEMORY, other_flags, 0},
    {"F10", "ten_refused", I2C_FUNC_I2C, MEMORY, ten_refused, I2C_FUNC_10BIT_ADDR},
    {0},
};
