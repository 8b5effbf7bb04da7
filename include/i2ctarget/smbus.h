/* SPDX-License-Identifier: MIT */
/*
 * SMBus protocols on the target's side (SMBus 3.2 §6.5), for devices that are made of commands:
 * send, write and read byte, write and read word, block write and block read, all with PEC.
 *
 *     send byte          S addr W  command [pec]  P
 *     write byte, word   S addr W  command  byte [byte]  [pec]  P
 *     block write        S addr W  command  count byte…  [pec]  P
 *     read               S addr W  command  Sr addr R  byte…  [pec]  P
 *     receive byte       S addr R  byte…  [pec]  P      repeats the last command
 *
 * The controller may omit the PEC (§6.4).  A wrong PEC is not acknowledged, and the command is not
 * executed.  A write is executed at its STOP, if it has exactly the bytes of its command.  A write
 * that a repeated START or a fault of the bus has ended is not executed.
 *
 * A device has a `const` table of functions that describe its commands.  Its first member is struct
 * i2ctarget_smbus_device:
 *
 *     struct supply {
 *         struct i2ctarget_smbus_device smbus;
 *         uint16_t output;
 *     };
 */
#ifndef I2CTARGET_SMBUS_H
#define I2CTARGET_SMBUS_H

#include "i2ctarget/device.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_SMBUS_BLOCK_MAX = 32,
    I2CTARGET_SMBUS_BYTES_MAX = I2CTARGET_SMBUS_BLOCK_MAX + 1, /* with the count */
};

/* What can be written to a command: 0, 1 or 2 data bytes, or one of these. */
enum {
    I2CTARGET_SMBUS_TAKES_BLOCK = -1, /* a count, then that many bytes */
    I2CTARGET_SMBUS_READ_ONLY = -2,   /* nothing can be written to it */
    I2CTARGET_SMBUS_UNKNOWN = -3,     /* there is no such command */
};

/* Why something was not acknowledged. */
enum i2ctarget_smbus_refusal {
    I2CTARGET_SMBUS_REFUSED_COMMAND, /* unknown */
    I2CTARGET_SMBUS_REFUSED_WRITE,   /* read only */
    I2CTARGET_SMBUS_REFUSED_SIZE,    /* too many bytes, or a STOP that came too early */
    I2CTARGET_SMBUS_REFUSED_PEC,
};

struct i2ctarget_smbus_device;

/* They are called where events are raised (see device.h), and must not block. */
struct i2ctarget_smbus_device_ops {
    /* What can be written to this command: 0, 1 or 2 bytes, or I2CTARGET_SMBUS_TAKES_BLOCK, … */
    int (*takes)(struct i2ctarget_smbus_device *device, uint8_t command);
    /* A complete write; its PEC, if there was one, is right.  In a block bytes[0] is the count. */
    void (*write)(struct i2ctarget_smbus_device *device, uint8_t command, const uint8_t *bytes,
                  unsigned count);
    /*
     * The controller reads.  Fill in the bytes: of a word the low byte first, of a block the count
     * first.  Returns how many, at most I2CTARGET_SMBUS_BYTES_MAX.  Returns 0 if the command cannot
     * be read; then the controller gets 0xFF.
     */
    unsigned (*read)(struct i2ctarget_smbus_device *device, uint8_t command,
                     uint8_t bytes[I2CTARGET_SMBUS_BYTES_MAX]);
    /* Something was not acknowledged.  May be NULL. */
    void (*refused)(struct i2ctarget_smbus_device *device, uint8_t command,
                    enum i2ctarget_smbus_refusal why);
};

/* All members are private to this module. */
struct i2ctarget_smbus_device {
    struct i2ctarget_device device; /* first member */
    const struct i2ctarget_smbus_device_ops *ops;
    bool has_pec; /* sends a PEC after read bytes, and checks the PEC of a write */
    uint8_t command;
    uint8_t pec;     /* of all bytes since START */
    bool is_chained; /* a write to us ended with Sr: the PEC goes on */
    bool is_read;
    bool is_commanded; /* a write: the command has come */
    bool is_checked;   /* a write: its PEC has come */
    bool is_refused;   /* a write: something was not acknowledged */
    uint8_t count;     /* bytes in `bytes` */
    uint8_t position;  /* a read: the next byte to give */
    uint8_t bytes[I2CTARGET_SMBUS_BYTES_MAX + 1];
};

I2CTARGET_API void i2ctarget_smbus_device_init(struct i2ctarget_smbus_device *device,
                                               const struct i2ctarget_smbus_device_ops *ops,
                                               bool has_pec);

/*
 * For read(): fill in a byte, a word, or a block of the first I2CTARGET_SMBUS_BLOCK_MAX characters of
 * a text.  They return how many bytes these are.
 */
I2CTARGET_API unsigned i2ctarget_smbus_put_byte(uint8_t *bytes, uint8_t byte);
I2CTARGET_API unsigned i2ctarget_smbus_put_word(uint8_t *bytes, uint16_t word);
I2CTARGET_API unsigned i2ctarget_smbus_put_string(uint8_t bytes[I2CTARGET_SMBUS_BYTES_MAX],
                                                  const char *text);

/*
 * The PEC after one more byte: CRC-8 with x^8 + x^2 + x + 1; it begins with 0 (SMBus 3.2
 * §6.4.1.2).
 */
I2CTARGET_API uint8_t i2ctarget_smbus_pec(uint8_t pec, uint8_t byte);

#ifdef __cplusplus
}
#endif
#endif
