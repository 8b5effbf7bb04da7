/* SPDX-License-Identifier: MIT */
/*
 * Transfers with each device, cut at every edge of the wires and half-way between them: by STOP, by
 * START of another transfer, or by a controller that disappears.  Then the effect on the device
 * must be exactly that of the complete bytes, and a healthy transfer must succeed.
 *
 * A START is not possible while the device holds SDA low for an acknowledge bit; then the bits that
 * follow are data for the device.  So a witness between core and device records what came, and each
 * check works on its record.
 */
#include "cli/replay/strict.h"
#include "devices/stage.h"
#include "i2ctarget/devices/ads7828.h"
#include "i2ctarget/devices/edid.h"
#include "i2ctarget/devices/ee1004.h"
#include "i2ctarget/devices/eeprom.h"
#include "i2ctarget/devices/jc42.h"
#include "i2ctarget/devices/lm75.h"
#include "i2ctarget/devices/memory.h"
#include "i2ctarget/devices/pca9555.h"
#include "i2ctarget/devices/sbs_battery.h"
#include "i2ctarget/devices/spd5118.h"
#include "support/edge_log.h"
#include "support/line_player.h"
#include "support/rig_testbus.h"

enum { PLACES_MAX = 4096 };

/* ---- a witness between the core and the device ----------------------------------------------- */

enum { BYTES_MAX = 8, MESSAGES_MAX = 8 };

struct witnessed {
    uint8_t address;
    bool is_read;
    enum i2ctarget_end cause;
    uint32_t moved;
    unsigned received;        /* a write: including the byte that got NACK */
    uint8_t bytes[BYTES_MAX]; /* a write */
};

static struct {
    struct i2ctarget_device device; /* first member */
    struct i2ctarget_device *inner;
    struct witnessed messages[MESSAGES_MAX];
    unsigned count; /* number of messages that ended */
} witness;

static struct witnessed *latest(void)
{
    assert_true(witness.count < MESSAGES_MAX);
    return &witness.messages[witness.count];
}

static bool witness_addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                              bool is_restart)
{
    (void)device;
    latest()->address = (uint8_t)address;
    latest()->is_read = is_read;
    return witness.inner->ops->addressed(witness.inner, address, is_read, is_restart);
}

static bool witness_received(struct i2ctarget_device *device, uint8_t byte)
{
    (void)device;
    assert_true(latest()->received < BYTES_MAX);
    latest()->bytes[latest()->received++] = byte;
    return witness.inner->ops->received(witness.inner, byte);
}

static int witness_requested(struct i2ctarget_device *device)
{
    (void)device;
    return witness.inner->ops->requested(witness.inner);
}

static void witness_ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    (void)device;
    witness.inner->ops->ended(witness.inner, cause, moved);
    latest()->cause = cause;
    latest()->moved = moved;
    witness.count++;
}

static const struct i2ctarget_device_ops witness_ops = {.addressed = witness_addressed,
                                                        .received = witness_received,
                                                        .requested = witness_requested,
                                                        .ended = witness_ended};

/* The number of messages from the cut to the healthy transfer. */
static unsigned witnessed_count;
#define FOR_ALL_WITNESSED(it)                                                                    \
    for (const struct witnessed *it = witness.messages; it < witness.messages + witnessed_count; \
         it++)

/* ---- the devices ----------------------------------------------------------------------------- */

static union {
    struct i2ctarget_eeprom eeprom;
    struct i2ctarget_lm75 lm75;
    struct i2ctarget_ads7828 adc;
    struct i2ctarget_pca9555 expander;
    struct i2ctarget_sbs_battery battery;
    struct i2ctarget_memory plain;
    struct i2ctarget_ee1004 module;
    struct i2ctarget_edid edid;
    struct i2ctarget_spd5118 hub;
    struct i2ctarget_jc42 jc42;
    struct replay_strict replay;
} it;
static uint8_t memory[512];
static struct rig rig;
static struct i2ctarget target;

static int64_t now_us(void)
{
    return (int64_t)(rig_now_ns(&rig) / 1000);
}

/* What a healthy read from register `first` gives. */
static uint8_t healthy[4];

static void fetch(uint8_t address, uint8_t first, unsigned count)
{
    struct rig_message messages[] = {
        {.address = address, .length = 1, .buffer = &first},
        {.address = address, .is_read = true, .length = count, .buffer = healthy}};
    rig_start(&rig, messages, 2);
    assert_int_equal(rig_finish(&rig), 2);
}

/* What a read without a register number gives. */
static uint8_t read_on(uint8_t address)
{
    struct rig_message only = {.address = address, .is_read = true, .length = 1, .buffer = healthy};
    rig_start(&rig, &only, 1);
    assert_int_equal(rig_finish(&rig), 1);
    return healthy[0];
}

static struct i2ctarget_device *make_eeprom(void)
{
    static const struct i2ctarget_eeprom_config config = {.memory = memory,
                                                          .size_bytes = 256,
                                                          .page_bytes = 8,
                                                          .address_bytes = 1,
                                                          .write_us = 5000,
                                                          .now_us = now_us};
    for (unsigned i = 0; i < 256; i++)
        memory[i] = (uint8_t)(255 - i);
    assert_int_equal(i2ctarget_eeprom_init(&it.eeprom, &config), 0);
    return &it.eeprom.device;
}

/* The pages contain what was acknowledged in writes that STOP ended, and nothing else. */
static void check_eeprom_write(void)
{
    uint8_t expected[256];
    for (unsigned i = 0; i < sizeof expected; i++)
        expected[i] = (uint8_t)(255 - i);
    FOR_ALL_WITNESSED(write)
    {
        uint8_t page = write->bytes[0] & 0xF8;
        for (unsigned i = 1; write->cause == I2CTARGET_STOP && i < write->moved; i++)
            expected[page + (write->bytes[0] + i - 1) % 8] = write->bytes[i];
    }
    assert_memory_equal(memory, expected, sizeof expected);
    rig_sleep_us(&rig, 5000);
    fetch(0x50, 0x20, 2);
    assert_memory_equal(healthy, "\xDF\xDE", 2);
}

/* The address counter has advanced by exactly the clocked bytes. */
static void check_eeprom_read(void)
{
    unsigned counter = 0;
    FOR_ALL_WITNESSED(it_was)
    {
        if (it_was->is_read)
            counter += it_was->moved;
        else if (it_was->moved)
            counter = (it_was->bytes[0] & 0xF8) + (it_was->bytes[0] + it_was->moved - 1) % 8;
    }
    rig_sleep_us(&rig, 5000); /* what was meant as a START may have been data */
    assert_int_equal(read_on(0x50), memory[counter % 256]);
}

static struct i2ctarget_device *make_lm75(void)
{
    i2ctarget_lm75_init(&it.lm75);
    i2ctarget_lm75_convert(&it.lm75, 25500);
    return &it.lm75.device;
}

/* A limit is set only when both its bytes have come. */
static void check_lm75_write(void)
{
    unsigned expected = 0x5000;
    FOR_ALL_WITNESSED(write)
    {
        for (unsigned i = 2; i < write->moved && write->bytes[0] % 8 == 3; i += 2)
            expected = (unsigned)(write->bytes[i - 1] << 8 | (write->bytes[i] & 0x80));
    }
    fetch(0x48, 3, 2);
    assert_int_equal(healthy[0] << 8 | healthy[1], expected);
}

/* The byte that is read last is the last one that was completely clocked. */
static void check_lm75_read(void)
{
    static const uint8_t registers[8][2] = {{0x19, 0x80}, {0, 0}, {0x4B, 0x00}, {0x50, 0x00}};
    uint8_t pointer = 0, last = 0;
    FOR_ALL_WITNESSED(it_was)
    {
        if (!it_was->is_read && it_was->moved)
            pointer = it_was->bytes[0] % 8;
        else if (it_was->moved && pointer < 4)
            last = registers[pointer][(it_was->moved - 1) % 2];
    }
    fetch(0x48, 4, 1);
    assert_int_equal(healthy[0], last);
}

static struct i2ctarget_device *make_jc42(void)
{
    i2ctarget_jc42_init(&it.jc42);
    i2ctarget_jc42_convert(&it.jc42, 25500);
    return &it.jc42.device;
}

/* A limit is set only when both its bytes have come. */
static void check_jc42_write(void)
{
    unsigned expected = 0;
    FOR_ALL_WITNESSED(write)
    {
        for (unsigned i = 2; i < write->moved && write->bytes[0] == 3; i += 2)
            expected = (unsigned)(write->bytes[i - 1] << 8 | write->bytes[i]) & 0x1FFC;
    }
    fetch(0x18, 3, 2);
    assert_int_equal(healthy[0] << 8 | healthy[1], expected);
}

static void check_jc42_read(void)
{
    fetch(0x18, 5, 3);
    assert_memory_equal(healthy, "\xC1\x98\xC1", 3);
}

static unsigned replay_mismatches;

static void count_mismatch(const struct replay_mismatch *mismatch)
{
    (void)mismatch;
    replay_mismatches++;
}

static void ignore_end(const struct replay_strict *self)
{
    (void)self;
}

/* A record of one transfer, over and over. */
static struct i2ctarget_device *make_replay(void)
{
    static uint8_t pointer[] = {0x10}, data[] = {0x21, 0x22, 0x23};
    static bool pointer_acks[] = {true}, data_acks[] = {true, true, false};
    static struct record_message messages[] = {
        {1, 0, 0x50, false, false, true, 1, pointer, pointer_acks},
        {1, 0, 0x50, true, true, true, 3, data, data_acks},
    };
    static const struct record record = {messages, 2, 2};
    it.replay = (struct replay_strict){
        .record = &record, .loops = true, .say_mismatch = count_mismatch, .say_end = ignore_end};
    replay_strict_init(&it.replay);
    replay_mismatches = 0;
    return &it.replay.device;
}

static bool is_whole(const struct witnessed *message)
{
    return message->moved == (message->is_read ? 3 : 1) && message->received == !message->is_read;
}

/* Whatever was cut, the record waits for the transfer to begin again.  What was not whole is told. */
static void check_replay(void)
{
    bool is_all_whole = witnessed_count % 2 == 0;
    FOR_ALL_WITNESSED(message)
    {
        is_all_whole = is_all_whole && is_whole(message);
    }
    fetch(0x50, 0x10, 3);
    assert_memory_equal(healthy, "\x21\x22\x23", 3);
    assert_int_equal(replay_mismatches == 0, is_all_whole);
}

static struct i2ctarget_device *make_ads7828(void)
{
    i2ctarget_ads7828_init(&it.adc, 4096000);
    for (unsigned channel = 0; channel < 8; channel++)
        i2ctarget_ads7828_set_input(&it.adc, channel, 1000000);
    i2ctarget_ads7828_set_input(&it.adc, 0, 258000);
    return &it.adc.device;
}

static void check_ads7828(void)
{
    uint8_t command = 0;
    FOR_ALL_WITNESSED(write)
    {
        if (!write->is_read && write->moved)
            command = write->bytes[write->moved - 1];
    }
    assert_int_equal(it.adc.command, command);
    fetch(0x48, 0x80, 2);
    assert_int_equal(healthy[0] << 8 | healthy[1], 258);
}

static struct i2ctarget_device *make_pca9555(void)
{
    i2ctarget_pca9555_init(&it.expander, 0xFFFF, NULL);
    return &it.expander.device;
}

/* Each byte takes effect by itself. */
static void check_pca9555_write(void)
{
    uint8_t registers[8] = {0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0xFF, 0xFF};
    FOR_ALL_WITNESSED(write)
    {
        for (unsigned i = 1; i < write->moved; i++)
            registers[(write->bytes[0] % 8) ^ ((i - 1) & 1)] = write->bytes[i];
    }
    fetch(0x20, 2, 2);
    assert_memory_equal(healthy, registers + 2, 2);
    fetch(0x20, 6, 2);
    assert_memory_equal(healthy, registers + 6, 2);
}

static struct i2ctarget_device *make_pca9555_interrupting(void)
{
    struct i2ctarget_device *device = make_pca9555();
    i2ctarget_pca9555_set_levels(&it.expander, 0x7FFE);
    return device;
}

/*
 * Only a port whose byte was completely sent counts as read, and the pointer has advanced past it.
 */
static void check_pca9555_read(void)
{
    uint8_t pointer = 0;
    unsigned seen = 0;
    FOR_ALL_WITNESSED(it_was)
    {
        if (!it_was->is_read && it_was->moved)
            pointer = it_was->bytes[0] % 8 ^ ((it_was->moved - 1) & 1);
        for (unsigned i = 0; it_was->is_read && i < it_was->moved; i++, pointer ^= 1)
            seen |= 1u << pointer;
    }
    assert_int_equal(i2ctarget_pca9555_is_interrupting(&it.expander), (seen & 3) != 3);
    if (pointer < 2)
        assert_int_equal(read_on(0x20), pointer ? 0x7F : 0xFE);
}

static struct i2ctarget_device *make_battery(void)
{
    static const struct i2ctarget_sbs_battery_config config = {
        .manufacturer = "m", .name = "n", .chemistry = "c", .design_mah = 1000, .has_pec = true};
    static const struct i2ctarget_sbs_battery_cells cells = {
        .mv = 0x1234, .full_mah = 1000, .remaining_mah = 500};
    i2ctarget_sbs_battery_init(&it.battery, &config, &cells);
    return &it.battery.smbus.device;
}

/* A write takes effect only at STOP, and only when it is complete.  Nothing was refused. */
static void check_battery_write(void)
{
    unsigned expected = 10;
    FOR_ALL_WITNESSED(write)
    {
        bool is_whole = write->moved >= 3 && write->received == write->moved;
        if (write->cause == I2CTARGET_STOP && is_whole && write->bytes[0] == 2)
            expected = (unsigned)(write->bytes[1] | write->bytes[2] << 8);
    }
    fetch(0x0b, 2, 2);
    assert_int_equal(healthy[0] | healthy[1] << 8, expected);
}

static void check_battery_read(void)
{
    fetch(0x0b, 9, 3);
    assert_memory_equal(healthy, "\x34\x12", 2);
}

static struct i2ctarget_device *make_memory(void)
{
    static const struct i2ctarget_memory_config config = {
        .bytes = memory, .size_bytes = 256, .pointer_bytes = 1};
    for (unsigned i = 0; i < 256; i++)
        memory[i] = (uint8_t)(255 - i);
    assert_int_equal(i2ctarget_memory_init(&it.plain, &config), 0);
    return &it.plain.device;
}

/* Every byte that was acknowledged counts, and the pointer is after the last one that was clocked. */
static void check_memory(void)
{
    uint8_t expected[256], pointer = 0;
    for (unsigned i = 0; i < sizeof expected; i++)
        expected[i] = (uint8_t)(255 - i);
    FOR_ALL_WITNESSED(it_was)
    {
        if (it_was->is_read)
            pointer = (uint8_t)(pointer + it_was->moved);
        else if (it_was->moved)
            pointer = it_was->bytes[0];
        for (unsigned i = 1; !it_was->is_read && i < it_was->moved; i++)
            expected[pointer++] = it_was->bytes[i];
    }
    assert_memory_equal(memory, expected, sizeof expected);
    assert_int_equal(read_on(0x40), memory[pointer]);
}

static struct i2ctarget_device *make_spd5118(void)
{
    static uint8_t large[I2CTARGET_SPD5118_SIZE_BYTES];
    static const struct i2ctarget_spd5118_config config = {
        .memory = large, .write_us = 5000, .now_us = now_us};
    for (unsigned i = 0; i < sizeof large; i++)
        large[i] = (uint8_t)(255 - i);
    assert_int_equal(i2ctarget_spd5118_init(&it.hub, &config), 0);
    return &it.hub.device;
}

/* Each byte of a register takes effect by itself; the pointer is after the last one. */
static void check_spd5118_write(void)
{
    uint8_t registers[128] = {[28] = 0x70, [29] = 0x03, [32] = 0x50, [33] = 0x05};
    FOR_ALL_WITNESSED(write)
    {
        for (unsigned i = 1; i < write->moved; i++)
            registers[(write->bytes[0] + i - 1) % 128] =
                write->bytes[i] & ((write->bytes[0] + i) % 2 ? 0xFC : 0x1F);
    }
    fetch(0x50, 28, 4);
    assert_memory_equal(healthy, registers + 28, 4);
}

/* The pointer has advanced by exactly the clocked bytes. */
static void check_spd5118_read(void)
{
    static const uint8_t registers[128] = {[0] = 0x51, [1] = 0x18, [3] = 0x80, [4] = 0xB3, [5] = 3};
    unsigned pointer = 0;
    bool is_memory = false; /* what was meant as a START may have been an address there */
    FOR_ALL_WITNESSED(it_was)
    {
        if (it_was->is_read)
            pointer += it_was->moved;
        else if (it_was->moved)
            pointer = it_was->bytes[0] + it_was->moved - 1;
        if (!it_was->is_read && it_was->moved)
            is_memory = it_was->bytes[0] >= 0x80;
        if (!it_was->is_read && it_was->moved && is_memory)
            pointer = (it_was->bytes[0] & 0xF0) + pointer % 16;
    }
    pointer %= 128;
    rig_sleep_us(&rig, 5000);
    assert_int_equal(read_on(0x50), is_memory ? 255 - pointer : registers[pointer]);
}

static struct i2ctarget_device *make_edid(void)
{
    for (unsigned i = 0; i < sizeof memory; i++)
        memory[i] = (uint8_t)(i / 256 ? i : 255 - i);
    assert_int_equal(i2ctarget_edid_init(&it.edid, memory, sizeof memory), 0);
    return &it.edid.device;
}

/* However the transfer has ended, the segment has ended with it; the offset is as many bytes on. */
static void check_edid(void)
{
    uint8_t offset = 0;
    FOR_ALL_WITNESSED(it_was)
    {
        if (it_was->is_read)
            offset = (uint8_t)(offset + it_was->moved);
        else if (it_was->address == 0x50 && it_was->moved)
            offset = it_was->bytes[0];
    }
    assert_int_equal(read_on(0x50), (uint8_t)(255 - offset));
}

static struct i2ctarget_device *make_ee1004(void)
{
    static const struct i2ctarget_ee1004_config config = {
        .memory = memory, .write_us = 5000, .now_us = now_us};
    for (unsigned i = 0; i < sizeof memory; i++)
        memory[i] = (uint8_t)(i / 256 ? i : 255 - i);
    assert_int_equal(i2ctarget_ee1004_init(&it.module, &config), 0);
    return &it.module.device;
}

/* As an EEPROM with pages of 16 bytes. */
static void check_ee1004_write(void)
{
    uint8_t expected[256];
    for (unsigned i = 0; i < sizeof expected; i++)
        expected[i] = (uint8_t)(255 - i);
    FOR_ALL_WITNESSED(write)
    {
        uint8_t page = write->bytes[0] & 0xF0;
        for (unsigned i = 1; write->cause == I2CTARGET_STOP && i < write->moved; i++)
            expected[page + (write->bytes[0] + i - 1) % 16] = write->bytes[i];
    }
    assert_memory_equal(memory, expected, sizeof expected);
    rig_sleep_us(&rig, 5000);
    fetch(0x50, 0x20, 2);
    assert_memory_equal(healthy, "\xDF\xDE", 2);
}

/* The page is that of the last command that STOP or another START ended. */
static void check_ee1004_page(void)
{
    unsigned page = 0;
    FOR_ALL_WITNESSED(write)
    {
        if (write->address == 0x37 &&
            (write->cause == I2CTARGET_STOP || write->cause == I2CTARGET_RESTART))
            page = 1;
    }
    assert_int_equal(i2ctarget_ee1004_page(&it.module), page);
    fetch(0x50, 0x20, 2);
    assert_memory_equal(healthy, page ? "\x20\x21" : "\xDF\xDE", 2);
}

static const struct transfer {
    const char *name, *script;
    uint8_t address, also; /* a second address, or 0 */
    struct i2ctarget_device *(*make)(void);
    void (*check)(void);
} transfers[] = {
    {"eeprom_write", "S A0 A 16 A 11 A 22 A 33 A P", 0x50, 0, make_eeprom, check_eeprom_write},
    {"eeprom_read", "S A0 A 10 A S A1 A R a R a R n P", 0x50, 0, make_eeprom, check_eeprom_read},
    {"lm75_write", "S 90 A 03 A 11 A 80 A P", 0x48, 0, make_lm75, check_lm75_write},
    {"lm75_read", "S 90 A 00 A S 91 A R a R a R n P", 0x48, 0, make_lm75, check_lm75_read},
    {"ads7828_read", "S 90 A D4 A S 91 A R a R n P", 0x48, 0, make_ads7828, check_ads7828},
    {"pca9555_write", "S 40 A 02 A 11 A 22 A 33 A P", 0x20, 0, make_pca9555, check_pca9555_write},
    {"pca9555_read", "S 40 A 00 A S 41 A R a R a R n P", 0x20, 0, make_pca9555_interrupting,
     check_pca9555_read},
    {"sbs_battery_write", "S 16 A 02 A 11 A 22 A 69 A P", 0x0b, 0, make_battery,
     check_battery_write},
    {"memory_write", "S 80 A 16 A 11 A 22 A 33 A P", 0x40, 0, make_memory, check_memory},
    {"memory_read", "S 80 A 10 A S 81 A R a R a R n P", 0x40, 0, make_memory, check_memory},
    {"sbs_battery_read", "S 16 A 09 A S 17 A R a R a R n P", 0x0b, 0, make_battery,
     check_battery_read},
    {"replay_read", "S A0 A 10 A S A1 A R a R a R n P", 0x50, 0, make_replay, check_replay},
    {"jc42_write", "S 30 A 03 A 11 A 84 A P", 0x18, 0, make_jc42, check_jc42_write},
    {"jc42_read", "S 30 A 05 A S 31 A R a R a R n P", 0x18, 0, make_jc42, check_jc42_read},
    {"spd5118_write", "S A0 A 1C A 14 A 02 A 34 A P", 0x50, 0, make_spd5118, check_spd5118_write},
    {"spd5118_read", "S A0 A 01 A S A1 A R a R a R n P", 0x50, 0, make_spd5118, check_spd5118_read},
    {"edid_read", "S 60 A 01 A S A0 A 10 A S A1 A R a R n P", 0x50, 0x30, make_edid, check_edid},
    {"ee1004_page", "S 6E A 00 A 00 A P", 0x50, 0x37, make_ee1004, check_ee1004_page},
    {"ee1004_write", "S A0 A 16 A 11 A 22 A 33 A P", 0x50, 0x37, make_ee1004, check_ee1004_write},
};
enum { TRANSFERS = sizeof transfers / sizeof *transfers };

/* ---- cutting --------------------------------------------------------------------------------- */

/* What the controller plays from then on instead (line_player.h). */
static const char *const instead[] = {
    "_ w5000 v w5000 ~ h w5000 ^",       /* STOP */
    "^ w5000 ~ h w5000 S 82 :1 55 :1 P", /* START, and another target's address */
    "^ w5000 ~ W20",                     /* it releases both lines */
};

static struct {
    struct wires_participant participant; /* first member */
    uint64_t at_ns;
    const char *script;
} saboteur;

static const struct transfer *under_test;

static void sabotage(struct wires_participant *self, struct wires *wires)
{
    (void)self;
    if (wires->now_ns >= saboteur.at_ns && saboteur.script) {
        line_player_start(rig.kind->ops->player(&rig), wires, saboteur.script);
        saboteur.script = NULL;
    }
}

static void begin(const struct rig_kind *kind)
{
    memset(&target, 0, sizeof target);
    rig_open(&rig, kind);
    const uint8_t addresses[] = {under_test->address, under_test->also};
    unsigned count = under_test->also ? 2 : 1;
    assert_int_equal(rig_init(&rig, &target, 0, addresses, count, false), 0);
    memset(&witness, 0, sizeof witness);
    witness.device.ops = &witness_ops;
    witness.inner = under_test->make();
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(i2ctarget_attach(&target, addresses[i], &witness.device), 0);
}

/*
 * START ends an unfinished write.  Nine clocks free SDA, which an unfinished read may hold (UM10204
 * §3.1.16).  Then nothing can prevent the next START and STOP.
 */
static void clear_bus(void)
{
    rig_play(&rig, "^ w5000 ~ h w5000 S :111111111 S P W50");
    rig_finish_play(&rig, NULL);
}

static void run_cut(const struct rig_kind *kind, uint64_t at_ns, const char *script)
{
    begin(kind);
    struct wires *wires = kind->ops->wires(&rig);
    rig_play(&rig, under_test->script);
    saboteur.participant = (struct wires_participant){.step = sabotage, .wake_ns = WIRES_NEVER};
    i2ctarget_wires_join(wires, &saboteur.participant);
    saboteur.participant.wake_ns = saboteur.at_ns = at_ns;
    saboteur.script = script;
    rig.broken_ns = at_ns;
    rig_finish_play(&rig, NULL);
    i2ctarget_wires_leave(wires, &saboteur.participant);
    clear_bus();
    witnessed_count = witness.count;
    under_test->check();
    rig_close(&rig);
}

/* The edges of the whole transfer, the middle between each two, and a nanosecond before each. */
static unsigned find_places(const struct rig_kind *kind, uint64_t places[PLACES_MAX])
{
    unsigned count = 0;
    begin(kind);
    struct edge_log log;
    edge_log_open(&log, kind->ops->wires(&rig));
    rig_play(&rig, under_test->script);
    rig_finish_play(&rig, NULL);
    assert_true(3 * log.count < PLACES_MAX);
    for (unsigned i = 1; i < log.count; i++) {
        uint64_t before_ns = log.edges[i - 1].at_ns, at_ns = log.edges[i].at_ns;
        if (i > 1)
            places[count++] = before_ns + (at_ns - before_ns) / 2;
        places[count++] = at_ns - 1;
        places[count++] = at_ns;
    }
    edge_log_close(&log, kind->ops->wires(&rig));
    witnessed_count = witness.count;
    under_test->check();
    rig_close(&rig);
    return count;
}

static void cut_everywhere(void **state)
{
    const struct rig_kind *kind = &stage_rig_400k;
    static uint64_t places[PLACES_MAX];
    unsigned cuts = 0;
    under_test = *state;
    unsigned count = find_places(kind, places);
    for (unsigned way = 0; way < sizeof instead / sizeof *instead; way++) {
        for (unsigned i = 0; i < count; i++, cuts++)
            run_cut(kind, places[i], instead[way]);
    }
    assert_true(cuts > 500);
    print_message("  %u cuts\n", cuts);
}

int main(void)
{
    struct CMUnitTest tests[TRANSFERS];
    for (unsigned i = 0; i < TRANSFERS; i++)
        tests[i] = (struct CMUnitTest){transfers[i].name, cut_everywhere, NULL, NULL,
                                       (void *)(uintptr_t)&transfers[i]};
    return cmocka_run_group_tests_name("device cuts", tests, NULL, NULL);
}
