/* SPDX-License-Identifier: MIT */
/* What an SMBus block leaves behind for the next one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <linux/i2c.h>

#include "i2cdev/i2cdev.h"

static enum i2cdev_next begin_block(struct i2cdev_request *request, uint8_t direction,
                                    const uint8_t *data, size_t count)
{
    uint8_t payload[PROTOCOL_REQUEST_BYTES + 4 + PROTOCOL_SMBUS_DATA_BYTES] = {0};
    uint8_t *arguments = payload + PROTOCOL_REQUEST_BYTES;
    struct i2cdev_file file = {.address = 0x40};
    struct i2cdev_adapter adapter;
    i2cdev_adapter_init(&adapter);
    put_u32(payload + 8, PROTOCOL_OP_SMBUS);
    put_u32(payload + 12, I2C_SMBUS_BLOCK_DATA);
    arguments[0] = direction;
    arguments[2] = 1;
    memcpy(arguments + 4, data, count);
    return i2cdev_begin(request, &adapter, &file, payload, sizeof payload);
}

/* The union of a block read has 34 bytes.  The bus fills a few of them; the others are 0. */
static void a_short_block_shows_nothing_of_the_call_before(void **state)
{
    static const uint8_t zeroes[PROTOCOL_SMBUS_DATA_BYTES];
    (void)state;
    struct i2cdev_request request;
    i2cdev_request_init(&request);
    uint8_t secret[1 + I2C_SMBUS_BLOCK_MAX];
    memset(secret, 0x5E, sizeof secret);
    secret[0] = I2C_SMBUS_BLOCK_MAX;
    assert_int_equal(begin_block(&request, I2C_SMBUS_WRITE, secret, sizeof secret), I2CDEV_RUN);
    assert_int_equal(i2cdev_end(&request, CONTROLLER_DONE, request.count, false), I2CDEV_REPLY);
    assert_int_equal(begin_block(&request, I2C_SMBUS_READ, zeroes, 0), I2CDEV_RUN);
    memcpy(request.messages[1].buffer, "\2ab", 3);
    request.messages[1].length = request.messages[1].moved = 3;
    assert_int_equal(i2cdev_end(&request, CONTROLLER_DONE, request.count, false), I2CDEV_REPLY);
    assert_int_equal(request.reply_bytes, PROTOCOL_REPLY_BYTES + PROTOCOL_SMBUS_DATA_BYTES);
    assert_memory_equal(request.reply + PROTOCOL_REPLY_BYTES, "\2ab", 3);
    assert_memory_equal(request.reply + PROTOCOL_REPLY_BYTES + 3, zeroes, sizeof zeroes - 3);
    i2cdev_request_free(&request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_block_shows_nothing_of_the_call_before),
    };
    return cmocka_run_group_tests_name("smbus_blocks", tests, NULL, NULL);
}
