/* SPDX-License-Identifier: MIT */
/*
 * The model of a 24C02: 256 bytes in pages of 8, one address pointer.
 *
 *   write   pointer, then up to a page of data; more wraps round inside the page.  At the STOP the
 *           page is programmed, which takes EEPROM24_WRITE_US: until then the device does not
 *           acknowledge its address ("acknowledge polling" tells when it is done)
 *   read    from the pointer on, across pages, round at the end; without a pointer before it, from
 *           the current address
 *
 * What STOP did not end is not programmed: a write cut off by a repeated START only sets the
 * pointer.
 */
#ifndef EEPROM24_H
#define EEPROM24_H

#include "i2ctarget/device.h"

enum {
    EEPROM24_ADDRESS = 0x50,
    EEPROM24_BYTES = 256,
    EEPROM24_PAGE_BYTES = 8,
    EEPROM24_WRITE_US = 5000 /* t_WR of the usual parts: 5 ms at most */
};

struct eeprom24 {
    struct i2ctarget_device device; /* first member */
    int64_t (*now_us)(void);
    int64_t busy_until_us;
    uint8_t memory[EEPROM24_BYTES];
    uint8_t page[EEPROM24_PAGE_BYTES]; /* what will be programmed … */
    uint8_t dirty;                     /* … where this has bits set */
    uint8_t pointer;
    uint8_t next; /* a read: the byte to give */
    bool is_read;
    bool pointed; /* a write: the pointer has come */
};

/* Erased: all 0xFF.  now_us: a monotonic clock, callable wherever events are raised. */
void eeprom24_init(struct eeprom24 *eeprom, int64_t (*now_us)(void));

#endif
