/* SPDX-License-Identifier: MIT */
#include "samd5x/eic.h"

#include <stdint.h>

#include "samd5x/clocks.h"
#include "samd5x/pins.h"

/* Data sheet, table 6-1: the pins that have a line.  Most have that of their number. */
static const uint32_t with_line[] = {0xCBFFFEFFu, 0xFFFFFFFFu, 0xDFFFFCFFu, 0x00301F03u};
static const struct {
    uint8_t pin, line;
} others[] = {
    {32 + 26, 12}, {32 + 27, 13}, {32 + 28, 14}, {32 + 29, 15}, {64 + 7, 9},   {96 + 8, 3},
    {96 + 9, 4},   {96 + 10, 5},  {96 + 11, 6},  {96 + 12, 7},  {96 + 20, 10}, {96 + 21, 11},
};

int i2ctarget_samd5x_eic_line(unsigned pin)
{
    if (pin >= PINS || !(with_line[pin / 32] >> pin % 32 & 1))
        return NO_LINE;
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++) {
        if (others[i].pin == pin)
            return others[i].line;
    }
    return (int)(pin % EIC_LINES);
}

void i2ctarget_samd5x_eic_begin(unsigned generator)
{
    i2ctarget_samd5x_clocks_open(MCLK_APBAMASK, 1u << MCLK_APBA_EIC);
    i2ctarget_samd5x_clocks_connect(CHANNEL_EIC, generator);
}

static void set_control(uint8_t value)
{
    mmio_write8(EIC_CTRLA, value);
    while (mmio_read32(EIC_SYNCBUSY) & EIC_BUSY_ENABLE)
        ;
}

static void set_sense(unsigned line, unsigned sense)
{
    unsigned lsb = line % 8 * SENSE_BITS;
    uint32_t rest = mmio_read32(EIC_CONFIG(line)) & ~(0xFu << lsb);
    mmio_write32(EIC_CONFIG(line), rest | sense << lsb);
}

/* CONFIG is protected while the EIC is on (§23.6.2.1). */
static void turn_off(void)
{
    uint8_t control = mmio_read8(EIC_CTRLA);
    if (control & EIC_ENABLE)
        set_control((uint8_t)(control & ~EIC_ENABLE));
}

static void turn_on(void)
{
    set_control(mmio_read8(EIC_CTRLA) | EIC_ENABLE);
}

void i2ctarget_samd5x_eic_set_senses(unsigned of_rises, unsigned of_both)
{
    turn_off();
    set_sense(of_rises, SENSE_RISE);
    set_sense(of_both, SENSE_BOTH);
    turn_on();
}

void i2ctarget_samd5x_eic_set_falls(unsigned line, bool on)
{
    turn_off();
    set_sense(line, on ? SENSE_FALL : SENSE_RISE);
    turn_on();
}
