/* SPDX-License-Identifier: MIT */
/*
 * Serial EEPROMs, 24C01 to 24C512: memory in pages, an address counter, and a time to write.
 *
 *   write   one or two address bytes, then up to a page of data; more wraps round inside the page.
 *           At the STOP the page is programmed, which takes write_us: until then the device does
 *           not acknowledge its address ("acknowledge polling" tells when it is done)
 *   read    from the counter on, across pages, round at the end of the memory; without an address
 *           before it, from the byte after the last one ("current address read")
 *
 * Only a STOP programs.  What a repeated START or a fault of the bus ended sets the counter and
 * nothing else, and a byte cut short is no byte.  A STOP in the middle of a byte programs the whole
 * bytes before it, as events tell of whole bytes only; on some parts (ST M24C, "write operations")
 * it would not.
 *
 * Parts of 512 to 2048 bytes have one address byte, too: bits 8 to 10 of the counter are the low
 * bits of the device address, in both directions ("block select", Microchip 24LC16B), so such a
 * part occupies two, four or eight bus addresses.
 *
 * The facts are those of the data sheets of Microchip (24AA02, 24LC256), Atmel (AT24C16D) and ST
 * (M24C16), which differ in one thing: what write protection looks like on the bus.
 *
 *     static uint8_t memory[256];
 *     static struct i2ctarget_eeprom eeprom;
 *     static const struct i2ctarget_eeprom_config config = {
 *         .memory = memory, .size_bytes = 256, .page_bytes = 8, .address_bytes = 1,
 *         .write_us = I2CTARGET_EEPROM_WRITE_US, .now_us = board_now_us,
 *     };
 *     error = i2ctarget_eeprom_init(&eeprom, &config);
 *     error = i2ctarget_attach(&target, 0x50, &eeprom.device);
 */
#ifndef I2CTARGET_DEVICES_EEPROM_H
#define I2CTARGET_DEVICES_EEPROM_H

#include "i2ctarget/device.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_EEPROM_ADDRESS = 0x50, /* with A2, A1 and A0 low */
    I2CTARGET_EEPROM_SIZE_BYTES_MIN = 16,
    I2CTARGET_EEPROM_SIZE_BYTES_MAX = 65536,
    I2CTARGET_EEPROM_PAGE_BYTES_MAX = 128,
    I2CTARGET_EEPROM_WRITE_US = 5000, /* t_WR of the usual parts: 5 ms at most */
};

enum i2ctarget_eeprom_protection {
    I2CTARGET_EEPROM_WRITABLE,
    /* Data is acknowledged and forgotten, and there is no write time: Microchip, Atmel. */
    I2CTARGET_EEPROM_IGNORES_DATA,
    /* Data is not acknowledged: ST. */
    I2CTARGET_EEPROM_REFUSES_DATA,
};

struct i2ctarget_eeprom;

struct i2ctarget_eeprom_config {
    uint8_t *memory;     /* the caller's, for as long as the device; its contents are kept */
    uint32_t size_bytes; /* a power of two, I2CTARGET_EEPROM_SIZE_BYTES_MIN..MAX */
    uint16_t
        page_bytes; /* a power of two, 1..I2CTARGET_EEPROM_PAGE_BYTES_MAX, at most size_bytes */
    uint8_t address_bytes; /* 1: up to 2048 bytes; 2 */
    uint8_t protection;    /* enum i2ctarget_eeprom_protection */
    uint32_t write_us;     /* 0: a write takes no time */
    /* A monotonic clock, callable wherever events are raised; NULL only if write_us is 0. */
    int64_t (*now_us)(void);
    /*
     * NULL, or: memory[offset .. offset + count) was programmed.  Runs in the event that did it,
     * so possibly in an interrupt; never across the end of a page.
     */
    void (*written)(struct i2ctarget_eeprom *eeprom, uint32_t offset, uint32_t count);
};

/* Its members are the device's own. */
struct i2ctarget_eeprom {
    struct i2ctarget_device device; /* first member */
    bool is_read;
    uint8_t address_left; /* a write: address bytes that are yet to come */
    uint8_t block_mask;   /* bits of the device address that say which block */
    struct i2ctarget_eeprom_config config;
    int64_t busy_until_us;
    uint32_t counter;                              /* the address counter */
    uint32_t next;                                 /* a read: the byte to give */
    uint32_t collected;                            /* a write: data bytes that have come */
    uint8_t page[I2CTARGET_EEPROM_PAGE_BYTES_MAX]; /* what will be programmed */
};

/* The usual parts. */
struct i2ctarget_eeprom_type {
    const char *name; /* "24c02" */
    uint32_t size_bytes;
    uint16_t page_bytes;
    uint8_t address_bytes;
};
I2CTARGET_API extern const struct i2ctarget_eeprom_type i2ctarget_eeprom_types[];
I2CTARGET_API extern const unsigned i2ctarget_eeprom_type_count;

/* Before the first attach.  The config is copied.  0, or -I2CTARGET_EINVAL: out of range. */
I2CTARGET_API int i2ctarget_eeprom_init(struct i2ctarget_eeprom *eeprom,
                                        const struct i2ctarget_eeprom_config *config)
    I2CTARGET_MUST_USE;

/* How many bus addresses in a row it occupies: 1, 2, 4 or 8; attach it to all of them. */
I2CTARGET_API unsigned i2ctarget_eeprom_address_count(const struct i2ctarget_eeprom_config *config);

/*
 * The write protect pin; looked at for every data byte, and at the STOP.  One store: any context.
 * What the program itself puts into the memory, it puts there between i2ctarget_lock() and
 * i2ctarget_unlock().
 */
I2CTARGET_API void i2ctarget_eeprom_protect(struct i2ctarget_eeprom *eeprom,
                                            enum i2ctarget_eeprom_protection protection);

#ifdef __cplusplus
}
#endif
#endif
