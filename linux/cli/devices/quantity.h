/* SPDX-License-Identifier: MIT */
/*
 * A physical quantity of a device's world: an option sets it before the device begins, and a line of
 * the same name while it runs.
 */
#ifndef CLI_DEVICES_QUANTITY_H
#define CLI_DEVICES_QUANTITY_H

#include <stdbool.h>

struct quantity {
    const char *name;
    long scale;    /* `value` is in parts of 1 / scale: a power of ten */
    long min, max; /* as `value` is */
    long *value;
    const char *range; /* "0.5 to 12", for messages */
};

/* False: the argument of --name is invalid; a message has been printed. */
bool quantity_take_option(const struct quantity *quantity, const char *argument);

/* The words after the name, then NULL.  False: they are invalid; a message has been printed. */
bool quantity_take_words(const struct quantity *quantity, char **words);

#endif
