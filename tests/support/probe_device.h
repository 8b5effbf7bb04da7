/* SPDX-License-Identifier: MIT */
/*
 * A memory with a one-byte pointer, like small EEPROMs and register files.  The first byte written
 * sets the pointer, the others are stored there, and reads come from there.  The pointer advances
 * in ended(), by what was really clocked.  The device also counts its calls, and can be told to
 * refuse.
 */
#ifndef SUPPORT_PROBE_DEVICE_H
#define SUPPORT_PROBE_DEVICE_H

#include "i2ctarget/device.h"

struct probe_device {
    struct i2ctarget_device device; /* first member */
    uint8_t memory[256];
    uint8_t pointer;
    bool busy;           /* NACK the address */
    unsigned accept_max; /* NACK written bytes after so many; 0: never */
    int refusal;         /* I2CTARGET_RELEASE, the normal value, or another value that is no byte */
    unsigned give_max;   /* RELEASE after so many bytes; 0: never */
    bool is_read, is_open; /* of the current message */
    unsigned position;     /* bytes of this message */
    /* What happened. */
    unsigned addressed, received, requested, ended, restarts;
    uint16_t last_address;
    enum i2ctarget_end end;
    uint32_t moved;
};

/* memory[i] = i ^ 0xA5 */
void probe_device_init(struct probe_device *device);

#endif
