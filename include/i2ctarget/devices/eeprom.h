/* SPDX-License-Identifier: MIT */
/*
 * Serial EEPROMs, 24C01 to 24CM02: memory in pages, an address counter, and a write time.
 *
 *   write   one or two address bytes, then up to a page of data; more data wraps round inside the
 *           page.  The STOP programs the page, which takes write_us.  During that time the device
 *           does not acknowledge its address; controllers poll it ("acknowledge polling")
 *   read    from the address counter on, across pages; after the last byte of the memory comes the
 *           first.  Without an address before it: the byte after the last one read or written
 *           ("current address read")
 *
 * Only a STOP programs.  A write that a repeated START or a fault of the bus has ended sets the
 * counter and nothing else.  A byte that was cut short does not count.  A STOP in the middle of a
 * byte programs the complete bytes before it, because events tell of complete bytes only.  Some
 * parts (ST M24C, "write operations") do not program in that case.
 *
 * Parts of 512 to 2048 bytes have one address byte, too.  Bits 8 to 10 of the counter are the low
 * bits of the bus address, in both directions ("block select", Microchip 24LC16B).  So such a part
 * occupies two, four or eight bus addresses.  So do parts of 131072 and 262144 bytes, which have two
 * address bytes: bits 16 and 17 are the low bits of the bus address (AT24CM02, "device addressing").
 *
 * Some parts tell who they are.  The upper half of a 24AA02E48 (Microchip DS20002124) can not be
 * written, and its last 6 or 8 bytes are an EUI-48 or EUI-64.  An AT24MAC402 (Atmel 8807) reads 32
 * other bytes at a second bus address, with bit 3 set: a serial number of 128 bits at 80h, and an EUI
 * at 9Ah or 98h.  An AT24CS02 has the serial number alone.  Both addresses share the address counter,
 * and data for the second one is not acknowledged.  Word addresses other than 80h to 9Fh read
 * undefined data of the part; here they read the same 32 bytes.  The software write protection of
 * AT24MAC402 is not there.
 *
 * The facts are from the data sheets of Microchip (24AA02, 24LC256), Atmel (AT24C16D) and ST
 * (M24C16).  These differ in one thing: how write protection looks on the bus.
 *
 *     static uint8_t memory[256];
 *     static struct i2ctarget_eeprom eeprom;
 *     static const struct i2ctarget_eeprom_config config = {
 *         .memory = memory, .size_bytes = 256, .page_bytes = 8, .address_bytes = 1,
 *         .write_us = I2CTARGET_EEPROM_WRITE_US, .now_us = i2ctarget_board_now_us,
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
    I2CTARGET_EEPROM_SIZE_BYTES_MAX = 262144,
    I2CTARGET_EEPROM_PAGE_BYTES_MAX = 256,
    I2CTARGET_EEPROM_IDENTITY_BIT = 0x08, /* of the bus address that reads the identity */
    I2CTARGET_EEPROM_IDENTITY_BYTES = 32,
    I2CTARGET_EEPROM_WRITE_US = 5000, /* t_WR of the usual parts: 5 ms at most */
};

enum i2ctarget_eeprom_protection {
    I2CTARGET_EEPROM_WRITABLE,
    /* Data is acknowledged and ignored, and there is no write time: Microchip, Atmel. */
    I2CTARGET_EEPROM_IGNORES_DATA,
    /* Data is not acknowledged: ST. */
    I2CTARGET_EEPROM_REFUSES_DATA,
};

struct i2ctarget_eeprom;

struct i2ctarget_eeprom_config {
    uint8_t *memory;     /* the caller's; lives as long as the device; init keeps its contents */
    uint32_t size_bytes; /* a power of two, I2CTARGET_EEPROM_SIZE_BYTES_MIN..MAX */
    uint16_t
        page_bytes; /* a power of two, 1..I2CTARGET_EEPROM_PAGE_BYTES_MAX, at most size_bytes */
    uint8_t address_bytes; /* 1 (memory up to 2048 bytes) or 2 */
    uint8_t protection;    /* enum i2ctarget_eeprom_protection */
    /*
     * Data for the bytes from here on is acknowledged and ignored, and takes no time.  A multiple of
     * the page size; 0: all of the memory can be written.
     */
    uint32_t writable_bytes;
    /*
     * I2CTARGET_EEPROM_IDENTITY_BYTES that are read at bus addresses with
     * I2CTARGET_EEPROM_IDENTITY_BIT.  The caller's; lives as long as the device.  NULL: there are no
     * such bytes.  Only for memories that take a single bus address.
     */
    const uint8_t *identity;
    uint32_t write_us; /* 0: a write takes no time */
    /* A monotonic clock, called where events are raised.  May be NULL if write_us is 0. */
    int64_t (*now_us)(void);
    /*
     * Called after memory[offset .. offset + count) was programmed; a call never crosses the end of
     * a page.  Runs where events are raised, so possibly in an interrupt.  May be NULL.
     */
    void (*written)(struct i2ctarget_eeprom *eeprom, uint32_t offset, uint32_t count);
};

/* All members are private to the device. */
struct i2ctarget_eeprom {
    struct i2ctarget_device device; /* first member */
    bool is_read;
    uint8_t address_left; /* a write: address bytes still to come */
    uint8_t select_mask;  /* bits of the bus address that select the block, or the identity */
    bool is_identity;     /* a message to the identity's address */
    struct i2ctarget_eeprom_config config;
    int64_t busy_until_us;
    uint32_t counter;                              /* the address counter */
    const uint8_t *source;                         /* a read: the memory or the identity … */
    uint32_t source_bytes;                         /* … and its size */
    uint32_t next;                                 /* a read: offset of the next byte */
    uint32_t collected;                            /* a write: data bytes received */
    uint8_t page[I2CTARGET_EEPROM_PAGE_BYTES_MAX]; /* what will be programmed */
};

/* The usual parts: those that have nothing but memory come first, from the smallest on. */
struct i2ctarget_eeprom_type {
    const char *name; /* "24c02" */
    uint32_t size_bytes;
    uint16_t page_bytes;
    uint8_t address_bytes;
    uint8_t eui_bytes; /* 6: it has an EUI-48; 8: an EUI-64; 0: none.  The last bytes of … */
    bool has_identity; /* … its identity, or, if it has none, of its memory */
    uint16_t writable_bytes; /* 0: all */
};
I2CTARGET_API extern const struct i2ctarget_eeprom_type i2ctarget_eeprom_types[];
I2CTARGET_API extern const unsigned i2ctarget_eeprom_type_count;

/*
 * Call it before the first attach.  The config is copied.  Returns 0, or -I2CTARGET_EINVAL: out of
 * range.
 */
I2CTARGET_API int i2ctarget_eeprom_init(struct i2ctarget_eeprom *eeprom,
                                        const struct i2ctarget_eeprom_config *config)
    I2CTARGET_MUST_USE;

/*
 * How many consecutive bus addresses it occupies: 1, 2, 4 or 8.  Attach it to all of them; and to
 * that of its identity, if it has one.
 */
I2CTARGET_API unsigned i2ctarget_eeprom_address_count(const struct i2ctarget_eeprom_config *config);

/*
 * Set the write-protect pin.  It is read for every data byte, and at the STOP.  Any context, as it
 * is one store.  (A program may write to the memory between i2ctarget_lock() and
 * i2ctarget_unlock().)
 */
I2CTARGET_API void i2ctarget_eeprom_protect(struct i2ctarget_eeprom *eeprom,
                                            enum i2ctarget_eeprom_protection protection);

/*
 * Another memory of the same size, with the same conditions.  For devices that consist of an EEPROM
 * and more: call it between two messages, where events are raised.
 */
I2CTARGET_API void i2ctarget_eeprom_use_memory(struct i2ctarget_eeprom *eeprom, uint8_t *memory);

#ifdef __cplusplus
}
#endif
#endif
