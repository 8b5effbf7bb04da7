/* SPDX-License-Identifier: MIT */
#include "cli/devices/spd.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/devices/numbers.h"

enum { MODULES = 0x50, PINS = 0x07 };

/* ---- options --------------------------------------------------------------------------------- */

static bool take_write_time(struct spd *self, const char *argument)
{
    if (numbers_decimal(argument, 1000, 0, 10000000, &self->write_us))
        return true;
    cli_misuse(model_word, "--write-time %s: 0 to 10000 ms", argument);
    return false;
}

static bool take_protected(struct spd *self, const char *argument)
{
    if (numbers_whole(argument, 0, self->all_blocks, &self->protected_blocks))
        return true;
    cli_misuse(model_word, "--protected %s: 0x0..0x%lx", argument, self->all_blocks);
    return false;
}

bool spd_take_option(struct spd *self, int option, const char *argument)
{
    switch (option) {
    case SPD_WRITE_TIME:
        return take_write_time(self, argument);
    case SPD_PROTECTED:
        return take_protected(self, argument);
    default:
        self->path = argument;
        return true;
    }
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool begin_file(struct spd *self)
{
    struct memory_file *file = &self->file;
    if (!memory_file_open(file, self->path))
        return false;
    if (file->length > file->memory_bytes) {
        cli_error(model_word, "%s has %zu bytes, but the memory has %zu", self->path, file->length,
                  file->memory_bytes);
        return false;
    }
    if (file->is_read_only) {
        cli_error(model_word, "%s can not be written to: all blocks are protected", self->path);
        self->protected_blocks = self->all_blocks;
    }
    return memory_file_begin(file, file->memory_bytes);
}

int spd_begin(struct spd *self, uint8_t address)
{
    if ((address & ~PINS) != MODULES) {
        cli_misuse(model_word, "the address of a memory module is 0x50 to 0x57");
        return 0;
    }
    if (!begin_file(self))
        return -1;
    self->said_blocks = (unsigned)self->protected_blocks;
    return 1;
}

/* ---- protection ------------------------------------------------------------------------------ */

bool spd_take_switch(const struct spd *self, const char *command, char **words, bool *is_on)
{
    *is_on = words[0] && strcmp(words[0], "on") == 0;
    if (!words[0] || words[1] || (!*is_on && strcmp(words[0], "off") != 0)) {
        cli_error(model_word, "%s on or off", command);
        return false;
    }
    if (*is_on && self->file.is_read_only) {
        cli_error(model_word, "%s can not be written to", self->path);
        return false;
    }
    return true;
}

void spd_say_protected(struct spd *self, unsigned protected_blocks)
{
    if (protected_blocks != self->said_blocks)
        printf("protected 0x%x\n", protected_blocks);
    self->said_blocks = protected_blocks;
}
