/* SPDX-License-Identifier: MIT */
/*
 * SPD5118: the hub of a DDR5 memory module: 1024 bytes of EEPROM (SPD), registers, a thermometer.
 *
 *   write   an address, then data.  The address is one byte: bit 7 says memory (1) or register (0).
 *           Of the memory the low 7 bits are a place in the page of 128 bytes that register 11 selects
 *           (bits 0 to 2).  With bit 3 of register 11 set there is a second byte, whose low 3 bits are
 *           the page
 *   read    from the address on: registers, or, round in the page, the memory
 *
 *   register 0, 1    0x51, 0x18        register 26       bit 0: the thermometer is off
 *            2       revision                   28, 29   high limit, 30, 31 low limit
 *            3, 4    manufacturer               32, 33   critical high, 34, 35 critical low
 *            5       capabilities               48       bit 3: the memory is being written
 *            11      page and address mode      49, 50   temperature
 *            12, 13  protected blocks           51       bits 0 to 3: high, low, critical high and low
 *            19      ones clear bits of 51               alarm, each until it is cleared
 *
 * Temperatures have 11 bits of 0.25 °C, from bit 2 on, the low byte first.  A write of the memory has
 * up to 16 bytes, and takes its time; until then the address byte of the memory is not acknowledged.
 * Data for a protected block (64 bytes) is not, either.  Registers 12 and 13 can be written only
 * while pin HSA is at ground, as on a programmer.
 *
 * What it does not do: I3C and its interrupts, packet error checking, the bus behind the hub, and the
 * memory across pages in one message.  Registers that are not named here read as 0.
 *
 * The facts are from JESD300-5 by way of Linux' drivers/hwmon/spd5118.c, its documentation, and the
 * description of the part by the Bus Pirate project (docs.buspirate.com/docs/devices/ddr5).  The
 * manufacturer is that of Renesas' parts.
 *
 * The device has no clock but that of a write: the program calls i2ctarget_spd5118_convert() for
 * every conversion.
 */
#ifndef I2CTARGET_DEVICES_SPD5118_H
#define I2CTARGET_DEVICES_SPD5118_H

#include "i2ctarget/device.h"
#include "i2ctarget/devices/eeprom.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_SPD5118_ADDRESS = 0x50, /* with HID 0; others up to 0x57 */
    I2CTARGET_SPD5118_SIZE_BYTES = 1024,
    I2CTARGET_SPD5118_BLOCK_BYTES = 64,
    I2CTARGET_SPD5118_CONVERSION_US = 125000,
    I2CTARGET_SPD5118_MILLICELSIUS_MIN = -40000,
    I2CTARGET_SPD5118_MILLICELSIUS_MAX = 125000,
};

struct i2ctarget_spd5118;

struct i2ctarget_spd5118_config {
    uint8_t *memory; /* I2CTARGET_SPD5118_SIZE_BYTES of the caller's; lives as long as the device */
    uint16_t protected_blocks; /* bit n: block n */
    uint32_t write_us;         /* 0: a write takes no time */
    /* A monotonic clock, called where events are raised.  May be NULL if write_us is 0. */
    int64_t (*now_us)(void);
    /*
     * Called after memory[offset .. offset + count) was programmed.  Runs where events are raised,
     * so possibly in an interrupt.  May be NULL.
     */
    void (*written)(struct i2ctarget_spd5118 *spd5118, uint32_t offset, uint32_t count);
};

/* All members are private to the device. */
struct i2ctarget_spd5118 {
    struct i2ctarget_device device; /* first member */
    struct i2ctarget_eeprom eeprom; /* a page of the memory */
    struct i2ctarget_spd5118_config config;
    uint8_t registers[64];
    uint8_t page;    /* where the EEPROM looks */
    uint8_t pointer; /* a register */
    uint8_t next;    /* a read: the register after the one that was given */
    bool is_memory;  /* the address is one of the memory */
    bool is_offline; /* HSA is at ground */
    bool is_read;
    bool is_busy;         /* the memory was being written when the message began */
    uint8_t address_left; /* a write: bytes of the address still to come */
    uint8_t address;      /* its first byte */
};

/*
 * Call it before the first attach.  The config is copied.  Returns 0, or -I2CTARGET_EINVAL: out of
 * range.  The thermometer is at 0 °C, its limits at 0 and 55 °C, and 0 and 85 °C.
 */
I2CTARGET_API int i2ctarget_spd5118_init(struct i2ctarget_spd5118 *spd5118,
                                         const struct i2ctarget_spd5118_config *config)
    I2CTARGET_MUST_USE;

/*
 * One conversion at this temperature.  It is rounded down to 0.25 °C, and limited to the range of
 * the chip.  No effect while the thermometer is off.  Once the device is attached, call it only
 * between i2ctarget_lock() and i2ctarget_unlock().
 */
I2CTARGET_API void i2ctarget_spd5118_convert(struct i2ctarget_spd5118 *spd5118,
                                             int32_t millicelsius);

/* Pin HSA at ground, or at the resistor of a slot (the default).  Any context, as it is one store. */
I2CTARGET_API void i2ctarget_spd5118_set_offline(struct i2ctarget_spd5118 *spd5118,
                                                 bool is_offline);

/* Which blocks are protected (bit n: block n), and the alarms (register 51).  Any context. */
I2CTARGET_API unsigned i2ctarget_spd5118_protected_blocks(const struct i2ctarget_spd5118 *spd5118);
I2CTARGET_API unsigned i2ctarget_spd5118_alarms(const struct i2ctarget_spd5118 *spd5118);

#ifdef __cplusplus
}
#endif
#endif
