/* SPDX-License-Identifier: MIT */
/*
 * IO_BANK0 and PADS_BANK0 of the RP2040 model: from the peripherals' outputs to the pads and back
 * (datasheet §2.19), and the GPIO interrupts of processor 0.
 */
#include "chips/rp2040/model/rp2040_parts.h"

enum { FUNCTION_SIO = 5, FUNCTION_PIO0 = 6, FUNCTION_NULL = 31 };
enum { OVERRIDE_NONE, OVERRIDE_INVERT, OVERRIDE_LOW, OVERRIDE_HIGH };
enum { PAD_PUE = 0x08, PAD_IE = 0x40, PAD_OD = 0x80, PAD_RESET = 0x56 };

/* ---- pads and their functions ---------------------------------------------------------------- */

static void set_bit(uint32_t *mask, unsigned gpio, bool set)
{
    uint32_t bit = UINT32_C(1) << gpio;
    *mask = set ? *mask | bit : *mask & ~bit;
}

static void set_override(uint32_t *inverted, uint32_t *low, uint32_t *high, unsigned gpio,
                         unsigned override)
{
    set_bit(inverted, gpio, override == OVERRIDE_INVERT);
    set_bit(low, gpio, override == OVERRIDE_LOW);
    set_bit(high, gpio, override == OVERRIDE_HIGH);
}

static void update_masks(struct rp2040 *chip, unsigned gpio)
{
    struct rp2040_masks *masks = &chip->masks;
    uint32_t ctrl = chip->gpio_ctrl[gpio];
    unsigned function = ctrl & 31;
    set_bit(&masks->of_sio, gpio, function == FUNCTION_SIO);
    set_bit(&masks->of_pio[0], gpio, function == FUNCTION_PIO0);
    set_bit(&masks->of_pio[1], gpio, function == FUNCTION_PIO0 + 1);
    set_override(&masks->out_inverted, &masks->out_low, &masks->out_high, gpio, ctrl >> 8 & 3);
    set_override(&masks->oe_inverted, &masks->oe_never, &masks->oe_always, gpio, ctrl >> 12 & 3);
    set_override(&masks->in_inverted, &masks->in_low, &masks->in_high, gpio, ctrl >> 16 & 3);
    set_bit(&masks->input_enabled, gpio, chip->pads[gpio] & PAD_IE);
    set_bit(&masks->output_disabled, gpio, chip->pads[gpio] & PAD_OD);
    set_bit(&masks->pulled_up, gpio, chip->pads[gpio] & PAD_PUE);
}

static void from_peripherals(const struct rp2040 *chip, uint32_t *out, uint32_t *oe)
{
    const struct rp2040_masks *masks = &chip->masks;
    *out = chip->sio_out & masks->of_sio;
    *oe = chip->sio_oe & masks->of_sio;
    for (unsigned i = 0; i < RP2040_PIOS; i++) {
        *out |= chip->pio[i].now.pads_out & masks->of_pio[i];
        *oe |= chip->pio[i].now.pads_oe & masks->of_pio[i];
    }
}

static uint32_t override(uint32_t value, uint32_t inverted, uint32_t low, uint32_t high)
{
    return ((value ^ inverted) & ~low) | high;
}

static uint32_t out_to_pads(const struct rp2040 *chip, uint32_t out)
{
    const struct rp2040_masks *masks = &chip->masks;
    return override(out, masks->out_inverted, masks->out_low, masks->out_high);
}

static uint32_t oe_to_pads(const struct rp2040 *chip, uint32_t oe)
{
    const struct rp2040_masks *masks = &chip->masks;
    return override(oe, masks->oe_inverted, masks->oe_never, masks->oe_always);
}

void rp2040_update_drivers(struct rp2040 *chip)
{
    uint32_t out;
    uint32_t oe;
    from_peripherals(chip, &out, &oe);
    chip->driving = oe_to_pads(chip, oe) & ~chip->masks.output_disabled & RP2040_GPIO_MASK;
    chip->driven_as = out_to_pads(chip, out) & RP2040_GPIO_MASK;
}

void rp2040_update_levels(struct rp2040 *chip, uint32_t levels)
{
    const struct rp2040_masks *masks = &chip->masks;
    uint32_t seen = levels & masks->input_enabled;
    uint32_t before = chip->levels;
    chip->levels = seen;
    chip->peri_in =
        override(seen, masks->in_inverted, masks->in_low, masks->in_high) & RP2040_GPIO_MASK;
    uint32_t changed = seen ^ before;
    for (unsigned gpio = 0; changed >> gpio; gpio++) {
        uint32_t edge = seen >> gpio & 1 ? 8 : 4;
        if (changed >> gpio & 1)
            chip->gpio_intr[gpio / 8] |= edge << (gpio % 8 * 4);
    }
}

/* ---- IO_BANK0 -------------------------------------------------------------------------------- */

enum {
    IO_CTRLS_END = 0x0F0,
    IO_PROC0_INTE = 0x100,
    IO_PROC0_INTF = 0x110,
    IO_PROC0_INTS = 0x120,
    IO_PROC0_END = 0x130,
    IO_END = 0x190 /* processor 1 and dormant wake are not modelled */
};

static uint32_t raw_interrupts(const struct rp2040 *chip, unsigned index)
{
    uint32_t value = chip->gpio_intr[index];
    for (unsigned i = 0; i < 8 && index * 8 + i < PIO_GPIOS; i++) {
        uint32_t level = chip->levels >> (index * 8 + i) & 1 ? 2 : 1;
        value |= level << (i * 4);
    }
    return value;
}

static uint32_t gpio_ints(const struct rp2040 *chip, unsigned index)
{
    uint32_t enabled = chip->gpio_inte[index];
    uint32_t raw = enabled ? raw_interrupts(chip, index) : 0;
    return (raw & enabled) | chip->gpio_intf[index];
}

static uint32_t gpio_status(const struct rp2040 *chip, unsigned gpio)
{
    uint32_t out;
    uint32_t oe;
    from_peripherals(chip, &out, &oe);
    uint32_t raw = (raw_interrupts(chip, gpio / 8) & chip->gpio_inte[gpio / 8]) >> (gpio % 8 * 4);
    uint32_t value = (out >> gpio & 1) << 8;
    value |= (out_to_pads(chip, out) >> gpio & 1) << 9;
    value |= (oe >> gpio & 1) << 12;
    value |= (oe_to_pads(chip, oe) >> gpio & 1) << 13;
    value |= (chip->levels >> gpio & 1) << 17;
    value |= (chip->peri_in >> gpio & 1) << 19;
    value |= (uint32_t)((raw & 15) != 0) << 24 | (uint32_t)((raw & 15) != 0) << 26;
    return value;
}

static enum rp2040_access load_io(struct rp2040 *chip, uint32_t offset, uint32_t *value)
{
    unsigned index = offset >> 2 & 3;
    if (offset < IO_CTRLS_END)
        *value = offset & 4 ? chip->gpio_ctrl[offset / 8] : gpio_status(chip, offset / 8);
    else if (offset < IO_PROC0_INTE)
        *value = raw_interrupts(chip, index);
    else if (offset < IO_PROC0_INTF)
        *value = chip->gpio_inte[index];
    else if (offset < IO_PROC0_INTS)
        *value = chip->gpio_intf[index];
    else if (offset < IO_PROC0_END)
        *value = gpio_ints(chip, index);
    else
        return offset < IO_END ? RP2040_NOT_MODELLED : RP2040_NO_REGISTER;
    return RP2040_GOOD;
}

static enum rp2040_access store_io(struct rp2040 *chip, uint32_t offset, uint32_t value)
{
    const uint32_t edges = UINT32_C(0xCCCCCCCC);
    unsigned index = offset >> 2 & 3;
    if (offset < IO_CTRLS_END) {
        if (!(offset & 4))
            return RP2040_WRONG_DIRECTION;
        chip->gpio_ctrl[offset / 8] = value & UINT32_C(0x3003331F);
        update_masks(chip, offset / 8);
    } else if (offset < IO_PROC0_INTE) {
        chip->gpio_intr[index] &= ~(value & edges);
    } else if (offset < IO_PROC0_INTF) {
        chip->gpio_inte[index] = value;
    } else if (offset < IO_PROC0_INTS) {
        chip->gpio_intf[index] = value;
    } else if (offset < IO_PROC0_END) {
        return RP2040_WRONG_DIRECTION;
    } else {
        return offset < IO_END ? RP2040_NOT_MODELLED : RP2040_NO_REGISTER;
    }
    return RP2040_GOOD;
}

static bool io_is_plain(uint32_t offset)
{
    if (offset < IO_CTRLS_END)
        return offset & 4;
    return offset >= IO_PROC0_INTE && offset < IO_PROC0_INTS;
}

void rp2040_reset_io_bank0(struct rp2040 *chip)
{
    for (unsigned gpio = 0; gpio < PIO_GPIOS; gpio++) {
        chip->gpio_ctrl[gpio] = FUNCTION_NULL;
        update_masks(chip, gpio);
    }
    for (unsigned i = 0; i < 4; i++) {
        chip->gpio_intr[i] = 0;
        chip->gpio_inte[i] = 0;
        chip->gpio_intf[i] = 0;
    }
}

/* ---- PADS_BANK0 ------------------------------------------------------------------------------ */

enum { PADS_VOLTAGE = 0, PADS_GPIO0 = 4, PADS_SWCLK = 0x7C, PADS_END = 0x84 };

static enum rp2040_access load_pads(struct rp2040 *chip, uint32_t offset, uint32_t *value)
{
    if (offset == PADS_VOLTAGE)
        *value = chip->voltage_select;
    else if (offset < PADS_SWCLK)
        *value = chip->pads[(offset - PADS_GPIO0) / 4];
    else
        return offset < PADS_END ? RP2040_NOT_MODELLED : RP2040_NO_REGISTER;
    return RP2040_GOOD;
}

static enum rp2040_access store_pads(struct rp2040 *chip, uint32_t offset, uint32_t value)
{
    if (offset == PADS_VOLTAGE) {
        chip->voltage_select = value & 1;
    } else if (offset < PADS_SWCLK) {
        chip->pads[(offset - PADS_GPIO0) / 4] = value & 0xFF;
        update_masks(chip, (offset - PADS_GPIO0) / 4);
    } else {
        return offset < PADS_END ? RP2040_NOT_MODELLED : RP2040_NO_REGISTER;
    }
    return RP2040_GOOD;
}

static bool pads_is_plain(uint32_t offset)
{
    return offset < PADS_END;
}

void rp2040_reset_pads_bank0(struct rp2040 *chip)
{
    chip->voltage_select = 0;
    for (unsigned gpio = 0; gpio < PIO_GPIOS; gpio++) {
        chip->pads[gpio] = PAD_RESET;
        update_masks(chip, gpio);
    }
}

bool rp2040_gpio_requests(const struct rp2040 *chip)
{
    uint32_t requests = 0;
    for (unsigned i = 0; i < 4; i++)
        requests |= gpio_ints(chip, i);
    return requests != 0;
}

const struct rp2040_block rp2040_io_bank0 = {
    .base = 0x40014000,
    .reset_bit = RP2040_RESET_IO_BANK0,
    .load = load_io,
    .store = store_io,
    .is_plain = io_is_plain,
};

const struct rp2040_block rp2040_pads_bank0 = {
    .base = 0x4001C000,
    .reset_bit = RP2040_RESET_PADS_BANK0,
    .load = load_pads,
    .store = store_pads,
    .is_plain = pads_is_plain,
};
