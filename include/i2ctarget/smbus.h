/* SPDX-License-Identifier: MIT */
/*
 * SMBus protocols on the target's side (SMBus 3.2 §6.5), for devices that are made of commands:
 * send, write and read byte, write and read word, block write and block read, all with PEC.
 *
 *     send byte          S addr W  command [pec]  P
 *     write byte, word   S addr W  command  byte [byte]  [pec]  P
 *     block write        S addr W  command  count byte…  [pec]  P
 *     read               S addr W  command  Sr addr R  byte…  [pec]  P
 *     receive byte       S addr R  byte…  [pec]  P      the last command again
 *
 * The controller may leave the PEC away (§6.4).  One that is wrong is not acknowledged, and the
 * command is not done.  A write is done at its STOP, when it has just the bytes that belong to it;
 * what a repeated START or a fault of the bus ended is not done.
 *
 * A device says what its commands are in a `const` table; it embeds struct i2ctarget_smbus_device
 * as its first member:
 *
 *     struct supply { struct i2ctarget_smbus_device smbus; … };
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

/* What a command takes, beside 0 to 2 data bytes. */
enum {
    I2CTARGET_SMBUS_TAKES_BLOCK = -1, /* a count, and that many bytes */
    I2CTARGET_SMBUS_READ_ONLY = -2,   /* nothing can be written to it */
    I2CTARGET_SMBUS_UNKNOWN = -3,     /* there is no such command */
};

/* Why something was not acknowledged. */
enum i2ctarget_smbus_refusal {
    I2CTARGET_SMBUS_REFUSED_COMMAND, /* unknown */
    I2CTARGET_SMBUS_REFUSED_WRITE,   /* read only */
    I2CTARGET_SMBUS_REFUSED_SIZE,    /* too many bytes; also raised at a STOP that came too early */
    I2CTARGET_SMBUS_REFUSED_PEC,
};

struct i2ctarget_smbus_device;

/* All are called where events are raised, as device.h says; none blocks. */
struct i2ctarget_smbus_device_ops {
    /* What may be written to a command: 0, 1 or 2 bytes, or one of the above. */
    int (*takes)(struct i2ctarget_smbus_device *device, uint8_t command);
    /* A whole write, the PEC right if there was one.  A block: bytes[0] is the count. */
    void (*write)(struct i2ctarget_smbus_device *device, uint8_t command, const uint8_t *bytes,
                  unsigned count);
    /*
     * The controller reads.  Fill in the bytes, low byte first; of a block the count first.  How
     * many, at most I2CTARGET_SMBUS_BYTES_MAX; 0: it can not be read, the controller gets 0xFF.
     */
    unsigned (*read)(struct i2ctarget_smbus_device *device, uint8_t command,
                     uint8_t bytes[I2CTARGET_SMBUS_BYTES_MAX]);
    /* NULL, or: something was refused. */
    void (*refused)(struct i2ctarget_smbus_device *device, uint8_t command,
                    enum i2ctarget_smbus_refusal why);
};

/* Its members are this module's own. */
struct i2ctarget_smbus_device {
    struct i2ctarget_device device; /* first member */
    const struct i2ctarget_smbus_device_ops *ops;
    bool has_pec; /* gives one after what is read, and checks one after what is written */
    uint8_t command;
    uint8_t pec;     /* of all bytes since START */
    bool is_chained; /* a write of ours ended with Sr: the PEC goes on */
    bool is_read;
    bool is_commanded; /* a write: the command has come */
    bool is_checked;   /* a write: its PEC has come */
    bool is_refused;   /* a write: something was not acknowledged */
    uint8_t count;     /* bytes in `bytes` */
    uint8_t position;  /* a read: the next one to give */
    uint8_t bytes[I2CTARGET_SMBUS_BYTES_MAX + 1];
};

I2CTARGET_API void i2ctarget_smbus_device_init(struct i2ctarget_smbus_device *device,
                                               const struct i2ctarget_smbus_device_ops *ops,
                                               bool has_pec);

/* One byte more in a PEC: CRC-8 with x^8 + x^2 + x + 1, from 0 (SMBus 3.2 §6.4.1.2). */
I2CTARGET_API uint8_t i2ctarget_smbus_pec(uint8_t pec, uint8_t byte);

#ifdef __cplusplus
}
#endif
#endif
