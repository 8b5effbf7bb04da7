/* SPDX-License-Identifier: MIT */
/*
 * LM75: a thermometer with 9 bits, 0.5 °C each, and an over-temperature output, OS.
 *
 *   register 0   temperature, two bytes, read only
 *            1   configuration, one byte: shutdown, comparator or interrupt mode, polarity of OS,
 *                fault queue
 *            2   T_HYST, two bytes
 *            3   T_OS, two bytes
 *            4…7 none: the byte that was read last.  The Linux driver knows an LM75 by that, and
 *                by the pointer that repeats after 8
 *
 *   write   pointer, then the bytes of the register; a limit counts when its second byte is in
 *   read    the register at the pointer, over and over; the pointer stays
 *
 * OS in comparator mode is a thermostat: active above T_OS until below T_HYST.  In interrupt mode
 * it becomes active at both, and inactive by a read of any register, or by shutdown.  Either takes
 * as many conversions in a row as the fault queue says: 1, 2, 4 or 6.
 *
 * The facts are those of the LM75's data sheet (National Semiconductor DS012658, TI SNIS153B), and
 * of what Linux' drivers/hwmon/lm75.c looks at to tell one from other chips.
 *
 * There is no clock inside: the program calls i2ctarget_lm75_convert() for every conversion, the
 * chip does one in 100 ms.  examples/thermometer.c shows it.
 */
#ifndef I2CTARGET_DEVICES_LM75_H
#define I2CTARGET_DEVICES_LM75_H

#include "i2ctarget/device.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_LM75_ADDRESS = 0x48, /* with A2, A1 and A0 low; up to 0x4f */
    I2CTARGET_LM75_CONVERSION_US = 100000,
    I2CTARGET_LM75_MILLICELSIUS_MIN = -55000,
    I2CTARGET_LM75_MILLICELSIUS_MAX = 125000,
};

/* Its members are the device's own. */
struct i2ctarget_lm75 {
    struct i2ctarget_device device; /* first member */
    uint16_t words[4];              /* as on the bus: temperature, (none), T_HYST, T_OS */
    uint8_t configuration;
    uint8_t pointer; /* the register, 0..7 */
    uint8_t last;    /* byte read */
    uint8_t faults;  /* conversions in a row that ask for a change of OS */
    bool is_hot;     /* what OS waits for next: below T_HYST; false: above T_OS */
    bool is_active;  /* OS */
    /* The message under way. */
    bool is_read;
    bool is_pointed;  /* a write: the pointer has come */
    uint8_t bytes[2]; /* a read: what the register holds; a write: what has come */
    uint8_t width;    /* of the register */
    uint8_t position; /* in `bytes` */
};

/* As at power-up, at 0 °C: T_OS is 80 °C, T_HYST 75 °C, comparator mode. */
I2CTARGET_API void i2ctarget_lm75_init(struct i2ctarget_lm75 *lm75);

/*
 * One conversion at this temperature; what is finer than 0.5 °C is cut off, what is out of range
 * limited.  In shutdown there is none.  Once the device is attached: between i2ctarget_lock() and
 * i2ctarget_unlock().
 */
I2CTARGET_API void i2ctarget_lm75_convert(struct i2ctarget_lm75 *lm75, int32_t millicelsius);

/* Is OS active?  Any context. */
I2CTARGET_API bool i2ctarget_lm75_os_is_active(const struct i2ctarget_lm75 *lm75);

/* The level of the pin OS, which is open-drain: false: low; true: let go.  Any context. */
I2CTARGET_API bool i2ctarget_lm75_os_pin(const struct i2ctarget_lm75 *lm75);

#ifdef __cplusplus
}
#endif
#endif
