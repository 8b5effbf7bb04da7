/* SPDX-License-Identifier: MIT */
/*
 * A written page is collected apart, with a bit for each byte that came, and goes into the memory
 * at the STOP.  The counter of a read moves at its end, by what was really clocked; `next` runs
 * ahead of it meanwhile.
 */
#include "i2ctarget/devices/eeprom.h"

enum { BLOCK_BYTES = 256 };

const struct eeprom_type eeprom_types[] = {
    {"24c01", 128, 8, 1},      {"24c02", 256, 8, 1},     {"24c04", 512, 16, 1},
    {"24c08", 1024, 16, 1},    {"24c16", 2048, 16, 1},   {"24c32", 4096, 32, 2},
    {"24c64", 8192, 32, 2},    {"24c128", 16384, 64, 2}, {"24c256", 32768, 64, 2},
    {"24c512", 65536, 128, 2},
};
const unsigned eeprom_type_count = sizeof eeprom_types / sizeof *eeprom_types;

static struct eeprom *from(struct i2ctarget_device *device)
{
    return (struct eeprom *)device;
}

static bool is_busy(struct eeprom *eeprom)
{
    return eeprom->config.write_us && eeprom->config.now_us() < eeprom->busy_until_us;
}

/* Parts with blocks: the device address says which one. */
static void select_block(struct eeprom *eeprom, uint8_t address)
{
    unsigned count = eeprom_address_count(&eeprom->config);
    if (count > 1)
        eeprom->counter = (address & (count - 1)) * BLOCK_BYTES + eeprom->counter % BLOCK_BYTES;
}

static bool addressed(struct i2ctarget_device *device, uint8_t address, bool is_read,
                      bool is_restart)
{
    struct eeprom *eeprom = from(device);
    (void)is_restart;
    if (is_busy(eeprom))
        return false;
    eeprom->is_read = is_read;
    eeprom->addressed = 0;
    select_block(eeprom, address);
    eeprom->next = eeprom->counter;
    for (unsigned i = 0; i < EEPROM_PAGE_BYTES_MAX / 32; i++)
        eeprom->dirty[i] = 0;
    return true;
}

/* The high one of two comes first; a single one is a place in the block. */
static void take_address(struct eeprom *eeprom, uint8_t byte)
{
    unsigned shift = 8u * (eeprom->config.address_bytes - 1u - eeprom->addressed);
    uint32_t counter = (eeprom->counter & ~(0xFFu << shift)) | (uint32_t)byte << shift;
    eeprom->counter = counter & (eeprom->config.size_bytes - 1);
    eeprom->addressed++;
}

static void take_data(struct eeprom *eeprom, uint8_t byte)
{
    uint32_t offset = eeprom->counter & (eeprom->config.page_bytes - 1u);
    uint32_t page = eeprom->counter - offset;
    eeprom->page[offset] = byte;
    eeprom->dirty[offset / 32] |= 1u << offset % 32;
    eeprom->counter = page + ((offset + 1) & (eeprom->config.page_bytes - 1u));
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct eeprom *eeprom = from(device);
    if (eeprom->addressed < eeprom->config.address_bytes)
        take_address(eeprom, byte);
    else if (eeprom->config.protection == EEPROM_REFUSES_DATA)
        return false;
    else
        take_data(eeprom, byte);
    return true;
}

static int requested(struct i2ctarget_device *device)
{
    struct eeprom *eeprom = from(device);
    int byte = eeprom->config.memory[eeprom->next];
    eeprom->next = (eeprom->next + 1) & (eeprom->config.size_bytes - 1);
    return byte;
}

static bool is_dirty(const struct eeprom *eeprom, uint32_t offset)
{
    return eeprom->dirty[offset / 32] >> offset % 32 & 1;
}

/* The bytes from `offset` on that came one after the other. */
static uint32_t program_run(struct eeprom *eeprom, uint32_t page, uint32_t offset)
{
    uint32_t begin = offset;
    while (offset < eeprom->config.page_bytes && is_dirty(eeprom, offset)) {
        eeprom->config.memory[page + offset] = eeprom->page[offset];
        offset++;
    }
    if (eeprom->config.written)
        eeprom->config.written(eeprom, page + begin, offset - begin);
    return offset;
}

static void program(struct eeprom *eeprom)
{
    uint32_t page = eeprom->counter & ~(eeprom->config.page_bytes - 1u);
    bool is_any = false;
    for (uint32_t offset = 0; offset < eeprom->config.page_bytes; offset++) {
        if (!is_dirty(eeprom, offset))
            continue;
        offset = program_run(eeprom, page, offset);
        is_any = true;
    }
    if (is_any && eeprom->config.write_us)
        eeprom->busy_until_us = eeprom->config.now_us() + eeprom->config.write_us;
}

static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct eeprom *eeprom = from(device);
    if (eeprom->is_read)
        eeprom->counter = (eeprom->counter + moved) & (eeprom->config.size_bytes - 1);
    else if (cause == I2CTARGET_STOP && eeprom->config.protection == EEPROM_WRITABLE)
        program(eeprom);
}

static const struct i2ctarget_device_ops ops = {
    .addressed = addressed,
    .received = received,
    .requested = requested,
    .ended = ended,
};

static bool is_power_of_two(uint32_t value)
{
    return value && (value & (value - 1)) == 0;
}

static bool is_sound(const struct eeprom_config *config)
{
    uint32_t size_max = config->address_bytes == 1 ? 8 * BLOCK_BYTES : EEPROM_SIZE_BYTES_MAX;
    return config->memory && (config->address_bytes == 1 || config->address_bytes == 2) &&
           is_power_of_two(config->size_bytes) && config->size_bytes >= EEPROM_SIZE_BYTES_MIN &&
           config->size_bytes <= size_max && is_power_of_two(config->page_bytes) &&
           config->page_bytes <= EEPROM_PAGE_BYTES_MAX &&
           config->page_bytes <= config->size_bytes && config->protection <= EEPROM_REFUSES_DATA &&
           (config->now_us || !config->write_us);
}

int eeprom_init(struct eeprom *eeprom, const struct eeprom_config *config)
{
    if (!eeprom || !config || !is_sound(config))
        return -I2CTARGET_EINVAL;
    *eeprom = (struct eeprom){.device = {.ops = &ops}, .config = *config};
    return 0;
}

unsigned eeprom_address_count(const struct eeprom_config *config)
{
    if (config->address_bytes == 2 || config->size_bytes <= BLOCK_BYTES)
        return 1;
    return config->size_bytes / BLOCK_BYTES;
}

void eeprom_protect(struct eeprom *eeprom, enum eeprom_protection protection)
{
    eeprom->config.protection = (uint8_t)protection;
}
