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

#include "cli/devices/conversions.h"
#include "cli/devices/spd.h"
#include "cli/devices/temperature.h"
#include "link/link.h"

enum { TEMPERATURE = SPD_OPTION, ALL_BLOCKS = 0xFFFF };

static const struct option options[] = {
    {"file", required_argument, NULL, SPD_FILE},
    {"write-time", required_argument, NULL, SPD_WRITE_TIME},
    {"protected", required_argument, NULL, SPD_PROTECTED},
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
static struct spd spd = {.file = {.memory = memory, .memory_bytes = sizeof memory},
                         .all_blocks = ALL_BLOCKS,
                         .write_us = I2CTARGET_EEPROM_WRITE_US};
static struct temperature temperature = {.millicelsius = 25000,
                                         .min = I2CTARGET_SPD5118_MILLICELSIUS_MIN,
                                         .max = I2CTARGET_SPD5118_MILLICELSIUS_MAX};
static unsigned said_alarms;
static struct conversions conversions = {.period_us = I2CTARGET_SPD5118_CONVERSION_US};

static void keep(struct i2ctarget_spd5118 *self, uint32_t offset, uint32_t count)
{
    (void)self;
    memory_file_keep(&spd.file, offset, count);
}

static void convert(void)
{
    i2ctarget_spd5118_convert(&spd5118, (int32_t)temperature.millicelsius);
    conversions_made(&conversions);
}

/* ---- options and commands -------------------------------------------------------------------- */

static bool take_option(int option, const char *argument)
{
    return option == TEMPERATURE ? temperature_take_option(&temperature, argument)
                                 : spd_take_option(&spd, option, argument);
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
    bool is_on;
    if (!spd_take_switch(&spd, "offline", words, &is_on))
        return false;
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
    int count = spd_begin(&spd, address);
    if (count <= 0)
        return count;
    const struct i2ctarget_spd5118_config config = {.memory = memory,
                                                    .protected_blocks =
                                                        (uint16_t)spd.protected_blocks,
                                                    .write_us = (uint32_t)spd.write_us,
                                                    .now_us = i2ctarget_link_now_us,
                                                    .written = keep};
    if (i2ctarget_spd5118_init(&spd5118, &config) < 0)
        return -1;
    convert();
    return count;
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
    if (has_served)
        conversions_expect(&conversions, 1);
    if (alarms != said_alarms)
        printf("alarms 0x%x\n", alarms);
    said_alarms = alarms;
    spd_say_protected(&spd, i2ctarget_spd5118_protected_blocks(&spd5118));
}

static bool end(void)
{
    return memory_file_close(&spd.file);
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
