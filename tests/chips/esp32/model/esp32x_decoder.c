/* SPDX-License-Identifier: MIT */
/*
 * The address decoder of the model.  All registers are words, and are accessed as words.
 */
#include <stddef.h>
#include <string.h>

#include "chips/esp32/model/esp32x_parts.h"

enum { WORD = 4, BLOCK_SIZE = 0x1000 };

/* The peripherals of each chip, other blocks included. */
struct range {
    uint32_t first, last;
};
static const struct range peripherals[ESP32X_KINDS][2] = {
    [ESP32X_ESP32] = {{0x3FF00000, 0x3FF7FFFF}, {0x60000000, 0x6007FFFF}},
    [ESP32X_ESP32S2] = {{0x3F400000, 0x3F4FFFFF}, {0x60000000, 0x600BFFFF}},
    [ESP32X_ESP32S3] = {{0x60000000, 0x600D0FFF}, {0x60000000, 0x600D0FFF}},
    [ESP32X_ESP32C3] = {{0x60000000, 0x600D0FFF}, {0x60000000, 0x600D0FFF}},
};

static bool is_peripheral(const struct esp32x *chip, uint32_t address)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct range *range = &peripherals[chip->kind][i];
        if (address >= range->first && address <= range->last)
            return true;
    }
    return false;
}

static const struct esp32x_register *find_register(const struct esp32x_block *block,
                                                   uint32_t offset)
{
    for (unsigned i = 0; i < block->register_count; i++) {
        const struct esp32x_register *reg = &block->registers[i];
        if (offset - reg->offset < (uint32_t)WORD * reg->count)
            return reg;
    }
    return NULL;
}

/* RTC_IO lies in the page of RTC_CNTL, and is before it in the tables. */
static const struct esp32x_block *find_block(const struct esp32x *chip, uint32_t address)
{
    for (const struct esp32x_block *block = chip->facts->blocks; block->register_count; block++) {
        if (address - block->base < BLOCK_SIZE)
            return block;
    }
    return NULL;
}

/* NULL: the access ends here, and an error was recorded. */
static const struct esp32x_register *admit(struct esp32x *chip, uint32_t address, unsigned bytes,
                                           unsigned direction, const struct esp32x_block **block)
{
    enum esp32x_fault fault = 0;
    const struct esp32x_register *reg = NULL;
    *block = find_block(chip, address);
    if (*block)
        reg = find_register(*block, address - (*block)->base);
    if (!reg)
        fault = is_peripheral(chip, address) ? ESP32X_UNMODELLED : ESP32X_UNMAPPED;
    else if (bytes != WORD || address % WORD != 0)
        fault = ESP32X_WIDTH;
    else if (!esp32x_is_clocked(chip, (*block)->gate))
        fault = ESP32X_UNCLOCKED;
    else if (!(reg->access & direction))
        fault = ESP32X_DIRECTION;
    if (!fault)
        return reg;
    esp32x_fault(chip, fault, address);
    return NULL;
}

uint32_t esp32x_load(struct esp32x *chip, uint32_t address, unsigned bytes)
{
    const struct esp32x_block *block;
    if (!admit(chip, address, bytes, ESP32X_R, &block))
        return 0;
    uint32_t offset = address - block->base;
    if (block->functions)
        return block->functions->load(chip, block->id, offset);
    return esp32x_peek(chip, block->id, offset);
}

void esp32x_store(struct esp32x *chip, uint32_t address, uint32_t value, unsigned bytes)
{
    const struct esp32x_block *block;
    const struct esp32x_register *reg = admit(chip, address, bytes, ESP32X_W, &block);
    if (!reg)
        return;
    uint32_t offset = address - block->base;
    uint32_t *word = esp32x_word(chip, block->id, offset);
    uint32_t merged = (*word & ~reg->writable) | (value & reg->writable);
    if (reg->writable == 0)
        merged = value; /* a register of triggers alone */
    if (block->functions)
        block->functions->store(chip, block->id, offset, merged);
    else
        *word = merged;
}

/* ---- what registers keep --------------------------------------------------------------------- */

uint32_t *esp32x_word(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset)
{
    return &chip->words[id][offset / WORD];
}

uint32_t esp32x_address(const struct esp32x *chip, enum esp32x_block_id id, uint32_t offset)
{
    for (const struct esp32x_block *block = chip->facts->blocks; block->register_count; block++) {
        if (block->id == id)
            return block->base + offset;
    }
    return offset;
}

void esp32x_reset_block(struct esp32x *chip, const struct esp32x_block *block)
{
    for (unsigned i = 0; i < block->register_count; i++) {
        const struct esp32x_register *reg = &block->registers[i];
        for (uint32_t n = 0; n < reg->count; n++)
            *esp32x_word(chip, block->id, reg->offset + WORD * n) = reg->reset;
    }
}

void esp32x_reset_registers(struct esp32x *chip)
{
    memset(chip->words, 0, sizeof chip->words);
    for (const struct esp32x_block *block = chip->facts->blocks; block->register_count; block++)
        esp32x_reset_block(chip, block);
}
