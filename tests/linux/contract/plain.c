/* SPDX-License-Identifier: MIT */
/* read() and write(): one message each. */
#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "contract.h"

static int memory(struct subject *subject)
{
    return open_at(subject, address_of(subject, PART_MEMORY));
}

static void counts(struct subject *subject)
{
    int fd = memory(subject);
    uint8_t bytes[] = {0x50, 1, 2, 3, 4}, got[8];
    memset(got, 0xEE, sizeof got);
    expect("write()", write_bytes(fd, bytes, sizeof bytes), sizeof bytes);
    expect("write() of the pointer", write_bytes(fd, bytes, 1), 1);
    expect("read()", read_bytes(fd, got, 4), 4);
    expect_bytes("what was read", got, bytes + 1, 4);
    expect("behind it", got[4], 0xEE);
}

static void cut_to_8192(struct subject *subject)
{
    static uint8_t bytes[3 * LENGTH_MAX], got[3 * LENGTH_MAX];
    int fd = memory(subject);
    for (size_t i = 1; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)((i - 1) % 256 * 13);
    memset(got, 0xEE, sizeof got);
    expect("write() of 24576", write_bytes(fd, bytes, sizeof bytes), LENGTH_MAX);
    expect("write() of the pointer", write_bytes(fd, bytes, 1), 1);
    expect("read() of 24576", read_bytes(fd, got, sizeof got), LENGTH_MAX);
    expect_bytes("what was read", got, bytes + 1, LENGTH_MAX - 1);
    expect("behind it", got[LENGTH_MAX], 0xEE);
}

static void empty_write(struct subject *subject)
{
    int fd = memory(subject), nobody = open_at(subject, address_of(subject, PART_NOBODY));
    char byte = 0;
    expect("write() of nothing to nobody", write_bytes(nobody, &byte, 0), -subject->address_nack);
    expect("write() of nothing", write_bytes(fd, &byte, 0), 0);
}

static void empty_read(struct subject *subject)
{
    int fd = memory(subject), nobody = open_at(subject, address_of(subject, PART_NOBODY));
    char byte = 0;
    expect("read() of nothing of nobody", read_bytes(nobody, &byte, 0), -subject->address_nack);
    expect("read() of nothing", read_bytes(fd, &byte, 0), 0);
}

static void never_combined(struct subject *subject)
{
    int fd = open_at(subject, address_of(subject, PART_COMMANDS));
    uint8_t bytes[] = {0x08, 0xA8}, got = 0;
    expect("storing", write_bytes(fd, bytes, 2), 2);
    expect("write()", write_bytes(fd, bytes, 1), 1);
    expect("read()", read_bytes(fd, &got, 1), 1);
    expect("the last command", got, 0x08);
}

/* For this driver, the kernel makes one message of each part of a vector. */
static void vectors_are_messages(struct subject *subject)
{
    int fd = memory(subject);
    uint8_t one[] = {0x58, 0x11}, two[] = {0x60, 0x22}, got[2] = {0};
    struct iovec parts[] = {{one, 2}, {two, 2}}, into[] = {{got, 1}, {got + 1, 1}};
    expect("writev()", writev(fd, parts, 2) < 0 ? -errno : 4, 4);
    expect("the first message's register", get_register(fd, 0x58), 0x11);
    expect("the second message's register", get_register(fd, 0x60), 0x22);
    put_register(fd, 0x61, 0x33);
    expect("write() of the pointer", write_bytes(fd, two, 1), 1);
    expect("readv()", readv(fd, into, 2) < 0 ? -errno : 2, 2);
    expect("the first byte", got[0], 0x22);
    expect("the second byte", got[1], 0x33);
}

static void offset_means_nothing(struct subject *subject)
{
    int fd = memory(subject);
    uint8_t bytes[] = {0x68, 0x44}, got = 0;
    expect("pwrite()", pwrite(fd, bytes, 2, 4096) < 0 ? -errno : 2, 2);
    expect("pwrite()", pwrite(fd, bytes, 1, 7) < 0 ? -errno : 1, 1);
    expect("pread()", pread(fd, &got, 1, 1000) < 0 ? -errno : 1, 1);
    expect("the register", got, 0x44);
}

static void failures(struct subject *subject)
{
    int nobody = open_at(subject, address_of(subject, PART_NOBODY));
    char bytes[2] = {0};
    expect("write() to nobody", write_bytes(nobody, bytes, 2), -subject->address_nack);
    expect("read() of nobody", read_bytes(nobody, bytes, 2), -subject->address_nack);
}

static void bad_pointers(struct subject *subject)
{
    int fd = memory(subject);
    expect("write()", write_bytes(fd, nowhere(), 1), -EFAULT);
    expect("read()", read_bytes(fd, nowhere(), 1), -EFAULT);
}

static void refused_without_i2c(struct subject *subject)
{
    char byte = 0;
    expect("write()", write_bytes(subject->fd, &byte, 1), -EOPNOTSUPP);
    expect("read()", read_bytes(subject->fd, &byte, 1), -EOPNOTSUPP);
}

const struct check checks_plain[] = {
    {"P1", "counts", I2C_FUNC_I2C, MEMORY, counts, 0},
    {"P2", "cut_to_8192", I2C_FUNC_I2C, MEMORY, cut_to_8192, 0},
    {"P3", "write_of_nothing", I2C_FUNC_I2C, MEMORY | NOBODY, empty_write, 0},
    {"P3", "read_of_nothing", I2C_FUNC_I2C, MEMORY | NOBODY, empty_read, 0},
    {"P4", "never_combined", I2C_FUNC_I2C, COMMANDS, never_combined, 0},
    {"P5", "vectors_are_messages", I2C_FUNC_I2C | I2C_FUNC_SMBUS_BYTE_DATA, MEMORY,
     vectors_are_messages, 0},
    {"P6", "offset_means_nothing", I2C_FUNC_I2C, MEMORY, offset_means_nothing, 0},
    {"P7", "failures", I2C_FUNC_I2C, NOBODY, failures, 0},
    {"P8", "bad_buffers", I2C_FUNC_I2C, MEMORY, bad_pointers, 0},
    {"P9", "no_messages_without_i2c", 0, 0, refused_without_i2c, I2C_FUNC_I2C},
    {0},
};
