/* SPDX-License-Identifier: MIT */
/*
 * A SERCOM in I2CS mode, as the port sees it.  SCLSM, SMEN and AACKEN are 0: the SERCOM holds SCL
 * before the ACK of every address and byte, and before each byte that it is to send, until it gets a
 * command.  So nothing happens on the bus while AMATCH or DRDY waits for an answer, except that a
 * limit of SMBus ends it.
 */
#ifndef SAMD5X_SERCOM_H
#define SAMD5X_SERCOM_H

#include <stdbool.h>

#include "mmio.h"
#include "samd5x/match.h"
#include "samd5x/regs.h"

/* What lets SCL go when there is a byte to send: no source is clear about it, so it is tried. */
enum sending { NOT_TRIED, BY_BYTE, BY_COMMAND };

struct sercom {
    uintptr_t base;
    uint32_t control; /* CTRLB without a command: it is written anew with each of them */
    uint8_t sending;  /* enum sending */
};

enum {
    SERCOMS = 8,
    INT_HOLDS = INT_AMATCH | INT_DRDY, /* SCL is held for them */
    INT_ALL = INT_PREC | INT_HOLDS | INT_ERROR,
    STATUS_TIMEOUTS = STATUS_LOWTOUT | STATUS_SEXTTOUT,
    STATUS_ERRORS = STATUS_BUSERR | STATUS_COLL | STATUS_TIMEOUTS | STATUS_LENERR,
};

static inline uint8_t i2ctarget_samd5x_sercom_flags(const struct sercom *sercom)
{
    return mmio_read8(sercom->base + I2CS_INTFLAG);
}

static inline void i2ctarget_samd5x_sercom_clear(const struct sercom *sercom, uint8_t flags)
{
    mmio_write8(sercom->base + I2CS_INTFLAG, flags);
}

static inline uint16_t i2ctarget_samd5x_sercom_status(const struct sercom *sercom)
{
    return mmio_read16(sercom->base + I2CS_STATUS);
}

/* Only errors are cleared: nobody must write to CLKHOLD. */
static inline void i2ctarget_samd5x_sercom_clear_errors(const struct sercom *sercom,
                                                        uint16_t status)
{
    mmio_write16(sercom->base + I2CS_STATUS, status & STATUS_ERRORS);
}

/* The address byte, or the byte that the controller wrote. */
static inline uint8_t i2ctarget_samd5x_sercom_read(const struct sercom *sercom)
{
    return (uint8_t)mmio_read32(sercom->base + I2CS_DATA);
}

/* A command, with or without CTRLB_NACK.  It clears PREC, AMATCH and DRDY. */
static inline void i2ctarget_samd5x_sercom_command(const struct sercom *sercom, uint32_t command)
{
    mmio_write32(sercom->base + I2CS_CTRLB, sercom->control | command);
}

/* These flags interrupt; or they do not. */
static inline void i2ctarget_samd5x_sercom_watch(const struct sercom *sercom, uint8_t flags)
{
    mmio_write8(sercom->base + I2CS_INTENSET, flags);
}

static inline void i2ctarget_samd5x_sercom_ignore(const struct sercom *sercom, uint8_t flags)
{
    mmio_write8(sercom->base + I2CS_INTENCLR, flags);
}

struct sercom_setup {
    uint32_t cpu_hz;
    uint8_t gclk_48m, gclk_32k; /* generators */
    bool fast_mode_plus, smbus;
};

/* SERCOM 0..7: clocks, reset, set-up.  It is off, and interrupts for nothing. */
void i2ctarget_samd5x_sercom_prepare(struct sercom *sercom, unsigned number,
                                     const struct sercom_setup *setup);
/* While it is off: what it is to listen to.  Then it listens for the next START. */
void i2ctarget_samd5x_sercom_listen(struct sercom *sercom, const struct match *match);
/* It forgets what it was doing, releases both lines, and listens to nothing. */
void i2ctarget_samd5x_sercom_stop(const struct sercom *sercom);
/* The byte that the controller reads next. */
void i2ctarget_samd5x_sercom_send(struct sercom *sercom, uint8_t byte);
/* Wait until SCL is no longer held.  false: it is held for longer than any set-up takes. */
bool i2ctarget_samd5x_sercom_wait_for_release(const struct sercom *sercom);
/* As after a reset. */
void i2ctarget_samd5x_sercom_reset(const struct sercom *sercom);

#endif
