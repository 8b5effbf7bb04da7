/* SPDX-License-Identifier: MIT */
/*
 * The contract of /dev/i2c-N without wires.  Payloads go in, the messages that come out are
 * compared, and the test fills in the reads.
 */
#include "i2cdev/i2cdev.h"

#include <errno.h>
#include <limits.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { READ = I2C_SMBUS_READ, WRITE = I2C_SMBUS_WRITE, ADDRESS = 0x40 };

struct rig {
    struct i2cdev_adapter adapter;
    struct i2cdev_file file;
    struct i2cdev_request request;
    uint8_t payload[PROTOCOL_PAYLOAD_MAX];
    size_t length;
};

static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    i2cdev_adapter_init(&rig->adapter);
    i2cdev_request_init(&rig->request);
    rig->file.address = ADDRESS;
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    i2cdev_request_free(&rig->request);
    free(rig);
    return 0;
}

/* Payloads. */

static void request(struct rig *rig, uint32_t op, uint32_t value)
{
    memset(rig->payload, 0, PROTOCOL_REQUEST_BYTES);
    put_u32(rig->payload + 8, op);
    put_u32(rig->payload + 12, value);
    rig->length = PROTOCOL_REQUEST_BYTES;
}

static void append(struct rig *rig, const void *bytes, size_t size)
{
    assert_true(rig->length + size <= sizeof rig->payload);
    if (size > 0)
        memcpy(rig->payload + rig->length, bytes, size);
    rig->length += size;
}

/* The payload is in a block of its exact size, so that a sanitizer sees a read beyond it. */
static enum i2cdev_next begin(struct rig *rig)
{
    uint8_t *exact = malloc(rig->length ? rig->length : 1);
    assert_non_null(exact);
    memcpy(exact, rig->payload, rig->length);
    enum i2cdev_next next =
        i2cdev_begin(&rig->request, &rig->adapter, &rig->file, exact, rig->length);
    memset(exact, 0xEE, rig->length); /* it must not be needed any more */
    free(exact);
    return next;
}

static int32_t result(const struct rig *rig)
{
    assert_true(rig->request.reply_bytes >= PROTOCOL_REPLY_BYTES);
    assert_int_equal(get_u32(rig->request.reply + 4), 0);
    return (int32_t)get_u32(rig->request.reply);
}

static void expect_reply(struct rig *rig, enum i2cdev_next next, int32_t expected)
{
    assert_int_equal(next, I2CDEV_REPLY);
    assert_int_equal(result(rig), expected);
}

static void expect_bytes(const struct rig *rig, const void *bytes, size_t size)
{
    assert_int_equal(rig->request.reply_bytes, PROTOCOL_REPLY_BYTES + size);
    if (size > 0)
        assert_memory_equal(rig->request.reply + PROTOCOL_REPLY_BYTES, bytes, size);
}

static void expect_error(struct rig *rig, enum i2cdev_next next, int32_t error)
{
    expect_reply(rig, next, error);
    expect_bytes(rig, NULL, 0);
}

static enum i2cdev_next set(struct rig *rig, uint32_t number, uint64_t argument)
{
    request(rig, PROTOCOL_OP_SET, number);
    uint8_t bytes[8];
    put_u64(bytes, argument);
    append(rig, bytes, sizeof bytes);
    return begin(rig);
}

static enum i2cdev_next smbus(struct rig *rig, uint32_t size, uint8_t read_write, uint8_t command,
                              const uint8_t *data, size_t data_bytes)
{
    uint8_t bytes[4 + PROTOCOL_SMBUS_DATA_BYTES] = {read_write, command, data != NULL};
    request(rig, PROTOCOL_OP_SMBUS, size);
    if (data)
        memcpy(bytes + 4, data, data_bytes);
    append(rig, bytes, sizeof bytes);
    return begin(rig);
}

static void message(struct rig *rig, uint16_t address, uint16_t flags, uint16_t length)
{
    uint8_t bytes[PROTOCOL_RDWR_MESSAGE_BYTES] = {0};
    put_u16(bytes, address);
    put_u16(bytes + 2, flags);
    put_u16(bytes + 4, length);
    append(rig, bytes, sizeof bytes);
}

static void expect_message(const struct rig *rig, size_t i, uint16_t flags, const void *bytes,
                           size_t length)
{
    const struct controller_message *got = &rig->request.messages[i];
    assert_int_equal(got->address, ADDRESS);
    assert_int_equal(got->flags, flags);
    assert_int_equal(got->length, length);
    if (!(flags & CONTROLLER_READ) && length > 0)
        assert_memory_equal(got->buffer, bytes, length);
}

static enum i2cdev_next done(struct rig *rig)
{
    return i2cdev_end(&rig->request, CONTROLLER_DONE, rig->request.count, true);
}

/* Fills in what a read receives.  RECV_LEN: as the controller does it. */
static void bring(struct rig *rig, size_t i, const void *bytes, size_t length)
{
    struct controller_message *to = &rig->request.messages[i];
    if (to->flags & CONTROLLER_RECEIVE_LENGTH)
        to->length += *(const uint8_t *)bytes;
    assert_int_equal(to->length, length);
    if (length > 0)
        memcpy(to->buffer, bytes, length);
}

/*
 * CRC-8 as a division of polynomials, bit by bit over the whole string.  The code under test does
 * it in another way.
 */
static uint8_t crc8(const uint8_t *bytes, size_t count)
{
    unsigned remainder = 0;
    for (size_t bit = 0; bit < count * 8 + 8; bit++) {
        unsigned in = bit < count * 8 ? (unsigned)bytes[bit / 8] >> (7 - bit % 8) & 1u : 0;

        remainder = remainder << 1 | in;
        if (remainder & 0x100)
            remainder ^= 0x107;
    }
    return (uint8_t)remainder;
}

/* State: linux/i2c-dev.h, one open file and the adapter. */

static void test_address(void **state)
{
    struct rig *rig = *state;
    static const uint32_t numbers[] = {I2C_SLAVE, I2C_SLAVE_FORCE};
    for (size_t i = 0; i < 2; i++) {
        expect_error(rig, set(rig, numbers[i], 0x7f), 0);
        assert_int_equal(rig->file.address, 0x7f);
        expect_error(rig, set(rig, numbers[i], 0x80), -EINVAL);
        expect_error(rig, set(rig, numbers[i], UINT64_C(0x100000040)), -EINVAL);
        assert_int_equal(rig->file.address, 0x7f);
        expect_error(rig, set(rig, numbers[i], 0), 0);
        assert_int_equal(rig->file.address, 0);
    }
}

static void test_tenbit_address(void **state)
{
    struct rig *rig = *state;
    expect_error(rig, set(rig, I2C_TENBIT, 7), 0);
    assert_true(rig->file.tenbit);
    expect_error(rig, set(rig, I2C_SLAVE, 0x3ff), 0);
    assert_int_equal(rig->file.address, 0x3ff);
    expect_error(rig, set(rig, I2C_SLAVE, 0x400), -EINVAL);
    expect_error(rig, set(rig, I2C_TENBIT, 0), 0);
    assert_false(rig->file.tenbit);
    expect_error(rig, set(rig, I2C_SLAVE, 0x3ff), -EINVAL);
}

static void test_pec_flag(void **state)
{
    struct rig *rig = *state;
    expect_error(rig, set(rig, I2C_PEC, UINT64_C(1) << 40), 0);
    assert_true(rig->file.pec);
    expect_error(rig, set(rig, I2C_PEC, 0), 0);
    assert_false(rig->file.pec);
}

static void test_retries_and_timeout(void **state)
{
    struct rig *rig = *state;
    assert_int_equal(rig->adapter.retries, 0);
    assert_int_equal(rig->adapter.timeout_ms, 1000);
    expect_error(rig, set(rig, I2C_RETRIES, INT_MAX), 0);
    assert_int_equal(rig->adapter.retries, INT_MAX);
    expect_error(rig, set(rig, I2C_RETRIES, (uint64_t)INT_MAX + 1), -EINVAL);
    expect_error(rig, set(rig, I2C_TIMEOUT, 3), 0);
    assert_int_equal(rig->adapter.timeout_ms, 30);
    expect_error(rig, set(rig, I2C_TIMEOUT, 0), 0);
    assert_int_equal(rig->adapter.timeout_ms, 10);
    expect_error(rig, set(rig, I2C_TIMEOUT, INT_MAX / 10), 0);
    assert_int_equal(rig->adapter.timeout_ms, INT_MAX / 10 * 10);
    expect_error(rig, set(rig, I2C_TIMEOUT, INT_MAX / 10 + 1), -EINVAL);
    assert_int_equal(rig->adapter.timeout_ms, INT_MAX / 10 * 10);
}

static void test_other_ioctls(void **state)
{
    static const uint32_t numbers[] = {0,      0x0700, 0x0705, 0x0707,
                                       0x0709, 0x0720, 0x5401, UINT32_MAX};
    struct rig *rig = *state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        expect_error(rig, set(rig, numbers[i], 1), -ENOTTY);
}

static void test_functionality(void **state)
{
    struct rig *rig = *state;
    request(rig, PROTOCOL_OP_FUNCS, 0);
    expect_reply(rig, begin(rig), 0);
    assert_int_equal(rig->request.reply_bytes, 16);
    assert_int_equal(get_u64(rig->request.reply + 8), I2C_FUNC_I2C | I2C_FUNC_PROTOCOL_MANGLING |
                                                          I2C_FUNC_NOSTART | I2C_FUNC_SMBUS_EMUL |
                                                          I2C_FUNC_SMBUS_READ_BLOCK_DATA |
                                                          I2C_FUNC_SMBUS_BLOCK_PROC_CALL);
    assert_int_equal(get_u64(rig->request.reply + 8), 0x0fff801d);
}

/* read() and write(). */

static void test_read(void **state)
{
    static const size_t counts[] = {0, 1, 3, 8191, 8192};
    struct rig *rig = *state;
    uint8_t bytes[8192];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        request(rig, PROTOCOL_OP_READ, (uint32_t)counts[i]);
        assert_int_equal(begin(rig), I2CDEV_RUN);
        assert_int_equal(rig->request.count, 1);
        expect_message(rig, 0, CONTROLLER_READ, NULL, counts[i]);
        bring(rig, 0, bytes, counts[i]);
        expect_reply(rig, done(rig), (int32_t)counts[i]);
        expect_bytes(rig, bytes, counts[i]);
    }
}

static void test_write(void **state)
{
    static const size_t counts[] = {0, 1, 3, 8191, 8192};
    struct rig *rig = *state;
    uint8_t bytes[8192];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 5);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        request(rig, PROTOCOL_OP_WRITE, (uint32_t)counts[i]);
        append(rig, bytes, counts[i]);
        assert_int_equal(begin(rig), I2CDEV_RUN);
        expect_message(rig, 0, 0, bytes, counts[i]);
        expect_reply(rig, done(rig), (int32_t)counts[i]);
        expect_bytes(rig, NULL, 0);
    }
}

static void test_long_counts_are_cut(void **state)
{
    static const uint8_t bytes[9000] = {1};
    struct rig *rig = *state;
    request(rig, PROTOCOL_OP_READ, UINT32_MAX);
    assert_int_equal(begin(rig), I2CDEV_RUN);
    assert_int_equal(rig->request.messages[0].length, 8192);
    expect_reply(rig, done(rig), 8192);
    request(rig, PROTOCOL_OP_WRITE, sizeof bytes);
    append(rig, bytes, sizeof bytes);
    assert_int_equal(begin(rig), I2CDEV_RUN);
    assert_int_equal(rig->request.messages[0].length, 8192);
    expect_reply(rig, done(rig), 8192);
}

static void test_write_without_request(void **state)
{
    struct rig *rig = *state;
    uint8_t bytes[8193] = {9, 8, 7};
    assert_int_equal(i2cdev_begin_write(&rig->request, &rig->adapter, &rig->file, bytes, 3),
                     I2CDEV_RUN);
    expect_message(rig, 0, 0, bytes, 3);
    expect_reply(rig, done(rig), 3);
    assert_int_equal(i2cdev_begin_write(&rig->request, &rig->adapter, &rig->file, bytes, 8193),
                     I2CDEV_RUN);
    expect_message(rig, 0, 0, bytes, 8192);
}

static void test_pec_is_for_smbus_only(void **state)
{
    struct rig *rig = *state;
    rig->file.pec = true;
    request(rig, PROTOCOL_OP_READ, 2);
    assert_int_equal(begin(rig), I2CDEV_RUN);
    expect_message(rig, 0, CONTROLLER_READ, NULL, 2);
    request(rig, PROTOCOL_OP_WRITE, 2);
    append(rig, "ab", 2);
    assert_int_equal(begin(rig), I2CDEV_RUN);
    expect_message(rig, 0, 0, "ab", 2);
    request(rig, PROTOCOL_OP_RDWR, 1);
    message(rig, ADDRESS, I2C_M_RD, 2);
    assert_int_equal(begin(rig), I2CDEV_RUN);
    expect_message(rig, 0, CONTROLLER_READ, NULL, 2);
}

/* I2C_RDWR. */

static void test_rdwr(void **state)
{
    struct rig *rig = *state;
    request(rig, PROTOCOL_OP_RDWR, 4);
    message(rig, ADDRESS, 0, 2);
    message(rig, ADDRESS, I2C_M_RD, 3);
    message(rig, ADDRESS, 0, 0);
    message(rig, ADDRESS, I2C_M_RD, 1);
    append(rig, "wx", 2);
    rig->file.address = 0x11; /* each message has its own address */
    assert_int_equal(begin(rig), I2CDEV_RUN);
    assert_int_equal(rig->request.count, 4);
    expect_message(rig, 0, 0, "wx", 2);
    expect_message(rig, 1, CONTROLLER_READ, NULL, 3);
    expect_message(rig, 2, 0, NULL, 0);
    expect_message(rig, 3, CONTROLLER_READ, NULL, 1);
    bring(rig, 1, "abc", 3);
    bring(rig, 3, "d", 1);
    expect_reply(rig, done(rig), 4);
    expect_bytes(rig, "\3\0\1\0abcd", 8);
}

static void test_rdwr_counts(void **state)
{
    struct rig *rig = *state;
    request(rig, PROTOCOL_OP_RDWR, 0);
    expect_error(rig, begin(rig), -EINVAL);
    for (uint32_t count = 1; count <= 43; count++) {
        request(rig, PROTOCOL_OP_RDWR, count);
        for (uint32_t i = 0; i < count; i++)
            message(rig, ADDRESS, 0, 0);
        if (count == 43) {
            expect_error(rig, begin(rig), -EINVAL);
        } else {
            assert_int_equal(begin(rig), I2CDEV_RUN);
            assert_int_equal(rig->request.count, count);
            expect_reply(rig, done(rig), (int32_t)count);
        }
    }
    request(rig, PROTOCOL_OP_RDWR, UINT32_MAX);
    expect_error(rig, begin(rig), -EINVAL);
}

/* The largest possible call in both directions: 42 × 8192 bytes. */
static void test_rdwr_at_its_limits(void **state)
{
    struct rig *rig = *state;
    request(rig, PROTOCOL_OP_RDWR, 42);
    for (int i = 0; i < 42; i++)
        message(rig, ADDRESS, I2C_M_RD, 8192);
    assert_int_equal(begin(rig), I2CDEV_RUN);
    uint8_t bytes[8192];
    for (size_t i = 0; i < 42; i++) {
        memset(bytes, (int)i, sizeof bytes);
        bring(rig, i, bytes, sizeof bytes);
    }
    expect_reply(rig, done(rig), 42);
    assert_int_equal(rig->request.reply_bytes, PROTOCOL_REPLY_BYTES + 42 * 2 + 42 * 8192);
    for (size_t i = 0; i < 42 * 8192; i++)
        assert_int_equal(rig->request.reply[PROTOCOL_REPLY_BYTES + 42 * 2 + i], i / 8192);

    request(rig, PROTOCOL_OP_RDWR, 42);
    for (int i = 0; i < 42; i++)
        message(rig, ADDRESS, 0, 8192);
    for (size_t i = 0; i < 42; i++) {
        memset(bytes, (int)i, sizeof bytes);
        append(rig, bytes, sizeof bytes);
    }
    assert_int_equal(begin(rig), I2CDEV_RUN);
    for (size_t i = 0; i < 42; i++) {
        memset(bytes, (int)i, sizeof bytes);
        expect_message(rig, i, 0, bytes, sizeof bytes);
    }
}

static void test_rdwr_length_over_8192(void **state)
{
    static const uint8_t bytes[8193] = {0};
    struct rig *rig = *state;
    request(rig, PROTOCOL_OP_RDWR, 2);
    message(rig, ADDRESS, 0, 1);
    message(rig, ADDRESS, I2C_M_RD, 8193);
    append(rig, "a", 1);
    expect_error(rig, begin(rig), -EINVAL);
    request(rig, PROTOCOL_OP_RDWR, 1);
    message(rig, ADDRESS, 0, 8193);
    append(rig, bytes, 8193);
    expect_error(rig, begin(rig), -EINVAL);
}

static void test_receive_length(void **state)
{
    struct rig *rig = *state;
    uint8_t first = 2; /* count and PEC */
    uint8_t block[2 + 32] = {32};
    for (unsigned count = 0; count <= 32; count++) {
        request(rig, PROTOCOL_OP_RDWR, 3);
        message(rig, ADDRESS, I2C_M_RD | I2C_M_RECV_LEN, 256);
        message(rig, ADDRESS, 0, 1);
        message(rig, ADDRESS, I2C_M_RD, 2);
        append(rig, &first, 1);
        append(rig, "w", 1);
        assert_int_equal(begin(rig), I2CDEV_RUN);
        expect_message(rig, 0, CONTROLLER_READ | CONTROLLER_RECEIVE_LENGTH, NULL, 2);
        expect_message(rig, 1, 0, "w", 1);
        block[0] = (uint8_t)count;
        for (unsigned i = 1; i < sizeof block; i++)
            block[i] = (uint8_t)(i + count);
        bring(rig, 0, block, 2 + count);
        bring(rig, 2, "yz", 2);
        expect_reply(rig, done(rig), 3);
        assert_int_equal(rig->request.reply_bytes, PROTOCOL_REPLY_BYTES + 4 + 2 + count + 2);
        assert_int_equal(get_u16(rig->request.reply + 8), 2 + count);
        assert_int_equal(get_u16(rig->request.reply + 10), 2);
        assert_memory_equal(rig->request.reply + 12, block, 2 + count);
        assert_memory_equal(rig->request.reply + 12 + 2 + count, "yz", 2);
    }
}

static enum i2cdev_next receive_length(struct rig *rig, uint16_t flags, uint16_t length,
                                       uint8_t first)
{
    uint8_t bytes[64] = {first};
    request(rig, PROTOCOL_OP_RDWR, 1);
    message(rig, ADDRESS, flags, length);
    append(rig, bytes, flags & I2C_M_RD ? length > 0 : length);
    return begin(rig);
}

static void test_receive_length_checks(void **state)
{
    struct rig *rig = *state;
    expect_error(rig, receive_length(rig, I2C_M_RECV_LEN, 40, 1), -EINVAL);
    expect_error(rig, receive_length(rig, I2C_M_RECV_LEN | I2C_M_RD, 0, 1), -EINVAL);
    expect_error(rig, receive_length(rig, I2C_M_RECV_LEN | I2C_M_RD, 40, 0), -EINVAL);
    expect_error(rig, receive_length(rig, I2C_M_RECV_LEN | I2C_M_RD, 32, 1), -EINVAL);
    expect_error(rig, receive_length(rig, I2C_M_RECV_LEN | I2C_M_RD, 286, 255), -EINVAL);
    assert_int_equal(receive_length(rig, I2C_M_RECV_LEN | I2C_M_RD, 33, 1), I2CDEV_RUN);
    assert_int_equal(rig->request.messages[0].length, 1);
    assert_int_equal(receive_length(rig, I2C_M_RECV_LEN | I2C_M_RD, 287, 255), I2CDEV_RUN);
    assert_int_equal(rig->request.messages[0].length, 255);
}

static void test_flags_pass(void **state)
{
    static const uint16_t flags[] = {I2C_M_RD,           I2C_M_NO_RD_ACK, I2C_M_IGNORE_NAK,
                                     I2C_M_REV_DIR_ADDR, I2C_M_NOSTART,   I2C_M_STOP};
    struct rig *rig = *state;
    for (unsigned set_of = 0; set_of < 1u << 6; set_of++) {
        uint16_t all = 0;

        for (unsigned i = 0; i < 6; i++)
            all = (uint16_t)(all | (set_of >> i & 1 ? flags[i] : 0));
        request(rig, PROTOCOL_OP_RDWR, 2);
        message(rig, ADDRESS, 0, 0);
        message(rig, ADDRESS, all | I2C_M_DMA_SAFE | 0x0004 /* how PEC looks in a flags word */, 1);
        append(rig, "x", all & I2C_M_RD ? 0 : 1);
        assert_int_equal(begin(rig), I2CDEV_RUN);
        expect_message(rig, 1, all, "x", 1);
    }
}

static void test_rdwr_address_is_seven_bits(void **state)
{
    struct rig *rig = *state;
    request(rig, PROTOCOL_OP_RDWR, 1);
    message(rig, 0x3c0, 0, 0);
    assert_int_equal(begin(rig), I2CDEV_RUN);
    assert_int_equal(rig->request.messages[0].address, 0x40);
}

static void test_tenbit_transfers(void **state)
{
    struct rig *rig = *state;
    uint8_t data[34] = {1};
    request(rig, PROTOCOL_OP_RDWR, 2);
    message(rig, ADDRESS, 0, 0);
    message(rig, ADDRESS, I2C_M_TEN, 0);
    expect_error(rig, begin(rig), -EAFNOSUPPORT);
    /* Arguments are checked first. */
    request(rig, PROTOCOL_OP_RDWR, 2);
    message(rig, ADDRESS, I2C_M_TEN, 0);
    message(rig, ADDRESS, I2C_M_RD, 8193);
    expect_error(rig, begin(rig), -EINVAL);

    rig->file.tenbit = true;
    for (uint32_t size = 0; size <= 8; size++)
        expect_error(rig, smbus(rig, size, WRITE, 0, data, sizeof data), -EAFNOSUPPORT);
    expect_error(rig, smbus(rig, 9, WRITE, 0, data, sizeof data), -EINVAL);
    request(rig, PROTOCOL_OP_READ, 1);
    expect_error(rig, begin(rig), -EAFNOSUPPORT);
    request(rig, PROTOCOL_OP_WRITE, 0);
    expect_error(rig, begin(rig), -EAFNOSUPPORT);
    /* I2C_RDWR does not use the file's state. */
    request(rig, PROTOCOL_OP_RDWR, 1);
    message(rig, ADDRESS, 0, 0);
    assert_int_equal(begin(rig), I2CDEV_RUN);
}

/* I2C_SMBUS: Documentation/i2c/smbus-protocol.rst, row by row. */

struct row {
    const char *name; /* for a debugger */
    uint32_t size;
    uint8_t read_write;
    const char *in; /* union i2c_smbus_data; NULL: no data pointer */
    size_t in_bytes;
    const char *writes; /* the first message if it is a write; NULL: none */
    size_t write_bytes;
    const char *reads; /* the bytes of the read; NULL: no read */
    size_t read_bytes;
    const char *out; /* the first bytes that are copied out */
    size_t out_known;
    size_t out_bytes; /* their whole number: the rest is as given, or 0 */
    bool has_pec;     /* if PEC is on */
};

#define TEXT(s) s, sizeof s - 1
#define NONE NULL, 0
#define LONG "abcdefghijklmnopqrstuvwxyzABCDEF" /* 32 bytes */

static const struct row rows[] = {
    {"quick write", 0, WRITE, NONE, TEXT(""), NONE, NONE, 0, false},
    {"quick read", 0, READ, NONE, NONE, TEXT(""), NONE, 0, false},
    {"quick with data", 0, WRITE, TEXT("x"), TEXT(""), NONE, NONE, 0, false},
    {"write byte", 1, WRITE, NONE, TEXT("C"), NONE, NONE, 0, true},
    {"write byte with data", 1, WRITE, TEXT("x"), TEXT("C"), NONE, NONE, 0, true},
    {"read byte", 1, READ, TEXT("."), NONE, TEXT("b"), TEXT("b"), 1, true},
    {"write byte data", 2, WRITE, TEXT("b"), TEXT("Cb"), NONE, NONE, 0, true},
    {"read byte data", 2, READ, TEXT("."), TEXT("C"), TEXT("b"), TEXT("b"), 1, true},
    {"write word data", 3, WRITE, TEXT("lh"), TEXT("Clh"), NONE, NONE, 0, true},
    {"read word data", 3, READ, TEXT(".."), TEXT("C"), TEXT("lh"), TEXT("lh"), 2, true},
    {"process call", 4, WRITE, TEXT("lh"), TEXT("Clh"), TEXT("LH"), TEXT("LH"), 2, true},
    {"process request, called a read", 4, READ, TEXT("lh"), TEXT("Clh"), TEXT("LH"), TEXT("LH"), 2,
     true},
    {"write block 1", 5, WRITE, TEXT("\1a."), TEXT("C\1a"), NONE, NONE, 0, true},
    {"write block 32", 5, WRITE, TEXT("\40" LONG), TEXT("C\40" LONG), NONE, NONE, 0, true},
    {"read block 0", 5, READ, TEXT("..."), TEXT("C"), TEXT("\0"), TEXT("\0\0\0\0"), 34, true},
    {"read block 1", 5, READ, TEXT("..."), TEXT("C"), TEXT("\1a"), TEXT("\1a\0\0\0\0"), 34, true},
    {"read block 32", 5, READ, TEXT("..."), TEXT("C"), TEXT("\40" LONG), TEXT("\40" LONG), 34,
     true},
    {"old I2C block write", 6, WRITE, TEXT("\3abcd"), TEXT("Cabc"), NONE, NONE, 0, false},
    {"old I2C block read", 6, READ, TEXT("\3xyz"), TEXT("C"), TEXT(LONG), TEXT("\40" LONG), 34,
     false},
    {"block process call", 7, WRITE, TEXT("\2ab"), TEXT("C\2ab"), TEXT("\3xyz"), TEXT("\3xyz\0"),
     34, true},
    {"block process request, read", 7, READ, TEXT("\40" LONG), TEXT("C\40" LONG), TEXT("\2xy"),
     TEXT("\2xycdef"), 34, true},
    {"I2C block write 1", 8, WRITE, TEXT("\1ab"), TEXT("Ca"), NONE, NONE, 0, false},
    {"I2C block write 32", 8, WRITE, TEXT("\40" LONG), TEXT("C" LONG), NONE, NONE, 0, false},
    {"I2C block read 3", 8, READ, TEXT("\3....!"), TEXT("C"), TEXT("xyz"), TEXT("\3xyz.!\0"), 34,
     false},
    {"I2C block read 32", 8, READ, TEXT("\40"), TEXT("C"), TEXT(LONG), TEXT("\40" LONG), 34, false},
};

static bool is_block(const struct row *row)
{
    return row->reads && (row->size == 5 || row->size == 7);
}

/* All bytes on the wires in this row: addresses and data. */
static size_t wire(const struct row *row, uint8_t *at)
{
    size_t count = 0;
    if (row->writes) {
        at[count++] = ADDRESS << 1;
        memcpy(at + count, row->writes, row->write_bytes);
        count += row->write_bytes;
    }
    if (row->reads) {
        at[count++] = ADDRESS << 1 | 1;
        memcpy(at + count, row->reads, row->read_bytes);
        count += row->read_bytes;
    }
    return count;
}

static void run_row(struct rig *rig, const struct row *row, bool pec, bool bad_pec)
{
    size_t more = pec && row->has_pec ? 1 : 0, next_message = 0;
    uint8_t bytes[80];
    uint8_t crc = crc8(bytes, wire(row, bytes));
    rig->file.pec = pec;
    assert_int_equal(
        smbus(rig, row->size, row->read_write, 'C', (const uint8_t *)row->in, row->in_bytes),
        I2CDEV_RUN);
    uint8_t expected[80];
    if (row->writes) {
        size_t length = row->write_bytes + (row->reads ? 0 : more);

        memcpy(expected, row->writes, row->write_bytes);
        expected[row->write_bytes] = crc;
        expect_message(rig, next_message++, 0, expected, length);
    }
    if (row->reads) {
        uint16_t flags = CONTROLLER_READ | (is_block(row) ? CONTROLLER_RECEIVE_LENGTH : 0);

        expect_message(rig, next_message, flags, NULL,
                       (is_block(row) ? 1 : row->read_bytes) + more);
        memcpy(expected, row->reads, row->read_bytes);
        expected[row->read_bytes] = (uint8_t)(crc ^ (bad_pec ? 0x10 : 0));
        bring(rig, next_message++, expected, row->read_bytes + more);
    }
    assert_int_equal(rig->request.count, next_message);
}

static void expect_row(struct rig *rig, const struct row *row)
{
    expect_reply(rig, done(rig), 0);
    assert_int_equal(rig->request.reply_bytes, PROTOCOL_REPLY_BYTES + row->out_bytes);
    if (row->out_bytes > 0)
        assert_memory_equal(rig->request.reply + PROTOCOL_REPLY_BYTES, row->out, row->out_known);
    /* For a block, the byte after its 32. */
    if (row->out_bytes == 34)
        assert_int_equal(rig->request.reply[PROTOCOL_REPLY_BYTES + 33], 0);
}

static void test_smbus_rows(void **state)
{
    struct rig *rig = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        run_row(rig, &rows[i], false, false);
        expect_row(rig, &rows[i]);
    }
}

static void test_smbus_rows_with_pec(void **state)
{
    struct rig *rig = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        run_row(rig, &rows[i], true, false);
        expect_row(rig, &rows[i]);
    }
}

static void test_bad_pec(void **state)
{
    struct rig *rig = *state;
    unsigned seen = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!rows[i].reads || !rows[i].has_pec)
            continue;
        run_row(rig, &rows[i], true, true);
        expect_error(rig, done(rig), -EBADMSG);
        seen++;
    }
    assert_int_equal(seen, 10);
}

/* A known value from elsewhere: the CRC-8 of "123456789" is 0xF4. */
static void test_pec_check_value(void **state)
{
    assert_int_equal(crc8((const uint8_t *)"123456789", 9), 0xF4);
    (void)state;
}

static void test_smbus_block_read_zero_fills(void **state)
{
    static const uint8_t zeros[32] = {0};
    struct rig *rig = *state;
    uint8_t junk[34];
    memset(junk, 0xEE, sizeof junk);
    junk[0] = 32; /* an earlier call leaves nothing behind */
    assert_int_equal(smbus(rig, I2C_SMBUS_BLOCK_DATA, WRITE, 0, junk, sizeof junk), I2CDEV_RUN);
    expect_error(rig, done(rig), 0);
    assert_int_equal(smbus(rig, I2C_SMBUS_BLOCK_DATA, READ, 0, junk, sizeof junk), I2CDEV_RUN);
    bring(rig, 1, "\1a", 2);
    expect_reply(rig, done(rig), 0);
    assert_memory_equal(rig->request.reply + PROTOCOL_REPLY_BYTES, "\1a", 2);
    assert_memory_equal(rig->request.reply + PROTOCOL_REPLY_BYTES + 2, zeros, 32);
}

static void test_smbus_wrong_arguments(void **state)
{
    struct rig *rig = *state;
    uint8_t data[34] = {1};
    for (uint32_t size = 9; size < 40; size++)
        expect_error(rig, smbus(rig, size, READ, 0, data, sizeof data), -EINVAL);
    expect_error(rig, smbus(rig, UINT32_MAX, READ, 0, data, sizeof data), -EINVAL);
    for (uint32_t size = 0; size <= 8; size++) {
        expect_error(rig, smbus(rig, size, 2, 0, data, sizeof data), -EINVAL);
        expect_error(rig, smbus(rig, size, 255, 0, data, sizeof data), -EINVAL);
    }
    for (uint32_t size = 1; size <= 8; size++) {
        expect_error(rig, smbus(rig, size, READ, 0, NULL, 0), -EINVAL);
        if (size != I2C_SMBUS_BYTE)
            expect_error(rig, smbus(rig, size, WRITE, 0, NULL, 0), -EINVAL);
    }
}

static void test_smbus_block_lengths(void **state)
{
    struct rig *rig = *state;
    uint8_t data[34] = {0};
    static const uint8_t bad[] = {0, 33, 34, 128, 255};
    static const struct {
        uint32_t size;
        uint8_t read_write;
        bool counted;
    } calls[] = {
        {5, WRITE, true}, {5, READ, false}, {6, WRITE, true}, {6, READ, false},
        {7, WRITE, true}, {7, READ, true},  {8, WRITE, true}, {8, READ, true},
    };

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        for (size_t k = 0; k < sizeof bad; k++) {
            data[0] = bad[k];
            if (calls[i].counted)
                expect_error(rig, smbus(rig, calls[i].size, calls[i].read_write, 0, data, 34),
                             -EINVAL);
            else
                assert_int_equal(smbus(rig, calls[i].size, calls[i].read_write, 0, data, 34),
                                 I2CDEV_RUN);
        }
        for (unsigned good = 1; good <= 32; good++) {
            data[0] = (uint8_t)good;
            assert_int_equal(smbus(rig, calls[i].size, calls[i].read_write, 0, data, 34),
                             I2CDEV_RUN);
        }
    }
}

/* How it went. */

static void test_errors(void **state)
{
    static const struct {
        enum controller_result result;
        int error;
    } cases[] = {
        {CONTROLLER_ADDRESS_NACK, -ENXIO},      {CONTROLLER_DATA_NACK, -EIO},
        {CONTROLLER_ARBITRATION_LOST, -EAGAIN}, {CONTROLLER_BAD_LENGTH, -EPROTO},
        {CONTROLLER_ABORTED, -ETIMEDOUT},
    };
    struct rig *rig = *state;
    uint8_t data[34] = {1};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(smbus(rig, I2C_SMBUS_BYTE_DATA, READ, 0, data, 34), I2CDEV_RUN);
        expect_error(rig, i2cdev_end(&rig->request, cases[i].result, 1, true), cases[i].error);
        request(rig, PROTOCOL_OP_READ, 4);
        assert_int_equal(begin(rig), I2CDEV_RUN);
        expect_error(rig, i2cdev_end(&rig->request, cases[i].result, 0, true), cases[i].error);
        request(rig, PROTOCOL_OP_RDWR, 2);
        message(rig, ADDRESS, I2C_M_RD, 1);
        message(rig, ADDRESS, I2C_M_RD, 1);
        assert_int_equal(begin(rig), I2CDEV_RUN);
        expect_error(rig, i2cdev_end(&rig->request, cases[i].result, 1, true), cases[i].error);
    }
}

static void test_short_counts(void **state)
{
    struct rig *rig = *state;
    uint8_t data[34] = {1};
    request(rig, PROTOCOL_OP_RDWR, 3);
    message(rig, ADDRESS, I2C_M_RD, 2);
    message(rig, ADDRESS, 0, 0);
    message(rig, ADDRESS, I2C_M_RD, 2);
    assert_int_equal(begin(rig), I2CDEV_RUN);
    bring(rig, 0, "ab", 2);
    expect_reply(rig, i2cdev_end(&rig->request, CONTROLLER_DONE, 1, true), 1);
    expect_bytes(rig, "\2\0\0\0ab", 6);
    assert_int_equal(smbus(rig, I2C_SMBUS_BYTE_DATA, READ, 0, data, 34), I2CDEV_RUN);
    expect_error(rig, i2cdev_end(&rig->request, CONTROLLER_DONE, 1, true), -EIO);
    request(rig, PROTOCOL_OP_READ, 4);
    assert_int_equal(begin(rig), I2CDEV_RUN);
    expect_error(rig, i2cdev_end(&rig->request, CONTROLLER_DONE, 0, true), 0);
}

static void test_retries(void **state)
{
    struct rig *rig = *state;
    uint8_t first = 1;
    rig->adapter.retries = 2;
    request(rig, PROTOCOL_OP_RDWR, 2);
    message(rig, ADDRESS, 0, 1);
    message(rig, ADDRESS, I2C_M_RD | I2C_M_RECV_LEN, 64);
    append(rig, "w", 1);
    append(rig, &first, 1);
    assert_int_equal(begin(rig), I2CDEV_RUN);
    for (int i = 0; i < 2; i++) {
        bring(rig, 1, "\3abc",
              4); /* the lengths must be as before, whatever the lost attempt did */
        rig->request.messages[0].moved = 1;
        rig->request.messages[0].nacked = true;
        assert_int_equal(i2cdev_end(&rig->request, CONTROLLER_ARBITRATION_LOST, 1, true),
                         I2CDEV_RUN);
        expect_message(rig, 0, 0, "w", 1);
        expect_message(rig, 1, CONTROLLER_READ | CONTROLLER_RECEIVE_LENGTH, NULL, 1);
        assert_int_equal(rig->request.messages[0].moved, 0);
        assert_false(rig->request.messages[0].nacked);
    }
    expect_error(rig, i2cdev_end(&rig->request, CONTROLLER_ARBITRATION_LOST, 1, true), -EAGAIN);

    /* Only after lost arbitration, and only within the time-out. */
    request(rig, PROTOCOL_OP_READ, 1);
    assert_int_equal(begin(rig), I2CDEV_RUN);
    expect_error(rig, i2cdev_end(&rig->request, CONTROLLER_ADDRESS_NACK, 0, true), -ENXIO);
    request(rig, PROTOCOL_OP_READ, 1);
    assert_int_equal(begin(rig), I2CDEV_RUN);
    expect_error(rig, i2cdev_end(&rig->request, CONTROLLER_ARBITRATION_LOST, 0, false), -EAGAIN);
}

static void test_fail(void **state)
{
    struct rig *rig = *state;
    i2cdev_fail(&rig->request, -EBADF);
    expect_error(rig, I2CDEV_REPLY, -EBADF);
}

/* Peers that violate the protocol. */

static void test_every_truncation(void **state)
{
    struct rig *rig = *state;
    uint8_t bytes[38] = {WRITE, 1, 1, 0, 1};
    for (uint32_t op = PROTOCOL_OP_SET; op <= PROTOCOL_OP_WRITE; op++) {
        size_t whole;

        request(rig, op,
                op == PROTOCOL_OP_SET                               ? I2C_PEC
                : op == PROTOCOL_OP_RDWR || op == PROTOCOL_OP_WRITE ? 2
                                                                    : 0);
        if (op == PROTOCOL_OP_RDWR) {
            message(rig, ADDRESS, 0, 2);
            message(rig, ADDRESS, I2C_M_RD | I2C_M_RECV_LEN, 64);
            append(rig, "ab\1", 3);
        } else {
            append(rig, bytes,
                   op == PROTOCOL_OP_SET     ? 8
                   : op == PROTOCOL_OP_SMBUS ? 38
                   : op == PROTOCOL_OP_WRITE ? 2
                                             : 0);
        }
        whole = rig->length;
        assert_int_not_equal(begin(rig), I2CDEV_NONSENSE);
        for (rig->length = 0; rig->length < whole; rig->length++)
            assert_int_equal(begin(rig), I2CDEV_NONSENSE);
        rig->length = whole + 1;
        assert_int_equal(begin(rig), I2CDEV_NONSENSE);
    }
}

static void test_unknown_ops(void **state)
{
    static const uint32_t ops[] = {0, 7, 8, 255, UINT32_MAX};
    struct rig *rig = *state;
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        request(rig, ops[i], 0);
        assert_int_equal(begin(rig), I2CDEV_NONSENSE);
    }
}

static uint32_t random_below(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)*seed * below >> 32);
}

/* Mostly almost right, because a completely wrong payload is refused early. */
static void random_payload(struct rig *rig, uint32_t *seed)
{
    static const uint16_t lengths[] = {0, 1, 2, 33, 34, 64, 8192, 8193, 65535};
    uint32_t op = random_below(seed, 8), value = random_below(seed, 10), rest = 0;
    request(rig, op, value);
    for (uint32_t i = 0; op == PROTOCOL_OP_RDWR && i < value; i++) {
        uint16_t length = lengths[random_below(seed, 9)];
        uint16_t flags = (uint16_t)(random_below(seed, 2) | random_below(seed, 64) << 10);

        message(rig, (uint16_t)random_below(seed, 1024), flags, length);
        rest += flags & I2C_M_RD ? (flags & I2C_M_RECV_LEN) != 0 && length > 0 : length;
    }
    if (op == PROTOCOL_OP_SMBUS)
        rest = 38;
    if (op == PROTOCOL_OP_WRITE)
        rest = value;
    if (random_below(seed, 4) == 0)
        rest = random_below(seed, 100);
    if (rest > sizeof rig->payload - rig->length)
        rest = (uint32_t)(sizeof rig->payload - rig->length);
    for (uint32_t i = 0; i < rest; i++)
        rig->payload[rig->length++] = (uint8_t)random_below(seed, random_below(seed, 2) ? 3 : 256);
}

/* Every payload is answered, run or refused, and no message lies outside the store. */
static void test_random_payloads(void **state)
{
    struct rig *rig = *state;
    uint32_t seed = 12345, runs[PROTOCOL_OP_WRITE + 1] = {0};
    for (int round = 0; round < 20000; round++) {
        random_payload(rig, &seed);
        if (begin(rig) != I2CDEV_RUN)
            continue;
        runs[get_u32(rig->payload + 8)]++;
        assert_in_range(rig->request.count, 1, 42);
        for (size_t i = 0; i < rig->request.count; i++) {
            struct controller_message *at = &rig->request.messages[i];

            assert_true(at->length <= 8192 && at->address < 128);
            if (at->flags & CONTROLLER_RECEIVE_LENGTH)
                at->length += 32;
            if (at->flags & CONTROLLER_READ)
                memset(at->buffer, 32, at->length);
        }
        assert_int_equal(done(rig), I2CDEV_REPLY);
        assert_true(rig->request.reply_bytes <= PROTOCOL_PAYLOAD_MAX);
    }
    for (uint32_t op = PROTOCOL_OP_SMBUS; op <= PROTOCOL_OP_WRITE; op++)
        assert_true(runs[op] > 100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_address),
        TEST(test_tenbit_address),
        TEST(test_pec_flag),
        TEST(test_retries_and_timeout),
        TEST(test_other_ioctls),
        TEST(test_functionality),
        TEST(test_read),
        TEST(test_write),
        TEST(test_long_counts_are_cut),
        TEST(test_write_without_request),
        TEST(test_pec_is_for_smbus_only),
        TEST(test_rdwr),
        TEST(test_rdwr_counts),
        TEST(test_rdwr_at_its_limits),
        TEST(test_rdwr_length_over_8192),
        TEST(test_receive_length),
        TEST(test_receive_length_checks),
        TEST(test_flags_pass),
        TEST(test_rdwr_address_is_seven_bits),
        TEST(test_tenbit_transfers),
        TEST(test_smbus_rows),
        TEST(test_smbus_rows_with_pec),
        TEST(test_bad_pec),
        TEST(test_pec_check_value),
        TEST(test_smbus_block_read_zero_fills),
        TEST(test_smbus_wrong_arguments),
        TEST(test_smbus_block_lengths),
        TEST(test_errors),
        TEST(test_short_counts),
        TEST(test_retries),
        TEST(test_fail),
        TEST(test_every_truncation),
        TEST(test_unknown_ops),
        TEST(test_random_payloads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
