/* SPDX-License-Identifier: MIT */
/*
 * A smart battery (Smart Battery Data Specification 1.1): words and strings over SMBus, with PEC.
 *
 * The program sets voltage, current, temperature and charge of the cells.  The battery computes the
 * rest: state of charge, times to empty and full, capacities (in mAh, or in 10 mWh, as the mode
 * says), and the status with its alarms.  The controller may write the limits of the alarms
 * (commands 0x01, 0x02), the mode (0x03), and the rate for predictions (0x04).
 *
 * Two things are the maker's own, as most gas gauges have them: a block of its data (0x23), and the
 * voltages of up to four cells in series at 0x3f (the first), 0x3e, 0x3d and 0x3c (TI bq20z75,
 * SLUU265, A.41 to A.44).  Here they are equal parts of the battery's voltage.
 *
 * What is missing: it never becomes a controller, so it sends no broadcasts to host or charger; the
 * mode says so (CHARGER_MODE and ALARM_MODE are always 1).  Averages are the present values.  mAh
 * are converted to mWh with the design voltage.
 *
 * The low four bits of the status are an error code (§5.4): unsupported command, access denied, bad
 * size, unknown (a wrong PEC).  The code stays until the next command that is no read of the
 * status.
 */
#ifndef I2CTARGET_DEVICES_SBS_BATTERY_H
#define I2CTARGET_DEVICES_SBS_BATTERY_H

#include "i2ctarget/smbus.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { I2CTARGET_SBS_BATTERY_ADDRESS = 0x0b, I2CTARGET_SBS_BATTERY_CELLS_MAX = 4 };

/* What does not change. */
struct i2ctarget_sbs_battery_config {
    const char *manufacturer, *name, *chemistry; /* only the first 32 characters count */
    uint16_t design_mah, design_mv;
    uint16_t charging_ma, charging_mv; /* what it requests from its charger */
    uint16_t cycles;
    uint16_t serial;
    uint16_t date;           /* of manufacture: (year - 1980) * 512 + month * 32 + day */
    uint8_t cells_in_series; /* 1 to I2CTARGET_SBS_BATTERY_CELLS_MAX; 0: it does not tell */
    uint8_t data_bytes;      /* of the maker's data: up to I2CTARGET_SMBUS_BLOCK_MAX; 0: none */
    const uint8_t *data;     /* the caller's */
    bool has_pec;
};

/* The state of the cells. */
struct i2ctarget_sbs_battery_cells {
    uint16_t mv;
    int16_t ma;          /* negative: discharging */
    uint16_t decikelvin; /* 0.1 K */
    uint16_t full_mah;   /* capacity when fully charged */
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

/* All members are private to the device. */
struct i2ctarget_sbs_battery {
    struct i2ctarget_smbus_device smbus; /* first member */
    const struct i2ctarget_sbs_battery_config *config;
    struct i2ctarget_sbs_battery_cells cells;
    uint16_t capacity_alarm, time_alarm, mode;
    int16_t at_rate;
    uint8_t error;
};

/* The config is the caller's and must live as long as the device; the cells are copied. */
I2CTARGET_API void i2ctarget_sbs_battery_init(struct i2ctarget_sbs_battery *battery,
                                              const struct i2ctarget_sbs_battery_config *config,
                                              const struct i2ctarget_sbs_battery_cells *cells);

/*
 * Set the state of the cells.  Copied.  Once the device is attached, call it only between
 * i2ctarget_lock() and i2ctarget_unlock().
 */
I2CTARGET_API void i2ctarget_sbs_battery_set_cells(struct i2ctarget_sbs_battery *battery,
                                                   const struct i2ctarget_sbs_battery_cells *cells);

/* The status, as a controller reads it. */
I2CTARGET_API uint16_t i2ctarget_sbs_battery_status(const struct i2ctarget_sbs_battery *battery);

#ifdef __cplusplus
}
#endif
#endif
