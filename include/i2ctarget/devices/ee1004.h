/* SPDX-License-Identifier: MIT */
/*
 * EE1004: the EEPROM of a DDR4 memory module (SPD), 512 bytes in two pages of 256.
 *
 *   0x50 to 0x57   the memory, by its module's SA pins: as a 24C02, of the selected page.  Writes are
 *                  up to 16 bytes; reads go round in the page
 *   0x36, 0x37     SPA0, SPA1: a write selects the page.  Both bytes that may follow are
 *                  acknowledged and mean nothing
 *   0x36           RPA: a read is acknowledged while page 0 is selected
 *   0x31 0x34 0x35 0x30   of blocks 0 to 3, of 128 bytes each: a read (RPS) is acknowledged while the
 *                  block can be written; a write (SWP) protects it
 *   0x33           CWP: a write ends the protection of all blocks
 *
 * SWP and CWP need the high voltage V_HV (7 to 10 V) at pin SA0; without it they are not
 * acknowledged, as on a module in its slot.  Data for a protected block is not acknowledged.
 *
 * All modules of a bus have the addresses 0x30 to 0x37, and obey together.  What is read there is
 * 0xFF.  SWP and CWP take no time here; a part is busy as after a write.
 *
 * The facts are from JEDEC 21-C 4.1.6 (EE1004-v, TSE2004av), by way of the data sheets of Microchip
 * (AT34C04, sections 6.2 and 7.5) and Atmel (AT30TSE004A, 7).  The thermometer of a TSE2004 is a
 * device of its own: i2ctarget/devices/jc42.h.
 */
#ifndef I2CTARGET_DEVICES_EE1004_H
#define I2CTARGET_DEVICES_EE1004_H

#include "i2ctarget/device.h"
#include "i2ctarget/devices/eeprom.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_EE1004_ADDRESS = 0x50, /* with SA2, SA1 and SA0 low */
    I2CTARGET_EE1004_SIZE_BYTES = 512,
    I2CTARGET_EE1004_BLOCK_BYTES = 128,
    I2CTARGET_EE1004_ALL_BLOCKS = 0x0F,
    I2CTARGET_EE1004_COMMAND_ADDRESSES = 7,
};

/*
 * I2CTARGET_EE1004_COMMAND_ADDRESSES of them: 0x30, 0x31, 0x33 to 0x37.  Attach the device to all of
 * them, and to that of its memory.
 */
I2CTARGET_API extern const uint8_t i2ctarget_ee1004_command_addresses[];

struct i2ctarget_ee1004;

struct i2ctarget_ee1004_config {
    uint8_t *memory; /* I2CTARGET_EE1004_SIZE_BYTES of the caller's; lives as long as the device */
    uint8_t protected_blocks; /* bit n: block n; I2CTARGET_EE1004_ALL_BLOCKS at most */
    uint32_t write_us;        /* 0: a write takes no time */
    /* A monotonic clock, called where events are raised.  May be NULL if write_us is 0. */
    int64_t (*now_us)(void);
    /*
     * Called after memory[offset .. offset + count) was programmed.  Runs where events are raised,
     * so possibly in an interrupt.  May be NULL.
     */
    void (*written)(struct i2ctarget_ee1004 *ee1004, uint32_t offset, uint32_t count);
};

/* All members are private to the device. */
struct i2ctarget_ee1004 {
    struct i2ctarget_device device; /* first member */
    struct i2ctarget_eeprom eeprom; /* the selected page */
    struct i2ctarget_ee1004_config config;
    uint8_t page, protected_blocks;
    bool has_high_voltage;
    bool is_read;
    bool is_first;   /* the next byte of a write is the word address */
    uint8_t command; /* its address, while such a message is under way; else 0 */
};

/*
 * Call it before the first attach.  The config is copied.  Returns 0, or -I2CTARGET_EINVAL: out of
 * range.
 */
I2CTARGET_API int i2ctarget_ee1004_init(struct i2ctarget_ee1004 *ee1004,
                                        const struct i2ctarget_ee1004_config *config)
    I2CTARGET_MUST_USE;

/* V_HV at SA0, or its normal level (the default).  Any context, as it is one store. */
I2CTARGET_API void i2ctarget_ee1004_set_high_voltage(struct i2ctarget_ee1004 *ee1004,
                                                     bool is_applied);

/* Which page is selected (0 or 1), and which blocks are protected (bit n: block n).  Any context. */
I2CTARGET_API unsigned i2ctarget_ee1004_page(const struct i2ctarget_ee1004 *ee1004);
I2CTARGET_API unsigned i2ctarget_ee1004_protected_blocks(const struct i2ctarget_ee1004 *ee1004);

#ifdef __cplusplus
}
#endif
#endif
