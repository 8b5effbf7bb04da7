/* SPDX-License-Identifier: MIT */
/*
 * A memory with a one-byte pointer, as small EEPROMs and register files are: the first byte written
 * sets the pointer, the rest go to it; reads come from it. The pointer moves in ended(), by what
 * was really clocked.  It also counts what it was asked, and can be told to say no.
 */
#ifndef SUPPORT_PROBE_DEVICE_H
#define SUPPORT_PROBE_DEVICE_H

#include "i2ctarget/device.h"

struct probe_device {
    struct i2ctarget_device device; /* first member */
    uint8_t memory[256];
    uint8_t pointer;
    bool busy;           /* NACK the address */
    unsigned accept_max; /* NACK written bytes after that many; 0: never */
    int refusal;         /* I2CTARGET_RELEASE, as it should be, or something else that is no byte */
    unsigned give_max;   /* RELEASE after that many; 0: never */
    bool is_read, is_open; /* the message under way */
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
