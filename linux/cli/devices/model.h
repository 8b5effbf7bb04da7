/* SPDX-License-Identifier: MIT */
/*
 * What `i2ctarget device` has to know of a device: its options, how it begins, what it can be told
 * while it runs, and what there is to say of it.
 *
 * Each is a file of its own here, and a row of the table in models.c.  A model runs once in a
 * process, so its state is static.  Everything is called from one thread.  What it says on standard
 * output is one line for each thing that happened.
 */
#ifndef CLI_DEVICES_MODEL_H
#define CLI_DEVICES_MODEL_H

#include <getopt.h>
#include <stddef.h>

#include "i2ctarget/device.h"

/* Values of a model's own rows for getopt_long() begin here. */
enum { MODEL_OPTION = 0x200, MODEL_OPTIONS_MAX = 16, MODEL_ADDRESSES_MAX = 8 };

/* A line on standard input. */
struct model_command {
    const char *name; /* its first word */
    const char *form; /* "temperature CELSIUS", for the help */
    /* The words after the first one, and NULL.  False: they make no sense, which was said. */
    bool (*run)(char **words);
};

struct model {
    const char *name;
    const char *summary; /* in a list */
    const char *help;    /* its own options, one a line */
    const char *output;  /* what it says while it runs, one a line; NULL: nothing */
    uint8_t address;     /* unless told otherwise */
    struct i2ctarget_device *device;
    const struct option *options; /* ended by zeros; MODEL_OPTIONS_MAX at most */
    /* False: the argument makes no sense, which was said. */
    bool (*take_option)(int option, const char *argument);
    /*
     * All options are in.  How many addresses in a row it serves, from `address` on; 0: the options
     * make no sense; negative: something else is in the way; both were said.
     */
    int (*begin)(uint8_t address);
    const struct model_command *commands; /* ended by zeros */
    /* NULL, or: time passed; the bus may have had events, a line been taken.  Says what changed. */
    void (*look)(bool has_served);
    /* Both NULL, or: milliseconds until it wants tick(), -1: never; tick() comes earlier, too. */
    int (*wait_ms)(void);
    void (*tick)(void);
    /* NULL, or: it ends.  False: something was lost, which was said. */
    bool (*end)(void);
};

extern const struct model model_ads7828, model_eeprom, model_lm75, model_pca9555, model_pmbus,
    model_sbs_battery;

/* All of them, and NULL. */
extern const struct model *const models[];

/* NULL: there is none of that name. */
const struct model *model_named(const char *name);

/* "device lm75", for what is said with cli_error(); "device" before one was chosen. */
extern const char *model_word;

#endif
