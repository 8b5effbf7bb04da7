/* SPDX-License-Identifier: MIT */
/*
 * The registers of SERCOM0..7 in I2CS mode (data sheet 36.7, 36.8).  Other modes are not modelled.
 *
 * ENABLE and SWRST are synchronised to the core clock: they take effect when SYNCBUSY says so, and
 * never if that clock stands still.
 */
#include "chips/samd5x/model/samd5x_i2cs.h"

enum {
    CTRLA = 0x00,
    CTRLB = 0x04,
    CTRLC = 0x08,
    INTENCLR = 0x14,
    INTENSET = 0x16,
    INTFLAG = 0x18,
    STATUS = 0x1A,
    SYNCBUSY = 0x1C,
    LENGTH = 0x22,
    ADDR = 0x24,
    DATA = 0x28
};

/* The most frequent first. */
static const struct samd5x_register registers[] = {
    {INTFLAG, 1, SAMD5X_RW, 1},  {STATUS, 2, SAMD5X_RW, 1},     {DATA, 4, SAMD5X_RW, 1},
    {CTRLB, 4, SAMD5X_RW, 1},    {CTRLA, 4, SAMD5X_RW, 1},      {CTRLC, 4, SAMD5X_RW, 1},
    {INTENCLR, 1, SAMD5X_RW, 1}, {INTENSET, 1, SAMD5X_RW, 1},   {SYNCBUSY, 4, SAMD5X_R, 1},
    {ADDR, 4, SAMD5X_RW, 1},     {LENGTH, 2, SAMD5X_EXISTS, 1},
};

enum { MODE = 7 << 2, MODE_TARGET = 4 << 2, AMODE = 3 << 14, CMD_LSB = 16, TENBITEN = 1 << 15 };
enum {
    CTRLA_WRITABLE = 0x4BB1009C, /* all but SWRST and ENABLE: */
    CTRLB_WRITABLE = 0x0000C700, /* all but CMD and ACKACT */
    CTRLC_WRITABLE = 0x0100000F,
    ADDR_WRITABLE = 0x07FE87FF,
    FLAGS = SAMD5X_PREC | SAMD5X_AMATCH | SAMD5X_DRDY | SAMD5X_ERROR,
    CLEARABLE = SAMD5X_BUSERR | SAMD5X_COLL | SAMD5X_LOWTOUT | SAMD5X_SEXTTOUT | SAMD5X_LENERR,
    HS = 0x400
};

/* asf4 instance headers: SERCOMx_GCLK_ID_CORE. */
static const uint8_t core_channels[SAMD5X_SERCOMS] = {7, 8, 23, 24, 34, 35, 36, 37};

static void fault(struct samd5x *chip, enum samd5x_fault kind, unsigned instance, uint32_t offset)
{
    samd5x_fault(chip, kind, samd5x_address(&samd5x_sercom, instance, offset));
}

/* ---- synchronisation ------------------------------------------------------------------------- */

static void pad_levels(const struct samd5x *chip, const struct samd5x_sercom *self, bool *scl,
                       bool *sda)
{
    *scl = self->scl_pin < 0 || samd5x_pad_level(chip, (unsigned)self->scl_pin);
    *sda = self->sda_pin < 0 || samd5x_pad_level(chip, (unsigned)self->sda_pin);
}

static uint32_t syncbusy(const struct samd5x *chip, const struct samd5x_sercom *self)
{
    uint64_t now_ns = chip->wires->now_ns;
    return (now_ns < self->reset_done_ns ? SAMD5X_SWRST : 0) |
           (now_ns < self->enable_done_ns ? SAMD5X_ENABLE : 0);
}

static void run_synchronisation(struct samd5x *chip, struct samd5x_sercom *self)
{
    bool is_enabled = self->ctrla & SAMD5X_ENABLE;
    if (is_enabled == self->is_running || chip->wires->now_ns < self->enable_done_ns)
        return;
    bool scl = true;
    bool sda = true;
    pad_levels(chip, self, &scl, &sda);
    self->is_running = is_enabled;
    if (is_enabled)
        samd5x_i2cs_begin(chip, self, scl, sda);
    else
        samd5x_i2cs_end(chip, self);
}

void samd5x_run_sercom(struct samd5x *chip, unsigned index)
{
    struct samd5x_sercom *self = &chip->sercoms[index];
    run_synchronisation(chip, self);
    if (!self->is_running)
        return;
    bool scl = true;
    bool sda = true;
    pad_levels(chip, self, &scl, &sda);
    samd5x_i2cs_run(chip, self, scl, sda);
}

uint64_t samd5x_sercom_ns(const struct samd5x *chip, unsigned index)
{
    const struct samd5x_sercom *self = &chip->sercoms[index];
    uint64_t next_ns = self->is_running ? samd5x_i2cs_ns(chip, self) : WIRES_NEVER;
    bool is_switching = self->is_running != !!(self->ctrla & SAMD5X_ENABLE);
    return is_switching ? samd5x_sooner(next_ns, self->enable_done_ns) : next_ns;
}

uint32_t samd5x_sercom_requests(const struct samd5x_sercom *self)
{
    uint32_t flags = self->intflag & self->enabled_interrupts;
    return (flags & 7) | (flags & SAMD5X_ERROR ? 8 : 0);
}

/* 36.8.7: SR is valid only while AMATCH is set; here it reads 0 then. */
static uint32_t load_status(const struct samd5x_sercom *self)
{
    uint32_t valid = self->intflag & SAMD5X_AMATCH ? UINT32_MAX : ~(uint32_t)SAMD5X_SR;
    return (self->status & valid) | (samd5x_i2cs_holds(self) ? SAMD5X_CLKHOLD : 0);
}

/* ---- reads ----------------------------------------------------------------------------------- */

static uint32_t load(struct samd5x *chip, unsigned instance, uint32_t offset)
{
    struct samd5x_sercom *self = &chip->sercoms[instance];
    uint32_t data = self->data;
    switch (offset) {
    case CTRLA:
        return self->ctrla | (syncbusy(chip, self) & SAMD5X_SWRST);
    case CTRLB:
        return self->ctrlb;
    case CTRLC:
        return self->ctrlc;
    case INTENCLR:
    case INTENSET:
        return self->enabled_interrupts;
    case INTFLAG:
        return self->intflag;
    case STATUS:
        return load_status(self);
    case SYNCBUSY:
        return syncbusy(chip, self);
    case ADDR:
        return self->addr;
    default:
        if (self->ctrlb & SAMD5X_SMEN)
            samd5x_i2cs_data_read(chip, self);
        return data;
    }
}

/* ---- set-up ---------------------------------------------------------------------------------- */

static void reset(struct samd5x *chip, unsigned instance)
{
    struct samd5x_sercom *self = &chip->sercoms[instance];
    *self = (struct samd5x_sercom){.scl_pin = self->scl_pin,
                                   .sda_pin = self->sda_pin,
                                   .scl.is_i2c_pad = self->scl.is_i2c_pad,
                                   .sda.is_i2c_pad = self->sda.is_i2c_pad};
    samd5x_i2cs_end(chip, self);
}

/* What it needs of the clocks, when it is enabled. */
static void judge_clocks(struct samd5x *chip, unsigned instance)
{
    enum { CORE_HZ_MAX = 100000000, SLOW_HZ_MIN = 32000, SLOW_HZ_MAX = 33000 }; /* §54, 36.6.3.1 */
    const struct samd5x_sercom *self = &chip->sercoms[instance];
    uint32_t core_hz = samd5x_channel_hz(chip, core_channels[instance]);
    uint32_t slow_hz = samd5x_channel_hz(chip, SAMD5X_CHANNEL_SLOW);
    bool needs_slow = self->ctrla & (SAMD5X_LOWTOUTEN | SAMD5X_SEXTTOEN);
    if (core_hz == 0 || (needs_slow && slow_hz == 0))
        fault(chip, SAMD5X_UNCLOCKED, instance, CTRLA);
    bool is_slow_good = slow_hz == 0 || (slow_hz >= SLOW_HZ_MIN && slow_hz <= SLOW_HZ_MAX);
    if (core_hz > CORE_HZ_MAX || (needs_slow && !is_slow_good))
        fault(chip, SAMD5X_FREQUENCY, instance, CTRLA);
}

static void judge_setup(struct samd5x *chip, unsigned instance)
{
    enum { PINOUT = 1 << 16, SPEED_LSB = 24, DATA32B = 1 << 24 };
    const struct samd5x_sercom *self = &chip->sercoms[instance];
    if ((self->ctrla & MODE) != MODE_TARGET || self->ctrla & PINOUT ||
        (self->ctrla >> SPEED_LSB & 3) > 1 || self->addr & TENBITEN || self->ctrlc & DATA32B)
        fault(chip, SAMD5X_UNMODELLED, instance, CTRLA);
    /* Microchip's erratum on SEXTTOEN: only with LOWTOUTEN. */
    bool is_lone_sextto = self->ctrla & SAMD5X_SEXTTOEN && !(self->ctrla & SAMD5X_LOWTOUTEN);
    if (is_lone_sextto || (self->ctrlb & AMODE) == AMODE)
        fault(chip, SAMD5X_RESERVED, instance, CTRLA);
}

/* Fields that may only be written while the block is off (36.5). */
static void store_protected(struct samd5x *chip, unsigned instance, uint32_t offset, uint32_t *at,
                            uint32_t value, uint32_t lanes)
{
    const struct samd5x_sercom *self = &chip->sercoms[instance];
    uint32_t after = samd5x_merge(*at, value, lanes);
    if (after == *at)
        return;
    if (self->ctrla & SAMD5X_ENABLE)
        fault(chip, SAMD5X_PROTECTED, instance, offset);
    else
        *at = after;
}

static void store_ctrla(struct samd5x *chip, unsigned instance, uint32_t value, uint32_t lanes)
{
    struct samd5x_sercom *self = &chip->sercoms[instance];
    uint32_t core_hz = samd5x_channel_hz(chip, core_channels[instance]);
    chip->sercoms_in_use |= SAMD5X_BIT(instance);
    if (value & SAMD5X_SWRST) {
        reset(chip, instance);
        self->reset_done_ns = samd5x_synchronised_ns(chip, core_hz);
        if (core_hz == 0)
            fault(chip, SAMD5X_UNCLOCKED, instance, CTRLA);
        return;
    }
    uint32_t before = self->ctrla;
    store_protected(chip, instance, CTRLA, &self->ctrla, value, lanes & CTRLA_WRITABLE);
    self->ctrla = samd5x_merge(self->ctrla, value, lanes & SAMD5X_ENABLE);
    if (!((before ^ self->ctrla) & SAMD5X_ENABLE))
        return;
    self->enable_done_ns = samd5x_synchronised_ns(chip, core_hz);
    if (self->ctrla & SAMD5X_ENABLE) {
        judge_clocks(chip, instance);
        judge_setup(chip, instance);
    }
}

/* ---- flags and commands ---------------------------------------------------------------------- */

static void clear_status(struct samd5x *chip, struct samd5x_sercom *self, bool is_command)
{
    enum samd5x_status_clearing reading = chip->readings.status_clearing;
    if (reading == SAMD5X_CLEARED_WITH_AMATCH || (reading == SAMD5X_CLEARED_BY_CMD && is_command))
        self->status &= ~(uint32_t)CLEARABLE;
}

/* 36.8.2: it shall not be updated more than once between two requests. */
static void set_ackact(struct samd5x *chip, unsigned instance, uint32_t value, uint32_t lanes)
{
    struct samd5x_sercom *self = &chip->sercoms[instance];
    uint32_t after = samd5x_merge(self->ctrlb, value, lanes & SAMD5X_ACKACT);
    if (after == self->ctrlb)
        return;
    if (self->is_running && self->set_ackact)
        fault(chip, SAMD5X_RESERVED, instance, CTRLB);
    self->set_ackact = self->is_running;
    self->ctrlb = after;
}

static void store_ctrlb(struct samd5x *chip, unsigned instance, uint32_t value, uint32_t lanes)
{
    struct samd5x_sercom *self = &chip->sercoms[instance];
    unsigned command = value >> CMD_LSB & 3;
    store_protected(chip, instance, CTRLB, &self->ctrlb, value, lanes & CTRLB_WRITABLE);
    set_ackact(chip, instance, value, lanes);
    if (command == 0 || !self->is_running)
        return;
    /* 36.8.2: 1 is reserved; 2 answers DRDY only. */
    if (command == 1 || (command == 2 && self->intflag & SAMD5X_AMATCH))
        fault(chip, SAMD5X_RESERVED, instance, CTRLB);
    if (command == 1)
        return;
    if (self->intflag & SAMD5X_AMATCH && command == 3)
        clear_status(chip, self, true);
    samd5x_i2cs_command(chip, self, command);
}

/* A request that is cleared without an answer: the data sheet does not say what follows. */
static void clear_flags(struct samd5x *chip, unsigned instance, uint32_t flags)
{
    struct samd5x_sercom *self = &chip->sercoms[instance];
    bool is_matched = flags & self->intflag & SAMD5X_AMATCH;
    if (flags & self->intflag & SAMD5X_DRDY && samd5x_i2cs_holds(self))
        fault(chip, SAMD5X_RESERVED, instance, INTFLAG);
    self->intflag &= ~(flags & FLAGS);
    if (!is_matched)
        return;
    clear_status(chip, self, false);
    samd5x_i2cs_answer(chip, self);
}

/* Errata of siblings, and 36.8.7 of later issues: CLKHOLD must not be written. */
static void store_status(struct samd5x *chip, unsigned instance, uint32_t value)
{
    if (value & SAMD5X_CLKHOLD)
        fault(chip, SAMD5X_RESERVED, instance, STATUS);
    chip->sercoms[instance].status &= ~(value & (CLEARABLE | HS));
}

static void store(struct samd5x *chip, unsigned instance, uint32_t offset, uint32_t value,
                  uint32_t lanes)
{
    struct samd5x_sercom *self = &chip->sercoms[instance];
    if (syncbusy(chip, self) & SAMD5X_SWRST || (offset == CTRLA && syncbusy(chip, self))) {
        fault(chip, SAMD5X_BUSY, instance, offset);
        return;
    }
    switch (offset) {
    case CTRLA:
        store_ctrla(chip, instance, value, lanes);
        break;
    case CTRLB:
        store_ctrlb(chip, instance, value, lanes);
        break;
    case CTRLC:
        store_protected(chip, instance, CTRLC, &self->ctrlc, value, lanes & CTRLC_WRITABLE);
        break;
    case INTENCLR:
        self->enabled_interrupts &= ~value;
        break;
    case INTENSET:
        self->enabled_interrupts |= value & FLAGS;
        break;
    case INTFLAG:
        clear_flags(chip, instance, value);
        break;
    case STATUS:
        store_status(chip, instance, value);
        break;
    case ADDR:
        store_protected(chip, instance, ADDR, &self->addr, value, lanes & ADDR_WRITABLE);
        break;
    default:
        samd5x_i2cs_data(chip, self, (uint8_t)value);
        break;
    }
}

const struct samd5x_block samd5x_sercom = {registers, sizeof registers / sizeof *registers, load,
                                           store};

void samd5x_reset_sercoms(struct samd5x *chip)
{
    for (unsigned i = 0; i < SAMD5X_SERCOMS; i++) {
        chip->sercoms[i].scl_pin = -1;
        chip->sercoms[i].sda_pin = -1;
        reset(chip, i);
    }
}
