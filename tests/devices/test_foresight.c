/* SPDX-License-Identifier: MIT */
/*
 * What the devices say before the events come.  That it comes true is tested with every test of a
 * device (promise.h); here, that they say enough, and do not change while they say it.
 */
#include "devices/stage.h"
#include "i2ctarget/devices/ads7828.h"
#include "i2ctarget/devices/edid.h"
#include "i2ctarget/devices/ee1004.h"
#include "i2ctarget/devices/eeprom.h"
#include "i2ctarget/devices/jc42.h"
#include "i2ctarget/devices/lm75.h"
#include "i2ctarget/devices/memory.h"
#include "i2ctarget/devices/pca9555.h"
#include "i2ctarget/devices/pmbus.h"
#include "i2ctarget/devices/regmap.h"
#include "i2ctarget/devices/spd5118.h"

enum { AT = 0x50, ENOUGH = 33 };

static uint8_t bytes[4096];
static struct i2ctarget_ads7828 adc;
static struct i2ctarget_edid edid;
static struct i2ctarget_ee1004 ee1004;
static struct i2ctarget_eeprom eeprom;
static struct i2ctarget_jc42 jc42;
static struct i2ctarget_lm75 lm75;
static struct i2ctarget_memory memory;
static struct i2ctarget_pca9555 expander;
static struct i2ctarget_pmbus supply;
static struct i2ctarget_pmbus_world world;
static struct i2ctarget_regmap words, apart;
static struct i2ctarget_regmap_value word_values[1], apart_values[1];
static struct i2ctarget_spd5118 spd5118;

/* A register of two bytes: at one address, and at an address for each byte. */
static const struct i2ctarget_regmap_register row = {
    .name = "word", .address = 0x05, .bytes = 2, .reset = 0x1234};
static const struct i2ctarget_regmap_table words_table = {.registers = &row,
                                                          .register_count = 1,
                                                          .value_count = 1,
                                                          .pointer_bytes = 1,
                                                          .pointer_mask = 0xFF};
static const struct i2ctarget_regmap_table apart_table = {.registers = &row,
                                                          .register_count = 1,
                                                          .value_count = 1,
                                                          .pointer_bytes = 1,
                                                          .pointer_mask = 0xFF,
                                                          .advances = true,
                                                          .bytes_have_addresses = true};

static int set_up(void **state)
{
    (void)state;
    static const struct i2ctarget_pmbus_config pmbus = {.id = "ACME", .has_pec = true};
    struct i2ctarget_eeprom_config eeprom_config = {
        .memory = bytes, .size_bytes = sizeof bytes, .page_bytes = 32, .address_bytes = 2};
    struct i2ctarget_memory_config memory_config = {
        .bytes = bytes, .size_bytes = 256, .pointer_bytes = 1};
    struct i2ctarget_ee1004_config ee1004_config = {.memory = bytes};
    struct i2ctarget_spd5118_config spd5118_config = {.memory = bytes};
    struct i2ctarget_regmap_config words_config = {.table = &words_table, .values = word_values};
    struct i2ctarget_regmap_config apart_config = {.table = &apart_table, .values = apart_values};
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    i2ctarget_ads7828_init(&adc, 2500000);
    i2ctarget_jc42_init(&jc42);
    i2ctarget_lm75_init(&lm75);
    i2ctarget_pca9555_init(&expander, 0xA5C3, NULL);
    i2ctarget_pmbus_init(&supply, &pmbus, &world);
    return i2ctarget_edid_init(&edid, bytes, 256) ||
           i2ctarget_ee1004_init(&ee1004, &ee1004_config) ||
           i2ctarget_eeprom_init(&eeprom, &eeprom_config) ||
           i2ctarget_memory_init(&memory, &memory_config) ||
           i2ctarget_regmap_init(&words, &words_config, NULL) ||
           i2ctarget_regmap_init(&apart, &apart_config, NULL) ||
           i2ctarget_spd5118_init(&spd5118, &spd5118_config);
}

static const struct part {
    struct i2ctarget_device *device;
    size_t size; /* of its struct */
    uint8_t pointer[2];
    unsigned pointer_bytes;
    size_t peeked; /* of ENOUGH bytes */
} parts[] = {
    {&adc.device, sizeof adc, {0x84}, 1, 2},
    {&edid.device, sizeof edid, {0xF0}, 1, ENOUGH},
    {&ee1004.device, sizeof ee1004, {0xF0}, 1, ENOUGH},
    {&eeprom.device, sizeof eeprom, {0x0F, 0xF0}, 2, ENOUGH},
    {&jc42.device, sizeof jc42, {0x06}, 1, ENOUGH},
    {&lm75.device, sizeof lm75, {0x03}, 1, ENOUGH},
    {&memory.device, sizeof memory, {0xF0}, 1, ENOUGH},
    {&expander.device, sizeof expander, {0x00}, 1, 0}, /* the pins at the moment of the read */
    {&supply.smbus.device, sizeof supply, {0x79}, 1, 3},
    {&words.device, sizeof words, {0x05}, 1, 2},
    {&words.device, sizeof words, {0x77}, 1, 1}, /* there is no register */
    {&apart.device, sizeof apart, {0x06}, 1, 1},
    {&spd5118.device, sizeof spd5118, {0x7E}, 1, ENOUGH},
    {&spd5118.device, sizeof spd5118, {0xF0}, 1, ENOUGH},
};
enum { PARTS = sizeof parts / sizeof *parts };

/* ---- a pointer, and a read after a repeated START -------------------------------------------- */

static void write_pointer(const struct part *part)
{
    struct i2ctarget_device *device = part->device;
    assert_true(device->ops->addressed(device, AT, false, false));
    assert_true(device->ops->foresight->accepts(device, part->pointer, part->pointer_bytes));
    for (unsigned i = 0; i < part->pointer_bytes; i++)
        assert_true(device->ops->received(device, part->pointer[i]));
    device->ops->ended(device, I2CTARGET_RESTART, part->pointer_bytes);
}

static size_t peek(struct i2ctarget_device *device, uint8_t seen[], size_t size)
{
    return device->ops->foresight->peek ? device->ops->foresight->peek(device, seen, size) : 0;
}

static void read_back(const struct part *part)
{
    struct i2ctarget_device *device = part->device;
    uint8_t seen[ENOUGH + 1], less[1];
    memset(seen, 0xA5, sizeof seen);
    assert_true(device->ops->addressed(device, AT, true, true));
    assert_int_equal(peek(device, seen, ENOUGH), part->peeked);
    assert_int_equal(seen[part->peeked], 0xA5);
    if (part->peeked > 0) {
        assert_int_equal(peek(device, less, 1), 1);
        assert_int_equal(less[0], seen[0]);
    }
    for (size_t i = 0; i < part->peeked; i++)
        assert_int_equal(device->ops->requested(device), seen[i]);
    device->ops->ended(device, I2CTARGET_CONTROLLER_NACK, (uint32_t)part->peeked);
}

static void a_register_read(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PARTS; i++) {
        write_pointer(&parts[i]);
        read_back(&parts[i]);
    }
}

static void nothing_changes(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PARTS; i++) {
        struct i2ctarget_device *device = parts[i].device;
        uint8_t before[2048], seen[ENOUGH];
        assert_true(parts[i].size <= sizeof before);
        for (int is_read = 0; is_read <= 1; is_read++) {
            assert_true(device->ops->addressed(device, AT, is_read, false));
            memcpy(before, device, parts[i].size);
            if (is_read)
                peek(device, seen, sizeof seen);
            else
                device->ops->foresight->accepts(device, parts[i].pointer, 1);
            assert_memory_equal(before, device, parts[i].size);
            device->ops->ended(device, I2CTARGET_STOP, 0);
        }
    }
}

/* ---- what is refused, is not accepted -------------------------------------------------------- */

static bool accepts(struct i2ctarget_device *device, uint8_t first, size_t count)
{
    uint8_t data[ENOUGH] = {first};
    return device->ops->foresight->accepts(device, data, count);
}

static void bytes_that_can_be_refused(void **state)
{
    (void)state;
    i2ctarget_eeprom_protect(&eeprom, I2CTARGET_EEPROM_REFUSES_DATA);
    for (unsigned i = 0; i < PARTS; i++)
        assert_true(parts[i].device->ops->addressed(parts[i].device, AT, false, false));
    assert_true(accepts(&eeprom.device, 0, 2));
    assert_false(accepts(&eeprom.device, 0, 3));
    assert_true(accepts(&memory.device, 0xFF, ENOUGH));
    memory.config.size_bytes = 0xF0;
    assert_true(accepts(&memory.device, 0xEF, ENOUGH));
    assert_false(accepts(&memory.device, 0xF0, 1));
    assert_false(accepts(&edid.device, 0, 2));
    assert_false(accepts(&ee1004.device, 0, 2)); /* it could be a protected block's */
    assert_true(accepts(&supply.smbus.device, 0x79, 1));
    assert_false(accepts(&supply.smbus.device, 0xFF, 1));
    assert_false(accepts(&supply.smbus.device, 0x21, 2));
    assert_false(accepts(&spd5118.device, 0x80, 2)); /* an address has one byte */
    spd5118.address_left = 2;
    assert_true(accepts(&spd5118.device, 0x80, 2));
    spd5118.is_busy = true;
    assert_true(accepts(&spd5118.device, 0x31, 2));
    assert_false(accepts(&spd5118.device, 0x80, 2));
    assert_true(accepts(&spd5118.device, 0x31, 1));
    assert_false(accepts(&spd5118.device, 0x80, 1));
    assert_true(accepts(&words.device, 0x77, ENOUGH));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_register_read, set_up),
        cmocka_unit_test_setup(nothing_changes, set_up),
        cmocka_unit_test_setup(bytes_that_can_be_refused, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
