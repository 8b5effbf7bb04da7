/* SPDX-License-Identifier: MIT */
/*
 * Devices: answerers that never make the bus wait.
 *
 * A device answers each event at once, from memory, so SCL is not stretched and even controllers
 * that ignore clock stretching are served.  Its callbacks run wherever the port raises events:
 * possibly in an interrupt; on ports without interrupts inside i2ctarget_* calls of the
 * application.  They must not block and must not call i2ctarget_*.  A program that changes what a
 * device answers from keeps the callbacks out meanwhile: i2ctarget_lock().
 *
 * A device model is a struct that begins with struct i2ctarget_device and the `const` table of its
 * callbacks:
 *
 *     struct thermometer { struct i2ctarget_device device; uint8_t pointer; … };
 */
#ifndef I2CTARGET_DEVICE_H
#define I2CTARGET_DEVICE_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

struct i2ctarget_device_ops {
    /*
     * A message begins.  False: NACK the address ("busy", as an EEPROM while it writes); no other
     * callback follows for it.
     */
    bool (*addressed)(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart);
    /* The controller wrote a byte.  False: NACK it; only ended() follows. */
    bool (*received)(struct i2ctarget_device *device, uint8_t byte);
    /*
     * The controller clocks a byte: 0..255, or I2CTARGET_RELEASE for 0xFF until it stops.  The byte
     * may yet be cut short: what it changes (a memory pointer) belongs into ended(), which knows
     * how many were clocked.
     */
    int (*requested)(struct i2ctarget_device *device);
    /* The message is over.  `moved`: bytes acknowledged by us, or clocked out of us. */
    void (*ended)(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved);
};

struct i2ctarget_device {
    const struct i2ctarget_device_ops *ops; /* set by the device's own init; all four are needed */
    /* The core's; zero before the first attach. */
    struct i2ctarget *target;
    struct i2ctarget_device *next;
    struct i2ctarget_address_set addresses;
};

#ifdef __cplusplus
}
#endif
#endif
