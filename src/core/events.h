/* SPDX-License-Identifier: MIT */
/*
 * The three events that are answered, one function for each.
 *
 * i2ctarget_raise_event() is made of them, and is what a port calls.  Only a port that has no time for
 * the call includes this header: on a Cortex-M0+ at 125 MHz a call, its stack frame and the question
 * which event it is take a third of the time that there is at 400 kHz.  There the functions become a
 * part of the port's own; what they do is the same.
 *
 * Event context; not between lock() and unlock().
 */
#ifndef CORE_EVENTS_H
#define CORE_EVENTS_H

#include "core/core.h"
#include "i2ctarget/device.h"

#define CORE_JOINED inline __attribute__((always_inline))

/*
 * A port that breaks the order of events may damage only this message, which ends.  Returns
 * safe_answer.
 */
int i2ctarget_core_out_of_order(struct i2ctarget *target, int safe_answer);

/* The device at this address; NULL: there is none, and the application is asked. */
static CORE_JOINED struct i2ctarget_device *i2ctarget_core_device_at(const struct i2ctarget *target,
                                                                     uint16_t address)
{
    struct i2ctarget_device *device = target->devices;
    while (device && !i2ctarget_address_set_has(&device->addresses, address))
        device = device->next;
    return device;
}

/* The device accepts or refuses a message at its address. */
static CORE_JOINED int i2ctarget_core_address(struct i2ctarget *target,
                                              struct i2ctarget_device *device)
{
    bool ack = device->ops->addressed(device, target->address, target->is_read, target->is_restart);
    target->phase = ack ? FLOWING : QUIET;
    return ack ? I2CTARGET_ACK : I2CTARGET_NACK;
}

static CORE_JOINED int i2ctarget_core_refuse(struct i2ctarget *target)
{
    target->phase = REFUSED;
    return target->is_read ? I2CTARGET_RELEASE : I2CTARGET_NACK;
}

/*
 * ADDRESSED.  `device` is i2ctarget_core_device_at() for this address.  It can be looked for before
 * the R/W bit is there, if nothing can be attached in between.
 */
static CORE_JOINED int i2ctarget_core_addressed(struct i2ctarget *target,
                                                const struct i2ctarget_event *event,
                                                struct i2ctarget_device *device)
{
    if (target->phase != QUIET)
        return i2ctarget_core_out_of_order(target, I2CTARGET_NACK);
    target->address = event->address;
    target->is_read = event->is_read;
    target->is_restart = event->is_restart;
    target->answerer = device;
    if (device)
        return i2ctarget_core_address(target, device);
    target->phase = ADDRESS_OWED;
    return I2CTARGET_HOLD;
}

/* RECEIVED */
static CORE_JOINED int i2ctarget_core_received(struct i2ctarget *target, uint8_t byte)
{
    if (target->phase != FLOWING || target->is_read)
        return i2ctarget_core_out_of_order(target, I2CTARGET_NACK);
    struct i2ctarget_device *device = target->answerer;
    if (device) {
        if (!device->ops->received(device, byte))
            return i2ctarget_core_refuse(target);
        target->moved++;
        return I2CTARGET_ACK;
    }
    target->byte = byte;
    target->phase = BYTE_OWED;
    return i2ctarget_core_answer(target);
}

/* REQUESTED */
static CORE_JOINED int i2ctarget_core_requested(struct i2ctarget *target)
{
    if (target->phase != FLOWING || !target->is_read)
        return i2ctarget_core_out_of_order(target, I2CTARGET_RELEASE);
    target->moved += target->given;
    target->given = false;
    struct i2ctarget_device *device = target->answerer;
    if (device) {
        int answer = device->ops->requested(device);
        if (answer < 0 || answer > 0xFF)
            return i2ctarget_core_refuse(target);
        target->given = true;
        return answer;
    }
    target->phase = DATA_OWED;
    return i2ctarget_core_answer(target);
}

#endif
