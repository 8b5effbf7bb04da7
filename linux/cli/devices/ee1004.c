/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget device ee1004`: what a controller writes is in the file before the device acknowledges
 * its address again.  Which blocks are protected is not kept.
 */
#include "i2ctarget/devices/ee1004.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/devices/memory_file.h"
#include "cli/devices/model.h"
#include "cli/devices/numbers.h"
#include "link/link.h"

enum { FILE_PATH = MODEL_OPTION, WRITE_TIME, PROTECTED, PINS = 0x07 };

static const struct option options[] = {
    {"file", required_argument, NULL, FILE_PATH},
    {"write-time", required_argument, NULL, WRITE_TIME},
    {"protected", required_argument, NULL, PROTECTED},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "  --file PATH           keep the memory in this file; created, erased, if it is not there; of a\n"
    "                        shorter one the rest is erased; a read-only one is protected\n"
    "  --write-time MS       how long a write takes, during which no address is acknowledged\n"
    "                        (default 5)\n"
    "  --protected BLOCKS    the blocks that can not be written: bit n is that of block n, 0x0..0xf\n"
    "                        (default 0x0)\n";

static uint8_t memory[I2CTARGET_EE1004_SIZE_BYTES];
static struct i2ctarget_ee1004 ee1004;
static struct memory_file file = {.memory = memory, .memory_bytes = sizeof memory};
static const char *path;
static long write_us = I2CTARGET_EEPROM_WRITE_US;
static unsigned long blocks;
static unsigned last_page, last_blocks; /* as they were said */

static void keep(struct i2ctarget_ee1004 *self, uint32_t offset, uint32_t count)
{
    (void)self;
    memory_file_keep(&file, offset, count);
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
        return numbers_whole(argument, 0, I2CTARGET_EE1004_ALL_BLOCKS, &blocks) ||
               wrong("--protected", argument, "0x0..0xf");
    default:
        path = argument;
        return true;
    }
}

static bool set_high_voltage(char **words)
{
    bool is_on = words[0] && strcmp(words[0], "on") == 0;
    if (!words[0] || words[1] || (!is_on && strcmp(words[0], "off") != 0)) {
        cli_error(model_word, "high-voltage on or off");
        return false;
    }
    if (is_on && file.is_read_only) {
        cli_error(model_word, "%s can not be written to", path);
        return false;
    }
    i2ctarget_ee1004_set_high_voltage(&ee1004, is_on);
    return true;
}

static const struct model_command commands[] = {
    {"high-voltage", "high-voltage on|off     at pin SA0, which protection needs",
     set_high_voltage},
    {NULL, NULL, NULL},
};

/* ---- the model ------------------------------------------------------------------------------- */

static int begin(uint8_t address)
{
    if ((address & ~PINS) != I2CTARGET_EE1004_ADDRESS) {
        cli_misuse(model_word, "the address of a memory module is 0x50 to 0x57");
        return 0;
    }
    if (!memory_file_begin_blocks(&file, path, &blocks, I2CTARGET_EE1004_ALL_BLOCKS))
        return -1;
    const struct i2ctarget_ee1004_config config = {.memory = memory,
                                                   .protected_blocks = (uint8_t)blocks,
                                                   .write_us = (uint32_t)write_us,
                                                   .now_us = i2ctarget_link_now_us,
                                                   .written = keep};
    last_blocks = (unsigned)blocks;
    return i2ctarget_ee1004_init(&ee1004, &config) ? -1 : 1;
}

static unsigned others(uint8_t address, uint8_t *addresses)
{
    (void)address;
    memcpy(addresses, i2ctarget_ee1004_command_addresses, I2CTARGET_EE1004_COMMAND_ADDRESSES);
    return I2CTARGET_EE1004_COMMAND_ADDRESSES;
}

static void look(bool has_served)
{
    unsigned page = i2ctarget_ee1004_page(&ee1004);
    unsigned now_protected = i2ctarget_ee1004_protected_blocks(&ee1004);
    (void)has_served;
    if (page != last_page)
        printf("page %u\n", page);
    if (now_protected != last_blocks)
        printf("protected 0x%x\n", now_protected);
    last_page = page;
    last_blocks = now_protected;
}

static bool end(void)
{
    return memory_file_close(&file);
}

const struct model model_ee1004 = {
    .name = "ee1004",
    .summary = "EEPROM of a DDR4 memory module (SPD), kept in a file if you like",
    .help = help,
    .output = "  page 0, page 1        which one a controller has selected\n"
              "  protected 0xN         the blocks that can not be written now\n",
    .address = I2CTARGET_EE1004_ADDRESS,
    .device = &ee1004.device,
    .options = options,
    .take_option = take_option,
    .begin = begin,
    .others = others,
    .commands = commands,
    .look = look,
    .end = end,
};
