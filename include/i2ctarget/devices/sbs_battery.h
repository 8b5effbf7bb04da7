/* SPDX-License-Identifier: MIT */
/*
 * A smart battery (Smart Battery Data Specification 1.1): words and strings over SMBus, with PEC.
 *
 * The program says what the cells do: voltage, current, temperature, charge.  The battery works out
 * the rest: state of charge, times to empty and full, capacities in mAh or 10 mWh as the mode says,
 * the status with its alarms.  The controller may write the alarms' limits (commands 0x01, 0x02),
 * the mode (0x03) and the rate to reckon with (0x04).
 *
 * What it has not: it never becomes controller, so it broadcasts nothing to host or charger; the
 * mode says so (CHARGER_MODE and ALARM_MODE are always 1).  Averages are the present values, and
 * mAh become mWh by the design voltage.
 *
 * An error is in the low four bits of the status until the next command other than a read of the
 * status (§5.4): unsupported command, access denied, bad size, unknown (a wrong PEC).
 */
#ifndef I2CTARGET_DEVICES_SBS_BATTERY_H
#define I2CTARGET_DEVICES_SBS_BATTERY_H

#include "i2ctarget/smbus.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { I2CTARGET_SBS_BATTERY_ADDRESS = 0x0b };

/* What does not change. */
struct i2ctarget_sbs_battery_config {
    const char *manufacturer, *name, *chemistry; /* at most 32 characters count */
    uint16_t design_mah, design_mv;
    uint16_t charging_ma, charging_mv; /* what it wants of its charger */
    uint16_t cycles;
    uint16_t serial;
    uint16_t date; /* of manufacture: (year - 1980) * 512 + month * 32 + day */
    bool has_pec;
};

/* What the cells do. */
struct i2ctarget_sbs_battery_cells {
    uint16_t mv;
    int16_t ma;          /* negative: it discharges */
    uint16_t decikelvin; /* 0.1 K */
    uint16_t full_mah;   /* when it is charged */
    uint16_t remaining_mah;
};

/* Bits of the status. */
enum {
    I2CTARGET_SBS_BATTERY_TERMINATE_CHARGE = 0x4000,
    I2CTARGET_SBS_BATTERY_TERMINATE_DISCHARGE = 0x0800,
    I2CTARGET_SBS_BATTERY_CAPACITY_ALARM = 0x0200,
    I2CTARGET_SBS_BATTERY_TIME_ALARM = 0x0100,
    I2CTARGET_SBS_BATTERY_INITIALIZED = 0x0080,
    I2CTARGET_SBS_BATTERY_DISCHARGING = 0x0040,
    I2CTARGET_SBS_BATTERY_FULLY_CHARGED = 0x0020,
    I2CTARGET_SBS_BATTERY_FULLY_DISCHARGED = 0x0010,
};

/* Its members are the device's own. */
struct i2ctarget_sbs_battery {
    struct i2ctarget_smbus_device smbus; /* first member */
    const struct i2ctarget_sbs_battery_config *config;
    struct i2ctarget_sbs_battery_cells cells;
    uint16_t capacity_alarm, time_alarm, mode;
    int16_t at_rate;
    uint8_t error;
};

/* The config is the caller's, for as long as the device. */
I2CTARGET_API void i2ctarget_sbs_battery_init(struct i2ctarget_sbs_battery *battery,
                                              const struct i2ctarget_sbs_battery_config *config,
                                              const struct i2ctarget_sbs_battery_cells *cells);

/*
 * What the cells do from now on.  Copied.  Once the device is attached: between i2ctarget_lock() and
 * i2ctarget_unlock().
 */
I2CTARGET_API void i2ctarget_sbs_battery_set_cells(struct i2ctarget_sbs_battery *battery,
                                                   const struct i2ctarget_sbs_battery_cells *cells);

/* The status, as a controller would read it. */
I2CTARGET_API uint16_t i2ctarget_sbs_battery_status(const struct i2ctarget_sbs_battery *battery);

#ifdef __cplusplus
}
#endif
#endif
