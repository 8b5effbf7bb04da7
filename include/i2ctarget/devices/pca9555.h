/* SPDX-License-Identifier: MIT */
/*
 * PCA9555: 16 pins, in two ports of 8, each an input or an output, and an interrupt.
 *
 *   register 0, 1   input: the level of the pins, inverted where the polarity register says so
 *            2, 3   output: the levels that output pins drive; a read gives what was written
 *            4, 5   polarity: 1 inverts the input bit
 *            6, 7   configuration: 1 makes the pin an input
 *
 *   write   the number of a register, then bytes.  They go to the two registers of the pair in
 *   turn,
 *           beginning with this register.  Each byte takes effect when it is acknowledged
 *   read    the two registers of the pair in turn; the next read continues where this one ended
 *
 * INT is active while an input pin differs from its level when its port was last read.  A read of
 * the port makes INT inactive, and so does the pin when it returns to that level.
 *
 * The facts are from the data sheets of NXP (PCA9555 rev. 8) and TI (SCPS131J).  Pins 0..7 are the
 * bits of port 0, pins 8..15 those of port 1, as in Linux' gpio-pca953x.
 */
#ifndef I2CTARGET_DEVICES_PCA9555_H
#define I2CTARGET_DEVICES_PCA9555_H

#include "i2ctarget/device.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_PCA9555_ADDRESS = 0x20, /* with A2, A1 and A0 low; others up to 0x27 */
    I2CTARGET_PCA9555_PINS = 16,
};

/* All members are private to the device. */
struct i2ctarget_pca9555 {
    struct i2ctarget_device device; /* first member */
    /*
     * Called when a controller may have changed the pins, their direction or INT.  Runs inside the
     * device's callbacks, so possibly in an interrupt.  May be NULL.
     */
    void (*changed)(struct i2ctarget_pca9555 *expander);
    uint16_t levels;      /* the levels from outside; they count where pins are inputs */
    uint16_t seen;        /* the pins when their port was last read */
    uint8_t registers[8]; /* those of the input are not used */
    uint8_t pointer;
    bool is_read;
    bool is_pointed;    /* a write: the register's number was received */
    bool is_given;      /* a read: a byte was given */
    uint16_t sampled;   /* the pins at that moment */
    uint32_t confirmed; /* a read: bytes that were certainly clocked */
};

/* The state at power-up: all pins are inputs, with these levels.  `changed` may be NULL. */
I2CTARGET_API void i2ctarget_pca9555_init(struct i2ctarget_pca9555 *expander, uint16_t levels,
                                          void (*changed)(struct i2ctarget_pca9555 *expander));

/*
 * Set the levels that the circuit around the chip gives to the pins; bit 0 is pin 0.  The level of
 * an output pin counts when the pin becomes an input.  Any context, as it is one store.
 */
I2CTARGET_API void i2ctarget_pca9555_set_levels(struct i2ctarget_pca9555 *expander,
                                                uint16_t levels);

/*
 * The results of these three belong together if they are called inside `changed`, or between
 * i2ctarget_lock() and i2ctarget_unlock().
 */

/* The level of every pin, input or output. */
I2CTARGET_API uint16_t i2ctarget_pca9555_pins(const struct i2ctarget_pca9555 *expander);
/* Which pins are outputs. */
I2CTARGET_API uint16_t i2ctarget_pca9555_outputs(const struct i2ctarget_pca9555 *expander);
/* Is INT active?  (An open drain: driven low.) */
I2CTARGET_API bool i2ctarget_pca9555_is_interrupting(const struct i2ctarget_pca9555 *expander);

#ifdef __cplusplus
}
#endif
#endif
