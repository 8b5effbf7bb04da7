/* SPDX-License-Identifier: MIT */
/*
 * The SPD of a memory module (serial presence detect): an EEPROM of one size, kept in a file, whose
 * blocks can be protected.  What `ee1004` (DDR4) and `spd5118` (DDR5) have in common:
 *
 *     spd_take_option()     --file, --write-time, --protected
 *     spd_begin()           after all options
 *     spd_take_switch()     a line that lets a controller change the protection
 *     spd_say_protected()   what a controller has changed
 */
#ifndef CLI_DEVICES_SPD_H
#define CLI_DEVICES_SPD_H

#include "cli/devices/memory_file.h"
#include "cli/devices/model.h"

/* Rows of a model's options; those of its own begin at SPD_OPTION. */
enum { SPD_FILE = MODEL_OPTION, SPD_WRITE_TIME, SPD_PROTECTED, SPD_OPTION };

struct spd {
    struct memory_file file;  /* the model keeps and closes it */
    unsigned long all_blocks; /* bit n: block n */
    /* What follows is for the model to read. */
    long write_us;
    unsigned long protected_blocks; /* when it begins */
    /* Private. */
    const char *path;
    unsigned said_blocks;
};

/* False: the argument is invalid; a message has been printed. */
bool spd_take_option(struct spd *self, int option, const char *argument);

/*
 * Returns 1; 0: no module is at this address; negative: another error.  In both cases a message has
 * been printed.
 */
int spd_begin(struct spd *self, uint8_t address);

/*
 * The words after `command`, then NULL: on or off.  Nobody may change the protection of a file that
 * can not be written to.  False: it can not be done; a message has been printed.
 */
bool spd_take_switch(const struct spd *self, const char *command, char **words, bool *is_on);

/* Prints them if they have changed. */
void spd_say_protected(struct spd *self, unsigned protected_blocks);

#endif
