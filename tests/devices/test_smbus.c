/* SPDX-License-Identifier: MIT */
/* SMBus protocols with PEC, on a device that has one command of every kind. */
#include <stdio.h>

#include "devices/stage.h"
#include "i2ctarget/smbus.h"

enum {
    AT = 0x0b,
    SEND = 0x10,
    BYTE = 0x11,
    WORD = 0x12,
    BLOCK = 0x13,
    READ_ONLY = 0x14,
    MUTE = 0x15
};

static struct i2ctarget_smbus_device device;
static char said[200];
static uint8_t block[I2CTARGET_SMBUS_BYTES_MAX] = {3, 'a', 'b', 'c'};

static void say(const char *what, uint8_t command, const uint8_t *bytes, unsigned count)
{
    size_t length = strlen(said);
    length += (size_t)snprintf(said + length, sizeof said - length, "%s%02x", what, command);
    for (unsigned i = 0; i < count && length < sizeof said; i++)
        length += (size_t)snprintf(said + length, sizeof said - length, " %02x", bytes[i]);
    if (length < sizeof said)
        snprintf(said + length, sizeof said - length, ";");
}

static int takes(struct i2ctarget_smbus_device *self, uint8_t command)
{
    assert_ptr_equal(self, &device);
    switch (command) {
    case SEND:
        return 0;
    case BYTE:
        return 1;
    case WORD:
        return 2;
    case BLOCK:
        return I2CTARGET_SMBUS_TAKES_BLOCK;
    case READ_ONLY:
    case MUTE:
        return I2CTARGET_SMBUS_READ_ONLY;
    default:
        return I2CTARGET_SMBUS_UNKNOWN;
    }
}

static void write_command(struct i2ctarget_smbus_device *self, uint8_t command,
                          const uint8_t *bytes, unsigned count)
{
    assert_ptr_equal(self, &device);
    say("w", command, bytes, count);
}

static unsigned read_command(struct i2ctarget_smbus_device *self, uint8_t command,
                             uint8_t bytes[I2CTARGET_SMBUS_BYTES_MAX])
{
    assert_ptr_equal(self, &device);
    if (command == BLOCK) {
        memcpy(bytes, block, block[0] + 1u);
        return block[0] + 1u;
    }
    bytes[0] = 0x34;
    bytes[1] = 0x12;
    return command == BYTE ? 1 : command == WORD || command == READ_ONLY ? 2 : 0;
}

static void refused(struct i2ctarget_smbus_device *self, uint8_t command,
                    enum i2ctarget_smbus_refusal why)
{
    static const char *const words[] = {"command ", "write ", "size ", "pec "};
    assert_ptr_equal(self, &device);
    say(words[why], command, NULL, 0);
}

static const struct i2ctarget_smbus_device_ops ops = {takes, write_command, read_command, refused};

static void present_with(void **state, const struct i2ctarget_smbus_device_ops *table, bool has_pec)
{
    i2ctarget_smbus_device_init(&device, table, has_pec);
    said[0] = '\0';
    block[0] = 3;
    put_on_stage(state, &device.device, AT, 1);
}

static void present(void **state)
{
    present_with(state, &ops, true);
}

static void assert_said(const char *expected)
{
    assert_string_equal(said, expected);
    said[0] = '\0';
}

/*
 * PEC as the specification defines it, calculated in another way than in the device: a polynomial
 * division of the whole message.
 */
static uint8_t pec_of(const uint8_t *bytes, unsigned count)
{
    unsigned rest = 0;
    for (unsigned bit = 0; bit < count * 8 + 8; bit++) {
        unsigned byte = bit / 8 < count ? bytes[bit / 8] : 0u;
        rest = rest << 1 | (byte >> (7 - bit % 8) & 1u);
        if (rest & 0x100)
            rest ^= 0x107;
    }
    return (uint8_t)rest;
}
#define PEC(...) pec_of(BYTES(__VA_ARGS__))
enum { TO = AT << 1, FROM = AT << 1 | 1 };

/* CRC-8's check value: that of "123456789". */
static void the_polynomial_is_right(void **state)
{
    uint8_t pec = 0;
    (void)state;
    for (const char *at = "123456789"; *at; at++)
        pec = i2ctarget_smbus_pec(pec, (uint8_t)*at);
    assert_int_equal(pec, 0xF4);
    assert_int_equal(pec_of((const uint8_t *)"123456789", 9), 0xF4);
}

static void writes_of_every_size(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, SEND), 1);
    assert_said("w10;");
    assert_int_equal(WRITE(AT, BYTE, 0xAA), 2);
    assert_said("w11 aa;");
    assert_int_equal(WRITE(AT, WORD, 0xAA, 0xBB), 3);
    assert_said("w12 aa bb;");
    assert_int_equal(WRITE(AT, BLOCK, 2, 0xAA, 0xBB), 4);
    assert_said("w13 02 aa bb;");
    assert_int_equal(WRITE(AT, BLOCK, 0), 2);
    assert_said("w13 00;");
    assert_int_equal(stage_write(AT, NULL, 0), 0); /* quick command */
    assert_said("");
}

static void writes_with_pec(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, SEND, PEC(TO, SEND)), 2);
    assert_said("w10;");
    assert_int_equal(WRITE(AT, BYTE, 0xAA, PEC(TO, BYTE, 0xAA)), 3);
    assert_said("w11 aa;");
    assert_int_equal(WRITE(AT, WORD, 1, 2, PEC(TO, WORD, 1, 2)), 4);
    assert_said("w12 01 02;");
    assert_int_equal(WRITE(AT, BLOCK, 1, 9, PEC(TO, BLOCK, 1, 9)), 4);
    assert_said("w13 01 09;");
}

static void a_wrong_pec_is_not_acknowledged(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, BYTE, 0xAA, PEC(TO, BYTE, 0xAA) ^ 1), 2);
    assert_said("pec 11;");
    assert_int_equal(WRITE(AT, SEND, 0), 1);
    assert_said("pec 10;");
    assert_int_equal(WRITE(AT, BYTE, 0xAA, PEC(TO, BYTE, 0xAA)), 3); /* the next command works */
    assert_said("w11 aa;");
}

static void nothing_after_the_pec(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, BYTE, 0xAA, PEC(TO, BYTE, 0xAA), 0x00), 3);
    assert_said("size 11;");
}

static void without_pec_a_byte_too_many_is_refused(void **state)
{
    present_with(state, &ops, false);
    assert_int_equal(WRITE(AT, BYTE, 0xAA, PEC(TO, BYTE, 0xAA)), 2);
    assert_said("size 11;");
    ASSERT_FETCHED(AT, BYTE, 0x34, 0xFF);
}

static void a_write_that_stops_too_early_is_not_done(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, WORD, 0xAA), 2);
    assert_said("size 12;");
    assert_int_equal(WRITE(AT, BLOCK, 3, 1, 2), 4);
    assert_said("size 13;");
    assert_int_equal(WRITE(AT, WORD), 1); /* only chosen */
    assert_said("");
    ASSERT_READ(AT, 0x34, 0x12);
}

static void a_write_that_ends_with_restart_is_not_done(void **state)
{
    present(state);
    assert_true(stage_write_twice(AT, BYTES(BYTE, 0xAA), BYTES(BYTE, 0xBB)));
    assert_said("w11 bb;");
}

static void what_can_not_be_written(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, READ_ONLY, 1), 1);
    assert_said("write 14;");
    assert_int_equal(WRITE(AT, READ_ONLY), 1);
    assert_said("");
    assert_int_equal(WRITE(AT, 0x77, 1), 0);
    assert_said("command 77;");
}

static void the_longest_block(void **state)
{
    uint8_t bytes[2 + 33 + 1] = {BLOCK, 32}, got[1 + 32 + 1 + 1], whole[2 + 1 + 33];
    present(state);
    assert_int_equal(stage_write(AT, bytes, 2 + 32), 34);
    assert_memory_equal(said, "w13 20 00 00", 12);
    said[0] = '\0';
    bytes[1] = 33;
    assert_int_equal(stage_write(AT, bytes, 2 + 33), 1);
    assert_said("size 13;");
    bytes[1] = 255;
    assert_int_equal(stage_write(AT, bytes, 2 + 33), 1);
    block[0] = 32;
    assert_true(FETCH(AT, got, sizeof got, BLOCK));
    assert_memory_equal(got, block, 33);
    whole[0] = TO;
    whole[1] = BLOCK;
    whole[2] = FROM;
    memcpy(whole + 3, block, 33);
    assert_int_equal(got[33], pec_of(whole, sizeof whole));
    assert_int_equal(got[34], 0xFF);
}

static void reads_with_pec(void **state)
{
    present(state);
    uint8_t got[6];
    assert_true(FETCH(AT, got, 3, BYTE));
    assert_int_equal(got[0], 0x34);
    assert_int_equal(got[1], PEC(TO, BYTE, FROM, 0x34));
    assert_int_equal(got[2], 0xFF);
    assert_true(FETCH(AT, got, 3, READ_ONLY));
    assert_int_equal(got[2], PEC(TO, READ_ONLY, FROM, 0x34, 0x12));
    assert_true(FETCH(AT, got, 5, BLOCK));
    assert_memory_equal(got,
                        "\x03"
                        "abc",
                        4);
    assert_int_equal(got[4], PEC(TO, BLOCK, FROM, 3, 'a', 'b', 'c'));
    assert_true(FETCH(AT, got, 2, MUTE));
    assert_int_equal(got[0], 0xFF);
    assert_int_equal(got[1], 0xFF);
    assert_said("");
}

/* The PEC of a receive byte does not include a command: none was sent since START. */
static void receive_byte(void **state)
{
    present(state);
    assert_int_equal(WRITE(AT, WORD), 1);
    uint8_t got[3];
    assert_int_equal(stage_read(AT, got, 3), 3);
    assert_int_equal(got[0] | got[1] << 8, 0x1234);
    assert_int_equal(got[2], PEC(FROM, 0x34, 0x12));
    assert_int_equal(stage_read(AT, got, 3), 3);
    assert_int_equal(got[2], PEC(FROM, 0x34, 0x12));
}

static void nobody_needs_to_hear_of_refusals(void **state)
{
    static const struct i2ctarget_smbus_device_ops deaf = {takes, write_command, read_command,
                                                           NULL};
    present_with(state, &deaf, true);
    assert_int_equal(WRITE(AT, 0x77), 0);
    assert_int_equal(WRITE(AT, WORD, 1), 2);
    assert_said("");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_polynomial_is_right),
        ON_STAGES(writes_of_every_size),
        ON_STAGES(writes_with_pec),
        ON_STAGES(a_wrong_pec_is_not_acknowledged),
        ON_STAGES(nothing_after_the_pec),
        ON_STAGES(without_pec_a_byte_too_many_is_refused),
        ON_STAGES(a_write_that_stops_too_early_is_not_done),
        ON_STAGES(a_write_that_ends_with_restart_is_not_done),
        ON_STAGES(what_can_not_be_written),
        ON_STAGES(the_longest_block),
        ON_STAGES(reads_with_pec),
        ON_STAGES(receive_byte),
        ON_STAGES(nobody_needs_to_hear_of_refusals),
    };
    return cmocka_run_group_tests_name("smbus", tests, NULL, NULL);
}
