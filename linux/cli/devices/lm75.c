/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget device lm75`: converts every 100 ms, as the chip does, but only while a conversion can
 * change anything.  That is six times (the longest fault queue) after a new temperature or a
 * message.
 */
#include "i2ctarget/devices/lm75.h"

#include <stdio.h>

#include "cli/devices/conversions.h"
#include "cli/devices/model.h"
#include "cli/devices/temperature.h"

enum { TEMPERATURE = MODEL_OPTION, CONVERSIONS = 6 };

static const struct option options[] = {
    {"temperature", required_argument, NULL, TEMPERATURE},
    {NULL, 0, NULL, 0},
};

static const char help[] = "  --temperature CELSIUS what it measures, -55 to 125 (default 25)\n";

static struct i2ctarget_lm75 lm75;
static struct temperature temperature = {.millicelsius = 25000,
                                         .min = I2CTARGET_LM75_MILLICELSIUS_MIN,
                                         .max = I2CTARGET_LM75_MILLICELSIUS_MAX};
static bool was_active;
static struct conversions conversions = {.period_us = I2CTARGET_LM75_CONVERSION_US};

static bool take_option(int option, const char *argument)
{
    (void)option;
    return temperature_take_option(&temperature, argument);
}

static void convert(void)
{
    i2ctarget_lm75_convert(&lm75, (int32_t)temperature.millicelsius);
    conversions_made(&conversions);
}

/* The new temperature is measured at once. */
static bool set_temperature(char **words)
{
    if (!temperature_take_words(&temperature, words))
        return false;
    convert();
    conversions_expect(&conversions, CONVERSIONS);
    return true;
}

static const struct model_command commands[] = {
    {"temperature", "temperature CELSIUS", set_temperature},
    {NULL, NULL, NULL},
};

static int begin(uint8_t address)
{
    (void)address;
    i2ctarget_lm75_init(&lm75);
    convert();
    conversions_expect(&conversions, CONVERSIONS);
    return 1;
}

static int wait_ms(void)
{
    return conversions_wait_ms(&conversions);
}

static void tick(void)
{
    if (conversions_is_due(&conversions))
        convert();
}

static void look(bool has_served)
{
    bool is_active = i2ctarget_lm75_os_is_active(&lm75);
    if (has_served)
        conversions_expect(&conversions, CONVERSIONS);
    if (is_active != was_active)
        printf("os %s\n", is_active ? "active" : "inactive");
    was_active = is_active;
}

static bool line(void)
{
    return i2ctarget_lm75_os_pin(&lm75);
}

const struct model model_lm75 = {
    .name = "lm75",
    .summary = "thermometer LM75, with its over-temperature output OS",
    .help = help,
    .output = "  os active, os inactive  the over-temperature output\n",
    .address = I2CTARGET_LM75_ADDRESS,
    .device = &lm75.device,
    .options = options,
    .take_option = take_option,
    .begin = begin,
    .commands = commands,
    .look = look,
    .line = line,
    .line_name = "OS",
    .wait_ms = wait_ms,
    .tick = tick,
};
