/* SPDX-License-Identifier: MIT */
/*
 * The address decoder of the RP2040 model, and the small blocks: RESETS, the PIO's interface, SIO's
 * GPIO part, the NVIC.
 *
 * An access that a block refuses is an error of the port.  Sources: RP2040 datasheet §2.1.2
 * (aliases), §2.3.1 (SIO), §2.4.8 (NVIC), §2.14 (RESETS), and the vendor's SVD.
 */
#include <stddef.h>

#include "chips/rp2040/model/rp2040_parts.h"

#define RESETS_ALL UINT32_C(0x01FFFFFF)

/* ---- RESETS ---------------------------------------------------------------------------------- */

enum { RESETS_RESET = 0, RESETS_WDSEL = 4, RESETS_DONE = 8 };

bool rp2040_is_in_reset(const struct rp2040 *chip, unsigned bit)
{
    bool is_releasing = chip->wires->now_ns < chip->released_ns && chip->releasing >> bit & 1;
    return is_releasing || chip->resets >> bit & 1;
}

static uint32_t reset_done(const struct rp2040 *chip)
{
    uint32_t releasing = chip->wires->now_ns < chip->released_ns ? chip->releasing : 0;
    return RESETS_ALL & ~chip->resets & ~releasing;
}

static enum rp2040_access load_resets(struct rp2040 *chip, uint32_t offset, uint32_t *value)
{
    switch (offset) {
    case RESETS_RESET:
        *value = chip->resets;
        return RP2040_GOOD;
    case RESETS_DONE:
        *value = reset_done(chip);
        return RP2040_GOOD;
    case RESETS_WDSEL:
        return RP2040_NOT_MODELLED;
    default:
        return RP2040_NO_REGISTER;
    }
}

static void reset_blocks(struct rp2040 *chip, uint32_t bits)
{
    if (bits >> RP2040_RESET_IO_BANK0 & 1)
        rp2040_reset_io_bank0(chip);
    if (bits >> RP2040_RESET_PADS_BANK0 & 1)
        rp2040_reset_pads_bank0(chip);
    if (bits >> RP2040_RESET_TIMER & 1)
        rp2040_reset_timer(chip, chip->wires->now_ns);
    for (unsigned i = 0; i < RP2040_PIOS; i++) {
        if (bits >> (RP2040_RESET_PIO0 + i) & 1)
            pio_reset(&chip->pio[i].now);
    }
}

static enum rp2040_access store_resets(struct rp2040 *chip, uint32_t offset, uint32_t value)
{
    if (offset == RESETS_DONE)
        return RP2040_WRONG_DIRECTION;
    if (offset != RESETS_RESET)
        return offset == RESETS_WDSEL ? RP2040_NOT_MODELLED : RP2040_NO_REGISTER;
    value &= RESETS_ALL;
    uint32_t released = chip->resets & ~value;
    uint32_t still = chip->wires->now_ns < chip->released_ns ? chip->releasing : 0;
    if (released >> RP2040_RESET_TIMER & 1)
        rp2040_reset_timer(chip, chip->wires->now_ns +
                                     (uint64_t)chip->reset_cycles * chip->processor.cycle_ns);
    if (released) {
        chip->releasing = released | still;
        chip->released_ns =
            chip->wires->now_ns + (uint64_t)chip->reset_cycles * chip->processor.cycle_ns;
    }
    uint32_t put = value & ~chip->resets;
    chip->resets = value;
    reset_blocks(chip, put);
    return RP2040_GOOD;
}

static bool resets_is_plain(uint32_t offset)
{
    return offset == RESETS_RESET;
}

/* ---- PIO ------------------------------------------------------------------------------------- */

static enum rp2040_access judge_pio(uint32_t offset)
{
    return offset < PIO_REGISTERS_END ? RP2040_GOOD : RP2040_NO_REGISTER;
}

static enum rp2040_access load_pio0(struct rp2040 *chip, uint32_t offset, uint32_t *value)
{
    *value = pio_read32(&chip->pio[0].now, offset);
    return judge_pio(offset);
}

static enum rp2040_access store_pio0(struct rp2040 *chip, uint32_t offset, uint32_t value)
{
    pio_write32(&chip->pio[0].now, offset, value);
    return judge_pio(offset);
}

static enum rp2040_access load_pio1(struct rp2040 *chip, uint32_t offset, uint32_t *value)
{
    *value = pio_read32(&chip->pio[1].now, offset);
    return judge_pio(offset);
}

static enum rp2040_access store_pio1(struct rp2040 *chip, uint32_t offset, uint32_t value)
{
    pio_write32(&chip->pio[1].now, offset, value);
    return judge_pio(offset);
}

/* ---- SIO ------------------------------------------------------------------------------------- */

enum {
    SIO_CPUID = 0x00,
    SIO_GPIO_IN = 0x04,
    SIO_GPIO_OUT = 0x10, /* then SET, CLR, XOR */
    SIO_GPIO_OE = 0x20,
    SIO_GPIO_END = 0x30,
    SIO_END = 0x180
};

static enum rp2040_access load_sio(struct rp2040 *chip, uint32_t offset, uint32_t *value)
{
    switch (offset) {
    case SIO_CPUID:
        *value = 0;
        return RP2040_GOOD;
    case SIO_GPIO_IN:
        *value = chip->peri_in;
        return RP2040_GOOD;
    case SIO_GPIO_OUT:
        *value = chip->sio_out;
        return RP2040_GOOD;
    case SIO_GPIO_OE:
        *value = chip->sio_oe;
        return RP2040_GOOD;
    default:
        break;
    }
    if (offset > SIO_GPIO_OUT && offset < SIO_GPIO_END)
        return RP2040_WRONG_DIRECTION;
    return offset < SIO_END ? RP2040_NOT_MODELLED : RP2040_NO_REGISTER;
}

static enum rp2040_access store_sio(struct rp2040 *chip, uint32_t offset, uint32_t value)
{
    if (offset < SIO_GPIO_OUT)
        return RP2040_WRONG_DIRECTION;
    if (offset >= SIO_GPIO_END)
        return offset < SIO_END ? RP2040_NOT_MODELLED : RP2040_NO_REGISTER;
    uint32_t *latch = offset < SIO_GPIO_OE ? &chip->sio_out : &chip->sio_oe;
    switch (offset >> 2 & 3) {
    case 0:
        *latch = value;
        break;
    case 1:
        *latch |= value;
        break;
    case 2:
        *latch &= ~value;
        break;
    default:
        *latch ^= value;
    }
    *latch &= RP2040_GPIO_MASK;
    return RP2040_GOOD;
}

/* ---- PPB: the processor's own ---------------------------------------------------------------- */

static enum rp2040_access load_ppb(struct rp2040 *chip, uint32_t offset, uint32_t *value)
{
    return nvic_load(&chip->processor.nvic, offset, value) ? RP2040_GOOD : RP2040_NOT_MODELLED;
}

static enum rp2040_access store_ppb(struct rp2040 *chip, uint32_t offset, uint32_t value)
{
    return nvic_store(&chip->processor.nvic, offset, value, chip->wires->now_ns)
               ? RP2040_GOOD
               : RP2040_NOT_MODELLED;
}

/* ---- interrupt requests ---------------------------------------------------------------------- */

uint32_t rp2040_lines(const struct rp2040 *chip)
{
    uint32_t lines = rp2040_timer_requests(chip);
    for (unsigned i = 0; i < RP2040_PIOS; i++) {
        lines |= (uint32_t)pio_irq_line(&chip->pio[i].now, 0) << (RP2040_IRQ_PIO0_0 + 2 * i);
        lines |= (uint32_t)pio_irq_line(&chip->pio[i].now, 1) << (RP2040_IRQ_PIO0_1 + 2 * i);
    }
    lines |= (uint32_t)rp2040_gpio_requests(chip) << RP2040_IRQ_IO_BANK0;
    return lines;
}

/* ---- the decoder ----------------------------------------------------------------------------- */

static const struct rp2040_block resets = {0x4000C000, -1, load_resets, store_resets,
                                           resets_is_plain};
static const struct rp2040_block pio0 = {0x50200000, RP2040_RESET_PIO0, load_pio0, store_pio0,
                                         pio_register_is_plain};
static const struct rp2040_block pio1 = {0x50300000, RP2040_RESET_PIO0 + 1, load_pio1, store_pio1,
                                         pio_register_is_plain};
static const struct rp2040_block sio = {0xD0000000, -1, load_sio, store_sio, NULL};
static const struct rp2040_block ppb = {0xE0000000, -1, load_ppb, store_ppb, NULL};

static const struct rp2040_block *const blocks[] = {
    &pio0,
    &pio1,
    &sio,
    &ppb,
    &resets,
    &rp2040_io_bank0,
    &rp2040_pads_bank0,
    &rp2040_timer,
    &rp2040_watchdog,
    NULL,
};

/* Blocks with aliases have four times 4 KiB; SIO and PPB have what they have. */
static const struct rp2040_block *find_block(uint32_t address)
{
    const struct rp2040_block *const *at = blocks;
    while (*at && address - (*at)->base >= ((*at)->is_plain ? 0x4000 : 0x10000))
        at++;
    return *at;
}

/* APB and AHB-Lite peripherals end before 0x50400000; the rest of that space holds other ones. */
static enum rp2040_fault fault_without_block(uint32_t address)
{
    bool is_peripheral =
        (address >= 0x40000000 && address < 0x40070000) ||
        (address >= 0x50000000 && address < 0x50400000 && address % 0x100000 < 0x4000);
    return is_peripheral ? RP2040_UNMODELLED : RP2040_UNMAPPED;
}

static void complain(struct rp2040 *chip, enum rp2040_access access, uint32_t address)
{
    static const enum rp2040_fault faults[] = {[RP2040_NO_REGISTER] = RP2040_UNMAPPED,
                                               [RP2040_NOT_MODELLED] = RP2040_UNMODELLED,
                                               [RP2040_WRONG_DIRECTION] = RP2040_DIRECTION};
    if (access != RP2040_GOOD)
        rp2040_fault(chip, faults[access], address);
}

/* NULL: the access ends here, and an error was recorded. */
static const struct rp2040_block *admit(struct rp2040 *chip, uint32_t address, unsigned bytes)
{
    const struct rp2040_block *block = find_block(address);
    if (address % bytes != 0)
        rp2040_fault(chip, RP2040_MISALIGNED, address);
    else if (!block)
        rp2040_fault(chip, fault_without_block(address), address);
    else if (block->reset_bit >= 0 && rp2040_is_in_reset(chip, (unsigned)block->reset_bit))
        rp2040_fault(chip, RP2040_IN_RESET, address);
    else
        return block;
    return NULL;
}

static uint32_t offset_in(const struct rp2040_block *block, uint32_t address)
{
    uint32_t offset = address - block->base;
    return block->is_plain ? offset & 0xFFF : offset;
}

/* A read that is less than a word gets its part of the word (§2.1.4); the NVIC has only words. */
uint32_t rp2040_load(struct rp2040 *chip, uint32_t address, unsigned bytes)
{
    const struct rp2040_block *block = admit(chip, address, bytes);
    uint32_t value = 0;
    if (!block)
        return 0;
    if (bytes != 4 && block == &ppb)
        rp2040_fault(chip, RP2040_NARROW, address);
    complain(chip, block->load(chip, offset_in(block, address & ~UINT32_C(3)), &value), address);
    return value >> 8 * (address % 4);
}

/* What the write through an alias makes of the register (§2.1.2). */
static uint32_t through_alias(struct rp2040 *chip, const struct rp2040_block *block,
                              uint32_t offset, unsigned alias, uint32_t value)
{
    uint32_t before = 0;
    if (alias == 0)
        return value;
    if (!block->is_plain(offset)) {
        rp2040_fault(chip, RP2040_ALIAS, block->base + offset);
        return value;
    }
    block->load(chip, offset, &before);
    if (alias == 1)
        return before ^ value;
    return alias == 2 ? before | value : before & ~value;
}

/* Peripherals ignore the width: a byte or half a word is written to all parts (§2.1.4). */
static uint32_t replicate(uint32_t value, unsigned bytes)
{
    if (bytes == 1)
        return value * UINT32_C(0x01010101);
    return bytes == 2 ? value * UINT32_C(0x00010001) : value;
}

void rp2040_store(struct rp2040 *chip, uint32_t address, uint32_t value, unsigned bytes)
{
    const struct rp2040_block *block = admit(chip, address, bytes);
    if (!block)
        return;
    if (bytes != 4)
        rp2040_fault(chip, RP2040_NARROW, address);
    uint32_t offset = offset_in(block, address & ~UINT32_C(3));
    value = replicate(value, bytes);
    if (block->is_plain)
        value = through_alias(chip, block, offset, (address - block->base) >> 12, value);
    complain(chip, block->store(chip, offset, value), address);
}

/* ---- power-on -------------------------------------------------------------------------------- */

void rp2040_power_on(struct rp2040 *chip)
{
    chip->resets = RESETS_ALL;
    chip->tick = 0x200; /* enabled, but every 0 cycles: it does not tick */
    reset_blocks(chip, RESETS_ALL);
}
