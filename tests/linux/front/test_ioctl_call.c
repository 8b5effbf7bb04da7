/* SPDX-License-Identifier: MIT */
/*
 * ioctls in rounds, with a simulated kernel.  It brings what it is asked for, as fuse_do_ioctl()
 * does (Linux fs/fuse/ioctl.c), from callers of 64 and of 32 bits.  It gives the REQUEST to a
 * server that answers as the test chooses.
 */
#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "front/ioctl_call.h"

enum { FILE_COOKIE = 0x1234, LOW_BYTES = 1 << 20, STRUCTURES = 4096, BUFFERS = 65536 };

/* The caller's memory, at addresses of 32 bits.  All other memory is not mapped. */
static uint8_t *low;

static struct played {
    struct ioctl_call call;
    struct request request;
    uint8_t sent[PROTOCOL_PAYLOAD_MAX]; /* the REQUEST */
    size_t sent_bytes;
    int rounds;
    int32_t result; /* the REPLY */
    uint8_t answer[PROTOCOL_PAYLOAD_MAX];
    size_t answer_bytes;
    void (*between_rounds)(int round);
} played;

static bool is_mapped(const struct iovec *piece)
{
    uintptr_t at = (uintptr_t)piece->iov_base;
    return at >= (uintptr_t)low && at + piece->iov_len <= (uintptr_t)low + LOW_BYTES;
}

/* False: -EFAULT. */
static bool bring(struct ioctl_given *given, uint8_t *in)
{
    const struct ioctl_call *call = &played.call;
    given->in = in;
    given->in_bytes = given->out_bytes = 0;
    for (size_t i = 0; i < call->in_count; i++) {
        if (!is_mapped(&call->in[i]))
            return false;
        memcpy(in + given->in_bytes, call->in[i].iov_base, call->in[i].iov_len);
        given->in_bytes += call->in[i].iov_len;
    }
    for (size_t i = 0; i < call->out_count; i++)
        given->out_bytes += call->out[i].iov_len;
    return true;
}

static void serve(void)
{
    played.sent_bytes = 0;
    for (size_t i = 0; i < played.request.count; i++) {
        const struct iovec *part = &played.request.parts[i];

        memcpy(played.sent + played.sent_bytes, part->iov_base, part->iov_len);
        played.sent_bytes += part->iov_len;
    }
}

/* Copies the answer to the places that the last round named. */
static int take_back(const struct iovec *out, size_t out_count, size_t out_bytes)
{
    static uint8_t payload[PROTOCOL_REPLY_BYTES + PROTOCOL_PAYLOAD_MAX];
    struct link_frame reply = {.type = PROTOCOL_REPLY,
                               .length = (uint32_t)(PROTOCOL_REPLY_BYTES + played.answer_bytes),
                               .payload = payload};
    put_u32(payload, (uint32_t)played.result);
    memcpy(payload + PROTOCOL_REPLY_BYTES, played.answer, played.answer_bytes);
    int result = ioctl_call_end(&played.call, &reply);
    if (result < 0)
        return result;
    const uint8_t *from = played.call.answer;
    size_t left = played.call.answer_bytes;
    assert_in_range(left, 0, out_bytes);
    for (size_t i = 0; i < out_count && left > 0; i++) {
        size_t size = out[i].iov_len < left ? out[i].iov_len : left;

        if (!is_mapped(&out[i]))
            return -EFAULT;
        memcpy(out[i].iov_base, from, size);
        from += size;
        left -= size;
    }
    return result;
}

static int play(unsigned number, uint64_t argument, bool is_32bit)
{
    static uint8_t in[PROTOCOL_PAYLOAD_MAX];
    struct ioctl_given given = {.number = number, .argument = argument, .is_32bit = is_32bit};
    size_t out_count = 0;
    played.sent_bytes = 0;
    struct iovec out[REQUEST_MESSAGES_MAX];
    for (played.rounds = 1;; played.rounds++) {
        assert_true(played.rounds < 100);
        switch (ioctl_call_begin(&played.call, &played.request, FILE_COOKIE, &given)) {
        case IOCTL_REFUSE:
            return played.call.error;
        case IOCTL_SEND:
            serve();
            return take_back(out, out_count, given.out_bytes);
        case IOCTL_BRING:
            break;
        }
        memcpy(out, played.call.out, sizeof out);
        out_count = played.call.out_count;
        if (!bring(&given, in))
            return -EFAULT;
        if (played.between_rounds)
            played.between_rounds(played.rounds);
    }
}

/* Sets the server's answer. */
static void answers(int32_t result, const void *bytes, size_t size)
{
    played.result = result;
    memcpy(played.answer, bytes, size);
    played.answer_bytes = size;
}

static void expect_sent(uint32_t op, uint32_t value, const void *rest, size_t size)
{
    assert_int_equal(played.sent_bytes, PROTOCOL_REQUEST_BYTES + size);
    assert_int_equal(get_u64(played.sent), FILE_COOKIE);
    assert_int_equal(get_u32(played.sent + 8), op);
    assert_int_equal(get_u32(played.sent + 12), value);
    assert_memory_equal(played.sent + PROTOCOL_REQUEST_BYTES, rest, size);
}

/* ---- callers --------------------------------------------------------------------------------- */

static void put_pointer(uint8_t *at, uint64_t pointer, bool is_32bit)
{
    if (is_32bit)
        put_u32(at, (uint32_t)pointer);
    else
        put_u64(at, pointer);
}

static uint64_t at_low(size_t offset)
{
    return (uintptr_t)low + offset;
}

/* struct i2c_smbus_ioctl_data at the beginning of `low`. */
static int smbus(bool is_32bit, uint8_t read_write, uint8_t command, uint32_t size, uint64_t data)
{
    memset(low, 0xEE, 64);
    low[0] = read_write;
    low[1] = command;
    put_u32(low + 4, size);
    put_pointer(low + 8, data, is_32bit);
    return play(I2C_SMBUS, at_low(0), is_32bit);
}

static void put_message(bool is_32bit, unsigned i, uint16_t flags, uint16_t length, uint64_t buffer)
{
    uint8_t *at = low + STRUCTURES + i * (is_32bit ? 12 : 16);
    memset(at, 0xEE, 16);
    put_u16(at, 0x50);
    put_u16(at + 2, flags);
    put_u16(at + 4, length);
    put_pointer(at + 8, buffer, is_32bit);
}

static int rdwr(bool is_32bit, uint32_t count)
{
    memset(low, 0xEE, 64);
    put_pointer(low, at_low(STRUCTURES), is_32bit);
    put_u32(low + (is_32bit ? 4 : 8), count);
    return play(I2C_RDWR, at_low(0), is_32bit);
}

static int set_up(void **state)
{
    (void)state;
    memset(&played, 0, sizeof played);
    memset(low, 0xEE, LOW_BYTES);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ioctl_call_free(&played.call);
    return 0;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void test_numbers_go_at_once(void **state)
{
    (void)state;
    uint8_t bytes[8];
    put_u64(bytes, 0x20);
    assert_int_equal(play(I2C_SLAVE, 0x20, false), 0);
    assert_int_equal(played.rounds, 1);
    expect_sent(PROTOCOL_OP_SET, I2C_SLAVE, bytes, 8);
    answers(-EINVAL, "", 0);
    assert_int_equal(play(I2C_PEC, 1, true), -EINVAL);
    assert_int_equal(play(0x709, 0, false), -ENOTTY);
    assert_int_equal(play(0x5401, 0, true), -ENOTTY);
    assert_int_equal(played.sent_bytes, 0);
}

static void test_functionality(void **state)
{
    uint8_t bits[8] = {0x1d, 0x80, 0xff, 0x0f, 0, 0, 0, 0};
    (void)state;
    answers(0, bits, sizeof bits);
    assert_int_equal(play(I2C_FUNCS, at_low(64), false), 0);
    assert_int_equal(played.rounds, 2);
    assert_memory_equal(low + 64, bits, 8);
    assert_int_equal(low[72], 0xEE);
    memset(&played.call.bits, 0, sizeof played.call.bits); /* from the call before */
    assert_int_equal(play(I2C_FUNCS, at_low(128), true), 0);
    assert_memory_equal(low + 128, bits, 4);
    assert_int_equal(low[132], 0xEE);
    assert_int_equal(play(I2C_FUNCS, 16, true), -EFAULT);
    answers(0, bits, 4);
    assert_int_equal(play(I2C_FUNCS, at_low(128), true), -EPROTO);
}

static void test_smbus_rounds(void **state)
{
    (void)state;
    for (int is_32bit = 0; is_32bit <= 1; is_32bit++) {
        uint8_t rest[4 + PROTOCOL_SMBUS_DATA_BYTES] = {I2C_SMBUS_WRITE, 0, 0, 0};

        answers(0, "", 0);
        assert_int_equal(smbus(is_32bit, I2C_SMBUS_WRITE, 0, I2C_SMBUS_QUICK, 0), 0);
        assert_int_equal(played.rounds, 2); /* only the structure was asked for */
        assert_int_equal(played.call.in_count, 1);
        assert_int_equal(played.call.out_count, 0);
        expect_sent(PROTOCOL_OP_SMBUS, I2C_SMBUS_QUICK, rest, sizeof rest);
        low[256] = 0x5A;
        rest[1] = 7;
        rest[2] = 1;
        rest[4] = 0x5A;
        assert_int_equal(smbus(is_32bit, I2C_SMBUS_WRITE, 7, I2C_SMBUS_BYTE_DATA, at_low(256)), 0);
        assert_int_equal(played.rounds, 3);
        expect_sent(PROTOCOL_OP_SMBUS, I2C_SMBUS_BYTE_DATA, rest, sizeof rest);
        assert_int_equal(low[256], 0x5A);
    }
}

static void test_smbus_answers(void **state)
{
    (void)state;
    for (int is_32bit = 0; is_32bit <= 1; is_32bit++) {
        memset(low + 256, 0xEE, 64);
        answers(0, "\x99", 1);
        assert_int_equal(smbus(is_32bit, I2C_SMBUS_READ, 7, I2C_SMBUS_BYTE_DATA, at_low(256)), 0);
        assert_int_equal(played.rounds, 3);
        assert_memory_equal(low + 256, "\x99\xEE", 2);
        answers(0, "\x34\x12", 2);
        assert_int_equal(smbus(is_32bit, I2C_SMBUS_READ, 7, I2C_SMBUS_WORD_DATA, at_low(256)), 0);
        assert_memory_equal(low + 256, "\x34\x12\xEE", 3);
        answers(0, "\3abcdefghijklmnopqrstuvwxyz0123456", PROTOCOL_SMBUS_DATA_BYTES);
        assert_int_equal(smbus(is_32bit, I2C_SMBUS_READ, 7, I2C_SMBUS_BLOCK_DATA, at_low(256)), 0);
        assert_memory_equal(low + 256, played.answer, PROTOCOL_SMBUS_DATA_BYTES);
        assert_int_equal(low[256 + PROTOCOL_SMBUS_DATA_BYTES], 0xEE);
        answers(-ENXIO, "", 0);
        assert_int_equal(smbus(is_32bit, I2C_SMBUS_READ, 7, I2C_SMBUS_BYTE_DATA, at_low(256)),
                         -ENXIO);
    }
}

/* Bytes that the server does not send must not contain another caller's data. */
static void test_answers_hold_nobody_elses_bytes(void **state)
{
    static const uint8_t zeros[PROTOCOL_SMBUS_DATA_BYTES];
    (void)state;
    answers(0, "\3secretsecretsecretsecretsecretsec", PROTOCOL_SMBUS_DATA_BYTES);
    assert_int_equal(smbus(false, I2C_SMBUS_READ, 7, I2C_SMBUS_BLOCK_DATA, at_low(256)), 0);
    answers(0, "", 0);
    assert_int_equal(smbus(false, I2C_SMBUS_READ, 7, I2C_SMBUS_BLOCK_DATA, at_low(512)), 0);
    assert_memory_equal(low + 512, zeros, sizeof zeros);
}

static void test_smbus_wrong_arguments(void **state)
{
    (void)state;
    answers(-EINVAL, "", 0); /* the server decides that */
    assert_int_equal(smbus(false, 2, 7, I2C_SMBUS_BYTE_DATA, 16), -EINVAL);
    assert_int_equal(smbus(false, I2C_SMBUS_READ, 7, 9, 16), -EINVAL);
    assert_int_equal(smbus(false, I2C_SMBUS_WRITE, 7, UINT32_MAX, 16), -EINVAL);
    assert_int_equal(smbus(false, I2C_SMBUS_READ, 7, I2C_SMBUS_BYTE_DATA, 0), -EINVAL);
    assert_int_equal(smbus(false, I2C_SMBUS_WRITE, 7, I2C_SMBUS_BYTE_DATA, 16), -EFAULT);
    assert_int_equal(smbus(true, I2C_SMBUS_WRITE, 7, I2C_SMBUS_BLOCK_DATA, 16), -EFAULT);
    assert_int_equal(play(I2C_SMBUS, 0, false), -EFAULT);
}

static void test_rdwr(void **state)
{
    (void)state;
    for (int is_32bit = 0; is_32bit <= 1; is_32bit++) {
        uint8_t rest[3 * PROTOCOL_RDWR_MESSAGE_BYTES + 3] = {0x50, 0, 0, 0, 3, 0, 0, 0, 0x50, 0, 1,
                                                             0,    4, 0, 0, 0, 0, 0, 0, 0,    0, 0};

        memset(low + BUFFERS, 0xEE, 64);
        memcpy(low + BUFFERS, "abc", 3);
        put_message(is_32bit, 0, 0, 3, at_low(BUFFERS));
        put_message(is_32bit, 1, I2C_M_RD, 4, at_low(BUFFERS + 16));
        put_message(is_32bit, 2, 0, 0, 0);
        rest[16] = 0x50;
        memcpy(rest + 24, "abc", 3);
        answers(3, "\4\0wxyz", 6);
        assert_int_equal(rdwr(is_32bit, 3), 3);
        assert_int_equal(played.rounds, 4);
        expect_sent(PROTOCOL_OP_RDWR, 3, rest, sizeof rest);
        assert_memory_equal(low + BUFFERS + 16, "wxyz\xEE", 5);
        answers(-ENXIO, "", 0);
        assert_int_equal(rdwr(is_32bit, 3), -ENXIO);
        assert_memory_equal(low + BUFFERS + 16, "wxyz\xEE", 5);
    }
}

/* The buffers of all messages follow each other in the brought memory. */
static void test_rdwr_of_many_buffers(void **state)
{
    static const uint8_t bodies[] = "abcde\xAAxyz";
    const uint8_t *sent = played.sent + PROTOCOL_REQUEST_BYTES + 5 * PROTOCOL_RDWR_MESSAGE_BYTES;
    (void)state;
    memcpy(low + BUFFERS, "abc", 3);
    memcpy(low + BUFFERS + 16, "de", 2);
    low[BUFFERS + 48] = 0xAA;
    memcpy(low + BUFFERS + 64, "xyz", 3);
    put_message(false, 0, 0, 3, at_low(BUFFERS));
    put_message(false, 1, 0, 2, at_low(BUFFERS + 16));
    put_message(false, 2, I2C_M_RD, 9, at_low(BUFFERS + 32));
    put_message(false, 3, 0, 1, at_low(BUFFERS + 48));
    put_message(false, 4, 0, 3, at_low(BUFFERS + 64));
    answers(5,
            "\x09\0"
            "123456789",
            11);
    assert_int_equal(rdwr(false, 5), 5);
    assert_memory_equal(sent, bodies, sizeof bodies - 1);
    assert_memory_equal(low + BUFFERS + 32, "123456789", 9);
}

static void test_rdwr_without_bytes(void **state)
{
    (void)state;
    put_message(false, 0, 0, 0, 0);
    put_message(false, 1, I2C_M_RD, 0, 0);
    answers(2, "\0\0", 2);
    assert_int_equal(rdwr(false, 2), 2);
    assert_int_equal(played.rounds, 3);
}

/* After the bytes that a read with RECV_LEN received, the buffer is unchanged. */
static void test_rdwr_receive_length(void **state)
{
    (void)state;
    memset(low + BUFFERS, 0xEE, 128);
    low[BUFFERS] = 1;
    put_message(false, 0, I2C_M_RD | I2C_M_RECV_LEN, 64, at_low(BUFFERS));
    answers(1, "\4\0\3abc", 6);
    assert_int_equal(rdwr(false, 1), 1);
    assert_int_equal(played.sent[PROTOCOL_REQUEST_BYTES + 8], 1);
    assert_memory_equal(low + BUFFERS, "\3abc\xEE\xEE", 6);
    assert_int_equal(low[BUFFERS + 63], 0xEE);
    low[BUFFERS] = 0;
    assert_int_equal(rdwr(false, 1), -EINVAL);
    put_message(false, 0, I2C_M_RECV_LEN, 64, at_low(BUFFERS));
    assert_int_equal(rdwr(false, 1), -EINVAL);
}

/* The buffers of reads that did not run are unchanged. */
static void test_rdwr_short(void **state)
{
    (void)state;
    memset(low + BUFFERS, 0xEE, 64);
    put_message(false, 0, I2C_M_RD, 2, at_low(BUFFERS));
    put_message(false, 1, I2C_M_RD, 2, at_low(BUFFERS + 16));
    answers(1, "\2\0\0\0xy", 6);
    assert_int_equal(rdwr(false, 2), 1);
    assert_memory_equal(low + BUFFERS, "xy\xEE", 3);
    assert_memory_equal(low + BUFFERS + 16, "\xEE\xEE", 2);
    answers(3, "\2\0\0\0xy", 6);
    assert_int_equal(rdwr(false, 2), -EPROTO);
}

static void test_rdwr_wrong_arguments(void **state)
{
    (void)state;
    for (unsigned i = 0; i <= REQUEST_MESSAGES_MAX; i++)
        put_message(false, i, 0, 0, 0);
    assert_int_equal(rdwr(false, 0), -EINVAL);
    assert_int_equal(rdwr(false, REQUEST_MESSAGES_MAX + 1), -EINVAL);
    assert_int_equal(played.rounds, 2); /* only the structure was looked at */
    assert_int_equal(rdwr(true, UINT32_MAX), -EINVAL);
    assert_int_equal(played.rounds, 2);
    put_message(false, 0, 0, 1, 16);
    assert_int_equal(rdwr(false, 1), -EFAULT);
    put_message(false, 0, I2C_M_RD, 1, 16);
    assert_int_equal(rdwr(false, 1), -EFAULT);
    put_message(false, 0, I2C_M_RD, 8193, at_low(BUFFERS));
    assert_int_equal(rdwr(false, 1), -EINVAL);
    assert_int_equal(played.sent_bytes, 0);
}

static void test_first_wrong_message_decides(void **state)
{
    (void)state;
    put_message(false, 0, 0, 1, 16);
    put_message(false, 1, 0, 8193, at_low(BUFFERS));
    assert_int_equal(rdwr(false, 2), -EFAULT);
    put_message(false, 0, 0, 8193, at_low(BUFFERS));
    put_message(false, 1, 0, 1, 16);
    assert_int_equal(rdwr(false, 2), -EINVAL);
    put_message(false, 0, 0, 4, at_low(BUFFERS));
    put_message(false, 1, I2C_M_RECV_LEN, 64, at_low(BUFFERS));
    put_message(false, 2, 0, 8193, 16);
    assert_int_equal(rdwr(false, 3), -EINVAL);
    assert_int_equal(played.sent_bytes, 0);
}

static void test_42_messages(void **state)
{
    (void)state;
    uint8_t answer[REQUEST_MESSAGES_MAX * 2 + REQUEST_MESSAGES_MAX];
    for (unsigned i = 0; i < REQUEST_MESSAGES_MAX; i++) {
        put_message(true, i, I2C_M_RD, 1, at_low(BUFFERS + 16 * i));
        put_u16(answer + 2 * i, 1);
        answer[2 * REQUEST_MESSAGES_MAX + i] = (uint8_t)(3 * i);
    }
    answers(REQUEST_MESSAGES_MAX, answer, sizeof answer);
    assert_int_equal(rdwr(true, REQUEST_MESSAGES_MAX), REQUEST_MESSAGES_MAX);
    for (unsigned i = 0; i < REQUEST_MESSAGES_MAX; i++)
        assert_int_equal(low[BUFFERS + 16 * i], (uint8_t)(3 * i));
}

/* Another thread of the caller changes its memory. */
static void grow_after_the_second_round(int round)
{
    if (round == 2)
        put_message(false, 0, I2C_M_RD, 3, at_low(BUFFERS));
}

/* If the brought memory does not fit what was asked for, it is asked for again. */
static void test_memory_that_changes(void **state)
{
    (void)state;
    played.between_rounds = grow_after_the_second_round;
    memset(low + BUFFERS, 0xEE, 16);
    put_message(false, 0, I2C_M_RD, 2, at_low(BUFFERS));
    answers(1, "\3\0xyz", 5);
    assert_int_equal(rdwr(false, 1), 1);
    assert_int_equal(played.rounds, 5);
    assert_memory_equal(low + BUFFERS, "xyz\xEE", 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_numbers_go_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_functionality, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_smbus_rounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_smbus_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_answers_hold_nobody_elses_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_smbus_wrong_arguments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rdwr, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rdwr_of_many_buffers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rdwr_without_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rdwr_receive_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rdwr_short, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rdwr_wrong_arguments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_first_wrong_message_decides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_42_messages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_memory_that_changes, set_up, tear_down),
    };
    low = mmap(NULL, LOW_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1,
               0);
    if (low == MAP_FAILED)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
