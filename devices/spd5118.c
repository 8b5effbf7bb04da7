/* SPDX-License-Identifier: MIT */
/*
 * The memory is an EEPROM of 128 bytes, which looks at the page of the address.  So its address
 * counter and its write time are those of the part.
 */
#include "i2ctarget/devices/spd5118.h"

enum {
    PAGE_BYTES = 128,
    PAGES_MASK = 7,
    WRITE_BYTES = 16,
    MEMORY_BIT = 0x80,
    REGISTERS_MASK = 0x7F
};

enum {
    TYPE_HIGH = 0,
    TYPE_LOW = 1,
    MAKER_BANK = 3,
    MAKER = 4,
    CAPABILITIES = 5,
    MODE = 11,
    PROTECTED = 12, /* and 13 */
    CLEAR_ALARMS = 19,
    THERMOMETER = 26,
    HIGH = 28, /* words, the low byte first, to … */
    LOW = 30,
    CRITICAL_HIGH = 32,
    CRITICAL_LOW = 34, /* … here */
    STATUS = 48,
    TEMPERATURE = 49,
    ALARMS = 51,
    REGISTERS = 64, /* that there are */
};

enum {
    RENESAS_BANK = 0x80, /* JEP106, with odd parity */
    RENESAS = 0xB3,
    IS_HUB_WITH_THERMOMETER = 0x03,
    TWO_ADDRESS_BYTES = 0x08,
    MODE_WRITABLE = 0x0F,
    OFF = 0x01,
    IS_WRITING = 0x08,
};

/* Eleven bits of a quarter of a degree, from bit 2 on. */
enum { STEP_MILLICELSIUS = 250, WORD_SIGN = 0x1000, WORD_LOW_MASK = 0xFC, WORD_HIGH_MASK = 0x1F };
enum { CELSIUS_55 = 55 << 4, CELSIUS_85 = 85 << 4 };

static struct i2ctarget_spd5118 *from(struct i2ctarget_device *device)
{
    return (struct i2ctarget_spd5118 *)device;
}

/* ---- the thermometer ------------------------------------------------------------------------- */

/* In quarters of quarters, which keeps the word's bits where they are. */
static int temperature_at(const struct i2ctarget_spd5118 *spd5118, unsigned place)
{
    int word = spd5118->registers[place] | spd5118->registers[place + 1] << 8;
    return (word & (WORD_SIGN - 1)) - (word & WORD_SIGN);
}

static void put_word(struct i2ctarget_spd5118 *spd5118, unsigned place, unsigned word)
{
    spd5118->registers[place] = (uint8_t)(word & WORD_LOW_MASK);
    spd5118->registers[place + 1] = (uint8_t)(word >> 8 & WORD_HIGH_MASK);
}

static unsigned word_of(int32_t millicelsius)
{
    int32_t steps = millicelsius / STEP_MILLICELSIUS;
    if (millicelsius % STEP_MILLICELSIUS < 0)
        steps--;
    return (unsigned)steps << 2;
}

/* An alarm stays until a controller clears it. */
static void judge(struct i2ctarget_spd5118 *spd5118)
{
    int now = temperature_at(spd5118, TEMPERATURE);
    unsigned alarms = (now > temperature_at(spd5118, HIGH) ? 1u : 0) |
                      (now < temperature_at(spd5118, LOW) ? 2u : 0) |
                      (now > temperature_at(spd5118, CRITICAL_HIGH) ? 4u : 0) |
                      (now < temperature_at(spd5118, CRITICAL_LOW) ? 8u : 0);
    spd5118->registers[ALARMS] |= (uint8_t)alarms;
}

void i2ctarget_spd5118_convert(struct i2ctarget_spd5118 *spd5118, int32_t millicelsius)
{
    if (spd5118->registers[THERMOMETER] & OFF)
        return;
    if (millicelsius < I2CTARGET_SPD5118_MILLICELSIUS_MIN)
        millicelsius = I2CTARGET_SPD5118_MILLICELSIUS_MIN;
    if (millicelsius > I2CTARGET_SPD5118_MILLICELSIUS_MAX)
        millicelsius = I2CTARGET_SPD5118_MILLICELSIUS_MAX;
    put_word(spd5118, TEMPERATURE, word_of(millicelsius));
    judge(spd5118);
}

unsigned i2ctarget_spd5118_alarms(const struct i2ctarget_spd5118 *spd5118)
{
    return spd5118->registers[ALARMS];
}

/* ---- registers ------------------------------------------------------------------------------- */

static void write_register(struct i2ctarget_spd5118 *spd5118, uint8_t place, uint8_t value)
{
    uint8_t *at = &spd5118->registers[place % REGISTERS];
    if (place == MODE)
        *at = value & MODE_WRITABLE;
    else if (place == THERMOMETER)
        *at = value & OFF;
    else if (place == CLEAR_ALARMS)
        spd5118->registers[ALARMS] &= (uint8_t)~value;
    else if (place >= HIGH && place <= CRITICAL_LOW + 1)
        *at = value & ((place - HIGH) % 2 ? WORD_HIGH_MASK : WORD_LOW_MASK);
    else if ((place == PROTECTED || place == PROTECTED + 1) && spd5118->is_offline)
        *at = value;
}

static uint8_t read_register(const struct i2ctarget_spd5118 *spd5118, uint8_t place)
{
    if (place >= REGISTERS)
        return 0;
    if (place == STATUS)
        return spd5118->is_busy ? IS_WRITING : 0;
    return spd5118->registers[place];
}

/* ---- the bus --------------------------------------------------------------------------------- */

static bool addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct i2ctarget_spd5118 *spd5118 = from(device);
    struct i2ctarget_device *memory = &spd5118->eeprom.device;
    spd5118->is_read = is_read;
    spd5118->next = spd5118->pointer;
    spd5118->address_left = spd5118->registers[MODE] & TWO_ADDRESS_BYTES ? 2 : 1;
    spd5118->is_busy = !memory->ops->addressed(memory, address, is_read, is_restart);
    return !is_read || !spd5118->is_memory || !spd5118->is_busy;
}

unsigned i2ctarget_spd5118_protected_blocks(const struct i2ctarget_spd5118 *spd5118)
{
    return spd5118->registers[PROTECTED] | (unsigned)spd5118->registers[PROTECTED + 1] << 8;
}

/* The address is complete. */
static bool take_memory_address(struct i2ctarget_spd5118 *spd5118, uint8_t page)
{
    struct i2ctarget_device *memory = &spd5118->eeprom.device;
    uint8_t offset = spd5118->address & (PAGE_BYTES - 1);
    unsigned block = (page * (unsigned)PAGE_BYTES + offset) / I2CTARGET_SPD5118_BLOCK_BYTES;
    bool is_protected = i2ctarget_spd5118_protected_blocks(spd5118) >> block & 1;
    spd5118->page = page;
    i2ctarget_eeprom_use_memory(&spd5118->eeprom, spd5118->config.memory + page * PAGE_BYTES);
    i2ctarget_eeprom_protect(&spd5118->eeprom, is_protected ? I2CTARGET_EEPROM_REFUSES_DATA
                                                            : I2CTARGET_EEPROM_WRITABLE);
    return memory->ops->received(memory, offset);
}

static bool take_address(struct i2ctarget_spd5118 *spd5118, uint8_t byte)
{
    uint8_t mode = spd5118->registers[MODE];
    bool is_first = spd5118->address_left == (mode & TWO_ADDRESS_BYTES ? 2 : 1);
    if (is_first) {
        if (byte & MEMORY_BIT && spd5118->is_busy)
            return false;
        spd5118->address = byte;
    }
    if (--spd5118->address_left > 0)
        return true;
    spd5118->is_memory = (spd5118->address & MEMORY_BIT) != 0;
    if (spd5118->is_memory)
        return take_memory_address(spd5118, (is_first ? mode : byte) & PAGES_MASK);
    spd5118->pointer = spd5118->address & REGISTERS_MASK;
    return true;
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct i2ctarget_spd5118 *spd5118 = from(device);
    struct i2ctarget_device *memory = &spd5118->eeprom.device;
    if (spd5118->address_left)
        return take_address(spd5118, byte);
    if (spd5118->is_memory)
        return memory->ops->received(memory, byte);
    write_register(spd5118, spd5118->pointer, byte);
    spd5118->pointer = (spd5118->pointer + 1) & REGISTERS_MASK;
    return true;
}

static int requested(struct i2ctarget_device *device)
{
    struct i2ctarget_spd5118 *spd5118 = from(device);
    struct i2ctarget_device *memory = &spd5118->eeprom.device;
    if (spd5118->is_memory)
        return memory->ops->requested(memory);
    int byte = read_register(spd5118, spd5118->next);
    spd5118->next = (spd5118->next + 1) & REGISTERS_MASK;
    return byte;
}

/* A write without a whole address has changed nothing. */
static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct i2ctarget_spd5118 *spd5118 = from(device);
    struct i2ctarget_device *memory = &spd5118->eeprom.device;
    if (spd5118->is_memory && (spd5118->is_read || !spd5118->address_left))
        memory->ops->ended(memory, cause, moved);
    else if (spd5118->is_read)
        spd5118->pointer = (uint8_t)(spd5118->pointer + moved) & REGISTERS_MASK;
}

/* ---- what comes next ------------------------------------------------------------------------- */

/* The address decides what can follow.  It is refused by its first byte, or not at all. */
static bool accepts(struct i2ctarget_device *device, const uint8_t bytes[], size_t count)
{
    struct i2ctarget_spd5118 *spd5118 = from(device);
    struct i2ctarget_device *memory = &spd5118->eeprom.device;
    if (spd5118->address_left)
        return count <= spd5118->address_left && !(spd5118->is_busy && bytes[0] & MEMORY_BIT);
    return !spd5118->is_memory || memory->ops->foresight->accepts(memory, bytes, count);
}

static size_t peek(struct i2ctarget_device *device, uint8_t bytes[], size_t size)
{
    struct i2ctarget_spd5118 *spd5118 = from(device);
    struct i2ctarget_device *memory = &spd5118->eeprom.device;
    if (spd5118->is_memory)
        return memory->ops->foresight->peek(memory, bytes, size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = read_register(spd5118, (spd5118->next + i) & REGISTERS_MASK);
    return size;
}

static const struct i2ctarget_foresight foresight = {.accepts = accepts, .peek = peek};
static const struct i2ctarget_device_ops ops = {
    .addressed = addressed,
    .received = received,
    .requested = requested,
    .ended = ended,
    .foresight = &foresight,
};

/* ---- the program ----------------------------------------------------------------------------- */

static void written(struct i2ctarget_eeprom *eeprom, uint32_t offset, uint32_t count)
{
    struct i2ctarget_spd5118 *spd5118 =
        (struct i2ctarget_spd5118 *)((char *)eeprom - offsetof(struct i2ctarget_spd5118, eeprom));
    spd5118->config.written(spd5118, spd5118->page * (uint32_t)PAGE_BYTES + offset, count);
}

int i2ctarget_spd5118_init(struct i2ctarget_spd5118 *spd5118,
                           const struct i2ctarget_spd5118_config *config)
{
    if (!spd5118 || !config)
        return -I2CTARGET_EINVAL;
    struct i2ctarget_eeprom_config memory = {.memory = config->memory,
                                             .size_bytes = PAGE_BYTES,
                                             .page_bytes = WRITE_BYTES,
                                             .address_bytes = 1,
                                             .write_us = config->write_us,
                                             .now_us = config->now_us,
                                             .written = config->written ? written : NULL};
    *spd5118 = (struct i2ctarget_spd5118){
        .device = {.ops = &ops},
        .config = *config,
        .registers = {[TYPE_HIGH] = 0x51,
                      [TYPE_LOW] = 0x18,
                      [MAKER_BANK] = RENESAS_BANK,
                      [MAKER] = RENESAS,
                      [CAPABILITIES] = IS_HUB_WITH_THERMOMETER,
                      [PROTECTED] = (uint8_t)config->protected_blocks,
                      [PROTECTED + 1] = (uint8_t)(config->protected_blocks >> 8)}};
    put_word(spd5118, HIGH, CELSIUS_55);
    put_word(spd5118, CRITICAL_HIGH, CELSIUS_85);
    return i2ctarget_eeprom_init(&spd5118->eeprom, &memory);
}

void i2ctarget_spd5118_set_offline(struct i2ctarget_spd5118 *spd5118, bool is_offline)
{
    spd5118->is_offline = is_offline;
}
