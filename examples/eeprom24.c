/* SPDX-License-Identifier: MIT */
#include "eeprom24.h"

#include <string.h>

static struct eeprom24 *from(struct i2ctarget_device *device)
{
    return (struct eeprom24 *)device;
}

static bool addressed(struct i2ctarget_device *device, uint8_t address, bool is_read,
                      bool is_restart)
{
    struct eeprom24 *eeprom = from(device);
    (void)address;
    (void)is_restart;
    if (eeprom->now_us() < eeprom->busy_until_us)
        return false;
    eeprom->is_read = is_read;
    eeprom->pointed = false;
    eeprom->dirty = 0;
    eeprom->next = eeprom->pointer;
    return true;
}

static uint8_t page_offset(const struct eeprom24 *eeprom)
{
    return eeprom->pointer % EEPROM24_PAGE_BYTES;
}

static bool received(struct i2ctarget_device *device, uint8_t byte)
{
    struct eeprom24 *eeprom = from(device);
    if (!eeprom->pointed) {
        eeprom->pointed = true;
        eeprom->pointer = byte;
        return true;
    }
    uint8_t offset = page_offset(eeprom);
    eeprom->page[offset] = byte;
    eeprom->dirty |= (uint8_t)(1u << offset);
    eeprom->pointer = (uint8_t)(eeprom->pointer - offset + (offset + 1) % EEPROM24_PAGE_BYTES);
    return true;
}

static int requested(struct i2ctarget_device *device)
{
    struct eeprom24 *eeprom = from(device);
    return eeprom->memory[eeprom->next++];
}

static void program(struct eeprom24 *eeprom)
{
    uint8_t *page = &eeprom->memory[eeprom->pointer - page_offset(eeprom)];
    for (unsigned i = 0; i < EEPROM24_PAGE_BYTES; i++) {
        if (eeprom->dirty >> i & 1)
            page[i] = eeprom->page[i];
    }
    eeprom->busy_until_us = eeprom->now_us() + EEPROM24_WRITE_US;
}

static void ended(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    struct eeprom24 *eeprom = from(device);
    if (eeprom->is_read)
        eeprom->pointer = (uint8_t)(eeprom->pointer + moved);
    else if (eeprom->dirty && cause == I2CTARGET_STOP)
        program(eeprom);
}

static const struct i2ctarget_device_ops ops = {
    .addressed = addressed,
    .received = received,
    .requested = requested,
    .ended = ended,
};

void eeprom24_init(struct eeprom24 *eeprom, int64_t (*now_us)(void))
{
    *eeprom = (struct eeprom24){.device = {.ops = &ops}, .now_us = now_us};
    memset(eeprom->memory, 0xFF, sizeof eeprom->memory);
}
