/* SPDX-License-Identifier: MIT */
/*
 * Pads: what drives them, through the GPIO matrix and IO_MUX, and their pulls.
 *
 *     GPIO.OUT, ENABLE ──┐
 *     CPU GPIO channels ─┴─► FUNCn_OUT_SEL ─► PINn.PAD_DRIVER ─► MCU_SEL ─► pad ─► FUN_IE ─► levels
 */
#include <stddef.h>

#include "chips/esp32/model/esp32x_parts.h"

enum { PAD_DRIVER = 2, FUN_WPD = 7, FUN_WPU = 8, FUN_IE = 9, MCU_SEL = 12 };

struct output {
    bool is_enabled, is_high;
};

/* ---- IO_MUX and RTC_IO ----------------------------------------------------------------------- */

static uint32_t mux_of(const struct esp32x *chip, unsigned pin)
{
    const uint8_t *offsets = chip->facts->mux_offsets;
    return esp32x_peek(chip, ESP32X_IO_MUX, offsets ? offsets[pin] : 4 + 4 * pin);
}

static bool is_bit(uint32_t word, unsigned bit)
{
    return word >> bit & 1;
}

/* NULL: it is a pad of IO_MUX alone. */
static const struct esp32x_rtc_pad *rtc_pad_of(const struct esp32x *chip, unsigned pin)
{
    const struct esp32x_rtc_pad *pad = chip->facts->rtc_pads;
    for (; pad && pad->offset; pad++) {
        if (pad->pin == pin)
            return pad;
    }
    return NULL;
}

/* An RTC pad whose MUX_SEL is set is not connected to IO_MUX. */
static bool is_taken_by_rtc(const struct esp32x *chip, unsigned pin)
{
    const struct esp32x_rtc_pad *pad = rtc_pad_of(chip, pin);
    return pad && is_bit(esp32x_peek(chip, ESP32X_RTC_IO, pad->offset), pad->mux);
}

static bool is_pulled_up(const struct esp32x *chip, unsigned pin)
{
    const struct esp32x_rtc_pad *pad = rtc_pad_of(chip, pin);
    if (pad)
        return is_bit(esp32x_peek(chip, ESP32X_RTC_IO, pad->offset), pad->pull_up);
    bool has_none = chip->facts->rtc_pads && chip->facts->input_only >> pin & 1;
    return is_bit(mux_of(chip, pin), FUN_WPU) && !has_none;
}

static bool is_pulled_down(const struct esp32x *chip, unsigned pin)
{
    const struct esp32x_rtc_pad *pad = rtc_pad_of(chip, pin);
    if (pad)
        return is_bit(esp32x_peek(chip, ESP32X_RTC_IO, pad->offset), pad->pull_down);
    return is_bit(mux_of(chip, pin), FUN_WPD);
}

/* ---- GPIO matrix ----------------------------------------------------------------------------- */

bool esp32x_channel_of(const struct esp32x *chip, unsigned signal, unsigned *core,
                       unsigned *channel)
{
    for (*core = 0; *core < chip->facts->cores; (*core)++) {
        for (*channel = 0; *channel < ESP32X_CHANNELS; (*channel)++) {
            if (signal != 0 && chip->facts->channels[*core][*channel] == signal)
                return true;
        }
    }
    return false;
}

/* OEN_SEL = 0: the signal's own output enable, which only the C3 has. */
static bool channel_is_enabled(const struct esp32x *chip, unsigned core, unsigned channel,
                               bool enabled_by_gpio)
{
    bool is_other = chip->readings.other_channel_enable;
    if (chip->facts->channels_have_enable)
        return is_other || chip->cpu_gpio[core].enable >> channel & 1;
    return !is_other || enabled_by_gpio;
}

static struct output signal_of(const struct esp32x *chip, unsigned pin, uint32_t select)
{
    const struct esp32x_facts *facts = chip->facts;
    bool enabled_by_gpio = chip->gpio.enable >> pin & 1;
    unsigned core, channel;
    unsigned signal = select & (ESP32X_BIT(facts->gpio.out_bits) - 1);
    if (signal == facts->gpio.plain)
        return (struct output){enabled_by_gpio, chip->gpio.out >> pin & 1};
    if (!esp32x_channel_of(chip, signal, &core, &channel))
        return (struct output){false, false};
    bool is_by_gpio = is_bit(select, facts->gpio.out_bits + 1u); /* OEN_SEL */
    return (struct output){is_by_gpio ? enabled_by_gpio
                                      : channel_is_enabled(chip, core, channel, enabled_by_gpio),
                           esp32x_channel_outputs(chip, core) >> channel & 1};
}

static struct output output_of(const struct esp32x *chip, unsigned pin)
{
    const struct esp32x_facts *facts = chip->facts;
    uint32_t select = esp32x_peek(chip, ESP32X_GPIO, facts->gpio.out_sel + 4 * pin);
    if ((mux_of(chip, pin) >> MCU_SEL & 7) != facts->gpio_function || is_taken_by_rtc(chip, pin))
        return (struct output){false, false};
    struct output output = signal_of(chip, pin, select);
    output.is_high ^= is_bit(select, facts->gpio.out_bits);
    output.is_enabled ^= is_bit(select, facts->gpio.out_bits + 2u);
    return output;
}

/* ---- what is driven -------------------------------------------------------------------------- */

static void blame(struct esp32x *chip, uint64_t pins, enum esp32x_fault fault)
{
    for (unsigned pin = 0; pins >> pin; pin++) {
        if (pins >> pin & 1)
            esp32x_fault(chip, fault, pin);
    }
}

static void find_outputs(struct esp32x *chip)
{
    struct esp32x_gpio *gpio = &chip->gpio;
    uint64_t candidates = gpio->enable | gpio->routed;
    gpio->outputs = gpio->pulled = gpio->driven_high = 0;
    for (unsigned pin = 0; pin < chip->facts->pins; pin++) {
        if (!(candidates >> pin & 1))
            continue;
        struct output output = output_of(chip, pin);
        uint32_t configuration = esp32x_peek(chip, ESP32X_GPIO, chip->facts->gpio.pin + 4 * pin);
        if (!output.is_enabled)
            continue;
        gpio->outputs |= ESP32X_PIN(pin);
        if (!output.is_high)
            gpio->pulled |= ESP32X_PIN(pin);
        else if (!is_bit(configuration, PAD_DRIVER))
            gpio->driven_high |= ESP32X_PIN(pin);
    }
}

static void find_pulls(struct esp32x *chip, uint64_t *pulled_down)
{
    struct esp32x_gpio *gpio = &chip->gpio;
    uint64_t up = 0;
    *pulled_down = gpio->has_input = 0;
    for (unsigned pin = 0; pin < chip->facts->pins; pin++) {
        if (!(chip->facts->existing >> pin & 1))
            continue;
        up |= (uint64_t)is_pulled_up(chip, pin) << pin;
        *pulled_down |= (uint64_t)is_pulled_down(chip, pin) << pin;
        if (is_bit(mux_of(chip, pin), FUN_IE) && !is_taken_by_rtc(chip, pin))
            gpio->has_input |= ESP32X_PIN(pin);
    }
    gpio->idle = (gpio->driven_high | (up & ~gpio->outputs)) & ~gpio->on_wires;
}

/* What must not be, where it was not before. */
static void judge(struct esp32x *chip, const struct esp32x_gpio *before, uint64_t pulled_down)
{
    const struct esp32x_facts *facts = chip->facts;
    struct esp32x_gpio *gpio = &chip->gpio;
    uint64_t news = gpio->outputs & ~before->outputs;
    uint64_t taboo = facts->forbidden | ~facts->existing | (facts->strapping & ~gpio->on_wires);
    blame(chip, news & facts->input_only, ESP32X_INPUT_ONLY);
    blame(chip, news & taboo & ~facts->input_only, ESP32X_FORBIDDEN_PIN);
    blame(chip, gpio->driven_high & ~before->driven_high, ESP32X_DRIVEN_HIGH);
    blame(chip, news & gpio->on_wires & pulled_down, ESP32X_PULLED_DOWN);
    chip->ever_driven |= gpio->pulled | gpio->driven_high;
}

void esp32x_drive_pads(struct esp32x *chip)
{
    struct esp32x_gpio before = chip->gpio;
    uint64_t pulled_down;
    find_outputs(chip);
    find_pulls(chip, &pulled_down);
    judge(chip, &before, pulled_down);
    for (unsigned i = 0; i < chip->tap_count; i++) {
        struct esp32x_tap *tap = chip->taps[i];
        struct line_pulls pulls = {.scl_low = chip->gpio.pulled >> tap->scl & 1,
                                   .sda_low = chip->gpio.pulled >> tap->sda & 1};
        i2ctarget_wires_pull(chip->wires, &tap->participant, pulls);
    }
}

/* ---- levels ---------------------------------------------------------------------------------- */

uint64_t esp32x_find_levels(const struct esp32x *chip)
{
    uint64_t levels = chip->gpio.idle;
    for (unsigned i = 0; i < chip->tap_count; i++) {
        levels |= (uint64_t)chip->wires->scl << chip->taps[i]->scl;
        levels |= (uint64_t)chip->wires->sda << chip->taps[i]->sda;
    }
    return levels;
}

bool esp32x_pad_level(const struct esp32x *chip, unsigned pin)
{
    return chip->gpio.levels >> pin & 1;
}
