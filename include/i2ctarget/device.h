/* SPDX-License-Identifier: MIT */
/*
 * Devices: they answer at once and never make the bus wait.
 *
 * A device answers each event from memory.  So SCL is not stretched, and controllers that ignore
 * clock stretching are served, too.
 *
 * The callbacks of a device run where the port raises events.  On a chip that is an interrupt.  On
 * ports without interrupts it is inside the application's calls of i2ctarget_…().  Callbacks must
 * not block, and must not call i2ctarget_…().  A program that changes the data behind the answers
 * keeps the callbacks from running meanwhile: i2ctarget_lock().
 *
 * A device is a struct whose first member is struct i2ctarget_device, and a `const` table of
 * callbacks:
 *
 *     struct thermometer {
 *         struct i2ctarget_device device;
 *         uint8_t pointer;
 *     };
 */
#ifndef I2CTARGET_DEVICE_H
#define I2CTARGET_DEVICE_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

struct i2ctarget_foresight;

/* All are required but the last one. */
struct i2ctarget_device_ops {
    /*
     * A message begins.  Return false to NACK its address (an EEPROM does so while it writes); then
     * no other callback follows for this message.
     */
    bool (*addressed)(struct i2ctarget_device *device, uint16_t address, bool is_read,
                      bool is_restart);
    /* The controller wrote a byte.  Return false to NACK it; then only ended() follows. */
    bool (*received)(struct i2ctarget_device *device, uint8_t byte);
    /*
     * The controller is about to read a byte.  Return it (0..255), or I2CTARGET_RELEASE: then the
     * controller gets 0xFF until it stops.  The byte may still be cut short.  So change state (a
     * memory pointer, for example) in ended(), which is told how many bytes were clocked.
     */
    int (*requested)(struct i2ctarget_device *device);
    /*
     * The message is over.  `moved`: bytes that we acknowledged, or bytes clocked out of us.  `cause`
     * is I2CTARGET_CLOSED if i2ctarget_deinit() ended it.  After that, and if the port is lost, bytes
     * do not count that may have been clocked: a last one, and those that peek() has told.
     */
    void (*ended)(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved);
    const struct i2ctarget_foresight *foresight; /* NULL, and NULL in it: it can not say */
};

/*
 * What a device can say of its next answers before the events come.  Where the bus is another
 * process, that spares a way there and back for each byte.  Chips do not ask.
 *
 * These functions change nothing.  The controller gets what they say.  The events come later, if the
 * message does not end before, and the device then answers them as it said.  If the program has
 * changed the data meanwhile, the controller has got the older bytes all the same.
 */
struct i2ctarget_foresight {
    /*
     * Would received() return true for each of these bytes, if they came next?  count: 1 or more.
     * False: not for all of them, or it can not say.
     */
    bool (*accepts)(struct i2ctarget_device *device, const uint8_t bytes[], size_t count);
    /*
     * Stores what requested() is going to return next, one byte after the other.  Returns the number
     * of bytes, at most `size`: as many as are certain without any further event.
     */
    size_t (*peek)(struct i2ctarget_device *device, uint8_t bytes[], size_t size);
};

/* An `accepts` for devices that acknowledge every byte. */
static inline bool i2ctarget_accepts_all(struct i2ctarget_device *device, const uint8_t bytes[],
                                         size_t count)
{
    (void)device;
    (void)bytes;
    (void)count;
    return true;
}

struct i2ctarget_device {
    const struct i2ctarget_device_ops *ops; /* set by the device's init */
    /* Private to the core; zero before the first attach. */
    struct i2ctarget *target;
    struct i2ctarget_device *next;
    struct i2ctarget_address_set addresses;
};

#ifdef __cplusplus
}
#endif
#endif
