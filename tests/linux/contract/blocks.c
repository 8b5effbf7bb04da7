/* SPDX-License-Identifier: MIT */
/* I2C_SMBUS: blocks. */
#include <errno.h>
#include <string.h>

#include "contract.h"

static int memory(struct subject *subject)
{
    return open_at(subject, address_of(subject, PART_MEMORY));
}

static int blocks(struct subject *subject)
{
    return open_at(subject, address_of(subject, PART_BLOCKS));
}

static int commands(struct subject *subject)
{
    return open_at(subject, address_of(subject, PART_COMMANDS));
}

static void fill(union i2c_smbus_data *data, unsigned count, unsigned seed)
{
    memset(data, 0xEE, sizeof *data);
    data->block[0] = (uint8_t)count;
    for (unsigned i = 1; i <= count && i <= BLOCK_MAX; i++)
        data->block[i] = (uint8_t)(seed + i * 7);
}

/* The calls in which the caller gives the count. */
static void expect_refused(int fd, unsigned count)
{
    static const struct {
        const char *what;
        char direction;
        int size;
    } calls[] = {
        {"block write", I2C_SMBUS_WRITE, I2C_SMBUS_BLOCK_DATA},
        {"block process call", I2C_SMBUS_WRITE, I2C_SMBUS_BLOCK_PROC_CALL},
        {"I2C block write", I2C_SMBUS_WRITE, I2C_SMBUS_I2C_BLOCK_DATA},
        {"I2C block read", I2C_SMBUS_READ, I2C_SMBUS_I2C_BLOCK_DATA},
        {"old I2C block write", I2C_SMBUS_WRITE, I2C_SMBUS_I2C_BLOCK_BROKEN},
    };
    union i2c_smbus_data data;

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        fill(&data, count, 0);
        expect(calls[i].what, smbus(fd, calls[i].direction, 0x80, calls[i].size, &data), -EINVAL);
    }
}

static void too_large(struct subject *subject)
{
    int fd = memory(subject);
    expect_refused(fd, BLOCK_MAX + 1);
    expect_refused(fd, 255);
}

static void empty(struct subject *subject)
{
    expect_refused(memory(subject), 0);
}

static void block_data(struct subject *subject)
{
    static const uint8_t counts[] = {1, 2, 3, 31, 32, 5};
    int fd = blocks(subject);
    union i2c_smbus_data out, in;
    for (unsigned i = 0; i < sizeof counts; i++) {
        uint8_t command = (uint8_t)(0x80 + counts[i]); /* i2c-stub's blocks never shrink */

        fill(&out, counts[i], i);
        expect("a write", smbus(fd, I2C_SMBUS_WRITE, command, I2C_SMBUS_BLOCK_DATA, &out), 0);
        memset(&in, 0xEE, sizeof in);
        expect("a read", smbus(fd, I2C_SMBUS_READ, command, I2C_SMBUS_BLOCK_DATA, &in), 0);
        expect_bytes("count and bytes", in.block, out.block, 1u + counts[i]);
    }
}

static void block_write(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_MEMORY));
    union i2c_smbus_data data;
    fill(&data, 4, 0x40);
    expect("a write", smbus(fd, I2C_SMBUS_WRITE, 0x20, I2C_SMBUS_BLOCK_DATA, &data), 0);
    for (unsigned i = 0; i <= 4; i++)
        expect("count, bytes", get_register(fd, (uint8_t)(0x20 + i)), data.block[i]);
}

static void received_too_large(struct subject *subject)
{
    int fd = commands(subject);
    union i2c_smbus_data data;
    memset(&data, 0xEE, sizeof data);
    expect("a count of 33", smbus(fd, I2C_SMBUS_READ, 0xC2, I2C_SMBUS_BLOCK_DATA, &data), -EPROTO);
    expect("the data", data.block[0], 0xEE);
    (void)get_register(fd, 0x3E); /* the bus is free */
}

static void received_empty(struct subject *subject)
{
    int fd = commands(subject), result;
    union i2c_smbus_data data;
    memset(&data, 0xEE, sizeof data);
    result = smbus(fd, I2C_SMBUS_READ, 0xC4, I2C_SMBUS_BLOCK_DATA, &data);
    if (result == -EPROTO)
        note("EPROTO");
    else
        expect("the call", result, 0);
    if (result == 0)
        expect("the count", data.block[0], 0);
    (void)get_register(fd, 0x3E); /* the bus is free */
}

static void block_process_call(struct subject *subject)
{
    int fd = commands(subject);
    union i2c_smbus_data data;
    for (char direction = I2C_SMBUS_WRITE; direction <= I2C_SMBUS_READ; direction++) {
        memcpy(data.block, "\5hello", 6);
        expect("the call", smbus(fd, direction, 0xC1, I2C_SMBUS_BLOCK_PROC_CALL, &data), 0);
        expect_bytes("count and bytes", data.block, "\5olleh", 6);
    }
}

static void i2c_block(struct subject *subject, int size)
{
    static const uint8_t counts[] = {1, 2, 31, 32, 7};
    int fd = memory(subject);
    union i2c_smbus_data out, in;
    for (unsigned i = 0; i < sizeof counts; i++) {
        fill(&out, counts[i], 0x20 + i);
        expect("a write", smbus(fd, I2C_SMBUS_WRITE, 0x90, size, &out), 0);
        expect("the first register", get_register(fd, 0x90), out.block[1]);
        expect("the last register", get_register(fd, (uint8_t)(0x90 + counts[i] - 1)),
               out.block[counts[i]]);
        memset(&in, 0xEE, sizeof in);
        in.block[0] = counts[i];
        expect("a read", smbus(fd, I2C_SMBUS_READ, 0x90, I2C_SMBUS_I2C_BLOCK_DATA, &in), 0);
        expect_bytes("count and bytes", in.block, out.block, 1u + counts[i]);
    }
}

static void i2c_block_data(struct subject *subject)
{
    i2c_block(subject, I2C_SMBUS_I2C_BLOCK_DATA);
}

/* Size 6 writes like size 8, and reads 32 bytes whatever count the caller gives. */
static void i2c_block_broken(struct subject *subject)
{
    int fd = memory(subject);
    i2c_block(subject, I2C_SMBUS_I2C_BLOCK_BROKEN);
    union i2c_smbus_data out;
    fill(&out, BLOCK_MAX, 0x60);
    expect("a write", smbus(fd, I2C_SMBUS_WRITE, 0x90, I2C_SMBUS_I2C_BLOCK_BROKEN, &out), 0);
    union i2c_smbus_data in;
    for (unsigned count = 0; count <= BLOCK_MAX + 1; count += 11) {
        memset(&in, 0xEE, sizeof in);
        in.block[0] = (uint8_t)count;
        expect("a read", smbus(fd, I2C_SMBUS_READ, 0x90, I2C_SMBUS_I2C_BLOCK_BROKEN, &in), 0);
        expect_bytes("count and bytes", in.block, out.block, 1 + BLOCK_MAX);
    }
}

static void block_failure_copies_nothing(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_NOBODY));
    union i2c_smbus_data out;
    fill(&out, 9, 1);
    union i2c_smbus_data in = out;
    expect("a read", smbus(fd, I2C_SMBUS_READ, 0, I2C_SMBUS_I2C_BLOCK_DATA, &in),
           -subject->address_nack);
    expect_bytes("the data", &in, &out, sizeof in);
}

const struct check checks_blocks[] = {
    {"B1", "block_too_large", I2C_FUNC_SMBUS_BYTE_DATA, MEMORY, too_large, 0},
    {"B2", "block_empty", I2C_FUNC_SMBUS_BYTE_DATA, MEMORY, empty, 0},
    {"B3", "block_data", I2C_FUNC_SMBUS_BLOCK_DATA, BLOCKS, block_data, 0},
    {"B3", "block_write", I2C_FUNC_I2C | I2C_FUNC_SMBUS_BYTE_DATA | I2C_FUNC_SMBUS_WRITE_BLOCK_DATA,
     MEMORY, block_write, 0},
    {"B4", "received_too_large", I2C_FUNC_SMBUS_BLOCK_DATA, COMMANDS, received_too_large, 0},
    {"B4", "received_empty", I2C_FUNC_SMBUS_BLOCK_DATA, COMMANDS, received_empty, 0},
    {"B5", "block_process_call", I2C_FUNC_SMBUS_BLOCK_PROC_CALL, COMMANDS, block_process_call, 0},
    {"B6", "i2c_block_data", I2C_FUNC_SMBUS_I2C_BLOCK | I2C_FUNC_SMBUS_BYTE_DATA, MEMORY,
     i2c_block_data, 0},
    {"B7", "i2c_block_broken", I2C_FUNC_SMBUS_I2C_BLOCK | I2C_FUNC_SMBUS_BYTE_DATA, MEMORY,
     i2c_block_broken, 0},
    {"B8", "block_failure_copies_nothing", I2C_FUNC_SMBUS_READ_I2C_BLOCK, NOBODY,
     block_failure_copies_nothing, 0},
    {0},
};
