/* SPDX-License-Identifier: MIT */
/*
 * A small PMBus supply (PMBus 1.3 part II): one output, limits, latched faults, PEC.
 *
 *   output     OPERATION turns it on and off, VOUT_COMMAND sets it.  OPERATION may choose
 *              VOUT_MARGIN_HIGH or VOUT_MARGIN_LOW instead, and that the limits of the output are
 *              ignored meanwhile (§12.1).  Output voltages are LINEAR16 with the exponent of
 *              VOUT_MODE, all other values are LINEAR11
 *   readings   VIN, IIN, PIN, VOUT, IOUT, POUT, TEMPERATURE_1.  Nine tenths of what it takes come
 *              out of it
 *   limits     warning and fault limits of over- and under-voltage, over-current, over-temperature
 *   pages      PAGE can be 0, or FFh for all pages; there is only one
 *   status     a bit for each limit that was crossed.  It stays set until CLEAR_FAULTS, or until
 *              a 1 is written to it.  While the limit is still crossed, it is set again at once.
 *              STATUS_CML has what was wrong with a command.  STATUS_OTHER, STATUS_MFR_SPECIFIC and
 *              STATUS_FANS_1_2 are there, and nothing sets them
 *   protection WRITE_PROTECT 20h leaves OPERATION, PAGE, ON_OFF_CONFIG and VOUT_COMMAND writable,
 *              40h OPERATION and PAGE, 80h nothing but itself.  A byte for another command is
 *              refused, and CLEAR_FAULTS does nothing (§11.1)
 *   identity   MFR_ID, MFR_MODEL, MFR_REVISION, IC_DEVICE_ID, IC_DEVICE_REV
 *
 * The program sets the input voltage, the load, the temperature, and the deviation of the output
 * from what was commanded.  A fault is reported, and the output stays on ("continue without
 * interruption", §10.5).
 */
#ifndef I2CTARGET_DEVICES_PMBUS_H
#define I2CTARGET_DEVICES_PMBUS_H

#include "i2ctarget/smbus.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_PMBUS_ADDRESS = 0x40,
    I2CTARGET_PMBUS_VOUT_SHIFT = 12, /* of VOUT_MODE: 2^-12 V a step */
    I2CTARGET_PMBUS_LIMITS = 12,
    I2CTARGET_PMBUS_STATUS_REGISTERS = 8,
    I2CTARGET_PMBUS_WORLD_MAX = 1000000, /* largest magnitude of each member of the world */
};

/* What does not change. */
struct i2ctarget_pmbus_config {
    const char *id, *model, *revision;      /* only the first 32 characters count */
    const char *ic_device_id, *ic_revision; /* likewise; NULL: there is no such command */
    uint16_t vout_mv; /* VOUT_COMMAND at power-up; the limits follow from it */
    bool has_pec;
};

/* What the supply measures.  Values are limited to +-I2CTARGET_PMBUS_WORLD_MAX. */
struct i2ctarget_pmbus_world {
    int32_t vin_mv;
    int32_t vout_offset_mv; /* output less commanded voltage, while it is on */
    int32_t iout_ma;        /* the load, while it is on */
    int32_t millicelsius;
};

/* All members are private to the device. */
struct i2ctarget_pmbus {
    struct i2ctarget_smbus_device smbus; /* first member */
    const struct i2ctarget_pmbus_config *config;
    struct i2ctarget_pmbus_world world;
    uint8_t page, operation, on_off_config, write_protect;
    uint16_t vout_command, vout_margin_high, vout_margin_low;
    uint16_t
        limits[I2CTARGET_PMBUS_LIMITS]; /* as on the bus; in the order of the table in pmbus.c */
    uint8_t status[I2CTARGET_PMBUS_STATUS_REGISTERS]; /* STATUS_VOUT to STATUS_FANS_1_2 */
};

/*
 * The state at power-up: on, at the voltage of the config, no faults.  The config is the caller's
 * and must live as long as the device; the world is copied.
 */
I2CTARGET_API void i2ctarget_pmbus_init(struct i2ctarget_pmbus *supply,
                                        const struct i2ctarget_pmbus_config *config,
                                        const struct i2ctarget_pmbus_world *world);

/*
 * Set what the supply measures from now on.  Copied.  Once the device is attached, call it only
 * between i2ctarget_lock() and i2ctarget_unlock().
 */
I2CTARGET_API void i2ctarget_pmbus_set_world(struct i2ctarget_pmbus *supply,
                                             const struct i2ctarget_pmbus_world *world);

/* STATUS_WORD, as a controller reads it. */
I2CTARGET_API uint16_t i2ctarget_pmbus_status(const struct i2ctarget_pmbus *supply);

/*
 * The pin SMBALERT#, an open drain.  true: released.  false: driven low, while a fault or a warning is
 * kept: any bit of STATUS_WORD but OFF and POWER_GOOD#.  The part does not answer at the alert
 * response address (0x0C), and CAPABILITY says so.  Any context.
 */
I2CTARGET_API bool i2ctarget_pmbus_alert_pin(const struct i2ctarget_pmbus *supply);

/* The output voltage, 0 while it is off.  At most 16 V, the end of LINEAR16. */
I2CTARGET_API int32_t i2ctarget_pmbus_vout_mv(const struct i2ctarget_pmbus *supply);

/* LINEAR11 (§7.3): from thousandths to the nearest value, limited to its range; and back. */
I2CTARGET_API uint16_t i2ctarget_pmbus_linear11(int32_t thousandths);
I2CTARGET_API int32_t i2ctarget_pmbus_from_linear11(uint16_t word);

/*
 * LINEAR16 (§8.3) with this device's exponent, -I2CTARGET_PMBUS_VOUT_SHIFT: from mV to the nearest
 * value, limited to its range; and back.
 */
I2CTARGET_API uint16_t i2ctarget_pmbus_linear16(int32_t mv);
I2CTARGET_API int32_t i2ctarget_pmbus_from_linear16(uint16_t word);

#ifdef __cplusplus
}
#endif
#endif
