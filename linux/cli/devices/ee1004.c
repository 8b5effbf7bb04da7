/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget device ee1004`: what a controller writes is in the file before the device acknowledges
 * its address again.  Which blocks are protected is not kept.
 */
#include "i2ctarget/devices/ee1004.h"

#include <stdio.h>
#include <string.h>

#include "cli/devices/spd.h"
#include "link/link.h"

static const struct option options[] = {
    {"file", required_argument, NULL, SPD_FILE},
    {"write-time", required_argument, NULL, SPD_WRITE_TIME},
    {"protected", required_argument, NULL, SPD_PROTECTED},
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
static struct spd spd = {.file = {.memory = memory, .memory_bytes = sizeof memory},
                         .all_blocks = I2CTARGET_EE1004_ALL_BLOCKS,
                         .write_us = I2CTARGET_EEPROM_WRITE_US};
static unsigned said_page;

static void keep(struct i2ctarget_ee1004 *self, uint32_t offset, uint32_t count)
{
    (void)self;
    memory_file_keep(&spd.file, offset, count);
}

/* ---- options and commands -------------------------------------------------------------------- */

static bool take_option(int option, const char *argument)
{
    return spd_take_option(&spd, option, argument);
}

static bool set_high_voltage(char **words)
{
    bool is_on;
    if (!spd_take_switch(&spd, "high-voltage", words, &is_on))
        return false;
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
    int count = spd_begin(&spd, address);
    if (count <= 0)
        return count;
    const struct i2ctarget_ee1004_config config = {.memory = memory,
                                                   .protected_blocks =
                                                       (uint8_t)spd.protected_blocks,
                                                   .write_us = (uint32_t)spd.write_us,
                                                   .now_us = i2ctarget_link_now_us,
                                                   .written = keep};
    return i2ctarget_ee1004_init(&ee1004, &config) ? -1 : count;
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
    (void)has_served;
    if (page != said_page)
        printf("page %u\n", page);
    said_page = page;
    spd_say_protected(&spd, i2ctarget_ee1004_protected_blocks(&ee1004));
}

static bool end(void)
{
    return memory_file_close(&spd.file);
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
