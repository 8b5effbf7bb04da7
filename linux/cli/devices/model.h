/* SPDX-License-Identifier: MIT */
/*
 * What `i2ctarget device` must know of a device: its options, how it begins, which commands it
 * takes while it runs, and what it prints.
 *
 * Each model is a file here and a row of the table in models.c.  A process runs one model, once, so
 * the model's state is static.  All functions are called from one thread.  A model prints one line
 * on standard output for each thing that happens.
 */
#ifndef CLI_DEVICES_MODEL_H
#define CLI_DEVICES_MODEL_H

#include <getopt.h>
#include <stddef.h>

#include "i2ctarget/device.h"

/* Values of a model's own rows for getopt_long() begin here. */
enum { MODEL_OPTION = 0x200, MODEL_OPTIONS_MAX = 16, MODEL_ADDRESSES_MAX = 112 };

/* A command: a line on standard input. */
struct model_command {
    const char *name; /* its first word */
    const char *form; /* "temperature CELSIUS", for the help */
    /*
     * `words`: the words after the first one, then NULL.  False: they are invalid; a message has
     * been printed.
     */
    bool (*run)(char **words);
};

struct model {
    const char *name;
    const char *summary; /* in a list */
    const char *help;    /* the model's own options, one a line */
    const char *output;  /* what it prints while it runs, one a line; NULL: nothing */
    uint8_t address; /* the default; 0: it has those of its file, and prepare() tells the first */
    struct i2ctarget_device *device;
    const struct option *options; /* ends with an entry of zeros; MODEL_OPTIONS_MAX at most */
    /* False: the argument is invalid; a message has been printed. */
    bool (*take_option)(int option, const char *argument);
    /* May be NULL.  Called after all options, in front of prepare(), if --address was given. */
    void (*take_address)(uint8_t address);
    /*
     * May be NULL.  Called after all options.  Returns the address that is the default then; 0: the
     * options are invalid; negative: another error.  In both cases a message has been printed.
     */
    int (*prepare)(void);
    /*
     * Called after all options.  Returns how many consecutive addresses it serves, starting with
     * `address`; 0: the options are invalid; negative: another error.  In both cases a message has
     * been printed.
     */
    int (*begin)(uint8_t address);
    /*
     * May be NULL.  Called after begin(): where it listens besides, in `addresses`.  Returns how many
     * these are; with those of begin() MODEL_ADDRESSES_MAX at most.
     */
    unsigned (*others)(uint8_t address, uint8_t *addresses);
    const struct model_command *commands; /* ended by zeros */
    /*
     * May be NULL.  Called after time has passed, bus events were served or a line was taken.
     * Prints what changed.
     */
    void (*look)(bool has_served);
    /*
     * May be NULL.  The level of its output line `line_name`; true: high, or released.  Called at any
     * time after begin().
     */
    bool (*line)(void);
    const char *line_name;
    /*
     * Both may be NULL.  wait_ms() returns the milliseconds until the model wants tick(); -1:
     * never.  tick() may come earlier.
     */
    int (*wait_ms)(void);
    void (*tick)(void);
    /* May be NULL.  Has a message begun that has not ended?  The model waits a moment for its end. */
    bool (*is_busy)(void);
    /* May be NULL.  The model ends.  False: the command has failed; a message has been printed. */
    bool (*end)(void);
};

extern const struct model model_ads7828, model_edid, model_ee1004, model_eeprom, model_jc42,
    model_lm75, model_pca9555, model_pmbus, model_registers, model_replay, model_sbs_battery,
    model_spd5118;

/* All models, then NULL. */
extern const struct model *const models[];

/* NULL: no model has that name. */
const struct model *model_named(const char *name);

/* "device lm75", for messages of cli_error(); "device" before a model was chosen. */
extern const char *model_word;

#endif
