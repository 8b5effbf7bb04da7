/* SPDX-License-Identifier: MIT */
/*
 * The USB device without USB: every setup packet that the driver i2c-tiny-usb sends, and what the
 * driver makes of the answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "adapter/tiny_usb.h"

enum { VENDOR_OUT = 0x41, VENDOR_IN = 0xc1, STANDARD_IN = 0x80 };
enum {
    I2C_FUNC_10BIT_ADDR = 0x2,
    I2C_FUNC_SMBUS_READ_BLOCK_DATA = 0x01000000,
    I2C_FUNC_SMBUS_BLOCK_PROC_CALL = 0x8000
};

static struct tiny_usb device;
static struct tiny_usb_request request;

static int open_device(void **state)
{
    (void)state;
    tiny_usb_init(&device, 7);
    return 0;
}

static enum tiny_usb_action ask_as(bool is_in, uint8_t type, uint8_t number, uint16_t value,
                                   uint16_t index, uint16_t length)
{
    const uint8_t setup[] = {type,
                             number,
                             (uint8_t)value,
                             (uint8_t)(value >> 8),
                             (uint8_t)index,
                             (uint8_t)(index >> 8),
                             (uint8_t)length,
                             (uint8_t)(length >> 8)};
    memset(&request, 0xa5, sizeof request);
    return tiny_usb_setup(&device, setup, is_in, &request);
}

static enum tiny_usb_action ask(uint8_t type, uint8_t number, uint16_t value, uint16_t index,
                                uint16_t length)
{
    return ask_as(type & 0x80, type, number, value, index, length);
}

static uint32_t functionality(void)
{
    assert_int_equal(ask(VENDOR_IN, 1, 0, 0, 4), TINY_USB_ANSWER);
    assert_int_equal(request.answer_bytes, 4);
    return request.answer[0] | (uint32_t)request.answer[1] << 8 |
           (uint32_t)request.answer[2] << 16 | (uint32_t)request.answer[3] << 24;
}

static uint8_t status(void)
{
    assert_int_equal(ask(VENDOR_IN, 3, 0, 0, 1), TINY_USB_ANSWER);
    assert_int_equal(request.answer_bytes, 1);
    return request.answer[0];
}

static void is_what_the_driver_looks_for(void **state)
{
    (void)state;
    assert_int_equal(ask(STANDARD_IN, 6, 0x0100, 0, 64), TINY_USB_ANSWER);
    assert_int_equal(request.answer_bytes, 18);
    assert_memory_equal(request.answer + 8, "\x03\x04\x31\xc6", 4); /* 0403:c631 */
    assert_int_equal(request.answer[7], 64); /* high speed: bMaxPacketSize0 (USB 2.0 §5.5.3) */
}

static void strings_say_which_bus(void **state)
{
    (void)state;
    assert_int_equal(ask(STANDARD_IN, 6, 0x0302, 0x0409, 255), TINY_USB_ANSWER);
    assert_int_equal(request.answer_bytes, 2 + 2 * strlen("i2ctarget bus 7"));
    assert_int_equal(request.answer[0], request.answer_bytes);
    assert_int_equal(request.answer[2 + 2 * 14], '7');
    assert_int_equal(request.answer[3 + 2 * 14], 0);
    tiny_usb_init(&device, 4294967295u);
    assert_int_equal(ask(STANDARD_IN, 6, 0x0302, 0x0409, 255), TINY_USB_ANSWER);
    assert_int_equal(request.answer_bytes, 2 + 2 * strlen("i2ctarget bus 4294967295"));
}

static void answers_are_cut_to_what_was_asked_for(void **state)
{
    (void)state;
    for (uint16_t length = 0; length <= 70; length++) {
        assert_int_equal(ask(STANDARD_IN, 6, 0x0100, 0, length), TINY_USB_ANSWER);
        assert_int_equal(request.answer_bytes, length < 18 ? length : 18);
    }
}

static void promises_only_what_works(void **state)
{
    (void)state;
    assert_int_equal(functionality() & (I2C_FUNC_10BIT_ADDR | I2C_FUNC_SMBUS_READ_BLOCK_DATA |
                                        I2C_FUNC_SMBUS_BLOCK_PROC_CALL),
                     0);
    /* SMBus by emulation, PEC, NOSTART and the other protocol manglings. */
    assert_int_equal(functionality(), 0x0eff0000 | 0x8 | 0x10 | 0x4 | 0x1);
}

static void messages_begin_and_end_transfers(void **state)
{
    (void)state;
    for (uint8_t bits = 0; bits < 4; bits++) {
        assert_int_equal(ask(VENDOR_OUT, (uint8_t)(4 + bits), 0, 0x40, 3), TINY_USB_MESSAGE);
        assert_int_equal(request.begins, bits & 1);
        assert_int_equal(request.ends, bits >> 1);
        assert_int_equal(request.message.address, 0x40);
        assert_int_equal(request.message.length, 3);
        assert_int_equal(request.message.flags, 0);
        assert_int_equal(request.length, 3);
    }
    assert_int_equal(ask(VENDOR_OUT, 8, 0, 0x40, 3), TINY_USB_STALL);
    assert_int_equal(ask(VENDOR_IN, 7, 1, 0x7f, 8192), TINY_USB_MESSAGE);
    assert_int_equal(request.message.flags, CONTROLLER_READ);
    assert_int_equal(request.message.length, 8192);
}

/* Every flag of struct i2c_msg separately. */
static void flags_are_honoured_refused_or_meaningless(void **state)
{
    (void)state;
    const uint16_t honoured = 0x0800 | 0x1000 | 0x2000 | 0x4000 | 0x8000, meaningless = 0x0204;
    for (unsigned bit = 1; bit < 16; bit++) {
        uint16_t flag = (uint16_t)(1u << bit);
        enum tiny_usb_action action = ask(VENDOR_IN, 7, flag | 1, 0x40, 1);
        assert_true(request.is_message);
        if ((honoured | meaningless) & flag) {
            assert_int_equal(action, TINY_USB_MESSAGE);
            assert_int_equal(request.message.flags, (flag & honoured) | CONTROLLER_READ);
        } else {
            assert_int_equal(action, TINY_USB_STALL);
        }
    }
}

static void messages_that_can_not_be(void **state)
{
    (void)state;
    assert_int_equal(ask(VENDOR_OUT, 7, 0, 0x80, 1), TINY_USB_STALL);
    assert_int_equal(ask(VENDOR_OUT, 7, 0, 0xff40, 1), TINY_USB_STALL);
    assert_int_equal(ask(VENDOR_OUT, 7, 0, 0x40, 8193), TINY_USB_STALL);
    assert_int_equal(ask(VENDOR_OUT, 7, 1, 0x40, 1), TINY_USB_STALL); /* it reads what it writes */
    assert_int_equal(ask(VENDOR_IN, 7, 0, 0x40, 1), TINY_USB_STALL);
    assert_int_equal(ask_as(false, VENDOR_IN, 7, 1, 0x40, 1), TINY_USB_STALL);
    assert_int_equal(ask_as(true, VENDOR_OUT, 7, 0, 0x40, 1), TINY_USB_STALL);
    /* Where no bytes move, the host's direction has no meaning. */
    assert_int_equal(ask_as(true, VENDOR_OUT, 7, 0, 0x40, 0), TINY_USB_MESSAGE);
}

/* i2c-tiny-usb.c: 2 is ENXIO, everything else is success; a stall is EIO. */
static void how_a_message_ends(void **state)
{
    (void)state;
    assert_int_equal(status(), 0);
    assert_true(tiny_usb_finish(&device, CONTROLLER_DONE));
    assert_int_equal(status(), 1);
    assert_true(tiny_usb_finish(&device, CONTROLLER_ADDRESS_NACK));
    assert_int_equal(status(), 2);
    static const enum controller_result failures[] = {CONTROLLER_DATA_NACK,
                                                      CONTROLLER_ARBITRATION_LOST,
                                                      CONTROLLER_BAD_LENGTH, CONTROLLER_ABORTED};
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        assert_false(tiny_usb_finish(&device, failures[i]));
        assert_int_equal(status(), 1);
    }
}

static void a_new_message_forgets_how_the_last_one_ended(void **state)
{
    (void)state;
    tiny_usb_finish(&device, CONTROLLER_ADDRESS_NACK);
    ask(VENDOR_OUT, 7, 0, 0x40, 1);
    assert_int_equal(status(), 0);
}

/* All 2^16 pairs of type and request, with a few lengths.  No answer is longer than asked for. */
static void nothing_answers_too_much(void **state)
{
    (void)state;
    static const uint16_t lengths[] = {0, 1, 2, 18, 255, 65535};
    for (unsigned type = 0; type < 256; type++) {
        for (unsigned number = 0; number < 256; number++) {
            for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
                uint16_t value = (uint16_t)(number * 259 + i * 77);
                ask((uint8_t)type, (uint8_t)number, value, 0, lengths[i]);
                assert_true(request.answer_bytes <= lengths[i] &&
                            request.answer_bytes <= TINY_USB_ANSWER_MAX);
            }
        }
    }
}

#define DEVICE_TEST(function) cmocka_unit_test_setup(function, open_device)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(is_what_the_driver_looks_for),
        DEVICE_TEST(strings_say_which_bus),
        DEVICE_TEST(answers_are_cut_to_what_was_asked_for),
        DEVICE_TEST(promises_only_what_works),
        DEVICE_TEST(messages_begin_and_end_transfers),
        DEVICE_TEST(flags_are_honoured_refused_or_meaningless),
        DEVICE_TEST(messages_that_can_not_be),
        DEVICE_TEST(how_a_message_ends),
        DEVICE_TEST(a_new_message_forgets_how_the_last_one_ended),
        DEVICE_TEST(nothing_answers_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
