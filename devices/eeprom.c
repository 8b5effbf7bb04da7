/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a page write are collected, and go into the memory at the STOP.  The collected bytes
 * are those before the address counter, modulo the page size.  At the end of a read the counter
 * advances by the bytes that were really clocked; until then `next` runs ahead of it.
 *
 * All code that runs before an answer is short, because a microcontroller has only about a
 * microsecond for it.  So the clock is read only while a page is being programmed; then other
 * callbacks are in place.
 */
#include "i2ctarget/devices/eeprom.h"

enum { BLOCKS_MAX = 8 };

/* Not inlined: its caller would have to save registers for it. */
#define SEPARATE __attribute__((noinline))

const struct i2ctarget_eeprom_type i2ctarget_eeprom_types[] = {
    {.name = "24c01", .size_bytes = 128, .page_bytes = 8, .address_bytes = 1},
    {.name = "24c02", .size_bytes = 256, .page_bytes = 8, .address_bytes = 1},
    {.name = "24c04", .size_bytes = 512, .page_bytes = 16, .address_bytes = 1},
    {.name = "24c08", .size_bytes = 1024, .page_bytes = 16, .address_bytes = 1},
    {.name = "24c16", .size_bytes = 2048, .page_bytes = 16, .address_bytes = 1},
    {.name = "24c32", .size_bytes = 4096, .page_bytes = 32, .address_bytes = 2},
    {.name = "24c64", .size_bytes = 8192, .page_bytes = 32, .address_bytes = 2},
    {.name = "24c128", .size_bytes = 16384, .page_bytes = 64, .address_bytes = 2},
    {.name = "24c256", .size_bytes = 32768, .page_bytes = 64, .address_bytes = 2},
    {.name = "24c512", .size_bytes = 65536, .page_bytes = 128, .address_bytes = 2},
    {.name = "24c1024", .size_bytes = 131072, .page_bytes = 256, .address_bytes = 2},
    {.name = "24cm02", .size_bytes = 262144, .page_bytes = 256, .address_bytes = 2},
#define WITH_NODE_ADDRESS(NAME, PAGE_BYTES, EUI_BYTES)                                 \
    {                                                                                  \
        .name = NAME, .size_bytes = 256, .page_bytes = PAGE_BYTES, .address_bytes = 1, \
        .writable_bytes = 128, .eui_bytes = EUI_BYTES                                  \
    }
    WITH_NODE_ADDRESS("24aa02e48", 8, 6),
    WITH_NODE_ADDRESS("24aa02e64", 8, 8),
    WITH_NODE_ADDRESS("24aa025e48", 16, 6),
    WITH_NODE_ADDRESS("24aa025e64", 16, 8),
#define WITH_IDENTITY(NAME, SIZE_BYTES, PAGE_BYTES, ADDRESS_BYTES, EUI_BYTES)        \
    {                                                                                \
        .name = NAME, .size_bytes = SIZE_BYTES, .page_bytes = PAGE_BYTES,            \
        .address_bytes = ADDRESS_BYTES, .has_identity = true, .eui_bytes = EUI_BYTES \
    }
    WITH_IDENTITY("24mac402", 256, 16, 1, 6),
    WITH_IDENTITY("24mac602", 256, 16, 1, 8),
    WITH_IDENTITY("24cs02", 256, 8, 1, 0),
    WITH_IDENTITY("24cs32", 4096, 32, 2, 0),
};
const unsigned i2ctarget_eeprom_type_count =
    sizeof i2ctarget_eeprom_types / sizeof *i2ctarget_eeprom_types;

static const struct i2ctarget_device_ops ops_while_busy;

static struct i2ctarget_eeprom *from(struct i2ctarget_device *device)
{
    return (struct i2ctarget_eeprom *)device;
}

/* What the address bytes can reach: a part may have several such blocks. */
static uint32_t block_bytes(const struct i2ctarget_eeprom_config *config)
{
    return UINT32_C(1) << 8 * config->address_bytes;
}

static void select_block(struct i2ctarget_eeprom *eeprom, uint16_t address)
{
    uint32_t bytes = block_bytes(&eeprom->config);
    eeprom->counter = (address & eeprom->select_mask) * bytes + (eeprom->counter & (bytes - 1));
    eeprom->next = eeprom->counter;
}

/* Decided here, so that a byte that is asked for costs a read and no question. */
static void select_source(struct i2ctarget_eeprom *eeprom, uint16_t address)
{
    const struct i2ctarget_eeprom_config *config = &eeprom->config;
    bool is_identity = address & I2CTARGET_EEPROM_IDENTITY_BIT;
    eeprom->is_identity = is_identity;
    eeprom->source = is_identity ? config->identity : config->memory;
    eeprom->source_bytes = is_identity ? I2CTARGET_EEPROM_IDENTITY_BYTES : config->size_bytes;
    eeprom->next &= eeprom->source_bytes - 1;
}

/* Which of the addresses of a part that has several. */
static SEPARATE void select_address(struct i2ctarget_eeprom *eeprom, uint16_t address)
{
    if (eeprom->config.identity)
        select_source(eeprom, address);
    else
        select_block(eeprom, address);
}

static bool addressed(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct i2ctarget_eeprom *eeprom = from(device);
    (void)is_restart;
    eeprom->is_read = is_read;
    eeprom->address_left = eeprom->config.address_bytes;
    eeprom->collected = 0;
    eeprom->next = eeprom->counter;
    if (eeprom->select_mask)
        select_address(eeprom, address);
    return true;
}

/* Of two address bytes the high one comes first.  A single one is an offset in the block. */
static void take_address(struct i2ctarget_eeprom *eeprom, uint8_t byte)
{
    unsigned shift = 8u * --eeprom->address_left;
    uint32_t counter = (eeprom->counter & ~(0xFFu << shift)) | (uint32_t)byte << shift;
    eeprom->counter = counter & (eeprom->config.size_bytes - 1);
}

static void take_data(struct i2ctarget_eeprom *eeprom, uint8_t byte)
{
    uint32_t mask = eeprom->config.page_bytes - 1u;
    uint32_t offset = eeprom->counter & mask;
    uint32_t page = eeprom->counter - offset;
    eeprom->page[offset] = byte;
    eeprom->collected++;
    eeprom->counter = page + ((offset + 1) & mask);
}

static bool refuses_data(const struct i2ctarget_eeprom *eeprom)
{
    return eeprom->is_identity || eeprom->config.protection == I2CTARGET_EEPROM_REFUSES_DATA;
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct i2ctarget_eeprom *eeprom = from(device);
    if (eeprom->address_left)
        take_address(eeprom, byte);
    else if (refuses_data(eeprom))
        return false;
    else
        take_data(eeprom, byte);
    return true;
}

static int requested(struct i2ctarget_device *device)
{
    struct i2ctarget_eeprom *eeprom = from(device);
    int byte = eeprom->source[eeprom->next];
    eeprom->next = (eeprom->next + 1) & (eeprom->source_bytes - 1);
    return byte;
}

/* The offset is collected if it is less than `collected` bytes behind the last one. */
static bool is_collected(const struct i2ctarget_eeprom *eeprom, uint32_t offset)
{
    return ((eeprom->counter - 1 - offset) & (eeprom->config.page_bytes - 1u)) < eeprom->collected;
}

/* Programs the bytes from `offset` on that were written consecutively. */
static uint32_t program_run(struct i2ctarget_eeprom *eeprom, uint32_t page, uint32_t offset)
{
    uint32_t begin = offset;
    while (offset < eeprom->config.page_bytes && is_collected(eeprom, offset)) {
        eeprom->config.memory[page + offset] = eeprom->page[offset];
        offset++;
    }
    if (eeprom->config.written)
        eeprom->config.written(eeprom, page + begin, offset - begin);
    return offset;
}

static bool can_be_written(const struct i2ctarget_eeprom *eeprom, uint32_t page)
{
    return !eeprom->config.writable_bytes || page < eeprom->config.writable_bytes;
}

static void program(struct i2ctarget_eeprom *eeprom)
{
    uint32_t page = eeprom->counter & ~(eeprom->config.page_bytes - 1u);
    if (eeprom->collected == 0 || !can_be_written(eeprom, page))
        return;
    for (uint32_t offset = 0; offset < eeprom->config.page_bytes; offset++) {
        if (is_collected(eeprom, offset))
            offset = program_run(eeprom, page, offset);
    }
    if (eeprom->config.write_us) {
        eeprom->device.ops = &ops_while_busy;
        eeprom->busy_until_us = eeprom->config.now_us() + eeprom->config.write_us;
    }
}

static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct i2ctarget_eeprom *eeprom = from(device);
    if (eeprom->is_read)
        eeprom->counter = (eeprom->counter + moved) & (eeprom->config.size_bytes - 1);
    else if (cause == I2CTARGET_STOP && eeprom->config.protection == I2CTARGET_EEPROM_WRITABLE)
        program(eeprom);
}

/* ---- what comes next ------------------------------------------------------------------------- */

static bool accepts(struct i2ctarget_device *device, const uint8_t bytes[], size_t count)
{
    const struct i2ctarget_eeprom *eeprom = from(device);
    (void)bytes;
    return count <= eeprom->address_left || !refuses_data(eeprom);
}

static size_t peek(struct i2ctarget_device *device, uint8_t bytes[], size_t size)
{
    const struct i2ctarget_eeprom *eeprom = from(device);
    for (size_t i = 0; i < size; i++)
        bytes[i] = eeprom->source[(eeprom->next + i) & (eeprom->source_bytes - 1)];
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

/* The clock is read last, so no register has to be saved across that call. */
static bool addressed_while_busy(struct i2ctarget_device *device, uint16_t address, bool is_read,
                                 bool is_restart)
{
    struct i2ctarget_eeprom *eeprom = from(device);
    addressed(device, address, is_read, is_restart);
    return eeprom->config.now_us() >= eeprom->busy_until_us;
}

/* It was addressed, so it is not busy any more. */
static void ended_while_busy(struct i2ctarget_device *device, enum i2ctarget_end cause,
                             uint32_t moved)
{
    device->ops = &ops;
    ended(device, cause, moved);
}

static const struct i2ctarget_device_ops ops_while_busy = {
    .addressed = addressed_while_busy,
    .received = received,
    .requested = requested,
    .ended = ended_while_busy,
    .foresight = &foresight,
};

static bool is_power_of_two(uint32_t value)
{
    return value && (value & (value - 1)) == 0;
}

static bool is_sound(const struct i2ctarget_eeprom_config *config)
{
    return config->memory && (config->address_bytes == 1 || config->address_bytes == 2) &&
           is_power_of_two(config->size_bytes) &&
           config->size_bytes >= I2CTARGET_EEPROM_SIZE_BYTES_MIN &&
           config->size_bytes <= I2CTARGET_EEPROM_SIZE_BYTES_MAX &&
           i2ctarget_eeprom_address_count(config) <= (config->identity ? 1 : BLOCKS_MAX) &&
           is_power_of_two(config->page_bytes) &&
           (config->writable_bytes & (config->page_bytes - 1u)) == 0 &&
           config->page_bytes <= I2CTARGET_EEPROM_PAGE_BYTES_MAX &&
           config->page_bytes <= config->size_bytes &&
           config->protection <= I2CTARGET_EEPROM_REFUSES_DATA &&
           (config->now_us || !config->write_us);
}

int i2ctarget_eeprom_init(struct i2ctarget_eeprom *eeprom,
                          const struct i2ctarget_eeprom_config *config)
{
    if (!eeprom || !config || !is_sound(config))
        return -I2CTARGET_EINVAL;
    *eeprom = (struct i2ctarget_eeprom){.device = {.ops = &ops},
                                        .config = *config,
                                        .source = config->memory,
                                        .source_bytes = config->size_bytes};
    eeprom->select_mask = config->identity ? I2CTARGET_EEPROM_IDENTITY_BIT
                                           : (uint8_t)(i2ctarget_eeprom_address_count(config) - 1);
    return 0;
}

unsigned i2ctarget_eeprom_address_count(const struct i2ctarget_eeprom_config *config)
{
    uint32_t bytes = block_bytes(config);
    return config->size_bytes <= bytes ? 1 : (unsigned)(config->size_bytes / bytes);
}

void i2ctarget_eeprom_protect(struct i2ctarget_eeprom *eeprom,
                              enum i2ctarget_eeprom_protection protection)
{
    eeprom->config.protection = (uint8_t)protection;
}

void i2ctarget_eeprom_use_memory(struct i2ctarget_eeprom *eeprom, uint8_t *memory)
{
    eeprom->config.memory = memory;
    eeprom->source = memory;
}
