/* SPDX-License-Identifier: MIT */
/*
 * Random messages of every kind, ended in every way at every byte, for every device.  With the
 * sanitizers this finds invalid reads and writes.  The EEPROM's memory, and the plain one, are
 * compared with mirrors that are written in another way.
 */
#include "devices/promise.h"
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
#include "i2ctarget/devices/sbs_battery.h"
#include "i2ctarget/devices/spd5118.h"

enum { MESSAGES = 100000 };

static uint32_t random_state;

static uint32_t below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

/* Small numbers, the numbers of registers, come as often as all others together. */
static uint8_t random_byte(void)
{
    return (uint8_t)below(below(2) ? 0x24 : 256);
}

static struct {
    uint8_t address;
    bool is_read;
    enum i2ctarget_end end;
    uint8_t bytes[200]; /* written, or read */
    unsigned moved;
} message;

static void random_write(struct i2ctarget_device *device, unsigned count)
{
    struct promise promise = {0};
    for (unsigned i = 0; i < count; i++)
        message.bytes[i] = random_byte();
    while (message.moved < count) {
        const uint8_t *next = message.bytes + message.moved;
        promise_write(&promise, device, next, 1 + below(count - message.moved));
        bool ack = device->ops->received(device, *next);
        promise_acknowledged(&promise, ack);
        if (!ack)
            return;
        message.moved++;
    }
}

/* The last requested byte may have been cut. */
static void random_read(struct i2ctarget_device *device, unsigned count)
{
    struct promise promise = {0};
    for (unsigned i = 0; i < count; i++) {
        promise_read(&promise, device);
        int answer = device->ops->requested(device);
        promise_given(&promise, answer);
        message.moved = i;
        if (answer == I2CTARGET_RELEASE)
            return;
        assert_in_range(answer, 0, 255);
        message.bytes[i] = (uint8_t)answer;
    }
    message.moved = count - (count && below(8) == 0);
}

/* False: the address got NACK. */
static bool random_message(struct i2ctarget_device *device, uint8_t address, unsigned addresses)
{
    static const enum i2ctarget_end ends[] = {I2CTARGET_STOP,    I2CTARGET_RESTART,
                                              I2CTARGET_STOP,    I2CTARGET_BUS_ERROR,
                                              I2CTARGET_TIMEOUT, I2CTARGET_PORT_LOST};
    bool is_restart = message.end == I2CTARGET_RESTART && below(4);
    message.address = (uint8_t)(address + below(addresses));
    message.is_read = below(2);
    message.moved = 0;
    message.end = ends[below(below(4) ? 3 : 6)];
    if (!device->ops->addressed(device, message.address, message.is_read, is_restart))
        return false;
    unsigned count = below(8) ? below(6) : below(sizeof message.bytes);
    if (message.is_read)
        random_read(device, count);
    else
        random_write(device, count);
    if (message.is_read && message.moved && message.end == I2CTARGET_STOP)
        message.end = I2CTARGET_CONTROLLER_NACK;
    device->ops->ended(device, message.end, message.moved);
    return true;
}

/* ---- the EEPROM and its mirror --------------------------------------------------------------- */

static uint8_t memory[I2CTARGET_EEPROM_SIZE_BYTES_MAX], mirror[sizeof memory];
static uint8_t *mirrored = mirror; /* what the counter counts in */
static unsigned mirror_counter;
static int64_t now_us;

static int64_t i2ctarget_rp2040_clock_us(void)
{
    return now_us;
}

/* What the address bytes do not reach is selected by the low bits of the device address. */
static void mirror_select(const struct i2ctarget_eeprom_config *config)
{
    unsigned block = config->address_bytes == 1 ? 256 : 65536;
    if (config->size_bytes > block)
        mirror_counter = message.address * block % config->size_bytes + mirror_counter % block;
}

static void mirror_write(const struct i2ctarget_eeprom_config *config)
{
    unsigned at = mirror_counter, page = config->page_bytes;
    for (unsigned i = 0; i < message.moved; i++) {
        if (i < config->address_bytes) {
            unsigned shift = 8 * (config->address_bytes - 1 - i);
            at = (at & ~(0xFFu << shift)) | (unsigned)message.bytes[i] << shift;
            at %= config->size_bytes;
        } else {
            if (message.end == I2CTARGET_STOP &&
                (!config->writable_bytes || at < config->writable_bytes))
                mirrored[at] = message.bytes[i];
            at = at / page * page + (at + 1) % page;
        }
    }
    mirror_counter = at;
}

static void mirror_read(uint32_t size_bytes)
{
    for (unsigned i = 0; i < message.moved; i++) {
        assert_int_equal(message.bytes[i], mirrored[mirror_counter]);
        mirror_counter = (mirror_counter + 1) % size_bytes;
    }
}

static void eeproms(void **state)
{
    static struct i2ctarget_eeprom eeprom;
    (void)state;
    for (unsigned type = 0; type < i2ctarget_eeprom_type_count; type++) {
        const struct i2ctarget_eeprom_type *row = &i2ctarget_eeprom_types[type];
        struct i2ctarget_eeprom_config config = {.memory = memory,
                                                 .size_bytes = row->size_bytes,
                                                 .page_bytes = row->page_bytes,
                                                 .address_bytes = row->address_bytes,
                                                 .writable_bytes = row->writable_bytes,
                                                 .write_us = 100,
                                                 .now_us = i2ctarget_rp2040_clock_us};
        memset(memory, 0xFF, sizeof memory);
        memset(mirror, 0xFF, sizeof mirror);
        mirror_counter = 0;
        assert_int_equal(i2ctarget_eeprom_init(&eeprom, &config), 0);
        for (unsigned i = 0; i < MESSAGES; i++, now_us += 30) {
            if (!random_message(&eeprom.device, 0x50, i2ctarget_eeprom_address_count(&config)))
                continue;
            mirror_select(&config);
            if (message.is_read)
                mirror_read(config.size_bytes);
            else
                mirror_write(&config);
        }
        assert_memory_equal(memory, mirror, sizeof memory);
    }
}

/* ---- the EEPROM of a memory module ----------------------------------------------------------- */

static unsigned mirror_page, mirror_blocks;

static void mirror_command(void)
{
    static const uint8_t blocks[8] = {0x08, 0x01, 0, 0, 0x02, 0x04, 0, 0};
    if (message.is_read || (message.end != I2CTARGET_STOP && message.end != I2CTARGET_RESTART))
        return;
    if (message.address >= 0x36)
        mirror_page = message.address - 0x36u;
    else if (message.address == 0x33)
        mirror_blocks = 0;
    mirror_blocks |= blocks[message.address - 0x30];
}

static void ee1004s(void **state)
{
    static struct i2ctarget_ee1004 ee1004;
    static const struct i2ctarget_ee1004_config config = {
        .memory = memory, .write_us = 100, .now_us = i2ctarget_rp2040_clock_us};
    static const struct i2ctarget_eeprom_config page = {
        .size_bytes = 256, .page_bytes = 16, .address_bytes = 1};
    (void)state;
    memset(memory, 0xFF, sizeof memory);
    memset(mirror, 0xFF, sizeof mirror);
    assert_int_equal(i2ctarget_ee1004_init(&ee1004, &config), 0);
    for (unsigned i = 0; i < MESSAGES; i++, now_us += 30) {
        bool is_command = below(4) == 0;
        i2ctarget_ee1004_set_high_voltage(&ee1004, below(8) == 0);
        mirrored = mirror + 256 * mirror_page;
        if (!random_message(&ee1004.device, is_command ? 0x30 : 0x50, is_command ? 8 : 1))
            continue;
        if (is_command)
            mirror_command();
        else if (message.is_read)
            mirror_read(256);
        else
            mirror_write(&page);
        assert_int_equal(i2ctarget_ee1004_page(&ee1004), mirror_page);
        assert_int_equal(i2ctarget_ee1004_protected_blocks(&ee1004), mirror_blocks);
    }
    assert_memory_equal(memory, mirror, sizeof memory);
}

/* ---- an EDID --------------------------------------------------------------------------------- */

static void edids(void **state)
{
    static struct i2ctarget_edid edid;
    (void)state;
    for (unsigned i = 0; i < 1000; i++)
        memory[i] = random_byte();
    assert_int_equal(i2ctarget_edid_init(&edid, memory, 1000), 0);
    for (unsigned i = 0; i < MESSAGES; i++) {
        bool is_pointer = below(3) == 0;
        message.end = I2CTARGET_STOP; /* no START is a repeated one, so reads are in segment 0 */
        if (!random_message(&edid.device, is_pointer ? 0x30 : 0x50, 1))
            continue;
        if (is_pointer) {
            bool is_kept = message.moved && message.end == I2CTARGET_RESTART;
            assert_int_equal(edid.segment, is_kept ? message.bytes[0] % 128 : 0);
        } else if (message.is_read) {
            for (unsigned k = 0; k < message.moved; k++)
                assert_int_equal(message.bytes[k], memory[(mirror_counter + k) % 256]);
            mirror_counter = (mirror_counter + message.moved) % 256;
        } else if (message.moved) {
            assert_int_equal(message.moved, 1);
            mirror_counter = message.bytes[0];
        }
    }
}

/* ---- the others ------------------------------------------------------------------------------ */

static void lm75s(void **state)
{
    static struct i2ctarget_lm75 lm75;
    (void)state;
    i2ctarget_lm75_init(&lm75);
    for (unsigned i = 0; i < MESSAGES; i++) {
        assert_true(random_message(&lm75.device, 0x48, 1));
        i2ctarget_lm75_convert(&lm75, (int32_t)below(400000) - 200000);
        assert_true(i2ctarget_lm75_os_pin(&lm75) ==
                    (i2ctarget_lm75_os_is_active(&lm75) == ((lm75.configuration & 4) != 0)));
    }
}

/* The alarms never contradict each other, and what a lock protects stays. */
static void jc42s(void **state)
{
    static struct i2ctarget_jc42 jc42;
    (void)state;
    i2ctarget_jc42_init(&jc42);
    for (unsigned i = 0; i < MESSAGES; i++) {
        uint16_t before[8];
        if (i % 1000 == 0)
            i2ctarget_jc42_init(&jc42); /* ends locks */
        memcpy(before, jc42.words, sizeof before);
        assert_true(random_message(&jc42.device, 0x18, 1));
        if (before[1] & 0x40)
            assert_memory_equal(before + 2, jc42.words + 2, 2 * sizeof *before);
        if (before[1] & 0x80)
            assert_int_equal(before[4], jc42.words[4]);
        assert_int_equal(before[1] & 0xC0 & ~jc42.words[1], 0);
        assert_int_equal(jc42.words[1] & 0xF830, 0);
        i2ctarget_jc42_convert(&jc42, (int32_t)below(400000) - 200000);
        assert_true(i2ctarget_jc42_event_pin(&jc42) ==
                    (i2ctarget_jc42_event_is_active(&jc42) == ((jc42.words[1] & 2) != 0)));
    }
}

/* The memory is compared with what the device tells; protected blocks never change. */
static void told(struct i2ctarget_spd5118 *spd5118, uint32_t offset, uint32_t count)
{
    unsigned block = offset / I2CTARGET_SPD5118_BLOCK_BYTES;
    assert_true(offset + count <= I2CTARGET_SPD5118_SIZE_BYTES && count > 0 && count <= 16);
    assert_int_equal(i2ctarget_spd5118_protected_blocks(spd5118) >> block & 1, 0);
    memcpy(mirror + offset, memory + offset, count);
}

static void spd5118s(void **state)
{
    static struct i2ctarget_spd5118 spd5118;
    static const struct i2ctarget_spd5118_config config = {.memory = memory,
                                                           .protected_blocks = 0x1248,
                                                           .write_us = 100,
                                                           .now_us = i2ctarget_rp2040_clock_us,
                                                           .written = told};
    (void)state;
    memset(memory, 0xFF, sizeof memory);
    memset(mirror, 0xFF, sizeof mirror);
    assert_int_equal(i2ctarget_spd5118_init(&spd5118, &config), 0);
    for (unsigned i = 0; i < MESSAGES; i++, now_us += 30) {
        i2ctarget_spd5118_set_offline(&spd5118, below(16) == 0);
        random_message(&spd5118.device, 0x50, 1);
        i2ctarget_spd5118_convert(&spd5118, (int32_t)below(400000) - 200000);
        assert_int_equal(spd5118.registers[11] & 0xF0, 0);
        assert_int_equal(spd5118.registers[0] << 8 | spd5118.registers[1], 0x5118);
    }
    assert_memory_equal(memory, mirror, sizeof memory);
}

static void ads7828s(void **state)
{
    static struct i2ctarget_ads7828 adc;
    (void)state;
    i2ctarget_ads7828_init(&adc, 3300000);
    for (unsigned i = 0; i < MESSAGES; i++) {
        i2ctarget_ads7828_set_input(&adc, below(16), below(UINT32_MAX));
        assert_true(random_message(&adc.device, 0x48, 1));
        if (message.is_read && message.moved)
            assert_in_range(message.bytes[0], 0, 15);
    }
}

static void pca9555s(void **state)
{
    static struct i2ctarget_pca9555 expander;
    (void)state;
    i2ctarget_pca9555_init(&expander, 0, NULL);
    for (unsigned i = 0; i < MESSAGES; i++) {
        uint16_t levels = (uint16_t)below(0x10000);
        i2ctarget_pca9555_set_levels(&expander, levels);
        assert_true(random_message(&expander.device, 0x20, 1));
        uint16_t inputs = (uint16_t)~i2ctarget_pca9555_outputs(&expander);
        assert_int_equal(i2ctarget_pca9555_pins(&expander) & inputs, levels & inputs);
    }
}

/* ---- plain memory and its mirror ------------------------------------------------------------- */

/* Every fifth byte is read-only. */
static void mirror_plain_write(const struct i2ctarget_memory_config *config)
{
    uint8_t pointer[] = {0, message.bytes[0], message.bytes[1]};
    unsigned head = config->pointer_bytes;
    if (message.moved >= head)
        mirror_counter = head ? pointer[head - 1] * (head == 2 ? 256u : 0) + pointer[head] : 0;
    for (unsigned i = head; i < message.moved; i++) {
        if (mirror_counter % 5)
            mirror[mirror_counter] = message.bytes[i];
        mirror_counter = (mirror_counter + 1) % config->size_bytes;
    }
}

static void memories(void **state)
{
    static const uint32_t sizes[] = {1, 7, 256, 300, 4096};
    static struct i2ctarget_memory plain;
    static uint8_t map[I2CTARGET_MEMORY_MAP_BYTES(sizeof memory)];
    (void)state;
    for (uint32_t i = 0; i < sizeof memory; i += 5)
        i2ctarget_memory_protect(map, i, 1);
    for (unsigned kind = 0; kind < 15; kind++) {
        struct i2ctarget_memory_config config = {.bytes = memory,
                                                 .size_bytes = sizes[kind % 5],
                                                 .pointer_bytes = (uint8_t)(kind / 5),
                                                 .read_only = map};
        if (i2ctarget_memory_init(&plain, &config))
            continue; /* too large for such a pointer */
        memset(memory, 0xFF, sizeof memory);
        memset(mirror, 0xFF, sizeof mirror);
        mirror_counter = 0;
        for (unsigned i = 0; i < MESSAGES / 4; i++) {
            assert_true(random_message(&plain.device, 0x40, 1));
            if (!config.pointer_bytes)
                mirror_counter = 0;
            if (message.is_read)
                mirror_read(config.size_bytes);
            else
                mirror_plain_write(&config);
        }
        assert_memory_equal(memory, mirror, sizeof memory);
    }
}

/* ---- others ---------------------------------------------------------------------------------- */

/* ---- a register map and its mirror: sixteen bytes, whatever registers they belong to ------------ */

enum { MAP_BYTES = 16, MAP_ROWS = 6 };

static const struct i2ctarget_regmap_register map_rows[MAP_ROWS] = {
    {.address = 0, .value = 0, .bytes = 1, .writable = UINT32_MAX},
    {.address = 1, .value = 1, .bytes = 4, .writable = 0x00FF0FFF},
    {.address = 5, .value = 2, .bytes = 3, .writable = UINT32_MAX, .is_little = true},
    {.address = 8, .value = 3, .bytes = 2, .writable = UINT32_MAX},
    {.address = 10, .value = 4, .bytes = 2},
    {.address = 12, .value = 5, .bytes = 1, .writable = 0xF0},
};
static const uint8_t map_writable[MAP_BYTES] = {0xFF, 0,    0xFF, 0x0F, 0xFF, 0xFF, 0xFF,
                                                0xFF, 0xFF, 0xFF, 0,    0,    0xF0};
static uint8_t map_mirror[MAP_BYTES];
static unsigned map_pointer;

static void map_write(void)
{
    if (message.moved)
        map_pointer = message.bytes[0] % MAP_BYTES;
    for (unsigned i = 1; i < message.moved; i++) {
        uint8_t mask = map_writable[map_pointer];
        map_mirror[map_pointer] =
            (uint8_t)((map_mirror[map_pointer] & ~mask) | (message.bytes[i] & mask));
        map_pointer = (map_pointer + 1) % MAP_BYTES;
    }
}

static void map_read(void)
{
    for (unsigned i = 0; i < message.moved; i++) {
        assert_int_equal(message.bytes[i], map_mirror[map_pointer]);
        map_pointer = (map_pointer + 1) % MAP_BYTES;
    }
}

static void register_maps(void **state)
{
    static struct i2ctarget_regmap_value values[MAP_ROWS];
    static const struct i2ctarget_regmap_table table = {.registers = map_rows,
                                                        .register_count = MAP_ROWS,
                                                        .value_count = MAP_ROWS,
                                                        .pointer_bytes = 1,
                                                        .pointer_mask = MAP_BYTES - 1,
                                                        .bytes_have_addresses = true,
                                                        .advances = true};
    static const struct i2ctarget_regmap_config config = {.table = &table, .values = values};
    static struct i2ctarget_regmap regmap;
    (void)state;
    memset(map_mirror, 0, sizeof map_mirror);
    map_pointer = 0;
    assert_int_equal(i2ctarget_regmap_init(&regmap, &config, NULL), 0);
    for (unsigned i = 0; i < MESSAGES; i++) {
        assert_true(random_message(&regmap.device, 0x40, 1));
        if (message.is_read)
            map_read();
        else
            map_write();
    }
}

static void sbs_batteries(void **state)
{
    static const struct i2ctarget_sbs_battery_config config = {.manufacturer = "a",
                                                               .name = "",
                                                               .chemistry = "LION",
                                                               .design_mah = 65535,
                                                               .design_mv = 65535,
                                                               .has_pec = true};
    static struct i2ctarget_sbs_battery battery;
    (void)state;
    i2ctarget_sbs_battery_init(&battery, &config, &(struct i2ctarget_sbs_battery_cells){0});
    for (unsigned i = 0; i < MESSAGES; i++) {
        struct i2ctarget_sbs_battery_cells cells = {.mv = (uint16_t)below(0x10000),
                                                    .ma = (int16_t)(below(0x10000) - 0x8000),
                                                    .decikelvin = (uint16_t)below(0x10000),
                                                    .full_mah = (uint16_t)below(0x10000),
                                                    .remaining_mah = (uint16_t)below(0x10000)};
        i2ctarget_sbs_battery_set_cells(&battery, &cells);
        assert_true(random_message(&battery.smbus.device, 0x0b, 1));
    }
}

static void pmbus_supplies(void **state)
{
    static const struct i2ctarget_pmbus_config config = {
        .id = "", .model = "b", .revision = "c", .vout_mv = 12000, .has_pec = true};
    static struct i2ctarget_pmbus supply;
    (void)state;
    i2ctarget_pmbus_init(&supply, &config, &(struct i2ctarget_pmbus_world){0});
    for (unsigned i = 0; i < MESSAGES; i++) {
        struct i2ctarget_pmbus_world world = {.vin_mv = (int32_t)below(UINT32_MAX),
                                              .vout_offset_mv = (int32_t)below(UINT32_MAX),
                                              .iout_ma = (int32_t)below(UINT32_MAX),
                                              .millicelsius = (int32_t)below(UINT32_MAX)};
        i2ctarget_pmbus_set_world(&supply, &world);
        assert_true(random_message(&supply.smbus.device, 0x40, 1));
        assert_in_range(i2ctarget_pmbus_vout_mv(&supply), 0, 16000);
    }
}

static int seed(void **state)
{
    (void)state;
    random_state = 51;
    mirrored = mirror;
    mirror_counter = 0;
    memset(&message, 0, sizeof message);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(eeproms, seed),       cmocka_unit_test_setup(lm75s, seed),
        cmocka_unit_test_setup(ads7828s, seed),      cmocka_unit_test_setup(pca9555s, seed),
        cmocka_unit_test_setup(sbs_batteries, seed), cmocka_unit_test_setup(pmbus_supplies, seed),
        cmocka_unit_test_setup(memories, seed),      cmocka_unit_test_setup(spd5118s, seed),
        cmocka_unit_test_setup(edids, seed),         cmocka_unit_test_setup(ee1004s, seed),
        cmocka_unit_test_setup(jc42s, seed),         cmocka_unit_test_setup(register_maps, seed),
    };
    return cmocka_run_group_tests_name("random messages", tests, NULL, NULL);
}
