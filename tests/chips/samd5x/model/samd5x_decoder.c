/* SPDX-License-Identifier: MIT */
/*
 * The address decoder of the SAM D5x/E5x model.
 *
 * Registers have 8, 16 or 32 bits.  Bytes and halves of a register may be accessed alone (data
 * sheet, "Register Description" of each block); what crosses the end of a register, or
 * covers two, is an error of the port.
 */
#include <stddef.h>

#include "chips/samd5x/model/samd5x_parts.h"

/* A block at its place, with its bit in MCLK. */
struct place {
    uint32_t base, size;
    const struct samd5x_block *block;
    uint8_t instance, bus, bit;
};

/* SVD: baseAddress, and the fields of MCLK's masks. */
static const struct place places[] = {
    {0x40003000, 0x30, &samd5x_sercom, 0, SAMD5X_APBA, 12},
    {0x40003400, 0x30, &samd5x_sercom, 1, SAMD5X_APBA, 13},
    {0x41012000, 0x30, &samd5x_sercom, 2, SAMD5X_APBB, 9},
    {0x41014000, 0x30, &samd5x_sercom, 3, SAMD5X_APBB, 10},
    {0x43000000, 0x30, &samd5x_sercom, 4, SAMD5X_APBD, 0},
    {0x43000400, 0x30, &samd5x_sercom, 5, SAMD5X_APBD, 1},
    {0x43000800, 0x30, &samd5x_sercom, 6, SAMD5X_APBD, 2},
    {0x43000C00, 0x30, &samd5x_sercom, 7, SAMD5X_APBD, 3},
    {0x41008000, 0x80, &samd5x_port, 0, SAMD5X_APBB, 4},
    {0x41008080, 0x80, &samd5x_port, 1, SAMD5X_APBB, 4},
    {0x41008100, 0x80, &samd5x_port, 2, SAMD5X_APBB, 4},
    {0x41008180, 0x80, &samd5x_port, 3, SAMD5X_APBB, 4},
    {0x40002800, 0x3C, &samd5x_eic, 0, SAMD5X_APBA, 10},
    {0x40003800, 0x38, &samd5x_tc, 0, SAMD5X_APBA, 14},
    {0x40003C00, 0x38, &samd5x_tc, 1, SAMD5X_APBA, 15},
    {0x4101A000, 0x38, &samd5x_tc, 2, SAMD5X_APBB, 13},
    {0x4101C000, 0x38, &samd5x_tc, 3, SAMD5X_APBB, 14},
    {0x42001400, 0x38, &samd5x_tc, 4, SAMD5X_APBC, 5},
    {0x42001800, 0x38, &samd5x_tc, 5, SAMD5X_APBC, 6},
    {0x43001400, 0x38, &samd5x_tc, 6, SAMD5X_APBD, 5},
    {0x43001800, 0x38, &samd5x_tc, 7, SAMD5X_APBD, 6},
    {0x40001C00, 0x140, &samd5x_gclk, 0, SAMD5X_APBA, 7},
    {0x40000800, 0x24, &samd5x_mclk, 0, SAMD5X_APBA, 2},
    {0x40001000, 0x58, &samd5x_oscctrl, 0, SAMD5X_APBA, 4},
    {0x40001400, 0x20, &samd5x_osc32kctrl, 0, SAMD5X_APBA, 5},
    {0x40000400, 0x14, &samd5x_plain_blocks[SAMD5X_PM], SAMD5X_PM, SAMD5X_APBA, 1},
    {0x40000C00, 0x04, &samd5x_plain_blocks[SAMD5X_RSTC], SAMD5X_RSTC, SAMD5X_APBA, 3},
    {0x40001800, 0x2C, &samd5x_plain_blocks[SAMD5X_SUPC], SAMD5X_SUPC, SAMD5X_APBA, 6},
    {0x41004000, 0x30, &samd5x_plain_blocks[SAMD5X_NVMCTRL], SAMD5X_NVMCTRL, SAMD5X_APBB, 2},
    {0x41006000, 0x38, &samd5x_plain_blocks[SAMD5X_CMCC], SAMD5X_CMCC, SAMD5X_ALWAYS, 0},
};
enum { PLACES = sizeof places / sizeof *places };

uint32_t samd5x_address(const struct samd5x_block *block, unsigned instance, uint32_t offset)
{
    for (unsigned i = 0; i < PLACES; i++) {
        if (places[i].block == block && places[i].instance == instance)
            return places[i].base + offset;
    }
    return offset;
}

static const struct place *find_place(uint32_t address)
{
    for (unsigned i = 0; i < PLACES; i++) {
        if (address - places[i].base < places[i].size)
            return &places[i];
    }
    return NULL;
}

/* The four bridges (data sheet 9.1) hold peripherals that are not modelled. */
static enum samd5x_fault fault_without_block(uint32_t address)
{
    bool is_peripheral =
        address >= 0x40000000 && address < 0x43004000 && address % 0x01000000 < 0x24000;
    return is_peripheral ? SAMD5X_UNMODELLED : SAMD5X_UNMAPPED;
}

/* The register that has this byte; `first` becomes its first byte. */
static const struct samd5x_register *find_register(const struct samd5x_block *block,
                                                   uint32_t offset, uint32_t *first)
{
    for (unsigned i = 0; i < block->register_count; i++) {
        const struct samd5x_register *reg = &block->registers[i];
        if (offset - reg->offset < (uint32_t)reg->bytes * reg->count) {
            *first = reg->offset + (offset - reg->offset) / reg->bytes * reg->bytes;
            return reg;
        }
    }
    return NULL;
}

struct target {
    const struct place *place;
    uint32_t first; /* offset of the register */
    uint32_t shift; /* of the access in it, in bits */
};

/* False: the access ends here, and an error was recorded. */
static bool find_target(struct samd5x *chip, uint32_t address, struct target *target)
{
    target->place = find_place(address);
    if (!target->place) {
        samd5x_fault(chip, fault_without_block(address), address);
        return false;
    }
    const struct place *place = target->place;
    if (place->bus != SAMD5X_ALWAYS && !samd5x_is_clocked(chip, place->bus, place->bit)) {
        samd5x_fault(chip, SAMD5X_UNCLOCKED, address);
        return false;
    }
    uint32_t offset = address - place->base;
    if (!find_register(place->block, offset, &target->first)) {
        samd5x_fault(chip, SAMD5X_UNMAPPED, address);
        return false;
    }
    target->shift = 8 * (offset - target->first);
    return true;
}

static bool admit(struct samd5x *chip, uint32_t address, unsigned bytes, unsigned direction,
                  struct target *target)
{
    if (address % bytes != 0) {
        samd5x_fault(chip, SAMD5X_MISALIGNED, address);
        return false;
    }
    if (!find_target(chip, address, target))
        return false;
    uint32_t first = 0;
    const struct samd5x_register *reg = find_register(target->place->block, target->first, &first);
    enum samd5x_fault fault = 0;
    if (reg->access == SAMD5X_EXISTS)
        fault = SAMD5X_UNMODELLED;
    else if (target->shift / 8 + bytes > reg->bytes)
        fault = SAMD5X_WIDTH;
    else if (!(reg->access & direction))
        fault = SAMD5X_DIRECTION;
    if (fault)
        samd5x_fault(chip, fault, address);
    return !fault;
}

static uint32_t mask_of(unsigned bytes)
{
    return bytes == 4 ? UINT32_MAX : SAMD5X_BIT(8 * bytes) - 1;
}

static bool is_of_processor(uint32_t address)
{
    return address >> 20 == 0xE00;
}

uint32_t samd5x_load(struct samd5x *chip, uint32_t address, unsigned bytes)
{
    if (is_of_processor(address))
        return samd5x_load_ppb(chip, address, bytes);
    struct target target;
    if (!admit(chip, address, bytes, SAMD5X_R, &target))
        return 0;
    const struct place *place = target.place;
    uint32_t value = place->block->load(chip, place->instance, target.first);
    return value >> target.shift & mask_of(bytes);
}

void samd5x_store(struct samd5x *chip, uint32_t address, uint32_t value, unsigned bytes)
{
    if (is_of_processor(address)) {
        samd5x_store_ppb(chip, address, value, bytes);
        return;
    }
    struct target target;
    if (!admit(chip, address, bytes, SAMD5X_W, &target))
        return;
    const struct place *place = target.place;
    uint32_t lanes = mask_of(bytes) << target.shift;
    place->block->store(chip, place->instance, target.first, value << target.shift & lanes, lanes);
}
