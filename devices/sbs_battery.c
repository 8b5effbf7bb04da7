/* SPDX-License-Identifier: MIT */
#include "i2ctarget/devices/sbs_battery.h"

/* Commands (Smart Battery Data Specification 1.1 §5.1). */
enum command {
    MANUFACTURER_ACCESS = 0x00,
    REMAINING_CAPACITY_ALARM = 0x01,
    REMAINING_TIME_ALARM = 0x02,
    BATTERY_MODE = 0x03,
    AT_RATE = 0x04,
    AT_RATE_TIME_TO_FULL = 0x05,
    AT_RATE_TIME_TO_EMPTY = 0x06,
    AT_RATE_OK = 0x07,
    TEMPERATURE = 0x08,
    VOLTAGE = 0x09,
    CURRENT = 0x0a,
    AVERAGE_CURRENT = 0x0b,
    MAX_ERROR = 0x0c,
    RELATIVE_STATE_OF_CHARGE = 0x0d,
    ABSOLUTE_STATE_OF_CHARGE = 0x0e,
    REMAINING_CAPACITY = 0x0f,
    FULL_CHARGE_CAPACITY = 0x10,
    RUN_TIME_TO_EMPTY = 0x11,
    AVERAGE_TIME_TO_EMPTY = 0x12,
    AVERAGE_TIME_TO_FULL = 0x13,
    CHARGING_CURRENT = 0x14,
    CHARGING_VOLTAGE = 0x15,
    BATTERY_STATUS = 0x16,
    CYCLE_COUNT = 0x17,
    DESIGN_CAPACITY = 0x18,
    DESIGN_VOLTAGE = 0x19,
    SPECIFICATION_INFO = 0x1a,
    MANUFACTURE_DATE = 0x1b,
    SERIAL_NUMBER = 0x1c,
    WORDS = 0x1d,
    MANUFACTURER_NAME = 0x20,
    DEVICE_NAME = 0x21,
    DEVICE_CHEMISTRY = 0x22,
    MANUFACTURER_DATA = 0x23,
    CELL_4 = 0x3c,
    CELL_1 = 0x3f,
};

enum error { OK = 0, UNSUPPORTED_COMMAND = 3, ACCESS_DENIED = 4, BAD_SIZE = 6, UNKNOWN_ERROR = 7 };

enum { CAPACITY_MODE = 0x8000, NO_BROADCASTS = 0x6000 }; /* of the mode */
/* Revision 1, version 1.1 without and with PEC.  Voltage and current are not scaled. */
enum { SPECIFICATION = 0x0021, SPECIFICATION_WITH_PEC = 0x0031 };
enum { NEVER_MINUTES = 0xFFFF, TIME_ALARM_MINUTES = 10, AT_RATE_OK_SECONDS = 10 };

static struct i2ctarget_sbs_battery *from(struct i2ctarget_smbus_device *device)
{
    return (struct i2ctarget_sbs_battery *)device;
}

/* ---- what it works out ----------------------------------------------------------------------- */

static uint16_t limited(uint32_t value)
{
    return value > 0xFFFF ? 0xFFFF : (uint16_t)value;
}

/* In mAh or in 10 mWh, as the mode says. */
static uint16_t capacity(const struct i2ctarget_sbs_battery *battery, uint16_t mah)
{
    if (battery->mode & CAPACITY_MODE)
        return limited((uint32_t)mah * battery->config->design_mv / 10000);
    return mah;
}

static uint16_t percent(uint16_t part, uint16_t whole)
{
    return whole ? limited(part * UINT32_C(100) / whole) : 0;
}

/*
 * Minutes until an amount is used up at a rate; both are in the units of the mode.  Only a positive
 * rate ends.
 */
static uint16_t minutes(uint16_t amount, int32_t rate)
{
    if (rate <= 0)
        return NEVER_MINUTES;
    uint32_t result = amount * UINT32_C(60) / (uint32_t)rate;
    return result < NEVER_MINUTES ? (uint16_t)result : NEVER_MINUTES - 1;
}

static uint16_t missing_mah(const struct i2ctarget_sbs_battery *battery)
{
    const struct i2ctarget_sbs_battery_cells *cells = &battery->cells;
    return cells->remaining_mah < cells->full_mah
               ? (uint16_t)(cells->full_mah - cells->remaining_mah)
               : 0;
}

static uint16_t minutes_to_empty(const struct i2ctarget_sbs_battery *battery)
{
    return minutes(battery->cells.remaining_mah, -(int32_t)battery->cells.ma);
}

static uint16_t minutes_to_full(const struct i2ctarget_sbs_battery *battery)
{
    return minutes(missing_mah(battery), battery->cells.ma);
}

/*
 * Can the battery deliver the rate for ten more seconds?  A rate that does not discharge it is
 * always possible.
 */
static bool rate_is_ok(const struct i2ctarget_sbs_battery *battery)
{
    uint32_t remaining = capacity(battery, battery->cells.remaining_mah);
    if (battery->at_rate >= 0)
        return true;
    return remaining * 3600 >= (uint32_t) - (int32_t)battery->at_rate * AT_RATE_OK_SECONDS;
}

static uint16_t alarms(const struct i2ctarget_sbs_battery *battery)
{
    uint16_t bits = 0;
    if (battery->cells.ma > 0)
        return missing_mah(battery) == 0 ? I2CTARGET_SBS_BATTERY_TERMINATE_CHARGE : 0;
    if (capacity(battery, battery->cells.remaining_mah) < battery->capacity_alarm)
        bits |= I2CTARGET_SBS_BATTERY_CAPACITY_ALARM;
    if (minutes_to_empty(battery) < battery->time_alarm)
        bits |= I2CTARGET_SBS_BATTERY_TIME_ALARM;
    if (battery->cells.remaining_mah == 0 && battery->cells.ma < 0)
        bits |= I2CTARGET_SBS_BATTERY_TERMINATE_DISCHARGE;
    return bits;
}

uint16_t i2ctarget_sbs_battery_status(const struct i2ctarget_sbs_battery *battery)
{
    uint16_t bits = I2CTARGET_SBS_BATTERY_INITIALIZED | alarms(battery) | battery->error;
    if (battery->cells.ma <= 0)
        bits |= I2CTARGET_SBS_BATTERY_DISCHARGING;
    if (missing_mah(battery) == 0)
        bits |= I2CTARGET_SBS_BATTERY_FULLY_CHARGED;
    if (battery->cells.remaining_mah == 0)
        bits |= I2CTARGET_SBS_BATTERY_FULLY_DISCHARGED;
    return bits;
}

/* ---- words ----------------------------------------------------------------------------------- */

static uint16_t settings_word(const struct i2ctarget_sbs_battery *battery, uint8_t command)
{
    switch (command) {
    case REMAINING_CAPACITY_ALARM:
        return battery->capacity_alarm;
    case REMAINING_TIME_ALARM:
        return battery->time_alarm;
    case BATTERY_MODE:
        return battery->mode;
    case AT_RATE:
        return (uint16_t)battery->at_rate;
    case AT_RATE_TIME_TO_FULL:
        return minutes(capacity(battery, missing_mah(battery)), battery->at_rate);
    case AT_RATE_TIME_TO_EMPTY:
        return minutes(capacity(battery, battery->cells.remaining_mah), -(int32_t)battery->at_rate);
    case AT_RATE_OK:
        return rate_is_ok(battery);
    default:
        return 0; /* MANUFACTURER_ACCESS has no meaning here */
    }
}

static uint16_t design_word(const struct i2ctarget_sbs_battery *battery, uint8_t command)
{
    const struct i2ctarget_sbs_battery_config *config = battery->config;
    switch (command) {
    case CHARGING_CURRENT:
        return missing_mah(battery) ? config->charging_ma : 0;
    case CHARGING_VOLTAGE:
        return missing_mah(battery) ? config->charging_mv : 0;
    case BATTERY_STATUS:
        return i2ctarget_sbs_battery_status(battery);
    case CYCLE_COUNT:
        return config->cycles;
    case DESIGN_CAPACITY:
        return capacity(battery, config->design_mah);
    case DESIGN_VOLTAGE:
        return config->design_mv;
    case SPECIFICATION_INFO:
        return config->has_pec ? SPECIFICATION_WITH_PEC : SPECIFICATION;
    case MANUFACTURE_DATE:
        return config->date;
    default:
        return config->serial;
    }
}

static uint16_t word_of(const struct i2ctarget_sbs_battery *battery, uint8_t command)
{
    const struct i2ctarget_sbs_battery_cells *cells = &battery->cells;
    switch (command) {
    case TEMPERATURE:
        return cells->decikelvin;
    case VOLTAGE:
        return cells->mv;
    case CURRENT:
    case AVERAGE_CURRENT:
        return (uint16_t)cells->ma;
    case MAX_ERROR:
        return 1; /* percent */
    case RELATIVE_STATE_OF_CHARGE:
        return percent(cells->remaining_mah, cells->full_mah);
    case ABSOLUTE_STATE_OF_CHARGE:
        return percent(cells->remaining_mah, battery->config->design_mah);
    case REMAINING_CAPACITY:
        return capacity(battery, cells->remaining_mah);
    case FULL_CHARGE_CAPACITY:
        return capacity(battery, cells->full_mah);
    case RUN_TIME_TO_EMPTY:
    case AVERAGE_TIME_TO_EMPTY:
        return minutes_to_empty(battery);
    case AVERAGE_TIME_TO_FULL:
        return minutes_to_full(battery);
    default:
        return command < TEMPERATURE ? settings_word(battery, command)
                                     : design_word(battery, command);
    }
}

/* ---- commands -------------------------------------------------------------------------------- */

static const char *string_of(const struct i2ctarget_sbs_battery *battery, uint8_t command)
{
    switch (command) {
    case MANUFACTURER_NAME:
        return battery->config->manufacturer;
    case DEVICE_NAME:
        return battery->config->name;
    case DEVICE_CHEMISTRY:
        return battery->config->chemistry;
    default:
        return NULL;
    }
}

/* The first cell is 0.  A command that is none of a cell's is beyond all. */
static unsigned cell_of(uint8_t command)
{
    return command >= CELL_4 && command <= CELL_1 ? (unsigned)(CELL_1 - command)
                                                  : I2CTARGET_SBS_BATTERY_CELLS_MAX;
}

/* What does not divide evenly is in the first ones: together they are the battery's. */
static uint16_t cell_mv(const struct i2ctarget_sbs_battery *battery, unsigned cell)
{
    unsigned count = battery->config->cells_in_series, mv = battery->cells.mv;
    return (uint16_t)(mv / count + (cell < mv % count));
}

static bool has(const struct i2ctarget_sbs_battery *battery, uint8_t command)
{
    if (command == MANUFACTURER_DATA)
        return battery->config->data_bytes > 0;
    return command < WORDS || string_of(battery, command) ||
           cell_of(command) < battery->config->cells_in_series;
}

static int takes(struct i2ctarget_smbus_device *device, uint8_t command)
{
    if (command <= AT_RATE)
        return 2;
    return has(from(device), command) ? I2CTARGET_SMBUS_READ_ONLY : I2CTARGET_SMBUS_UNKNOWN;
}

static void write_word(struct i2ctarget_smbus_device *device, uint8_t command, const uint8_t *bytes,
                       unsigned count)
{
    struct i2ctarget_sbs_battery *battery = from(device);
    uint16_t word = (uint16_t)(bytes[0] | bytes[1] << 8);
    (void)count;
    battery->error = OK;
    if (command == REMAINING_CAPACITY_ALARM)
        battery->capacity_alarm = word;
    else if (command == REMAINING_TIME_ALARM)
        battery->time_alarm = word;
    else if (command == BATTERY_MODE)
        battery->mode = (word & CAPACITY_MODE) | NO_BROADCASTS;
    else if (command == AT_RATE)
        battery->at_rate = (int16_t)word;
}

static unsigned read_data(const struct i2ctarget_sbs_battery *battery,
                          uint8_t bytes[I2CTARGET_SMBUS_BYTES_MAX])
{
    uint8_t count = battery->config->data_bytes;
    bytes[0] = count < I2CTARGET_SMBUS_BLOCK_MAX ? count : I2CTARGET_SMBUS_BLOCK_MAX;
    for (unsigned i = 0; i < bytes[0]; i++)
        bytes[i + 1] = battery->config->data[i];
    return bytes[0] + 1u;
}

static unsigned read_bytes(struct i2ctarget_smbus_device *device, uint8_t command,
                           uint8_t bytes[I2CTARGET_SMBUS_BYTES_MAX])
{
    struct i2ctarget_sbs_battery *battery = from(device);
    const char *text = string_of(battery, command);
    if (takes(device, command) == I2CTARGET_SMBUS_UNKNOWN)
        return 0;
    if (command != BATTERY_STATUS)
        battery->error = OK;
    if (text)
        return i2ctarget_smbus_put_string(bytes, text);
    if (command == MANUFACTURER_DATA)
        return read_data(battery, bytes);
    unsigned cell = cell_of(command);
    uint16_t word =
        cell < I2CTARGET_SBS_BATTERY_CELLS_MAX ? cell_mv(battery, cell) : word_of(battery, command);
    return i2ctarget_smbus_put_word(bytes, word);
}

static void refused(struct i2ctarget_smbus_device *device, uint8_t command,
                    enum i2ctarget_smbus_refusal why)
{
    static const uint8_t errors[] = {
        [I2CTARGET_SMBUS_REFUSED_COMMAND] = UNSUPPORTED_COMMAND,
        [I2CTARGET_SMBUS_REFUSED_WRITE] = ACCESS_DENIED,
        [I2CTARGET_SMBUS_REFUSED_SIZE] = BAD_SIZE,
        [I2CTARGET_SMBUS_REFUSED_PEC] = UNKNOWN_ERROR,
    };
    (void)command;
    from(device)->error = errors[why];
}

static const struct i2ctarget_smbus_device_ops ops = {
    .takes = takes,
    .write = write_word,
    .read = read_bytes,
    .refused = refused,
};

void i2ctarget_sbs_battery_set_cells(struct i2ctarget_sbs_battery *battery,
                                     const struct i2ctarget_sbs_battery_cells *cells)
{
    battery->cells = *cells;
}

void i2ctarget_sbs_battery_init(struct i2ctarget_sbs_battery *battery,
                                const struct i2ctarget_sbs_battery_config *config,
                                const struct i2ctarget_sbs_battery_cells *cells)
{
    *battery = (struct i2ctarget_sbs_battery){
        .config = config,
        .cells = *cells,
        .capacity_alarm = config->design_mah / 10,
        .time_alarm = TIME_ALARM_MINUTES,
        .mode = NO_BROADCASTS,
    };
    i2ctarget_smbus_device_init(&battery->smbus, &ops, config->has_pec);
}
