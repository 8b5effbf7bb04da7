/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget device spd5118`: what a controller writes is in the file before the device acknowledges
 * an address of the memory again.  Which blocks are protected is not kept.
 *
 * It converts every 125 ms, but only while that can change anything: once after a message, because
 * limits may have changed, and alarms have been cleared.
 */
#include "i2ctarget/devices/spd5118.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/devices/conversions.h"
#include "cli/devices/memory_file.h"
#include "cli/devices/model.h"
#include "cli/devices/numbers.h"
#include "cli/devices/temperature.h"
#include "link/link.h"

enum { FILE_PATH = MODEL_OPTION, WRITE_TIME, PROTECTED, TEMPERATURE };
enum { PINS = 0x07, ALL_BLOCKS = 0xFFFF };

static const struct option options[] = {
    {"file", required_argument, NULL, FILE_PATH},
    {"write-time", required_argument, NULL, WRITE_TIME},
    {"protected", required_argument, NULL, PROTECTED},
    {"temperature", required_argument, NULL, TEMPERATURE},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "  --file PATH           keep the memory in this file; created, erased, if it is not there; of a\n"
    "                        shorter one the rest is erased; a read-only one is protected\n"
    "  --write-time MS       how long a write takes, during which the memory is not acknowledged\n"
    "                        (default 5)\n"
    "  --protected BLOCKS    the blocks that can not be written: bit n is that of block n,\n"
    "                        0x0..0xffff (default 0x0)\n"
    "  --temperature CELSIUS what it measures, -40 to 125 (default 25)\n";

static uint8_t memory[I2CTARGET_SPD5118_SIZE_BYTES];
static struct i2ctarget_spd5118 spd5118;
static struct memory_file file = {.memory = memory, .memory_bytes = sizeof memory};
static const char *path;
static long write_us = I2CTARGET_EEPROM_WRITE_US;
static struct temperature temperature = {.millicelsius = 25000,
                                         .min = I2CTARGET_SPD5118_MILLICELSIUS_MIN,
                                         .max = I2CTARGET_SPD5118_MILLICELSIUS_MAX};
static unsigned long blocks;
static unsigned last_blocks, last_alarms; /* as they were said */
static struct conversions conversions = {.period_us = I2CTARGET_SPD5118_CONVERSION_US};

static void keep(struct i2ctarget_spd5118 *self, uint32_t offset, uint32_t count)
{
    (void)self;
    memory_file_keep(&file, offset, count);
}

static void convert(void)
{
    i2ctarget_spd5118_convert(&spd5118, (int32_t)temperature.millicelsius);
    conversions_made(&conversions);
}

/* ---- options and commands -------------------------------------------------------------------- */

static bool wrong(const char *option, const char *argument, const char *what)
{
    cli_misuse(model_word, "%s %s: %s", option, argument, what);
    return false;
}

static bool take_option(int option, const char *argument)
{
    switch (option) {
    case WRITE_TIME:
        return numbers_decimal(argument, 1000, 0, 10000000, &write_us) ||
               wrong("--write-time", argument, "0 to 10000 ms");
    case PROTECTED:
        return numbers_whole(argument, 0, ALL_BLOCKS, &blocks) ||
               wrong("--protected", argument, "0x0..0xffff");
    case TEMPERATURE:
        return temperature_take_option(&temperature, argument);
    default:
        path = argument;
        return true;
    }
}

static bool set_temperature(char **words)
{
    if (!temperature_take_words(&temperature, words))
        return false;
    convert();
    return true;
}

static bool set_offline(char **words)
{
    bool is_on = words[0] && strcmp(words[0], "on") == 0;
    if (!words[0] || words[1] || (!is_on && strcmp(words[0], "off") != 0)) {
        cli_error(model_word, "offline on or off");
        return false;
    }
    if (is_on && file.is_read_only) {
        cli_error(model_word, "%s can not be written to", path);
        return false;
    }
    i2ctarget_spd5118_set_offline(&spd5118, is_on);
    return true;
}

static const struct model_command commands[] = {
    {"temperature", "temperature CELSIUS", set_temperature},
    {"offline", "offline on|off          pin HSA at ground, which protection needs", set_offline},
    {NULL, NULL, NULL},
};

/* ---- the model ------------------------------------------------------------------------------- */

static int begin(uint8_t address)
{
    if ((address & ~PINS) != I2CTARGET_SPD5118_ADDRESS) {
        cli_misuse(model_word, "the address of a memory module is 0x50 to 0x57");
        return 0;
    }
    if (!memory_file_begin_blocks(&file, path, &blocks, ALL_BLOCKS))
        return -1;
    const struct i2ctarget_spd5118_config config = {.memory = memory,
                                                    .protected_blocks = (uint16_t)blocks,
                                                    .write_us = (uint32_t)write_us,
                                                    .now_us = i2ctarget_link_now_us,
                                                    .written = keep};
    last_blocks = (unsigned)blocks;
    if (i2ctarget_spd5118_init(&spd5118, &config) < 0)
        return -1;
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
    unsigned alarms = i2ctarget_spd5118_alarms(&spd5118);
    unsigned now_protected = i2ctarget_spd5118_protected_blocks(&spd5118);
    if (has_served)
        conversions_expect(&conversions, 1);
    if (alarms != last_alarms)
        printf("alarms 0x%x\n", alarms);
    if (now_protected != last_blocks)
        printf("protected 0x%x\n", now_protected);
    last_alarms = alarms;
    last_blocks = now_protected;
}

static bool end(void)
{
    return memory_file_close(&file);
}

const struct model model_spd5118 = {
    .name = "spd5118",
    .summary = "hub of a DDR5 memory module: EEPROM (SPD) and thermometer",
    .help = help,
    .output = "  alarms 0xN            register 51: high, low, critical high, critical low\n"
              "  protected 0xN         the blocks that can not be written now\n",
    .address = I2CTARGET_SPD5118_ADDRESS,
    .device = &spd5118.device,
    .options = options,
    .take_option = take_option,
    .begin = begin,
    .commands = commands,
    .look = look,
    .wait_ms = wait_ms,
    .tick = tick,
    .end = end,
};
