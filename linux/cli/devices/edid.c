/* SPDX-License-Identifier: MIT */
/* `i2ctarget device edid`: the EDID in a file, which is only read. */
#include "i2ctarget/devices/edid.h"

#include "cli/cli.h"
#include "cli/devices/image.h"
#include "cli/devices/memory_file.h"
#include "cli/devices/model.h"

enum { FILE_PATH = MODEL_OPTION };

static const struct option options[] = {
    {"file", required_argument, NULL, FILE_PATH},
    {NULL, 0, NULL, 0},
};

static const char help[] = "  --file PATH           the EDID, up to 32768 bytes\n";

static uint8_t memory[I2CTARGET_EDID_SIZE_BYTES_MAX];
static struct i2ctarget_edid edid;
static struct memory_file file = {
    .memory = memory, .memory_bytes = sizeof memory, .is_only_read = true};
static const char *path;

static bool take_option(int option, const char *argument)
{
    (void)option;
    path = argument;
    return true;
}

static const struct model_command commands[] = {{NULL, NULL, NULL}};

static bool load(void)
{
    if (!memory_file_open(&file, path))
        return false;
    if (file.length <= sizeof memory && image_of(memory, file.length) == IMAGE_EDID)
        return true;
    cli_error(model_word, "%s is no EDID", path);
    return false;
}

static int begin(uint8_t address)
{
    if (address != I2CTARGET_EDID_ADDRESS) {
        cli_misuse(model_word, "the address of an EDID is 0x50");
        return 0;
    }
    if (!path) {
        cli_misuse(model_word, "--file is missing");
        return 0;
    }
    return load() && !i2ctarget_edid_init(&edid, memory, (uint32_t)file.length) ? 1 : -1;
}

static unsigned others(uint8_t address, uint8_t *addresses)
{
    (void)address;
    addresses[0] = I2CTARGET_EDID_SEGMENT_ADDRESS;
    return 1;
}

static bool end(void)
{
    return memory_file_close(&file);
}

const struct model model_edid = {
    .name = "edid",
    .summary = "EDID of a display, with the segment pointer of E-DDC",
    .help = help,
    .address = I2CTARGET_EDID_ADDRESS,
    .device = &edid.device,
    .options = options,
    .take_option = take_option,
    .begin = begin,
    .others = others,
    .commands = commands,
    .end = end,
};
