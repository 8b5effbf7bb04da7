/* SPDX-License-Identifier: MIT */
/*
 * PCA9555: 16 pins, in two ports of 8, each an input or an output, and an interrupt.
 *
 *   register 0, 1   input: the level of the pins, turned over where the polarity says so
 *            2, 3   output: what output pins are driven to; reads give it back
 *            4, 5   polarity: 1 turns the input bit over
 *            6, 7   configuration: 1 is an input
 *
 *   write   the register's number, then bytes; the second goes to the other register of the pair,
 *           the third to the first again, and so on.  Each counts as soon as it is acknowledged
 *   read    from the register on, round the pair; the next read goes on where this one ended
 *
 * INT is active while an input pin differs from what it was when its port was last read.  Reading
 * the port, or the pin's own return, ends that.
 *
 * The facts are those of the data sheets of NXP (PCA9555 rev. 8) and TI (SCPS131J).  A pin is bit
 * 0..7 of port 0, then of port 1, as Linux' gpio-pca953x numbers them.
 */
#ifndef I2CTARGET_DEVICES_PCA9555_H
#define I2CTARGET_DEVICES_PCA9555_H

#include "i2ctarget/device.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_PCA9555_ADDRESS = 0x20, /* with A2, A1 and A0 low; up to 0x27 */
    I2CTARGET_PCA9555_PINS = 16,
};

/* Its members are the device's own. */
struct i2ctarget_pca9555 {
    struct i2ctarget_device device; /* first member */
    /*
     * NULL, or: a controller did what may have changed the pins, their direction or INT.  Runs
     * inside the device's callbacks, so possibly in an interrupt.
     */
    void (*changed)(struct i2ctarget_pca9555 *expander);
    uint16_t levels;      /* what the world does to the pins; counts where they are inputs */
    uint16_t seen;        /* the pins when their port was last read */
    uint8_t registers[8]; /* those of the input are not used */
    uint8_t pointer;
    bool is_read;
    bool is_pointed;    /* a write: the register's number has come */
    bool is_given;      /* a read: a byte was given */
    uint16_t sampled;   /* the pins at that moment */
    uint32_t confirmed; /* a read: bytes of which it is sure that they went out */
};

/* As at power-up: all pins are inputs, and `levels` is what is there.  changed: may be NULL. */
I2CTARGET_API void i2ctarget_pca9555_init(struct i2ctarget_pca9555 *expander, uint16_t levels,
                                          void (*changed)(struct i2ctarget_pca9555 *expander));

/*
 * What the world does to the pins, bit 0 is pin 0.  Where they are outputs it does not count until
 * they are inputs again.  One store: any context.
 */
I2CTARGET_API void i2ctarget_pca9555_set_levels(struct i2ctarget_pca9555 *expander,
                                                uint16_t levels);

/*
 * These three are of one moment inside `changed`, and between i2ctarget_lock() and
 * i2ctarget_unlock().
 */

/* The level of every pin, whoever drives it. */
I2CTARGET_API uint16_t i2ctarget_pca9555_pins(const struct i2ctarget_pca9555 *expander);
/* Which pins are outputs. */
I2CTARGET_API uint16_t i2ctarget_pca9555_outputs(const struct i2ctarget_pca9555 *expander);
/* Is INT, an open-drain output, low? */
I2CTARGET_API bool i2ctarget_pca9555_is_interrupting(const struct i2ctarget_pca9555 *expander);

#ifdef __cplusplus
}
#endif
#endif
