/* SPDX-License-Identifier: MIT */
/* I2C_RDWR: its limits, and what is returned. */
#include <errno.h>
#include <string.h>

#include "contract.h"

static uint16_t memory_of(const struct subject *subject)
{
    return (uint16_t)address_of(subject, PART_MEMORY);
}

static void no_messages(struct subject *subject)
{
    uint8_t byte = 0;
    struct i2c_msg message = {0x50, 0, 1, &byte};
    expect("no message", rdwr(subject->fd, &message, 0), -EINVAL);
    expect("no pointer", rdwr(subject->fd, NULL, 1), -EINVAL);
}

static void too_many_messages(struct subject *subject)
{
    static uint8_t bytes[MESSAGES_MAX + 1];
    struct i2c_msg messages[MESSAGES_MAX + 1];
    for (unsigned i = 0; i <= MESSAGES_MAX; i++)
        messages[i] = (struct i2c_msg){0x50, I2C_M_RD, 1, &bytes[i]};
    expect("43 messages", rdwr(subject->fd, messages, MESSAGES_MAX + 1), -EINVAL);
    expect("4 billion", rdwr(subject->fd, messages, UINT32_MAX), -EINVAL);
}

static void refused_without_i2c(struct subject *subject)
{
    uint8_t byte = 0;
    struct i2c_msg message = {0x50, I2C_M_RD, 1, &byte};
    expect("one message", rdwr(subject->fd, &message, 1), -EOPNOTSUPP);
}

/* The message before the wrong one is not sent either. */
static void too_long(struct subject *subject)
{
    static uint8_t large[LENGTH_MAX + 1];
    int fd = open_at(subject, memory_of(subject));
    uint8_t change[] = {0x20, 0x66};
    struct i2c_msg messages[] = {{memory_of(subject), 0, sizeof change, change},
                                 {memory_of(subject), 0, sizeof large, large}};
    put_register(fd, 0x20, 0x55);
    expect("a write of 8193 bytes", rdwr(fd, messages, 2), -EINVAL);
    messages[1].flags = I2C_M_RD;
    expect("a read of 8193 bytes", rdwr(fd, messages, 2), -EINVAL);
    messages[1].len = UINT16_MAX;
    expect("a read of 65535 bytes", rdwr(fd, messages, 2), -EINVAL);
    expect("the register", get_register(fd, 0x20), 0x55);
}

static void own_addresses(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_NOBODY));
    uint8_t bytes[] = {0x21, 0x42}, got = 0;
    struct i2c_msg messages[] = {{memory_of(subject), 0, 2, bytes},
                                 {memory_of(subject), 0, 1, bytes},
                                 {memory_of(subject), I2C_M_RD, 1, &got}};
    expect("three messages", rdwr(fd, messages, 3), 3);
    expect("the register", got, 0x42);
}

static void ignores_busy(struct subject *subject)
{
    uint8_t bytes[2];
    struct i2c_msg messages[] = {{(uint16_t)address_of(subject, PART_BUSY), 0, 1, (uint8_t[]){0}},
                                 {(uint16_t)address_of(subject, PART_BUSY), I2C_M_RD, 1, bytes}};
    expect("a read of a taken address", rdwr(subject->fd, messages, 2), 2);
}

static void all_42_messages(struct subject *subject)
{
    uint8_t bytes[MESSAGES_MAX][2], got[MESSAGES_MAX] = {0};
    struct i2c_msg messages[MESSAGES_MAX];
    for (unsigned i = 0; i < MESSAGES_MAX; i++) {
        bytes[i][0] = (uint8_t)(0x40 + i);
        bytes[i][1] = (uint8_t)(0x80 + 3 * i);
        messages[i] = (struct i2c_msg){memory_of(subject), 0, 2, bytes[i]};
    }
    expect("42 writes", rdwr(subject->fd, messages, MESSAGES_MAX), MESSAGES_MAX);
    for (unsigned i = 0; i < MESSAGES_MAX; i += 2) {
        messages[i] = (struct i2c_msg){memory_of(subject), 0, 1, bytes[i]};
        messages[i + 1] = (struct i2c_msg){memory_of(subject), I2C_M_RD, 1, got + i};
    }
    expect("21 reads", rdwr(subject->fd, messages, MESSAGES_MAX), MESSAGES_MAX);
    for (unsigned i = 0; i < MESSAGES_MAX; i += 2)
        expect("what was read", got[i], bytes[i][1]);
}

/* One number of data bytes, written and read.  The memory repeats every 256 bytes. */
static void one_length(struct subject *subject, unsigned length)
{
    static uint8_t out[LENGTH_MAX], in[LENGTH_MAX];
    uint8_t pointer = 0;
    struct i2c_msg fill = {memory_of(subject), 0, (uint16_t)(length + 1), out};
    struct i2c_msg check[] = {{memory_of(subject), 0, 1, &pointer},
                              {memory_of(subject), I2C_M_RD, (uint16_t)length, in}};
    out[0] = 0;
    for (unsigned i = 1; i <= length; i++)
        out[i] = (uint8_t)((i - 1) % 256 * 5 + length);
    memset(in, 0xEE, sizeof in);
    expect("a write", rdwr(subject->fd, &fill, 1), 1);
    if (length == 0)
        return;
    expect("a read", rdwr(subject->fd, check, 2), 2);
    expect_bytes("what was read", in, out + 1, length);
    expect("behind it", length < LENGTH_MAX ? in[length] : 0xEE, 0xEE);
}

static void lengths(struct subject *subject)
{
    static const unsigned some[] = {0,   1,   2,   3,   31,  32,   33,   34,   63,   64,   65,  127,
                                    128, 129, 255, 256, 257, 1023, 1024, 4095, 4096, 4097, 8191};
    for (unsigned i = 0; i < sizeof some / sizeof *some; i++)
        one_length(subject, some[i]);
}

static void longest(struct subject *subject)
{
    static uint8_t in[LENGTH_MAX], out[LENGTH_MAX];
    uint8_t pointer = 0;
    struct i2c_msg fill = {memory_of(subject), 0, LENGTH_MAX, out};
    struct i2c_msg check[] = {{memory_of(subject), 0, 1, &pointer},
                              {memory_of(subject), I2C_M_RD, LENGTH_MAX, in}};
    for (unsigned i = 1; i < LENGTH_MAX; i++)
        out[i] = (uint8_t)((i - 1) % 256 * 11);
    expect("a write", rdwr(subject->fd, &fill, 1), 1);
    expect("a read", rdwr(subject->fd, check, 2), 2);
    expect_bytes("what was read", in, out + 1, LENGTH_MAX - 1);
}

/* The most that one call can carry: 42 times 8192 bytes.  On a bus of 100 kHz that takes 32 s. */
static void largest(struct subject *subject)
{
    static uint8_t in[MESSAGES_MAX][LENGTH_MAX];
    expect("I2C_TIMEOUT", set(subject->fd, I2C_TIMEOUT, 100 * 100), 0);
    struct i2c_msg messages[MESSAGES_MAX];
    for (unsigned i = 0; i < MESSAGES_MAX; i++)
        messages[i] = (struct i2c_msg){memory_of(subject), I2C_M_RD, LENGTH_MAX, in[i]};
    expect("42 reads", rdwr(subject->fd, messages, MESSAGES_MAX), MESSAGES_MAX);
    for (unsigned i = 1; i < MESSAGES_MAX; i++)
        expect_bytes("a buffer and the next", in[i], in[0], LENGTH_MAX);
}

static void empty_write(struct subject *subject)
{
    uint8_t byte = 0;
    struct i2c_msg message = {memory_of(subject), 0, 0, &byte};
    expect("to the memory", rdwr(subject->fd, &message, 1), 1);
    message.addr = (uint16_t)address_of(subject, PART_NOBODY);
    expect("to nobody", rdwr(subject->fd, &message, 1), -subject->address_nack);
    message = (struct i2c_msg){memory_of(subject), 0, 0, NULL};
    expect("without a buffer", rdwr(subject->fd, &message, 1), 1);
}

static void empty_read(struct subject *subject)
{
    uint8_t byte = 0xEE;
    struct i2c_msg message = {memory_of(subject), I2C_M_RD, 0, &byte};
    expect("of the memory", rdwr(subject->fd, &message, 1), 1);
    expect("the buffer", byte, 0xEE);
}

/* If there were a STOP, the answer would be the last command. */
static void repeated_start(struct subject *subject)
{
    uint16_t commands = (uint16_t)address_of(subject, PART_COMMANDS);
    uint8_t store[] = {0x06, 0xA6}, got = 0;
    struct i2c_msg messages[] = {{commands, 0, 1, store}, {commands, I2C_M_RD, 1, &got}};
    struct i2c_msg storing = {commands, 0, 2, store};
    expect("storing", rdwr(subject->fd, &storing, 1), 1);
    expect("write and read", rdwr(subject->fd, messages, 2), 2);
    expect("the answer", got, 0xA6);
    expect("the read alone", rdwr(subject->fd, messages + 1, 1), 1);
    expect("the last command", got, 0x06);
}

static void failure_copies_nothing(struct subject *subject)
{
    uint8_t pointer = 0, got = 0xEE, last = 0;
    struct i2c_msg messages[] = {{memory_of(subject), 0, 1, &pointer},
                                 {memory_of(subject), I2C_M_RD, 1, &got},
                                 {(uint16_t)address_of(subject, PART_NOBODY), 0, 1, &last}};
    put_register(open_at(subject, memory_of(subject)), 0, 0x12);
    expect("the third is to nobody", rdwr(subject->fd, messages, 3), -subject->address_nack);
    expect("the buffer of the second", got, 0xEE);
    expect("the first two alone", rdwr(subject->fd, messages, 2), 2);
    expect("their buffer", got, 0x12);
}

static void bad_pointers(struct subject *subject)
{
    struct i2c_msg message = {memory_of(subject), 0, 1, nowhere()};
    expect("the messages", rdwr(subject->fd, nowhere(), 1), -EFAULT);
    expect("a buffer to send", rdwr(subject->fd, &message, 1), -EFAULT);
    message.flags = I2C_M_RD;
    expect("a buffer to fill", rdwr(subject->fd, &message, 1), -EFAULT);
}

/* i2cdev_ioctl_rdwr() checks the messages one by one. */
static void first_error_counts(struct subject *subject)
{
    uint8_t byte = 0;
    struct i2c_msg messages[] = {{memory_of(subject), 0, LENGTH_MAX + 1, &byte},
                                 {memory_of(subject), 0, 1, nowhere()}};
    expect("too long, then unreadable", rdwr(subject->fd, messages, 2), -EINVAL);
    messages[0] = (struct i2c_msg){memory_of(subject), 0, 1, nowhere()};
    messages[1] = (struct i2c_msg){memory_of(subject), 0, LENGTH_MAX + 1, &byte};
    expect("unreadable, then too long", rdwr(subject->fd, messages, 2), -EFAULT);
}

const struct check checks_rdwr[] = {
    {"R1", "no_messages", 0, 0, no_messages, 0},
    {"R1", "too_many_messages", 0, 0, too_many_messages, 0},
    {"R2", "refused_without_i2c", 0, 0, refused_without_i2c, I2C_FUNC_I2C},
    {"R3", "too_long", I2C_FUNC_I2C | I2C_FUNC_SMBUS_BYTE_DATA, MEMORY, too_long, 0},
    {"R4", "own_addresses", I2C_FUNC_I2C, MEMORY | NOBODY, own_addresses, 0},
    {"R4", "ignores_busy", I2C_FUNC_I2C, BUSY, ignores_busy, 0},
    {"R5", "all_42_messages", I2C_FUNC_I2C, MEMORY, all_42_messages, 0},
    {"R6", "lengths", I2C_FUNC_I2C, MEMORY, lengths, 0},
    {"R6", "longest", I2C_FUNC_I2C, MEMORY, longest, 0},
    {"R6", "largest", I2C_FUNC_I2C, MEMORY, largest, 0},
    {"R6", "empty_write", I2C_FUNC_I2C, MEMORY | NOBODY, empty_write, 0},
    {"R6", "empty_read", I2C_FUNC_I2C, MEMORY, empty_read, 0},
    {"R7", "repeated_start", I2C_FUNC_I2C, COMMANDS, repeated_start, 0},
    {"R8", "failure_copies_nothing", I2C_FUNC_I2C | I2C_FUNC_SMBUS_BYTE_DATA, MEMORY | NOBODY,
     failure_copies_nothing, 0},
    {"R9", "bad_pointers", I2C_FUNC_I2C, MEMORY, bad_pointers, 0},
    {"R9", "first_error_counts", I2C_FUNC_I2C, MEMORY, first_error_counts, 0},
    {0},
};
