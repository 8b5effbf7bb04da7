/* SPDX-License-Identifier: MIT */
/*
 * A small PMBus supply (PMBus 1.3 part II): one output, limits, faults that are kept, with PEC.
 *
 *   output     OPERATION turns it on and off, VOUT_COMMAND sets it; volts are LINEAR16 with the
 *              exponent of VOUT_MODE, all else is LINEAR11
 *   readings   VIN, VOUT, IOUT, POUT, TEMPERATURE_1
 *   limits     over- and under-voltage, over-current, over-temperature: to warn, and fault limits
 *   status     a bit for each limit that was crossed, kept until CLEAR_FAULTS or until a one is
 *              written to it; it comes back at once while the limit is still crossed
 *   identity   MFR_ID, MFR_MODEL, MFR_REVISION
 *
 * The program says what the world does: input voltage, load, temperature, and how far the output is
 * off what was commanded.  A fault is reported and the output goes on ("continue without
 * interruption", §10.5).  Pages there are none, so PAGE is not known.
 */
#ifndef I2CTARGET_DEVICES_PMBUS_H
#define I2CTARGET_DEVICES_PMBUS_H

#include "i2ctarget/smbus.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    I2CTARGET_PMBUS_ADDRESS = 0x40,
    I2CTARGET_PMBUS_LIMITS = 12,
    I2CTARGET_PMBUS_STATUS_REGISTERS = 5,
    I2CTARGET_PMBUS_WORLD_MAX = 1000000, /* of each quantity of the world, either way */
};

/* What does not change. */
struct i2ctarget_pmbus_config {
    const char *id, *model, *revision; /* at most 32 characters count */
    uint16_t vout_mv;                  /* VOUT_COMMAND at power-up; limits are set around it */
    bool has_pec;
};

/* What the world does; what is beyond I2CTARGET_PMBUS_WORLD_MAX is limited. */
struct i2ctarget_pmbus_world {
    int32_t vin_mv;
    int32_t vout_offset_mv; /* how far the output is off while it is on */
    int32_t iout_ma;        /* the load, while it is on */
    int32_t millicelsius;
};

/* Its members are the device's own. */
struct i2ctarget_pmbus {
    struct i2ctarget_smbus_device smbus; /* first member */
    const struct i2ctarget_pmbus_config *config;
    struct i2ctarget_pmbus_world world;
    uint8_t operation, on_off_config, write_protect;
    uint16_t vout_command;
    uint16_t
        limits[I2CTARGET_PMBUS_LIMITS]; /* as on the bus; in the order of the table in pmbus.c */
    uint8_t status[I2CTARGET_PMBUS_STATUS_REGISTERS]; /* STATUS_VOUT to STATUS_CML */
};

/* On, at the config's voltage, no faults.  The config is the caller's, for as long as the device. */
I2CTARGET_API void i2ctarget_pmbus_init(struct i2ctarget_pmbus *supply,
                                        const struct i2ctarget_pmbus_config *config,
                                        const struct i2ctarget_pmbus_world *world);

/*
 * What the world does from now on.  Copied.  Once the device is attached: between i2ctarget_lock()
 * and i2ctarget_unlock().
 */
I2CTARGET_API void i2ctarget_pmbus_set_world(struct i2ctarget_pmbus *supply,
                                             const struct i2ctarget_pmbus_world *world);

/* STATUS_WORD, as a controller would read it.  SMBALERT# is low while a bit other than OFF is set. */
I2CTARGET_API uint16_t i2ctarget_pmbus_status(const struct i2ctarget_pmbus *supply);

/* The output now, 0 while it is off; LINEAR16 ends at 16 V, and so does it. */
I2CTARGET_API int32_t i2ctarget_pmbus_vout_mv(const struct i2ctarget_pmbus *supply);

/* LINEAR11 (§7.3): thousandths to the nearest that there is, and back; what is too large is limited. */
I2CTARGET_API uint16_t i2ctarget_pmbus_linear11(int32_t thousandths);
I2CTARGET_API int32_t i2ctarget_pmbus_from_linear11(uint16_t word);

#ifdef __cplusplus
}
#endif
#endif
