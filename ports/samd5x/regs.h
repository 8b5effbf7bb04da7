/* SPDX-License-Identifier: MIT */
/*
 * The registers of SAM D5x/E5x that the port uses.  Numbers in brackets: sections of the data sheet,
 * DS60001507.
 */
#ifndef SAMD5X_REGS_H
#define SAMD5X_REGS_H

#include <stdint.h>

/* Main clock (§15.8): a bit for each block of a bridge. */
#define MCLK_APBAMASK 0x40000814u
#define MCLK_APBBMASK 0x40000818u
#define MCLK_APBCMASK 0x4000081Cu
#define MCLK_APBDMASK 0x40000820u

/* Oscillators (§28.8, §29.8): only clocks.c knows their registers. */
enum { OSCCTRL = 0x40001000, OSC32KCTRL = 0x40001400 };

/* Generic clocks (§14.8): the generators, and which of them a peripheral channel has. */
#define GCLK_GENCTRL(generator) (0x40001C20u + 4u * (generator))
#define GCLK_PCHCTRL(channel) (0x40001C80u + 4u * (channel))
enum {
    GENCTRL_SRC = 0xF,
    GENCTRL_GENEN = 1 << 8,
    PCHCTRL_CHEN = 1 << 6,
    CHANNEL_SERCOM_SLOW = 3, /* of all SERCOMs together */
    CHANNEL_EIC = 4,
};

/* Pins (§32.8): a group of 32 every 0x80 bytes. */
#define PORT_GROUP(group) (0x41008000u + 0x80u * (group))
enum {
    PORT_DIR = 0x00,
    PORT_DIRCLR = 0x04,
    PORT_DIRSET = 0x08,
    PORT_OUTCLR = 0x14,
    PORT_IN = 0x20,
    PORT_CTRL = 0x24,   /* a bit for each pin: IN is sampled all the time */
    PORT_PMUX = 0x30,   /* a nibble a pin, two pins a byte */
    PORT_PINCFG = 0x40, /* a byte a pin */
    PINCFG_PMUXEN = 1 << 0,
    PINCFG_INEN = 1 << 1,
    PMUX_A = 0, /* EIC */
    PMUX_C = 2,
    PMUX_D = 3,
};

/* External interrupts (§23.8). */
#define EIC_CONFIG(line) (0x4000281Cu + 4u * ((line) / 8))
enum {
    EIC_CTRLA = 0x40002800,    /* [8] */
    EIC_SYNCBUSY = 0x40002804, /* [32] */
    EIC_INTENCLR = 0x4000280C, /* [32], a bit for each line, like the two that follow */
    EIC_INTENSET = 0x40002810,
    EIC_INTFLAG = 0x40002814, /* written 1 to clear */
    MCLK_APBA_EIC = 10,
    EIC_ENABLE = 1 << 1,
    EIC_BUSY_ENABLE = 1 << 1,
    EIC_LINES = 16,
    SENSE_BITS = 4, /* of each line in CONFIG */
    SENSE_RISE = 1,
    SENSE_FALL = 2,
    SENSE_BOTH = 3,
};

/* The processor's cycle counter (ARMv7-M Architecture Reference Manual §C1.6.5, C1.8). */
#define DEMCR 0xE000EDFCu
#define DWT_CTRL 0xE0001000u
#define DWT_CYCCNT 0xE0001004u
enum { DEMCR_TRCENA = 1 << 24, DWT_CYCCNTENA = 1 << 0 };

/* A SERCOM as an I2C target (§36.8).  Widths in bits are in brackets. */
enum {
    I2CS_CTRLA = 0x00,    /* [32] */
    I2CS_CTRLB = 0x04,    /* [32] */
    I2CS_CTRLC = 0x08,    /* [32] */
    I2CS_INTENCLR = 0x14, /* [8] */
    I2CS_INTENSET = 0x16, /* [8] */
    I2CS_INTFLAG = 0x18,  /* [8] */
    I2CS_STATUS = 0x1A,   /* [16] */
    I2CS_SYNCBUSY = 0x1C, /* [32] */
    I2CS_ADDR = 0x24,     /* [32] */
    I2CS_DATA = 0x28,     /* [32] */
};
enum {
    CTRLA_SWRST = 1 << 0,
    CTRLA_ENABLE = 1 << 1,
    CTRLA_MODE_TARGET = 4 << 2,
    CTRLA_SDAHOLD_50NS = 1 << 20,  /* 50 to 100 ns */
    CTRLA_SDAHOLD_300NS = 2 << 20, /* 300 to 600 ns */
    CTRLA_SEXTTOEN = 1 << 23,
    CTRLA_SPEED_FMPLUS = 1 << 24, /* up to 1 MHz; else: up to 400 kHz */
    CTRLA_LOWTOUTEN = 1 << 30,
    CTRLB_GCMD = 1 << 9,
    CTRLB_AMODE_MASK = 0 << 14,
    CTRLB_AMODE_TWO = 1 << 14,
    CTRLB_AMODE_RANGE = 2 << 14,
    CTRLB_CMD_END = 2 << 16,
    CTRLB_CMD_GO_ON = 3 << 16,
    CTRLB_NACK = 1 << 18, /* ACKACT */
    SYNCBUSY_SWRST = 1 << 0,
    SYNCBUSY_ENABLE = 1 << 1,
    ADDR_GENCEN = 1 << 0,
    ADDR_ADDR_LSB = 1,
    ADDR_MASK_LSB = 17,
};
/* INTFLAG, INTENSET, INTENCLR; INTFLAG is written 1 to clear. */
enum {
    INT_PREC = 1 << 0,   /* STOP */
    INT_AMATCH = 1 << 1, /* an address; SCL is held before its ACK */
    INT_DRDY = 1 << 2,   /* a byte; SCL is held before its ACK, or before its first bit */
    INT_ERROR = 1 << 7,
};
/* STATUS; the errors are written 1 to clear. */
enum {
    STATUS_BUSERR = 1 << 0,
    STATUS_COLL = 1 << 1,
    STATUS_RXNACK = 1 << 2,
    STATUS_DIR = 1 << 3, /* the controller reads */
    STATUS_SR = 1 << 4,  /* repeated START; valid while AMATCH is set */
    STATUS_LOWTOUT = 1 << 6,
    STATUS_CLKHOLD = 1 << 7,
    STATUS_SEXTTOUT = 1 << 9,
    STATUS_LENERR = 1 << 11,
};

/* A TC of 32 bits (§48.8). */
enum {
    TC_CTRLA = 0x00,    /* [32] */
    TC_CTRLBSET = 0x05, /* [8] */
    TC_INTENCLR = 0x08, /* [8] */
    TC_INTENSET = 0x09, /* [8] */
    TC_INTFLAG = 0x0A,  /* [8], written 1 to clear */
    TC_SYNCBUSY = 0x10, /* [32] */
    TC_COUNT = 0x14,    /* [32] */
    TC_CC0 = 0x1C,      /* [32] */
};
enum {
    TC_SWRST = 1 << 0,
    TC_ENABLE = 1 << 1,
    TC_MODE_COUNT32 = 2 << 2,
    TC_PRESCALER_16 = 4 << 8,
    TC_CMD_READSYNC = 4 << 5,
    TC_INT_OVF = 1 << 0,
    TC_INT_MC0 = 1 << 4,
    TC_BUSY_SWRST = 1 << 0,
    TC_BUSY_ENABLE = 1 << 1,
    TC_BUSY_CTRLB = 1 << 2,
    TC_BUSY_COUNT = 1 << 4,
    TC_BUSY_CC0 = 1 << 6,
};

/* Interrupt numbers (§10.2): four for each SERCOM, in the order of its flags; one for each TC. */
enum { IRQ_EXTINT_0 = 12, IRQ_SERCOM_0 = 46, IRQS_OF_SERCOM = 4, IRQ_TC_0 = 107 };

#endif
