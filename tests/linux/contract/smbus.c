/* SPDX-License-Identifier: MIT */
/* I2C_SMBUS: arguments, bytes and words. */
#include <errno.h>
#include <string.h>

#include "contract.h"

static int memory(struct subject *subject)
{
    return open_at(subject, address_of(subject, PART_MEMORY));
}

static int commands(struct subject *subject)
{
    return open_at(subject, address_of(subject, PART_COMMANDS));
}

static void sizes(struct subject *subject)
{
    union i2c_smbus_data data = {.byte = 0};
    for (int read_write = 0; read_write <= 1; read_write++) {
        expect("size 9", smbus(subject->fd, (char)read_write, 0, 9, &data), -EINVAL);
        expect("size 255", smbus(subject->fd, (char)read_write, 0, 255, &data), -EINVAL);
        expect("size -1", smbus(subject->fd, (char)read_write, 0, -1, &data), -EINVAL);
    }
}

static void directions(struct subject *subject)
{
    union i2c_smbus_data data = {.byte = 0};
    for (int size = 0; size <= 8; size++) {
        expect("read_write 2", smbus(subject->fd, 2, 0, size, &data), -EINVAL);
        expect("read_write 255", smbus(subject->fd, (char)-1, 0, size, &data), -EINVAL);
    }
}

static void missing_data(struct subject *subject)
{
    expect("byte read", smbus(subject->fd, I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE, NULL), -EINVAL);
    for (int size = I2C_SMBUS_BYTE_DATA; size <= I2C_SMBUS_I2C_BLOCK_DATA; size++) {
        expect("a write", smbus(subject->fd, I2C_SMBUS_WRITE, 0, size, NULL), -EINVAL);
        expect("a read", smbus(subject->fd, I2C_SMBUS_READ, 0, size, NULL), -EINVAL);
    }
}

static void bad_data(struct subject *subject)
{
    int fd = memory(subject);
    expect("a write", smbus(fd, I2C_SMBUS_WRITE, 0, I2C_SMBUS_BYTE_DATA, nowhere()), -EFAULT);
    expect("a read", smbus(fd, I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE_DATA, nowhere()), -EFAULT);
}

/* The data pointer does not matter: missing, or pointing anywhere. */
static void quick(struct subject *subject, char direction)
{
    int fd = memory(subject);
    union i2c_smbus_data data;
    memset(&data, 0xEE, sizeof data);
    expect("without data", smbus(fd, direction, 0, I2C_SMBUS_QUICK, NULL), 0);
    expect("with data", smbus(fd, direction, 0, I2C_SMBUS_QUICK, &data), 0);
    expect("the data", data.byte, 0xEE);
}

static void quick_write(struct subject *subject)
{
    quick(subject, I2C_SMBUS_WRITE);
}

static void quick_read(struct subject *subject)
{
    quick(subject, I2C_SMBUS_READ);
}

static void byte(struct subject *subject)
{
    int fd = memory(subject);
    put_register(fd, 0x70, 0x0A);
    put_register(fd, 0x71, 0x0B);
    expect("byte write", smbus(fd, I2C_SMBUS_WRITE, 0x70, I2C_SMBUS_BYTE, NULL), 0);
    union i2c_smbus_data data;
    memset(&data, 0xEE, sizeof data);
    expect("byte read", smbus(fd, I2C_SMBUS_READ, 0x99, I2C_SMBUS_BYTE, &data), 0);
    expect("what is there", data.byte, 0x0A);
    expect("behind it", data.block[1], 0xEE);
    expect("byte read", smbus(fd, I2C_SMBUS_READ, 0x99, I2C_SMBUS_BYTE, &data), 0);
    expect("what is next", data.byte, 0x0B);
}

static void byte_data(struct subject *subject)
{
    int fd = memory(subject);
    union i2c_smbus_data data;
    for (unsigned i = 0; i < 256; i += 51) {
        put_register(fd, (uint8_t)i, (uint8_t)~i);
        memset(&data, 0xEE, sizeof data);
        expect("a read", smbus(fd, I2C_SMBUS_READ, (uint8_t)i, I2C_SMBUS_BYTE_DATA, &data), 0);
        expect("what is there", data.byte, (uint8_t)~i);
        expect("behind it", data.block[1], 0xEE);
    }
}

static void word_data(struct subject *subject)
{
    int fd = memory(subject);
    union i2c_smbus_data data = {.word = 0x1234};
    expect("a write", smbus(fd, I2C_SMBUS_WRITE, 0x74, I2C_SMBUS_WORD_DATA, &data), 0);
    expect("the low byte", get_register(fd, 0x74), 0x34);
    memset(&data, 0xEE, sizeof data);
    expect("a read", smbus(fd, I2C_SMBUS_READ, 0x74, I2C_SMBUS_WORD_DATA, &data), 0);
    expect("what is there", data.word, 0x1234);
    expect("behind it", data.block[2], 0xEE);
}

static void word_order(struct subject *subject)
{
    int fd = memory(subject);
    union i2c_smbus_data data = {.word = 0};
    put_register(fd, 0x76, 0x78);
    put_register(fd, 0x77, 0x56);
    expect("a read", smbus(fd, I2C_SMBUS_READ, 0x76, I2C_SMBUS_WORD_DATA, &data), 0);
    expect("what is there", data.word, 0x5678);
}

static void process_call(struct subject *subject)
{
    int fd = commands(subject);
    union i2c_smbus_data data;
    for (char direction = I2C_SMBUS_WRITE; direction <= I2C_SMBUS_READ; direction++) {
        memset(&data, 0xEE, sizeof data);
        data.word = 0x01FF;
        expect("the call", smbus(fd, direction, 0xC0, I2C_SMBUS_PROC_CALL, &data), 0);
        expect("the result", data.word, 0x0200);
        expect("behind it", data.block[2], 0xEE);
    }
}

static void failure_copies_nothing(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_NOBODY));
    union i2c_smbus_data data;
    memset(&data, 0xEE, sizeof data);
    expect("a read", smbus(fd, I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE_DATA, &data),
           -subject->address_nack);
    expect("the data", data.byte, 0xEE);
    expect("a word", smbus(fd, I2C_SMBUS_READ, 0, I2C_SMBUS_WORD_DATA, &data),
           -subject->address_nack);
    expect("the data", data.word, 0xEEEE);
}

const struct check checks_smbus[] = {
    {"S1", "sizes", 0, 0, sizes, 0},
    {"S2", "directions", 0, 0, directions, 0},
    {"S3", "missing_data", 0, 0, missing_data, 0},
    {"S4", "bad_data", I2C_FUNC_SMBUS_BYTE_DATA, MEMORY, bad_data, 0},
    {"S5", "quick_write", I2C_FUNC_SMBUS_QUICK, MEMORY, quick_write, 0},
    {"S5", "quick_read", I2C_FUNC_SMBUS_QUICK, MEMORY, quick_read, 0},
    {"S6", "byte", I2C_FUNC_SMBUS_BYTE | I2C_FUNC_SMBUS_BYTE_DATA, MEMORY, byte, 0},
    {"S7", "byte_data", I2C_FUNC_SMBUS_BYTE_DATA, MEMORY, byte_data, 0},
    {"S8", "word_data", I2C_FUNC_SMBUS_WORD_DATA | I2C_FUNC_SMBUS_BYTE_DATA, MEMORY, word_data, 0},
    {"S8", "word_order", I2C_FUNC_I2C | I2C_FUNC_SMBUS_WORD_DATA | I2C_FUNC_SMBUS_BYTE_DATA, MEMORY,
     word_order, 0},
    {"S9", "process_call", I2C_FUNC_SMBUS_PROC_CALL, COMMANDS, process_call, 0},
    {"S10", "smbus_failure_copies_nothing",
     I2C_FUNC_SMBUS_READ_BYTE_DATA | I2C_FUNC_SMBUS_READ_WORD_DATA, NOBODY, failure_copies_nothing,
     0},
    {0},
};
