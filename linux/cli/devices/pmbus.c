/* SPDX-License-Identifier: MIT */
/* `i2ctarget device pmbus`: each quantity is an option, and a line of the same name changes it. */
#include "i2ctarget/devices/pmbus.h"

#include <stdio.h>

#include "cli/devices/model.h"
#include "cli/devices/quantity.h"

enum { VOUT = MODEL_OPTION, VIN, IOUT, TEMPERATURE, OFFSET, NO_PEC, MILLI = 1000 };

static const struct option options[] = {
    {"vout", required_argument, NULL, VOUT},
    {"vin", required_argument, NULL, VIN},
    {"iout", required_argument, NULL, IOUT},
    {"temperature", required_argument, NULL, TEMPERATURE},
    {"offset", required_argument, NULL, OFFSET},
    {"no-pec", no_argument, NULL, NO_PEC},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "  --vout VOLTS          nominal output voltage, 0.5 to 12 (default 3.3)\n"
    "  --vin VOLTS           its input, 0 to 100 (default 12)\n"
    "  --iout AMPERES        the load, -100 to 100 (default 2)\n"
    "  --temperature CELSIUS -40 to 200 (default 40)\n"
    "  --offset VOLTS        deviation of the output, -12 to 3 (default 0)\n"
    "  --no-pec              without packet error checking\n";

static const char output[] = "  status 0xNNNN         STATUS_WORD, when it changes\n"
                             "  output VOLTS          when it changes\n";

static struct {
    long vout_mv, vin_mv, iout_ma, millicelsius, offset_mv;
} wanted = {.vout_mv = 3300, .vin_mv = 12000, .iout_ma = 2000, .millicelsius = 40000};

/* What can be set, by an option or by a line. */
static const struct quantity quantities[] = {
    {"vout", MILLI, 500, 12000, &wanted.vout_mv, "0.5 to 12"},
    {"vin", MILLI, 0, 100000, &wanted.vin_mv, "0 to 100"},
    {"iout", MILLI, -100000, 100000, &wanted.iout_ma, "-100 to 100"},
    {"temperature", MILLI, -40000, 200000, &wanted.millicelsius, "-40 to 200"},
    {"offset", MILLI, -12000, 3000, &wanted.offset_mv, "-12 to 3"},
};

static struct i2ctarget_pmbus supply;
static struct i2ctarget_pmbus_config config = {.id = "i2ctarget",
                                               .model = "virtual",
                                               .revision = "1",
                                               .ic_device_id = "i2ctarget",
                                               .ic_revision = "1",
                                               .has_pec = true};
static uint16_t said_status;
static int32_t said_vout_mv;

static bool take_option(int option, const char *argument)
{
    if (option == NO_PEC) {
        config.has_pec = false;
        return true;
    }
    return quantity_take_option(&quantities[option - VOUT], argument);
}

static struct i2ctarget_pmbus_world world(void)
{
    return (struct i2ctarget_pmbus_world){
        .vin_mv = (int32_t)wanted.vin_mv,
        .vout_offset_mv = (int32_t)wanted.offset_mv,
        .iout_ma = (int32_t)wanted.iout_ma,
        .millicelsius = (int32_t)wanted.millicelsius,
    };
}

static bool set(const struct quantity *quantity, char **words)
{
    if (!quantity_take_words(quantity, words))
        return false;
    struct i2ctarget_pmbus_world now = world();
    i2ctarget_pmbus_set_world(&supply, &now);
    return true;
}

static bool set_vin(char **words)
{
    return set(&quantities[VIN - VOUT], words);
}

static bool set_iout(char **words)
{
    return set(&quantities[IOUT - VOUT], words);
}

static bool set_temperature(char **words)
{
    return set(&quantities[TEMPERATURE - VOUT], words);
}

static bool set_offset(char **words)
{
    return set(&quantities[OFFSET - VOUT], words);
}

static const struct model_command commands[] = {
    {"vin", "vin VOLTS", set_vin},
    {"iout", "iout AMPERES", set_iout},
    {"temperature", "temperature CELSIUS", set_temperature},
    {"offset", "offset VOLTS", set_offset},
    {NULL, NULL, NULL},
};

static int begin(uint8_t address)
{
    struct i2ctarget_pmbus_world now = world();
    (void)address;
    config.vout_mv = (uint16_t)wanted.vout_mv;
    i2ctarget_pmbus_init(&supply, &config, &now);
    said_status = i2ctarget_pmbus_status(&supply);
    said_vout_mv = i2ctarget_pmbus_vout_mv(&supply);
    return 1;
}

static void look(bool has_served)
{
    uint16_t status = i2ctarget_pmbus_status(&supply);
    int32_t vout_mv = i2ctarget_pmbus_vout_mv(&supply);
    (void)has_served;
    if (vout_mv != said_vout_mv)
        printf("output %d.%03d\n", (int)(vout_mv / MILLI), (int)(vout_mv % MILLI));
    if (status != said_status)
        printf("status 0x%04x\n", status);
    said_status = status;
    said_vout_mv = vout_mv;
}

static bool line(void)
{
    return i2ctarget_pmbus_alert_pin(&supply);
}

const struct model model_pmbus = {
    .name = "pmbus",
    .summary = "PMBus supply: an output, limits, faults that are kept, PEC",
    .help = help,
    .output = output,
    .address = I2CTARGET_PMBUS_ADDRESS,
    .device = &supply.smbus.device,
    .options = options,
    .take_option = take_option,
    .begin = begin,
    .commands = commands,
    .look = look,
    .line = line,
    .line_name = "SMBALERT#",
};
