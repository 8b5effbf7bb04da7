/* SPDX-License-Identifier: MIT */
/*
 * LM75: a thermometer with 9 bits, 0.5 °C each, and an over-temperature output, OS.
 *
 *   register 0   temperature, two bytes, read only
 *            1   configuration, one byte: shutdown, comparator or interrupt mode, polarity of OS,
 *                fault queue
 *            2   T_HYST, two bytes
 *            3   T_OS, two bytes
 *            4…7 do not exist: a read gives the byte that was read last.  The Linux driver
 *                identifies an LM75 by that, and by register numbers that repeat after 8
 *
 *   write   register number (the pointer), then the bytes of the register; a limit takes effect
 *           with its second byte
 *   read    the register at the pointer, again and again; the pointer does not move
 *
 * In comparator mode OS is a thermostat: it becomes active above T_OS and inactive below T_HYST.
 * In interrupt mode it becomes active at each of these, in turn; a read of any register makes it
 * inactive, and so does shutdown.  A change needs as many conversions in a row as the fault queue
 * says: 1, 2, 4 or 6.
 *
 * The facts are from the LM75's data sheet (National Semiconductor DS012658, TI SNIS153B), and from
 * Linux' drivers/hwmon/lm75.c, which tells it from other chips.
 *
 * The device has no clock: the program calls i2ctarget_lm75_convert() for every conversion.  The
 * chip makes one every 100 ms.  examples/thermometer.c shows it.
 */
#ifndef I2CTARGET_DEVICES_LM75_H
#define I2CTARGET_DEVICES_LM75_H

#include "i2ctarget/device.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_LM75_ADDRESS = 0x48, /* with A2, A1 and A0 low; others up to 0x4f */
    I2CTARGET_LM75_CONVERSION_US = 100000,
    I2CTARGET_LM75_MILLICELSIUS_MIN = -55000,
    I2CTARGET_LM75_MILLICELSIUS_MAX = 125000,
};

/* All members are private to the device. */
struct i2ctarget_lm75 {
    struct i2ctarget_device device; /* first member */
    uint16_t words[4];              /* as on the bus: temperature, (none), T_HYST, T_OS */
    uint8_t configuration;
    uint8_t pointer; /* the register, 0..7 */
    uint8_t last;    /* the byte that was read last */
    uint8_t faults;  /* conversions in a row that call for a change of OS */
    bool is_hot;     /* OS changes next: true: below T_HYST; false: above T_OS */
    bool is_active;  /* OS */
    /* The message under way. */
    bool is_read;
    bool is_pointed;  /* a write: the pointer was received */
    uint8_t bytes[2]; /* a read: the register; a write: received bytes */
    uint8_t width;    /* of the register */
    uint8_t position; /* in `bytes` */
};

/* The state at power-up, at 0 °C: T_OS is 80 °C, T_HYST is 75 °C, comparator mode. */
I2CTARGET_API void i2ctarget_lm75_init(struct i2ctarget_lm75 *lm75);

/*
 * One conversion at this temperature.  It is rounded down to 0.5 °C, and limited to the range of
 * the chip.  No effect in shutdown.  Once the device is attached, call it only between
 * i2ctarget_lock() and i2ctarget_unlock().
 */
I2CTARGET_API void i2ctarget_lm75_convert(struct i2ctarget_lm75 *lm75, int32_t millicelsius);

/* Is OS active?  Any context. */
I2CTARGET_API bool i2ctarget_lm75_os_is_active(const struct i2ctarget_lm75 *lm75);

/* The pin OS, an open drain: false: driven low; true: released.  Any context. */
I2CTARGET_API bool i2ctarget_lm75_os_pin(const struct i2ctarget_lm75 *lm75);

#ifdef __cplusplus
}
#endif
#endif
