/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget device sbs-battery`: each quantity of the cells is an option, and a line of the same
 * name changes it.
 */
#include "i2ctarget/devices/sbs_battery.h"

#include <stdio.h>

#include "cli/devices/model.h"
#include "cli/devices/quantity.h"

enum { CAPACITY = MODEL_OPTION, VOLTAGE, CURRENT, TEMPERATURE, REMAINING, CELLS, NO_PEC };

static const struct option options[] = {
    {"capacity", required_argument, NULL, CAPACITY},
    {"voltage", required_argument, NULL, VOLTAGE},
    {"current", required_argument, NULL, CURRENT},
    {"temperature", required_argument, NULL, TEMPERATURE},
    {"remaining", required_argument, NULL, REMAINING},
    {"cells", required_argument, NULL, CELLS},
    {"no-pec", no_argument, NULL, NO_PEC},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "  --capacity MAH        design capacity, and that when fully charged (default 5000)\n"
    "  --remaining MAH       remaining capacity (default 2500)\n"
    "  --voltage VOLTS       0 to 20 (default 11.1)\n"
    "  --current AMPERES     -32 to 32, negative when it discharges (default -1)\n"
    "  --temperature CELSIUS -40 to 125 (default 25)\n"
    "  --cells N             cells in series, 1 to 4, whose voltages it tells (default 3)\n"
    "  --no-pec              without packet error checking\n";

static const char output[] = "  status 0xNNNN         BatteryStatus, when it changes\n";

/* 0 degrees in Linux' driver is 273.1 K, because its unit is 0.1 K. */
enum { ZERO_DECIKELVIN = 2731 };

static struct {
    long capacity_mah, remaining_mah, mv, ma, decicelsius, cells;
} wanted = {.capacity_mah = 5000,
            .remaining_mah = 2500,
            .mv = 11100,
            .ma = -1000,
            .decicelsius = 250,
            .cells = 3};

/* What can be set, by an option or by a line. */
static const struct quantity quantities[] = {
    {"capacity", 1, 1, 65535, &wanted.capacity_mah, "1 to 65535"},
    {"voltage", 1000, 0, 20000, &wanted.mv, "0 to 20"},
    {"current", 1000, -32000, 32000, &wanted.ma, "-32 to 32"},
    {"temperature", 10, -400, 1250, &wanted.decicelsius, "-40 to 125"},
    {"remaining", 1, 0, 65535, &wanted.remaining_mah, "0 to 65535"},
    {"cells", 1, 1, I2CTARGET_SBS_BATTERY_CELLS_MAX, &wanted.cells, "1 to 4"},
};

static struct i2ctarget_sbs_battery battery;
static struct i2ctarget_sbs_battery_config config = {
    .manufacturer = "i2ctarget",
    .name = "virtual",
    .chemistry = "LION",
    .design_mv = 11100,
    .charging_ma = 2500,
    .charging_mv = 12600,
    .serial = 1,
    .date = (2026 - 1980) * 512 + 1 * 32 + 1,
    .data = (const uint8_t *)"i2ctarget",
    .data_bytes = 9,
    .has_pec = true,
};
static uint16_t said_status;

static bool take_option(int option, const char *argument)
{
    if (option == NO_PEC) {
        config.has_pec = false;
        return true;
    }
    return quantity_take_option(&quantities[option - CAPACITY], argument);
}

static struct i2ctarget_sbs_battery_cells cells(void)
{
    return (struct i2ctarget_sbs_battery_cells){
        .mv = (uint16_t)wanted.mv,
        .ma = (int16_t)wanted.ma,
        .decikelvin = (uint16_t)(ZERO_DECIKELVIN + wanted.decicelsius),
        .full_mah = (uint16_t)wanted.capacity_mah,
        .remaining_mah = (uint16_t)wanted.remaining_mah,
    };
}

static bool set(const struct quantity *quantity, char **words)
{
    if (!quantity_take_words(quantity, words))
        return false;
    struct i2ctarget_sbs_battery_cells now = cells();
    i2ctarget_sbs_battery_set_cells(&battery, &now);
    return true;
}

static bool set_voltage(char **words)
{
    return set(&quantities[VOLTAGE - CAPACITY], words);
}

static bool set_current(char **words)
{
    return set(&quantities[CURRENT - CAPACITY], words);
}

static bool set_temperature(char **words)
{
    return set(&quantities[TEMPERATURE - CAPACITY], words);
}

static bool set_remaining(char **words)
{
    return set(&quantities[REMAINING - CAPACITY], words);
}

static const struct model_command commands[] = {
    {"voltage", "voltage VOLTS", set_voltage},
    {"current", "current AMPERES", set_current},
    {"temperature", "temperature CELSIUS", set_temperature},
    {"remaining", "remaining MAH", set_remaining},
    {NULL, NULL, NULL},
};

static int begin(uint8_t address)
{
    struct i2ctarget_sbs_battery_cells now = cells();
    (void)address;
    config.design_mah = (uint16_t)wanted.capacity_mah;
    config.cells_in_series = (uint8_t)wanted.cells;
    i2ctarget_sbs_battery_init(&battery, &config, &now);
    said_status = i2ctarget_sbs_battery_status(&battery);
    return 1;
}

static void look(bool has_served)
{
    uint16_t status = i2ctarget_sbs_battery_status(&battery);
    (void)has_served;
    if (status != said_status)
        printf("status 0x%04x\n", status);
    said_status = status;
}

const struct model model_sbs_battery = {
    .name = "sbs-battery",
    .summary = "smart battery (SBS 1.1), SMBus with packet error checking",
    .help = help,
    .output = output,
    .address = I2CTARGET_SBS_BATTERY_ADDRESS,
    .device = &battery.smbus.device,
    .options = options,
    .take_option = take_option,
    .begin = begin,
    .commands = commands,
    .look = look,
};
