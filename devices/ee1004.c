/* SPDX-License-Identifier: MIT */
/*
 * The memory is an EEPROM of 256 bytes, which looks at one page or the other.  So its address counter
 * and its write time are those of the part.  While it writes it answers at no address.
 */
#include "i2ctarget/devices/ee1004.h"

enum {
    PAGE_BYTES = 256,
    WRITE_BYTES = 16,
    COMMANDS = 0x30, /* to 0x37 */
    COMMANDS_MASK = 0x78,
    CWP = 0x33,
    SPA0 = 0x36, /* RPA, if it is read */
    SPA1 = 0x37,
};

const uint8_t i2ctarget_ee1004_command_addresses[I2CTARGET_EE1004_COMMAND_ADDRESSES] = {
    0x30, 0x31, 0x33, 0x34, 0x35, 0x36, 0x37,
};

/* The bit of the block that such an address protects; 0: none. */
static unsigned block_of(unsigned command)
{
    static const uint8_t bits[8] = {0x08, 0x01, 0, 0, 0x02, 0x04, 0, 0};
    return bits[command - COMMANDS];
}

static struct i2ctarget_ee1004 *from(struct i2ctarget_device *device)
{
    return (struct i2ctarget_ee1004 *)device;
}

/* ---- commands -------------------------------------------------------------------------------- */

/* A read asks by its address alone. */
static bool answers_question(const struct i2ctarget_ee1004 *ee1004, unsigned command)
{
    if (command == SPA0)
        return ee1004->page == 0;
    return block_of(command) && !(block_of(command) & ee1004->protected_blocks);
}

static bool accepts_command(const struct i2ctarget_ee1004 *ee1004, unsigned command)
{
    if (command == SPA0 || command == SPA1)
        return true;
    if (!ee1004->has_high_voltage)
        return false;
    return command == CWP || (block_of(command) & ~ee1004->protected_blocks);
}

static void select_page(struct i2ctarget_ee1004 *ee1004, uint8_t page)
{
    ee1004->page = page;
    i2ctarget_eeprom_use_memory(&ee1004->eeprom, ee1004->config.memory + page * PAGE_BYTES);
}

static void obey(struct i2ctarget_ee1004 *ee1004, unsigned command)
{
    if (command == SPA0 || command == SPA1)
        select_page(ee1004, command == SPA1);
    else if (command == CWP)
        ee1004->protected_blocks = 0;
    else
        ee1004->protected_blocks |= (uint8_t)block_of(command);
}

/* ---- the bus --------------------------------------------------------------------------------- */

static bool addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct i2ctarget_ee1004 *ee1004 = from(device);
    struct i2ctarget_device *memory = &ee1004->eeprom.device;
    bool is_command = (address & COMMANDS_MASK) == COMMANDS;
    ee1004->is_read = is_read;
    ee1004->is_first = true;
    ee1004->command = is_command ? (uint8_t)address : 0;
    if (!memory->ops->addressed(memory, address, is_read, is_restart))
        return false;
    if (!is_command)
        return true;
    return is_read ? answers_question(ee1004, address) : accepts_command(ee1004, address);
}

static bool is_protected(const struct i2ctarget_ee1004 *ee1004, uint8_t word_address)
{
    uint32_t place = ee1004->page * (uint32_t)PAGE_BYTES + word_address;
    return ee1004->protected_blocks >> place / I2CTARGET_EE1004_BLOCK_BYTES & 1;
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct i2ctarget_ee1004 *ee1004 = from(device);
    struct i2ctarget_device *memory = &ee1004->eeprom.device;
    if (ee1004->command)
        return true;
    if (ee1004->is_first)
        i2ctarget_eeprom_protect(&ee1004->eeprom, is_protected(ee1004, byte)
                                                      ? I2CTARGET_EEPROM_REFUSES_DATA
                                                      : I2CTARGET_EEPROM_WRITABLE);
    ee1004->is_first = false;
    return memory->ops->received(memory, byte);
}

static int requested(struct i2ctarget_device *device)
{
    struct i2ctarget_ee1004 *ee1004 = from(device);
    struct i2ctarget_device *memory = &ee1004->eeprom.device;
    return ee1004->command ? I2CTARGET_RELEASE : memory->ops->requested(memory);
}

/* A command that a fault has ended did not happen. */
static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct i2ctarget_ee1004 *ee1004 = from(device);
    struct i2ctarget_device *memory = &ee1004->eeprom.device;
    if (!ee1004->command)
        memory->ops->ended(memory, cause, moved);
    else if (!ee1004->is_read && (cause == I2CTARGET_STOP || cause == I2CTARGET_RESTART))
        obey(ee1004, ee1004->command);
}

/* ---- what comes next ------------------------------------------------------------------------- */

/* The first byte decides whether data can follow. */
static bool accepts(struct i2ctarget_device *device, const uint8_t bytes[], size_t count)
{
    struct i2ctarget_ee1004 *ee1004 = from(device);
    struct i2ctarget_device *memory = &ee1004->eeprom.device;
    if (ee1004->command)
        return true;
    return ee1004->is_first ? count == 1 : memory->ops->foresight->accepts(memory, bytes, count);
}

static size_t peek(struct i2ctarget_device *device, uint8_t bytes[], size_t size)
{
    struct i2ctarget_ee1004 *ee1004 = from(device);
    struct i2ctarget_device *memory = &ee1004->eeprom.device;
    return ee1004->command ? 0 : memory->ops->foresight->peek(memory, bytes, size);
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

/* The part's memory follows its device in the same struct. */
static void written(struct i2ctarget_eeprom *eeprom, uint32_t offset, uint32_t count)
{
    struct i2ctarget_ee1004 *ee1004 =
        (struct i2ctarget_ee1004 *)((char *)eeprom - offsetof(struct i2ctarget_ee1004, eeprom));
    ee1004->config.written(ee1004, ee1004->page * (uint32_t)PAGE_BYTES + offset, count);
}

int i2ctarget_ee1004_init(struct i2ctarget_ee1004 *ee1004,
                          const struct i2ctarget_ee1004_config *config)
{
    if (!ee1004 || !config || config->protected_blocks > I2CTARGET_EE1004_ALL_BLOCKS)
        return -I2CTARGET_EINVAL;
    struct i2ctarget_eeprom_config memory = {.memory = config->memory,
                                             .size_bytes = PAGE_BYTES,
                                             .page_bytes = WRITE_BYTES,
                                             .address_bytes = 1,
                                             .write_us = config->write_us,
                                             .now_us = config->now_us,
                                             .written = config->written ? written : NULL};
    *ee1004 = (struct i2ctarget_ee1004){
        .device = {.ops = &ops}, .config = *config, .protected_blocks = config->protected_blocks};
    return i2ctarget_eeprom_init(&ee1004->eeprom, &memory);
}

void i2ctarget_ee1004_set_high_voltage(struct i2ctarget_ee1004 *ee1004, bool is_applied)
{
    ee1004->has_high_voltage = is_applied;
}

unsigned i2ctarget_ee1004_page(const struct i2ctarget_ee1004 *ee1004)
{
    return ee1004->page;
}

unsigned i2ctarget_ee1004_protected_blocks(const struct i2ctarget_ee1004 *ee1004)
{
    return ee1004->protected_blocks;
}
