/* SPDX-License-Identifier: MIT */
#include "samd5x/sercom.h"

#include "samd5x/clocks.h"

static const struct {
    uintptr_t base, mask;
    uint8_t bit, channel;
} blocks[SERCOMS] = {
    {0x40003000u, MCLK_APBAMASK, 12, 7}, {0x40003400u, MCLK_APBAMASK, 13, 8},
    {0x41012000u, MCLK_APBBMASK, 9, 23}, {0x41014000u, MCLK_APBBMASK, 10, 24},
    {0x43000000u, MCLK_APBDMASK, 0, 34}, {0x43000400u, MCLK_APBDMASK, 1, 35},
    {0x43000800u, MCLK_APBDMASK, 2, 36}, {0x43000C00u, MCLK_APBDMASK, 3, 37},
};

static void wait_for(const struct sercom *sercom, uint32_t busy)
{
    while (mmio_read32(sercom->base + I2CS_SYNCBUSY) & busy)
        ;
}

/*
 * SDA is set up 6 + 16 * SDASETUP cycles of the APB before a held SCL is released (§36.8.3).  The APB
 * has the clock of the CPU.  250 ns do for Standard-mode, too.
 */
static uint32_t setup_for(uint32_t cpu_hz)
{
    enum { SETUP_NS = 250, PER_US = 1000, MILLION = 1000000, FIXED = 6, STEP = 16 };
    uint32_t cycles = (cpu_hz / PER_US * SETUP_NS + MILLION - 1) / MILLION;
    return cycles > FIXED ? (cycles - FIXED + STEP - 1) / STEP : 0;
}

void i2ctarget_samd5x_sercom_reset(const struct sercom *sercom)
{
    mmio_write32(sercom->base + I2CS_CTRLA, CTRLA_SWRST);
    wait_for(sercom, SYNCBUSY_SWRST);
    while (mmio_read32(sercom->base + I2CS_CTRLA) & CTRLA_SWRST)
        ;
}

/*
 * LOWTOUTEN goes with SEXTTOEN: by an erratum the latter does not count without it.  What is written
 * before the reset is lost.
 */
void i2ctarget_samd5x_sercom_prepare(struct sercom *sercom, unsigned number,
                                     const struct sercom_setup *setup)
{
    *sercom = (struct sercom){.base = blocks[number].base};
    i2ctarget_samd5x_clocks_open(blocks[number].mask, 1u << blocks[number].bit);
    i2ctarget_samd5x_clocks_connect(blocks[number].channel, setup->gclk_48m);
    if (setup->smbus)
        i2ctarget_samd5x_clocks_connect(CHANNEL_SERCOM_SLOW, setup->gclk_32k);
    i2ctarget_samd5x_sercom_reset(sercom);
    mmio_write32(sercom->base + I2CS_CTRLA,
                 CTRLA_MODE_TARGET |
                     (setup->fast_mode_plus ? CTRLA_SDAHOLD_50NS | CTRLA_SPEED_FMPLUS
                                            : CTRLA_SDAHOLD_300NS) |
                     (setup->smbus ? CTRLA_LOWTOUTEN | CTRLA_SEXTTOEN : 0));
    mmio_write32(sercom->base + I2CS_CTRLC, setup_for(setup->cpu_hz));
}

static void enable(const struct sercom *sercom, bool on)
{
    uint32_t control = mmio_read32(sercom->base + I2CS_CTRLA) & ~(uint32_t)CTRLA_ENABLE;
    mmio_write32(sercom->base + I2CS_CTRLA, control | (on ? CTRLA_ENABLE : 0));
    wait_for(sercom, SYNCBUSY_ENABLE);
}

/*
 * GCMD: a STOP is reported whenever this target was addressed since the STOP before, even if the last
 * message of the transfer was for another target (§36.6.2.5.6).
 */
void i2ctarget_samd5x_sercom_listen(struct sercom *sercom, const struct match *match)
{
    sercom->control = match->mode | CTRLB_GCMD;
    mmio_write32(sercom->base + I2CS_CTRLB, sercom->control);
    mmio_write32(sercom->base + I2CS_ADDR, match->address);
    i2ctarget_samd5x_sercom_clear(sercom, INT_ALL);
    i2ctarget_samd5x_sercom_clear_errors(sercom, STATUS_ERRORS);
    enable(sercom, true);
}

void i2ctarget_samd5x_sercom_stop(const struct sercom *sercom)
{
    enable(sercom, false);
}

/* ---- while it runs --------------------------------------------------------------------------- */

bool i2ctarget_samd5x_sercom_wait_for_release(const struct sercom *sercom)
{
    enum { LOOKS = 100 };
    for (unsigned looks = 0; looks < LOOKS; looks++) {
        if (!(i2ctarget_samd5x_sercom_status(sercom) & STATUS_CLKHOLD))
            return true;
    }
    return false;
}

/*
 * Programs in the field write DATA alone, or DATA and then a command.  One of them may be wrong on
 * this chip: the former would hold SCL for ever, the latter might send a byte twice.  The first byte
 * shows which it is.
 */
void i2ctarget_samd5x_sercom_send(struct sercom *sercom, uint8_t byte)
{
    mmio_write32(sercom->base + I2CS_DATA, byte);
    if (sercom->sending == BY_BYTE)
        return;
    if (sercom->sending == NOT_TRIED)
        sercom->sending = i2ctarget_samd5x_sercom_wait_for_release(sercom) ? BY_BYTE : BY_COMMAND;
    if (sercom->sending == BY_COMMAND)
        i2ctarget_samd5x_sercom_command(sercom, CTRLB_CMD_GO_ON);
}
