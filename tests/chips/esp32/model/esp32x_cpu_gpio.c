/* SPDX-License-Identifier: MIT */
/*
 * The CPU GPIO (dedicated GPIO) of S2, S3 and C3: eight channels for each core, which the GPIO
 * matrix connects to pads.  Without its clock, or in reset, its outputs are 0.
 */
#include "chips/esp32/model/esp32x_parts.h"

enum { OUT_DRT = 0x00, OUT_SCAN = 0x0C, OUT_CPU = 0x10, IN_SCAN = 0x18 };

/* DEDICATED_GPIO of the S2 says for each channel whether the CPU drives it, or OUT_DRT. */
static uint8_t driven_by_cpu(const struct esp32x *chip)
{
    bool has_choice = chip->kind == ESP32X_ESP32S2;
    return has_choice ? (uint8_t)esp32x_peek(chip, ESP32X_DEDICATED_GPIO, OUT_CPU) : 0xFF;
}

uint8_t esp32x_channel_outputs(const struct esp32x *chip, unsigned core)
{
    uint8_t cpu = driven_by_cpu(chip);
    uint8_t direct = (uint8_t)esp32x_peek(chip, ESP32X_DEDICATED_GPIO, OUT_DRT);
    if (!esp32x_is_clocked(chip, ESP32X_CPU_GATE))
        return 0;
    return (uint8_t)((chip->cpu_gpio[core].out & cpu) | (direct & ~cpu));
}

/* ---- inputs ---------------------------------------------------------------------------------- */

/* Where a channel's level comes from: a pin, or a constant.  SEL = 0: nothing is connected. */
static bool channel_level(struct esp32x *chip, unsigned core, unsigned channel)
{
    const struct esp32x_facts *facts = chip->facts;
    uint32_t offset = facts->gpio.in_sel + 4u * facts->channels[core][channel];
    uint32_t select = esp32x_peek(chip, ESP32X_GPIO, offset);
    unsigned from = select & (ESP32X_BIT(facts->gpio.in_bits) - 1);
    bool is_inverted = select >> facts->gpio.in_bits & 1;
    if (!(select >> (facts->gpio.in_bits + 1) & 1))
        return false;
    if (from == facts->gpio.low || from == facts->gpio.high)
        return (from == facts->gpio.high) != is_inverted;
    return (esp32x_inputs(chip, ESP32X_PIN(from)) >> from & 1) != is_inverted;
}

static uint8_t channel_levels(struct esp32x *chip, unsigned core)
{
    uint8_t levels = 0;
    for (unsigned channel = 0; channel < ESP32X_CHANNELS; channel++)
        levels |= (uint8_t)(channel_level(chip, core, channel) << channel);
    return levels;
}

/* ---- instructions ---------------------------------------------------------------------------- */

static bool admit(struct esp32x *chip, unsigned core)
{
    enum esp32x_fault fault = 0;
    if (core >= chip->facts->cores || chip->facts->channels[core][0] == 0)
        fault = ESP32X_UNMAPPED;
    else if (!esp32x_is_clocked(chip, ESP32X_CPU_GATE))
        fault = ESP32X_UNCLOCKED;
    if (fault)
        esp32x_fault(chip, fault, core);
    return !fault;
}

uint8_t esp32x_cpu_gpio_in(struct esp32x *chip, unsigned core)
{
    return admit(chip, core) ? channel_levels(chip, core) : 0;
}

uint8_t esp32x_cpu_gpio_out(struct esp32x *chip, unsigned core)
{
    return admit(chip, core) ? chip->cpu_gpio[core].out : 0;
}

void esp32x_cpu_gpio_write(struct esp32x *chip, unsigned core, uint8_t mask, uint8_t value)
{
    if (!admit(chip, core))
        return;
    uint8_t *out = &chip->cpu_gpio[core].out;
    *out = (uint8_t)((*out & ~mask) | (value & mask));
    chip->are_pads_stale = true;
}

void esp32x_cpu_gpio_enable(struct esp32x *chip, unsigned core, uint8_t enable)
{
    if (!admit(chip, core))
        return;
    if (!chip->facts->channels_have_enable)
        esp32x_fault(chip, ESP32X_UNMAPPED, core);
    chip->cpu_gpio[core].enable = enable;
    chip->are_pads_stale = true;
}

/* ---- registers of the S2 --------------------------------------------------------------------- */

static uint32_t load(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset)
{
    if (offset == OUT_SCAN)
        return esp32x_channel_outputs(chip, 0);
    return offset == IN_SCAN ? channel_levels(chip, 0) : esp32x_peek(chip, id, offset);
}

static void store(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset, uint32_t value)
{
    *esp32x_word(chip, id, offset) = value;
}

const struct esp32x_functions esp32x_cpu_gpio_block = {load, store};
