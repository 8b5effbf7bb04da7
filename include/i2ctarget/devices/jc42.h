/* SPDX-License-Identifier: MIT */
/*
 * JC-42.4: the thermometer of memory modules, alone or beside their EEPROM (TSE2004), with a window,
 * a critical limit, and an output, EVENT.
 *
 *   register 0   capabilities, read only
 *            1   configuration
 *            2   upper limit of the window, 3 lower limit, 4 critical limit: 0.25 °C each
 *            5   temperature: 13 bits of 0.0625 °C, of which this part has all but the last; above
 *                them the alarms: critical, above the window, below it
 *            6   manufacturer, 7 device: by these the Linux driver knows the part
 *
 *   write   register number (the pointer), then two bytes, the high one first; a register takes
 *           effect with its second byte
 *   read    the register at the pointer, again and again
 *
 * Hysteresis of 0, 1.5, 3 or 6 °C applies where the temperature falls.  EVENT follows the alarms
 * (comparator mode), or is set when the temperature enters or leaves the window, until the
 * controller clears it (interrupt mode); the critical alarm is always a comparison.  After a lock bit
 * was set the limits that it names, and the rest of the configuration, can not be changed until
 * init; shutdown can be ended, but not begun.  In shutdown there are no conversions, and EVENT is
 * inactive.
 *
 * The facts are from JEDEC JC-42.4 (21-C 4.1.6), by way of the data sheets of Atmel (AT30TSE004A,
 * 6.2) and Microchip (MCP98244, 5.2), and from Linux' drivers/hwmon/jc42.c.  The identification is
 * that of the AT30TSE004.
 *
 * The device has no clock: the program calls i2ctarget_jc42_convert() for every conversion.  The
 * chip makes one every 125 ms at least.
 */
#ifndef I2CTARGET_DEVICES_JC42_H
#define I2CTARGET_DEVICES_JC42_H

#include "i2ctarget/device.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_JC42_ADDRESS = 0x18, /* with A2, A1 and A0 low; others up to 0x1f */
    I2CTARGET_JC42_CONVERSION_US = 125000,
    I2CTARGET_JC42_MILLICELSIUS_MIN = -40000,
    I2CTARGET_JC42_MILLICELSIUS_MAX = 125000,
};

/* All members are private to the device. */
struct i2ctarget_jc42 {
    struct i2ctarget_device device; /* first member */
    uint16_t words[8];              /* the registers, as on the bus */
    uint8_t pointer;
    bool is_set; /* interrupt mode: EVENT was set, and nobody has cleared it */
    /* The message under way. */
    bool is_pointed;  /* a write: the pointer was received */
    uint8_t bytes[2]; /* a read: the register; a write: received bytes */
    uint8_t position; /* in `bytes` */
};

/* The state at power-up, at 0 °C: all limits are 0 °C, and EVENT is disabled. */
I2CTARGET_API void i2ctarget_jc42_init(struct i2ctarget_jc42 *jc42);

/*
 * One conversion at this temperature.  It is rounded down to 0.125 °C, and limited to the range of
 * the chip.  No effect in shutdown.  Once the device is attached, call it only between
 * i2ctarget_lock() and i2ctarget_unlock().
 */
I2CTARGET_API void i2ctarget_jc42_convert(struct i2ctarget_jc42 *jc42, int32_t millicelsius);

/* Is EVENT active?  Any context. */
I2CTARGET_API bool i2ctarget_jc42_event_is_active(const struct i2ctarget_jc42 *jc42);

/* The pin EVENT, an open drain: false: driven low; true: released.  Any context. */
I2CTARGET_API bool i2ctarget_jc42_event_pin(const struct i2ctarget_jc42 *jc42);

#ifdef __cplusplus
}
#endif
#endif
