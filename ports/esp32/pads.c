/* SPDX-License-Identifier: MIT */
#include "esp32/pads.h"

enum { BANK_PINS = 32, PINS_MAX = 64 };

bool i2ctarget_esp32_pads_can_serve(unsigned pin)
{
    return pin < PINS_MAX && SOC_USABLE_PINS >> pin & 1;
}

struct esp32_line i2ctarget_esp32_pads_line(unsigned pin)
{
    return (struct esp32_line){
        .bit = UINT32_C(1) << pin % BANK_PINS,
        .pin = (uint8_t)pin,
        .bank = (uint8_t)(pin / BANK_PINS),
    };
}

static void pull_up(unsigned pin)
{
    uint32_t up = soc_rtc_pull_up(pin), down = up << 1;
    if (soc_rtc_pad(pin))
        mmio_write32(soc_rtc_pad(pin), (mmio_read32(soc_rtc_pad(pin)) & ~down) | up);
}

static void open_pad(unsigned pin)
{
    pull_up(pin);
    const uint32_t ours = PAD_PULL_DOWN | PAD_PULL_UP | PAD_INPUT | PAD_FUNCTION_MASK;
    uint32_t pad = mmio_read32(soc_pad(pin)) & ~ours;
    mmio_write32(soc_pad(pin), pad | PAD_PULL_UP | PAD_INPUT | SOC_PAD_IS_GPIO << PAD_FUNCTION_LSB);
}

/* The enable is that of the GPIO, whatever the signal's own says: it comes last. */
void i2ctarget_esp32_pads_connect(const struct esp32_line *line, unsigned signal)
{
    mmio_write32(GPIO_ENABLE_CLEAR(line->bank), line->bit);
    mmio_write32(GPIO_OUT_SET(line->bank), line->bit);
    mmio_write32(GPIO_PIN(line->pin), PIN_OPEN_DRAIN);
    mmio_write32(GPIO_OUT_SELECT(line->pin), signal | SOC_ENABLE_BY_GPIO);
    open_pad(line->pin);
    mmio_write32(GPIO_ENABLE_SET(line->bank), line->bit);
}

void i2ctarget_esp32_pads_disconnect(const struct esp32_line *line)
{
    mmio_write32(GPIO_ENABLE_CLEAR(line->bank), line->bit);
    mmio_write32(GPIO_PIN(line->pin), 0);
    mmio_write32(GPIO_STATUS_CLEAR(line->bank), line->bit);
    mmio_write32(GPIO_OUT_SELECT(line->pin), SOC_PLAIN_OUTPUT);
}
