/* SPDX-License-Identifier: MIT */
#include "firmware/espressif/analog.h"

#include "chip.h"
#include "mmio.h"

enum {
    ACCESS_ADDRESS_LSB = 8,
    ACCESS_DATA_LSB = 16,
    ACCESS_IS_WRITE = 1 << 24,
    ACCESS_IS_BUSY = 1 << 25,
    WAYS_CLOSED = 0x3FF << 8, /* of ANALOG_WAYS */
    WAY_TO_PLL_CLOSED = 1 << 17,
    WHOLE = 0xFF,
};

void analog_open(void)
{
    uint32_t ways = mmio_read32(ANALOG_WAYS) | WAYS_CLOSED;
    mmio_write32(ANALOG_WAYS, ways & ~(uint32_t)WAY_TO_PLL_CLOSED);
}

static uint32_t wait_until_done(void)
{
    uint32_t state;
    do
        state = mmio_read32(ANALOG_ACCESS);
    while (state & ACCESS_IS_BUSY);
    return state;
}

static uint32_t access(uint32_t command)
{
    wait_until_done();
    mmio_write32(ANALOG_ACCESS, command);
    return wait_until_done();
}

uint8_t analog_read(enum analog_block block, uint8_t address)
{
    return (uint8_t)(access(block | (uint32_t)address << ACCESS_ADDRESS_LSB) >> ACCESS_DATA_LSB);
}

static void analog_write(enum analog_block block, uint8_t address, uint8_t value)
{
    access(block | (uint32_t)address << ACCESS_ADDRESS_LSB | (uint32_t)value << ACCESS_DATA_LSB |
           ACCESS_IS_WRITE);
}

void analog_set(enum analog_block block, const struct analog_setting *settings, unsigned count)
{
    for (; count; settings++, count--) {
        unsigned kept = settings->mask == WHOLE ? 0 : analog_read(block, settings->address);
        kept &= ~(unsigned)settings->mask;
        analog_write(block, settings->address, (uint8_t)(kept | settings->value));
    }
}
