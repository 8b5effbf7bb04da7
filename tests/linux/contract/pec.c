/* SPDX-License-Identifier: MIT */
/* Packet error checking: which protocols have a PEC, and that it is right in both directions. */
#include <errno.h>
#include <string.h>

#include "contract.h"

enum { GOOD_PECS = 0x3E, BAD_PECS = 0x3F };

static int commands(struct subject *subject)
{
    return open_at(subject, address_of(subject, PART_COMMANDS));
}

static int with_pec(struct subject *subject, enum part part)
{
    int fd = open_at(subject, address_of(subject, part));
    expect("I2C_PEC", set(fd, I2C_PEC, 1), 0);
    return fd;
}

/* How many right PECs the target has received since the last time. */
static uint8_t new_good(int plain, uint8_t *before)
{
    uint8_t now = get_register(plain, GOOD_PECS), more = (uint8_t)(now - *before);
    *before = now;
    return more;
}

static void writes_end_with_it(struct subject *subject)
{
    int plain = commands(subject), fd = with_pec(subject, PART_COMMANDS);
    uint8_t before = get_register(plain, GOOD_PECS), bad = get_register(plain, BAD_PECS);
    union i2c_smbus_data data = {.word = 0x4321};
    put_register(fd, 0x09, 0x90);
    expect("good PECs of a byte data write", new_good(plain, &before), 1);
    expect("word", smbus(fd, I2C_SMBUS_WRITE, 0x49, I2C_SMBUS_WORD_DATA, &data), 0);
    expect("good PECs of a word data write", new_good(plain, &before), 1);
    expect("byte", smbus(fd, I2C_SMBUS_WRITE, 0xD1, I2C_SMBUS_BYTE, NULL), 0);
    expect("good PECs of a byte write", new_good(plain, &before), 1);
    memcpy(data.block, "\4abcd", 5);
    expect("block", smbus(fd, I2C_SMBUS_WRITE, 0x89, I2C_SMBUS_BLOCK_DATA, &data), 0);
    expect("good PECs of a block write", new_good(plain, &before), 1);
    put_register(plain, 0x09, 0x91);
    expect("PECs of another file's write", new_good(plain, &before), 0);
    expect("bad PECs", get_register(plain, BAD_PECS), bad);
}

static void reads_check_it(struct subject *subject)
{
    int fd = with_pec(subject, PART_COMMANDS);
    union i2c_smbus_data data = {.word = 0x0A0B};
    put_register(fd, 0x0A, 0xAA);
    expect("the register", get_register(fd, 0x0A), 0xAA);
    expect("word", smbus(fd, I2C_SMBUS_WRITE, 0x4A, I2C_SMBUS_WORD_DATA, &data), 0);
    memset(&data, 0xEE, sizeof data);
    expect("word", smbus(fd, I2C_SMBUS_READ, 0x4A, I2C_SMBUS_WORD_DATA, &data), 0);
    expect("the word", data.word, 0x0A0B);
    expect("behind it", data.block[2], 0xEE);
    expect("byte", smbus(fd, I2C_SMBUS_WRITE, 0xD2, I2C_SMBUS_BYTE, NULL), 0);
    expect("byte", smbus(fd, I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE, &data), 0);
    expect("the byte", data.byte, 0xD2);
    data.word = 0x00FF;
    expect("process call", smbus(fd, I2C_SMBUS_WRITE, 0xC0, I2C_SMBUS_PROC_CALL, &data), 0);
    expect("its result", data.word, 0x0100);
}

static void blocks_check_it(struct subject *subject)
{
    int fd = with_pec(subject, PART_COMMANDS);
    union i2c_smbus_data data;
    memcpy(data.block, "\6abcdef", 7);
    expect("a write", smbus(fd, I2C_SMBUS_WRITE, 0x8A, I2C_SMBUS_BLOCK_DATA, &data), 0);
    memset(&data, 0xEE, sizeof data);
    expect("a read", smbus(fd, I2C_SMBUS_READ, 0x8A, I2C_SMBUS_BLOCK_DATA, &data), 0);
    expect_bytes("the block", data.block, "\6abcdef", 7);
    memcpy(data.block, "\3abc", 4);
    expect("process call", smbus(fd, I2C_SMBUS_WRITE, 0xC1, I2C_SMBUS_BLOCK_PROC_CALL, &data), 0);
    expect_bytes("its result", data.block, "\3cba", 4);
}

static void wrong_pec(struct subject *subject)
{
    int fd = commands(subject);
    union i2c_smbus_data data;
    memset(&data, 0xEE, sizeof data);
    expect("without PEC", smbus(fd, I2C_SMBUS_READ, 0xC3, I2C_SMBUS_BYTE_DATA, &data), 0);
    memset(&data, 0xEE, sizeof data);
    expect("I2C_PEC", set(fd, I2C_PEC, 1), 0);
    expect("with it", smbus(fd, I2C_SMBUS_READ, 0xC3, I2C_SMBUS_BYTE_DATA, &data), -EBADMSG);
    expect("the data", data.byte, 0xEE);
    expect("I2C_PEC", set(fd, I2C_PEC, 0), 0);
    expect("again without", smbus(fd, I2C_SMBUS_READ, 0xC3, I2C_SMBUS_BYTE_DATA, &data), 0);
}

/* The memory would take a PEC for one more byte. */
static void i2c_blocks_have_none(struct subject *subject)
{
    int fd = with_pec(subject, PART_MEMORY),
        plain = open_at(subject, subject->addresses[PART_MEMORY]);
    put_register(plain, 0xA3, 0x5E);
    union i2c_smbus_data data;
    memcpy(data.block, "\3xyz", 4);
    expect("a write", smbus(fd, I2C_SMBUS_WRITE, 0xA0, I2C_SMBUS_I2C_BLOCK_DATA, &data), 0);
    expect("its last byte", get_register(plain, 0xA2), 'z');
    expect("the register behind", get_register(plain, 0xA3), 0x5E);
    data.block[0] = 3;
    data.block[1] = 0;
    expect("a read", smbus(fd, I2C_SMBUS_READ, 0xA0, I2C_SMBUS_I2C_BLOCK_DATA, &data), 0);
    expect_bytes("what was read", data.block, "\3xyz", 4);
}

static void quick_has_none(struct subject *subject)
{
    int fd = with_pec(subject, PART_MEMORY);
    expect("quick write", smbus(fd, I2C_SMBUS_WRITE, 0, I2C_SMBUS_QUICK, NULL), 0);
}

static void only_smbus_calls(struct subject *subject)
{
    int fd = with_pec(subject, PART_MEMORY);
    int plain = open_at(subject, subject->addresses[PART_MEMORY]);
    uint8_t bytes[] = {0xA8, 0x01};
    struct i2c_msg message = {(uint16_t)subject->addresses[PART_MEMORY], 0, 2, bytes};
    put_register(plain, 0xA9, 0x5E);
    expect("I2C_RDWR", rdwr(fd, &message, 1), 1);
    expect("write()", write_bytes(fd, bytes, 2), 2);
    expect("the register behind", get_register(plain, 0xA9), 0x5E);
}

const struct check checks_pec[] = {
    {"C1", "writes_end_with_pec",
     I2C_FUNC_SMBUS_PEC | I2C_FUNC_SMBUS_BYTE_DATA | I2C_FUNC_SMBUS_WORD_DATA |
         I2C_FUNC_SMBUS_WRITE_BLOCK_DATA,
     COMMANDS, writes_end_with_it, 0},
    {"C2", "reads_check_pec",
     I2C_FUNC_SMBUS_PEC | I2C_FUNC_SMBUS_BYTE_DATA | I2C_FUNC_SMBUS_WORD_DATA |
         I2C_FUNC_SMBUS_PROC_CALL,
     COMMANDS, reads_check_it, 0},
    {"C2", "blocks_check_pec",
     I2C_FUNC_SMBUS_PEC | I2C_FUNC_SMBUS_BLOCK_DATA | I2C_FUNC_SMBUS_BLOCK_PROC_CALL, COMMANDS,
     blocks_check_it, 0},
    {"C3", "wrong_pec", I2C_FUNC_SMBUS_PEC | I2C_FUNC_SMBUS_READ_BYTE_DATA, COMMANDS, wrong_pec, 0},
    {"C4", "i2c_blocks_have_no_pec", I2C_FUNC_SMBUS_I2C_BLOCK | I2C_FUNC_SMBUS_BYTE_DATA, MEMORY,
     i2c_blocks_have_none, 0},
    {"C4", "quick_has_no_pec", I2C_FUNC_SMBUS_QUICK, MEMORY, quick_has_none, 0},
    {"C5", "only_smbus_calls_have_pec", I2C_FUNC_I2C | I2C_FUNC_SMBUS_BYTE_DATA, MEMORY,
     only_smbus_calls, 0},
    {0},
};
