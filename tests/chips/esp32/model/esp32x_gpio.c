/* SPDX-License-Identifier: MIT */
/*
 * GPIO: latches, levels, interrupts.  Pins 0 to 31 are one bank, the others a second one; here both
 * are one mask.
 */
#include "chips/esp32/model/esp32x_parts.h"

enum {
    OUT = 0x04, /* then W1TS, W1TC; the same of the second bank */
    ENABLE = 0x20,
    IN = 0x3C,
    STATUS = 0x44,
    STATUS_END = 0x5C,
    BANK = 12 /* bytes of a latch: three registers */
};
enum { PAD_DRIVER = 4, TYPE_RISING = 1, TYPE_FALLING, TYPE_ANY, TYPE_LOW, TYPE_HIGH };

static uint32_t half_of(uint64_t mask, unsigned bank)
{
    return (uint32_t)(mask >> 32 * bank);
}

static uint64_t as_mask(uint32_t half, unsigned bank)
{
    return (uint64_t)half << 32 * bank;
}

/* ---- edges and interrupts -------------------------------------------------------------------- */

static uint64_t interrupting(const struct esp32x_gpio *gpio)
{
    return gpio->rising | gpio->falling | gpio->high | gpio->low;
}

/* Erratum 3.14 in one bank. */
static uint64_t edges_kept_in(struct esp32x *chip, uint64_t edges, unsigned bank, uint64_t ns)
{
    struct esp32x_gpio *gpio = &chip->gpio;
    uint64_t pins = as_mask(UINT32_MAX, bank);
    uint64_t first = edges & pins & -(edges & pins);
    if (!first || (interrupting(gpio) & pins) == first)
        return first;
    bool is_lost = ns < gpio->edge_ns[bank];
    if (chip->readings.edge_loss == ESP32X_LOST_PENDING && gpio->status & pins & ~first)
        is_lost = true;
    if (is_lost)
        return 0;
    gpio->edge_ns[bank] = ns + chip->edge_window_ns;
    return first;
}

static uint64_t edges_kept(struct esp32x *chip, uint64_t edges, uint64_t ns)
{
    if (!chip->facts->gpio.has_erratum || chip->readings.edge_loss == ESP32X_LOST_NEVER)
        return edges;
    return edges_kept_in(chip, edges, 0, ns) | edges_kept_in(chip, edges, 1, ns);
}

static void arrive(struct esp32x *chip, uint64_t levels, uint64_t ns)
{
    struct esp32x_gpio *gpio = &chip->gpio;
    uint64_t changed = gpio->seen ^ levels;
    uint64_t edges = changed & ((levels & gpio->rising) | (~levels & gpio->falling));
    if (chip->readings.status_needs_enable)
        edges &= gpio->enabled[0] | gpio->enabled[1];
    gpio->status |= edges_kept(chip, edges, ns);
    gpio->seen = levels;
}

/* A level interrupts as long as it lasts. */
static void look_at_levels(struct esp32x *chip)
{
    struct esp32x_gpio *gpio = &chip->gpio;
    uint64_t hits = (gpio->seen & gpio->high) | (~gpio->seen & gpio->low);
    if (chip->readings.status_needs_enable)
        hits &= gpio->enabled[0] | gpio->enabled[1];
    if (chip->readings.level_status_follows)
        gpio->status &= ~(gpio->high | gpio->low);
    gpio->status |= hits;
}

void esp32x_run_gpio(struct esp32x *chip)
{
    struct esp32x_gpio *gpio = &chip->gpio;
    unsigned arrived = 0;
    while (arrived < gpio->arriving_count && gpio->arriving[arrived].ns <= chip->wires->now_ns) {
        arrive(chip, gpio->arriving[arrived].levels, gpio->arriving[arrived].ns);
        arrived++;
    }
    for (unsigned i = arrived; i < gpio->arriving_count; i++)
        gpio->arriving[i - arrived] = gpio->arriving[i];
    gpio->arriving_count -= arrived;
    look_at_levels(chip);
    for (unsigned i = 0; i < chip->facts->cores; i++)
        chip->gpio_source[i] = (gpio->status & gpio->enabled[i]) != 0;
}

uint64_t esp32x_arrival_ns(const struct esp32x *chip)
{
    return chip->gpio.arriving_count ? chip->gpio.arriving[0].ns : WIRES_NEVER;
}

bool esp32x_pins_interrupt(const struct esp32x *chip)
{
    return interrupting(&chip->gpio) != 0;
}

void esp32x_pads_changed(struct esp32x *chip, uint64_t levels)
{
    struct esp32x_gpio *gpio = &chip->gpio;
    uint64_t ns = chip->wires->now_ns + chip->input_delay_ns;
    unsigned last = gpio->arriving_count ? gpio->arriving_count - 1 : 0;
    gpio->levels = levels;
    levels &= gpio->has_input;
    if (levels == (gpio->arriving_count ? gpio->arriving[last].levels : gpio->seen))
        return;
    bool is_full = gpio->arriving_count == ESP32X_ARRIVALS;
    if (gpio->arriving_count && (is_full || gpio->arriving[last].ns == ns))
        gpio->arriving_count--;
    gpio->arriving[gpio->arriving_count].ns = ns;
    gpio->arriving[gpio->arriving_count].levels = levels;
    gpio->arriving_count++;
    chip->due_ns = esp32x_sooner(chip->due_ns, gpio->arriving[0].ns);
}

/* ---- reading levels -------------------------------------------------------------------------- */

uint64_t esp32x_inputs(struct esp32x *chip, uint64_t pins)
{
    uint64_t blind = pins & ~chip->gpio.has_input;
    for (unsigned pin = 0; blind >> pin; pin++) {
        if (blind >> pin & 1)
            esp32x_fault(chip, ESP32X_INPUT_DISABLED, pin);
    }
    return chip->gpio.seen;
}

/* Pins on wires that are configured as lines or make interrupts: IN is read because of them. */
static uint64_t in_use(const struct esp32x_gpio *gpio)
{
    return (gpio->outputs | gpio->open_drain | interrupting(gpio)) & gpio->on_wires;
}

/* ---- registers ------------------------------------------------------------------------------- */

static uint32_t load_interrupts(const struct esp32x *chip, uint32_t offset)
{
    const struct esp32x_facts *facts = chip->facts;
    bool is_app = facts->gpio.app_int && (offset == facts->gpio.app_int ||
                                          offset == facts->gpio.app_int + facts->gpio.second_int);
    uint32_t first = is_app ? facts->gpio.app_int : facts->gpio.cpu_int;
    return half_of(chip->gpio.status & chip->gpio.enabled[is_app ? 1 : 0], offset != first);
}

static uint32_t load(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset)
{
    const struct esp32x_gpio *gpio = &chip->gpio;
    unsigned bank = offset >= IN + 4;
    if (offset >= chip->facts->gpio.pin)
        return esp32x_peek(chip, id, offset);
    if (offset >= STATUS_END)
        return load_interrupts(chip, offset);
    if (offset >= STATUS)
        return half_of(gpio->status, (offset - STATUS) / BANK);
    if (offset >= IN)
        return half_of(esp32x_inputs(chip, in_use(gpio) & as_mask(UINT32_MAX, bank)), bank);
    if (offset >= ENABLE)
        return half_of(gpio->enable, (offset - ENABLE) / BANK);
    return half_of(gpio->out, (offset - OUT) / BANK);
}

/* A latch with its W1TS and W1TC, offset counted from the first of them. */
static void store_latch(uint64_t *latch, uint32_t offset, uint32_t value)
{
    unsigned bank = offset / BANK;
    switch (offset % BANK) {
    case 0:
        *latch = (*latch & ~as_mask(UINT32_MAX, bank)) | as_mask(value, bank);
        break;
    case 4:
        *latch |= as_mask(value, bank);
        break;
    default:
        *latch &= ~as_mask(value, bank);
    }
}

static void set_bit(uint64_t *mask, unsigned pin, bool value)
{
    *mask = (*mask & ~ESP32X_PIN(pin)) | (uint64_t)value << pin;
}

static void store_pin(struct esp32x *chip, uint32_t offset, uint32_t value)
{
    struct esp32x_gpio *gpio = &chip->gpio;
    unsigned pin = (offset - chip->facts->gpio.pin) / 4;
    unsigned type = value >> 7 & 7;
    uint32_t known = ESP32X_BIT(chip->facts->gpio.cpu_enable[0]) |
                     (chip->facts->gpio.app_int ? ESP32X_BIT(chip->facts->gpio.cpu_enable[1]) : 0);
    if (type > TYPE_HIGH)
        esp32x_fault(chip, ESP32X_RESERVED, esp32x_address(chip, ESP32X_GPIO, offset));
    if (value & 0x3FC00 & ~known) /* WAKEUP_ENABLE, CONFIG, the NMI */
        esp32x_fault(chip, ESP32X_UNMODELLED, esp32x_address(chip, ESP32X_GPIO, offset));
    set_bit(&gpio->open_drain, pin, value & PAD_DRIVER);
    set_bit(&gpio->rising, pin, type == TYPE_RISING || type == TYPE_ANY);
    set_bit(&gpio->falling, pin, type == TYPE_FALLING || type == TYPE_ANY);
    set_bit(&gpio->low, pin, type == TYPE_LOW);
    set_bit(&gpio->high, pin, type == TYPE_HIGH);
    for (unsigned i = 0; i < chip->facts->cores; i++)
        set_bit(&gpio->enabled[i], pin, value >> chip->facts->gpio.cpu_enable[i] & 1);
}

static void store_in_sel(struct esp32x *chip, uint32_t offset, uint32_t value)
{
    const struct esp32x_facts *facts = chip->facts;
    unsigned core, channel;
    unsigned signal = (offset - facts->gpio.in_sel) / 4;
    unsigned from = value & (ESP32X_BIT(facts->gpio.in_bits) - 1);
    bool is_constant = from == facts->gpio.low || from == facts->gpio.high;
    enum esp32x_fault fault = 0;
    if (!esp32x_channel_of(chip, signal, &core, &channel))
        fault = ESP32X_UNMODELLED;
    else if (!is_constant && !(facts->existing >> from & 1))
        fault = ESP32X_RESERVED;
    if (fault)
        esp32x_fault(chip, fault, esp32x_address(chip, ESP32X_GPIO, offset));
}

static void store_out_sel(struct esp32x *chip, uint32_t offset, uint32_t value)
{
    const struct esp32x_facts *facts = chip->facts;
    unsigned core, channel;
    unsigned signal = value & (ESP32X_BIT(facts->gpio.out_bits) - 1);
    bool is_plain = signal == facts->gpio.plain;
    set_bit(&chip->gpio.routed, (offset - facts->gpio.out_sel) / 4, value != facts->gpio.plain);
    if (!is_plain && !esp32x_channel_of(chip, signal, &core, &channel))
        esp32x_fault(chip, ESP32X_UNMODELLED, esp32x_address(chip, ESP32X_GPIO, offset));
}

static void store_configuration(struct esp32x *chip, uint32_t offset, uint32_t value)
{
    *esp32x_word(chip, ESP32X_GPIO, offset) = value;
    if (offset >= chip->facts->gpio.out_sel + 4 * chip->facts->pins)
        return; /* CLOCK_GATE */
    if (offset >= chip->facts->gpio.out_sel)
        store_out_sel(chip, offset, value);
    else if (offset >= chip->facts->gpio.in_sel)
        store_in_sel(chip, offset, value);
    else
        store_pin(chip, offset, value);
}

static void store(struct esp32x *chip, enum esp32x_block_id id, uint32_t offset, uint32_t value)
{
    struct esp32x_gpio *gpio = &chip->gpio;
    (void)id;
    if (offset >= chip->facts->gpio.pin)
        store_configuration(chip, offset, value);
    else if (offset >= STATUS)
        store_latch(&gpio->status, offset - STATUS, value);
    else if (offset >= ENABLE)
        store_latch(&gpio->enable, offset - ENABLE, value);
    else
        store_latch(&gpio->out, offset - OUT, value);
}

const struct esp32x_functions esp32x_gpio_block = {load, store};
