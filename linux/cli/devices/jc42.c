/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget device jc42`: converts every 125 ms, as the chip does, but only while that can change
 * anything: once after a message, because limits may have changed.
 */
#include "i2ctarget/devices/jc42.h"

#include <stdio.h>

#include "cli/devices/conversions.h"
#include "cli/devices/model.h"
#include "cli/devices/temperature.h"

enum { TEMPERATURE = MODEL_OPTION };

static const struct option options[] = {
    {"temperature", required_argument, NULL, TEMPERATURE},
    {NULL, 0, NULL, 0},
};

static const char help[] = "  --temperature CELSIUS what it measures, -40 to 125 (default 25)\n";

static struct i2ctarget_jc42 jc42;
static struct temperature temperature = {.millicelsius = 25000,
                                         .min = I2CTARGET_JC42_MILLICELSIUS_MIN,
                                         .max = I2CTARGET_JC42_MILLICELSIUS_MAX};
static bool was_active;
static struct conversions conversions = {.period_us = I2CTARGET_JC42_CONVERSION_US};

static bool take_option(int option, const char *argument)
{
    (void)option;
    return temperature_take_option(&temperature, argument);
}

static void convert(void)
{
    i2ctarget_jc42_convert(&jc42, (int32_t)temperature.millicelsius);
    conversions_made(&conversions);
}

/* The new temperature is measured at once. */
static bool set_temperature(char **words)
{
    if (!temperature_take_words(&temperature, words))
        return false;
    convert();
    return true;
}

static const struct model_command commands[] = {
    {"temperature", "temperature CELSIUS", set_temperature},
    {NULL, NULL, NULL},
};

static int begin(uint8_t address)
{
    (void)address;
    i2ctarget_jc42_init(&jc42);
    convert();
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
    bool is_active = i2ctarget_jc42_event_is_active(&jc42);
    if (has_served)
        conversions_expect(&conversions, 1);
    if (is_active != was_active)
        printf("event %s\n", is_active ? "active" : "inactive");
    was_active = is_active;
}

static bool line(void)
{
    return i2ctarget_jc42_event_pin(&jc42);
}

const struct model model_jc42 = {
    .name = "jc42",
    .summary = "thermometer of a memory module (JC-42.4, TSE2004), with its output EVENT",
    .help = help,
    .output = "  event active, event inactive\n",
    .address = I2CTARGET_JC42_ADDRESS,
    .device = &jc42.device,
    .options = options,
    .take_option = take_option,
    .begin = begin,
    .commands = commands,
    .look = look,
    .line = line,
    .line_name = "EVENT",
    .wait_ms = wait_ms,
    .tick = tick,
};
